import type { Decision } from '@kube-steward/plan';
import { formatDuration } from '@kube-steward/schedule';
import { decide } from './decide.ts';
import { pick } from './desired.ts';
import { isWake } from './field-manager.ts';
import { workloadKey, type Key } from './keys.ts';
import { putOff, type Guard } from './objection.ts';
import { observeNamespace, type Observation, type View } from './observe.ts';
import type { Policy } from './policy.ts';
import { wakeOf } from './wake.ts';
import { layersOf } from './wish.ts';

/** What is known of a cluster's wakes beside the objects themselves. */
export interface WakeOrder {
  readonly view: View;
  /** Since when each is to be woken that is not yet, milliseconds since the epoch. */
  readonly dueSince: ReadonlyMap<Key, number>;
  /** When each was woken, where this process did it. */
  readonly wokenAt: ReadonlyMap<Key, number>;
}

/** Of somebody who only looks: nothing has been woken, and nobody has waited yet. */
export const orderSeenIn = (view: View): WakeOrder => ({ view, dueSince: new Map(), wokenAt: new Map() });

/** Lower ones are woken first. A value that cannot be read is reported elsewhere, and keeps nobody asleep. */
export const wakeOrderOf = (o: Observation, policy: Policy): number =>
  pick(layersOf(o, policy), 'wakeOrder')?.value ?? 0;

/**
 * Within a namespace, what is to be woken waits for whatever has a lower `wake-order`.
 *
 * | one with a lower order | it is waited for |
 * | --- | --- |
 * | sleeps, and is to be woken too | for the wake timeout, once for each lower order there is |
 * | was woken, and is not back | until it is overdue |
 * | is back, overdue, or stays asleep | no |
 */
export const waitsForWakeOrder: Guard = (decision, { observation, policy, circumstances: { order }, now }) =>
  inWakeOrder(decision, observation, policy, order, now);

/** @returns `undefined`: nobody is waited for */
const inWakeOrder = (
  decision: Decision,
  o: Observation,
  policy: Policy,
  order: WakeOrder,
  now: number,
): Decision | undefined => {
  if (!isWake(decision, o.workload, policy)) return undefined;
  const own = wakeOrderOf(o, policy);
  const lower = earlierThan(own, o, policy, order);
  const latest = latestFor(lower, o, policy, order, now);
  if (now >= latest) return undefined;
  const [first, ...others] = lower.filter((each) => isAwaited(each.o, policy, order, now));
  if (!first) return undefined;
  const { kind, name } = first.o.workload.reference;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  const message = `its wake order is ${own}: ${kind}/${name} (${first.order})${more} must be back first, for ${formatDuration(latest - now)} at most`;
  return putOff(decision, { reason: 'WaitsForWakeOrder', message, until: latest });
};

/** The decision as it is once the order is respected: what a plan shows. */
export const decideInOrder = (o: Observation, policy: Policy, view: View, now: number): Decision => {
  const decision = decide(o, policy, now);
  return inWakeOrder(decision, o, policy, orderSeenIn(view), now) ?? decision;
};

interface Ranked {
  readonly o: Observation;
  readonly order: number;
}

/** Those of the namespace with a lower order, the lowest first. Where nobody is given one of his own, there are none. */
const earlierThan = (
  own: number,
  { workload }: Observation,
  policy: Policy,
  { view }: WakeOrder,
): readonly Ranked[] => {
  const { namespace } = workload.metadata;
  if (!isOrdered(view, namespace)) return [];
  const ranked = Array.from(observeNamespace(view, policy, namespace), (o) => ({ o, order: wakeOrderOf(o, policy) }));
  return ranked.filter(({ order }) => order < own).sort((a, b) => a.order - b.order);
};

const isOrdered = (view: View, namespace: string): boolean => {
  for (const store of view.workloads.values()) if (store.byIndex('ordered', namespace).length > 0) return true;
  return false;
};

const latestFor = (
  lower: readonly Ranked[],
  { workload }: Observation,
  { wakeTimeoutMs }: Policy,
  { dueSince }: WakeOrder,
  now: number,
): number => {
  const groups = new Set(lower.map(({ order }) => order)).size;
  return (dueSince.get(workloadKey(workload)) ?? now) + groups * wakeTimeoutMs;
};

const isAwaited = (o: Observation, policy: Policy, { wokenAt }: WakeOrder, now: number): boolean =>
  o.workload.original === undefined
    ? wakeOf(o, policy, now, wokenAt.get(workloadKey(o.workload)))?.state === 'waking'
    : isWake(decide(o, policy, now), o.workload, policy);
