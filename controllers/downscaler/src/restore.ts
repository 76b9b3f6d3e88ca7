import { isConflict, isNotFound, type Client } from '@kube-steward/kube';
import { applyDecision, isChange, type Decision } from '@kube-steward/plan';
import { messageOf } from '@kube-steward/cli';
import { comeUp } from './come-up.ts';
import type { Timed } from './desired.ts';
import { fieldManagerOf } from './field-manager.ts';
import { observeAll, type Observation } from './observe.ts';
import { isLost } from './original-lost.ts';
import type { Policy } from './policy.ts';
import { readAsleep } from './read-asleep.ts';
import { decisionOf } from './verdict.ts';
import { workloadProjection } from './workload.ts';

/** What stays of a workload when the downscaler goes: it is up, whatever its schedules say. */
const ASKED: Timed = { state: 'up', reason: 'Restored', decidedBy: { source: 'config', key: 'restore' } };

/** Something that sleeps, and the decision that brings it back; one that is no change needs a person. */
export interface Restoration {
  readonly observation: Observation;
  readonly decision: Decision;
}

/** What was found asleep, and what could not be looked at. */
export interface Found {
  readonly restorations: readonly Restoration[];
  readonly unread: Awaited<ReturnType<typeof readAsleep>>['unread'];
}

/**
 * What brings a workload back that carries an original, or lost it: by the rules of any wake, whoever excluded it since, and
 * with its autoscaler at once. `undefined` for what does not sleep.
 */
export const restorationOf = (o: Observation, policy: Policy, now: number): Decision | undefined =>
  o.workload.original === undefined && !isLost(o.workload, policy)
    ? undefined
    : decisionOf(o.workload.reference, comeUp({ ...o, leader: undefined }, policy, ASKED, now));

/** Everything that sleeps, of every kind there is. @param namespaces only these; empty: all */
export const findAsleep = async (
  client: Client,
  policy: Policy,
  { namespaces, now }: { readonly namespaces: readonly string[]; readonly now: number },
): Promise<Found> => {
  const { view, unread } = await readAsleep(client, policy, namespaces);
  const restorations = Array.from(observeAll(view, policy)).flatMap((observation): Restoration[] => {
    const decision = restorationOf(observation, policy, now);
    return decision ? [{ observation, decision }] : [];
  });
  return { restorations, unread };
};

/** What came of one of them: `gone` when there is nothing to bring back any more. */
export type Outcome = 'restored' | 'gone' | { readonly failure: string };

export interface RestoreOptions {
  readonly client: Client;
  readonly policy: Policy;
  readonly now: () => number;
  readonly onOutcome: (restoration: Restoration, outcome: Outcome) => void;
}

const CONCURRENCY = 8;
/** Each conflict means that somebody else got somewhere. */
const MOST_CONFLICTS = 20;

/** Brings everything back that was found, one patch each. What fails is reported, and the rest goes on. */
export const restoreAll = async (restorations: readonly Restoration[], options: RestoreOptions): Promise<void> => {
  const waiting = [...restorations];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      options.onOutcome(next, await restoreOne(next, options));
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
};

const restoreOne = async (restoration: Restoration, options: RestoreOptions): Promise<Outcome> => {
  try {
    return await restored(restoration, options, MOST_CONFLICTS);
  } catch (error) {
    return { failure: messageOf(error) };
  }
};

const restored = async (
  { observation, decision }: Restoration,
  options: RestoreOptions,
  conflictsLeft: number,
): Promise<Outcome> => {
  const { client, policy } = options;
  const { workload } = observation;
  const { metadata, row } = workload;
  if (!isChange(decision)) return { failure: decision.message };
  const fieldManager = fieldManagerOf(workload, decision, policy);
  try {
    await applyDecision(client, row.resource, decision, { ...metadata, fieldManager });
    return 'restored';
  } catch (error) {
    if (isNotFound(error)) return 'gone';
    if (!isConflict(error) || conflictsLeft === 0) throw error;
  }
  const again = await readAgain(observation, options);
  return again ? restored(again, options, conflictsLeft - 1) : 'gone';
};

const readAgain = async (
  observation: Observation,
  { client, policy, now }: RestoreOptions,
): Promise<Restoration | undefined> => {
  const { row, metadata } = observation.workload;
  try {
    const object = await client.get(row.resource, metadata);
    const fresh = { ...observation, workload: workloadProjection(row, policy)(object) };
    const decision = restorationOf(fresh, policy, now());
    return decision && { observation: fresh, decision };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
};
