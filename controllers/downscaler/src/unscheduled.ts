import { MINUTE_MS } from '@kube-steward/schedule';
import type { Decision } from '@kube-steward/plan';
import { decide } from './decide.ts';
import { directionOf } from './direction.ts';
import { workloadKey, type Key } from './keys.ts';
import { observeAll, type Observation, type View } from './observe.ts';
import type { Policy } from './policy.ts';
import { wishFor } from './wish.ts';

/** How long after a moment at which something had to go to sleep that still counts as its transition. */
export const TRANSITION_MS = 10 * MINUTE_MS;

/**
 * Until when each workload was to stay as it was, by the last decision that left it alone; `Infinity`: until something of it
 * changes. What has not been looked at yet is not in it: that is caught up with.
 */
export type Stays = ReadonlyMap<Key, number>;

/**
 * Whether a workload would go to sleep because somebody changed something, and not because the time for it has come.
 *
 * | | |
 * | --- | --- |
 * | it has not been looked at before: we have just started, or it is new | scheduled |
 * | it was to stay as it was until now, or less long | scheduled |
 * | as it is now, it would not have gone to sleep ten minutes ago | scheduled: its time has come since |
 * | it would have | unscheduled |
 *
 * @param stays `undefined` where nothing is remembered (a plan): then the last two rows decide
 */
export const isUnscheduled = (
  decision: Decision,
  o: Observation,
  policy: Policy,
  stays: Stays | undefined,
  now: number,
): boolean => {
  if (directionOf(decision) !== 'sleep') return false;
  if (stays && now >= (stays.get(workloadKey(o.workload)) ?? -Infinity)) return false;
  return directionOf(decide(o, policy, now - TRANSITION_MS)) === 'sleep';
};

/** How long a decision that leaves a workload alone holds by itself. A pod that keeps it up may end at any moment. */
export const staysUntil = ({ nextTransition, decidedBy }: Decision): number => {
  if (decidedBy?.source.startsWith('pod/')) return -Infinity;
  return nextTransition === undefined ? Infinity : Date.parse(nextTransition);
};

/** All workloads at a moment. */
export interface Survey {
  /** How many have a schedule that is followed; what follows another workload is one unit with it. */
  readonly managed: number;
  /** Those that would go to sleep now, unscheduled. */
  readonly unscheduled: readonly Key[];
}

export const survey = (view: View, policy: Policy, stays: Stays | undefined, now: number): Survey => {
  let managed = 0;
  const unscheduled: Key[] = [];
  for (const o of observeAll(view, policy)) {
    const wish = wishFor(o, policy, now);
    if (wish.kind !== 'desired') continue;
    if (!o.leader) managed += 1;
    if (wish.desired.state === 'down' && isUnscheduled(decide(o, policy, now), o, policy, stays, now))
      unscheduled.push(workloadKey(o.workload));
  }
  return { managed, unscheduled };
};

/** More than so many at once, and more than half of all, are a mass. */
export const MOST_AT_ONCE = 50;

export const isMass = (count: number, managed: number): boolean => count > MOST_AT_ONCE && count > managed / 2;

/** What a controller that runs already would hold back of what it would put to sleep now; most of the time nothing. */
export const heldAt = (view: View, policy: Policy, now: number): ReadonlySet<Key> => {
  const { managed, unscheduled } = survey(view, policy, undefined, now);
  return new Set(isMass(unscheduled.length, managed) ? unscheduled : []);
};
