import { apiVersionOf } from '@kube-steward/kube';
import type { Action, DecidedBy, Decision, FieldChange } from '@kube-steward/plan';
import { formatTimestamp } from '@kube-steward/schedule';
import { comeUp } from './come-up.ts';
import { describe } from './describe.ts';
import { decidedBy, desiredState, earliest, type Desired, type Layers, type Picked } from './desired.ts';
import { exclusionOf, restoresExcluded, untouchable, type Exclusion } from './exclusion.ts';
import { goDown } from './go-down.ts';
import type { Observation } from './observe.ts';
import { EMPTY_LAYER } from './annotations.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reasons.ts';

/** What a step of the decision found, before it is put into the common form. */
export interface Verdict {
  readonly action: Action;
  readonly reason: Reason;
  readonly message: string;
  readonly decidedBy: DecidedBy;
  readonly changes?: readonly FieldChange[];
  /** The next moment the answer can change. */
  readonly next?: number | undefined;
}

/**
 * What should happen to one workload now. Pure: the same observation, policy and time give the same decision, whoever asks.
 *
 * | asked in this order | answer |
 * | --- | --- |
 * | its namespace or name is never touched | none |
 * | an annotation on it cannot be read, or means nothing | invalid |
 * | it is excluded | none; with an original: back up |
 * | it follows another workload (autoscaler and target, CronJob and its Jobs) | as the leader |
 * | its schedules | up, down, or left as it is |
 */
export const decide = (o: Observation, policy: Policy, now: number): Decision => {
  const verdict = judge(o, policy, now);
  const { resource } = o.workload.row;
  const { namespace, name } = o.workload.metadata;
  return {
    controller: 'downscaler',
    object: { apiVersion: apiVersionOf(resource), kind: resource.kind, namespace, name },
    action: verdict.action,
    reason: verdict.reason,
    message: verdict.message,
    decidedBy: verdict.decidedBy,
    changes: verdict.changes ?? [],
    ...(verdict.next === undefined ? {} : { nextTransition: formatTimestamp(verdict.next) }),
  };
};

const judge = (o: Observation, policy: Policy, now: number): Verdict => {
  const fixed = untouchable(o, policy);
  if (fixed) return neverActs(o, fixed) ?? leave(fixed);
  const bad = problemOn(o);
  if (bad) return bad;
  const follows = followsLeader(o, policy);
  if (!follows) {
    const check = exclusionOf(o, policy, now);
    if ('invalid' in check) return invalid(check.invalid);
    if ('excluded' in check) return whenExcluded(o, policy, check.excluded);
    return act(o, policy, desiredState(layersOf(o, policy), podLayers(o), now), now, check.until);
  }
  return act(o, policy, desiredOfLeader(follows, policy, now), now, undefined);
};

/** The layers of a workload, its own first. */
export const layersOf = (o: Observation, policy: Policy): Layers => [
  o.workload.layer,
  o.namespace?.layer ?? EMPTY_LAYER,
  policy.config,
  policy.defaults,
];

const podLayers = (o: Observation): Observation['workload']['layer'][] => o.pods.map((pod) => pod.layer);

const act = (o: Observation, policy: Policy, desired: Desired, now: number, until: number | undefined): Verdict => {
  if (desired.state === 'invalid') return invalid(desired.picked);
  const timed = { ...desired, until: earliest(desired.until, until) };
  switch (desired.state) {
    case 'up':
      return comeUp(o, policy, timed, now);
    case 'down':
      return goDown(o, policy, timed, now);
    case 'ignore':
      return {
        action: 'none',
        reason: desired.reason,
        message: describe(timed, now),
        decidedBy: desired.decidedBy,
        next: timed.until,
      };
  }
};

const leave = (exclusion: Exclusion): Verdict => ({ ...exclusion, action: 'none', next: exclusion.until });

const whenExcluded = (o: Observation, policy: Policy, exclusion: Exclusion): Verdict => {
  if (o.workload.original === undefined || !restoresExcluded(o, policy)) return leave(exclusion);
  const desired = {
    state: 'up',
    reason: exclusion.reason,
    decidedBy: exclusion.decidedBy,
    until: exclusion.until,
  } as const;
  return { ...comeUp(o, policy, desired, 0), message: `${exclusion.message}; brought back to what it was` };
};

/** An autoscaler of a managed target, or a Job whose CronJob wants its children along, is decided by its leader. */
const followsLeader = (o: Observation, policy: Policy): Observation | undefined => {
  const { leader, workload } = o;
  if (!leader || untouchable(leader, policy)) return undefined;
  if (workload.target !== undefined) return policy.included.includes(leader.workload.row) ? leader : undefined;
  const layers = layersOf(leader, policy);
  const children = [workload.layer, ...layers].map((layer) => layer.entries.scaleChildren?.value);
  return children.find((value) => value !== undefined) === true ? leader : undefined;
};

const desiredOfLeader = (leader: Observation, policy: Policy, now: number): Desired => {
  const check = exclusionOf(leader, policy, now);
  if ('invalid' in check) return { state: 'invalid', picked: check.invalid };
  if ('excluded' in check)
    return {
      state: 'up',
      reason: check.excluded.reason,
      decidedBy: check.excluded.decidedBy,
      until: check.excluded.until,
    };
  return desiredState(layersOf(leader, policy), podLayers(leader), now);
};

/** Everything written on the workload itself must be readable before it is touched. */
const problemOn = (o: Observation): Verdict | undefined => {
  const { entries, unknown, source } = o.workload.layer;
  const [typo] = unknown;
  if (typo) {
    const hint = typo.suggestion === undefined ? '' : ` (did you mean ${typo.suggestion}?)`;
    return {
      action: 'invalid',
      reason: 'UnknownAnnotation',
      message: `${typo.key} is no annotation of the downscaler${hint}`,
      decidedBy: { source, key: typo.key, value: typo.text },
    };
  }
  for (const entry of Object.values(entries)) if (entry.problem !== undefined) return invalid({ entry, source });
  return undefined;
};

/** The one form of "this value cannot be read". */
export const invalid = (picked: Picked<unknown>): Verdict => ({
  action: 'invalid',
  reason: 'InvalidAnnotation',
  message: `${picked.entry.key}: ${picked.entry.problem ?? ''}`,
  decidedBy: decidedBy(picked),
});

/** Something was written where nothing is ever touched. */
const neverActs = (o: Observation, exclusion: Exclusion): Verdict | undefined => {
  const written =
    Object.values(o.workload.layer.entries).find((entry) => !isExclude(entry.key)) ?? o.workload.layer.unknown[0];
  return (
    written && {
      action: 'invalid',
      reason: 'NeverActs',
      message: `${written.key} can never act here: ${exclusion.message}`,
      decidedBy: { source: o.workload.layer.source, key: written.key, value: written.text },
    }
  );
};

const isExclude = (key: string): boolean => key.endsWith('/exclude') || key.endsWith('/exclude-until');
