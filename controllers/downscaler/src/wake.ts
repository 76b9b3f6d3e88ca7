import type { Decision } from '@kube-steward/plan';
import { DAY_MS, formatDuration } from '@kube-steward/schedule';
import { isWake } from './field-manager.ts';
import type { Observation } from './observe.ts';
import type { Policy } from './policy.ts';
import { replicasOf, sizePath } from './sizes.ts';
import type { Finding } from './wake-cause.ts';
import { wishFor } from './wish.ts';
import type { Workload } from './workload.ts';

/** How far a workload has come since it was brought back. */
export interface Wake {
  /** When it was brought back; milliseconds since the epoch, as all times. */
  readonly since: number;
  /** When it counts as late. */
  readonly due: number;
  readonly state: 'waking' | 'back' | 'overdue';
  readonly pods: Pods;
}

/** Pods that are ready, and how many there should be; none for kinds without pods of their own. */
export interface Pods {
  readonly ready: number;
  readonly wanted: number;
}

/** A wake that left its trace this long ago is nobody's morning any more. */
const LONGEST_MS = DAY_MS;

/**
 * How far a workload has come since it was brought back; `undefined` while it sleeps, and where we did not wake it.
 *
 * | it | it is |
 * | --- | --- |
 * | carries an original | asleep: no wake |
 * | has as many pods ready as it should | back |
 * | has not, and was woken less than the wake timeout ago | waking |
 * | has not, and was woken longer ago | overdue |
 *
 * An autoscaler is as far as what it scales.
 *
 * @param since when we woke it, where that is known; else the object itself says it, or its schedule
 */
export const wakeOf = (o: Observation, policy: Policy, now: number, since?: number): Wake | undefined => {
  if (o.workload.original !== undefined) return undefined;
  const begun = since ?? traceOfWake(o, policy, now);
  if (begun === undefined) return undefined;
  const due = begun + policy.wakeTimeoutMs;
  const pods = podsOf(o);
  const state = pods.ready >= pods.wanted ? 'back' : now < due ? 'waking' : 'overdue';
  return { since: begun, due, state, pods };
};

/** When we woke it, where nobody has deployed since: what is not ready then may be their doing. */
export const traceOfWake = (o: Observation, policy: Policy, now: number): number | undefined => {
  const at = keepsTrace(o.workload) ? writtenAt(o.workload, policy) : scheduledAt(o, policy, now);
  if (at === undefined || now - at > LONGEST_MS) return undefined;
  const { deploy } = o.workload;
  return deploy && deploy.at > at ? undefined : at;
};

/** A size that is there belongs to whoever set it; one that is a field taken away again is nobody's. */
const keepsTrace = ({ row: { size }, fields }: Workload): boolean => fields[sizePath(size, fields)] !== undefined;

/** The size belongs to who wakes, set at that time. */
const writtenAt = ({ sizeOwners }: Workload, { wakeManagers }: Policy): number | undefined =>
  sizeOwners.find(({ manager }) => wakeManagers.has(manager))?.at;

/** When its schedule had it woken, if it was there by then. */
const scheduledAt = (o: Observation, policy: Policy, now: number): number | undefined => {
  const wish = wishFor(o, policy, now);
  if (wish.kind !== 'desired' || wish.desired.state !== 'up') return undefined;
  const { since } = wish.desired;
  return since === undefined || (o.workload.bornAt ?? -Infinity) > since ? undefined : since;
};

/** What a reconcile does about the wake of a workload: it makes it happen, puts it off, or has nothing to do with one. */
export type Waking = 'wakes' | 'waits' | 'no';

/** @param passed the decision once the guards have seen it */
export const wakingOf = (decision: Decision, passed: Decision, workload: Workload, policy: Policy): Waking => {
  if (!isWake(decision, workload, policy)) return 'no';
  if (passed === decision) return 'wakes';
  return passed.action === 'none' ? 'waits' : 'no';
};

/** What is followed: the workload itself, or what it scales. */
export const followed = ({ workload, leader }: Observation): Workload | undefined =>
  workload.target === undefined ? workload : leader?.workload;

const podsOf = (o: Observation): Pods => {
  const workload = followed(o);
  if (!workload?.readiness) return { ready: 0, wanted: 0 };
  const { ready, of, isCurrent } = workload.readiness;
  const size = of ?? replicasOf(workload.row.size, workload.fields) ?? 1;
  return { ready: isCurrent ? ready : 0, wanted: Math.max(size, floorOf(o.workload)) };
};

/** The least an autoscaler keeps its target at; nothing while it is paused. */
export const floorOf = ({ target, row: { size }, fields, floor }: Workload): number => {
  if (target === undefined || (size.form === 'pause' && fields[size.path] !== undefined)) return 0;
  return floor ?? replicasOf(size, fields) ?? 0;
};

/**
 * `woken 10m ago, 0 of 3 pods ready (quota: pods "web-1" is forbidden: exceeded quota: compute)`; of what keeps no trace only
 * `to be awake since 10m ago`, for it may never have slept.
 */
export const describeLate = (o: Observation, agoMs: number, { cause, message }: Finding, pods?: Pods): string => {
  const because = `(${cause}: ${message})`;
  const ago = `${formatDuration(agoMs)} ago`;
  if (!pods) return `to be woken since ${ago} ${because}`;
  const subject = followed(o);
  const whose = !subject || subject === o.workload ? '' : ` of ${subject.reference.kind}/${subject.reference.name}`;
  const since = keepsTrace(o.workload) ? `woken ${ago}` : `to be awake since ${ago}`;
  return `${since}, ${pods.ready} of ${pods.wanted} pods${whose} ready ${because}`;
};
