import type { Decision } from '@kube-steward/plan';
import { HOUR_MS, MINUTE_MS } from '@kube-steward/schedule';
import { directionOf } from './direction.ts';
import { lastChangeOf, type LastChange } from './manual-change.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reasons.ts';
import type { Workload } from './workload.ts';

/** Changed back so often within so long, a workload is left to whoever does it, for that long. */
export const MOST_REVERTS = 3;
export const REVERTS_WITHIN_MS = 10 * MINUTE_MS;
export const LEFT_FOR_MS = HOUR_MS;

/** What is remembered of a workload that we put to sleep. */
export interface Reverts {
  /** The `resourceVersion` that our last sleep was decided for; `undefined` once somebody has changed the size back. */
  readonly sleptFrom: string | undefined;
  /** When the size was changed back within the last ten minutes, the oldest first. */
  readonly at: readonly number[];
  /** Until when it is left awake, and to whom. */
  readonly left: { readonly to: LastChange; readonly until: number } | undefined;
}

const NONE: Reverts = { sleptFrom: undefined, at: [], left: undefined };

/** We have put it to sleep. */
export const afterSleep = (before: Reverts | undefined, resourceVersion: string): Reverts => ({
  ...(before ?? NONE),
  sleptFrom: resourceVersion,
});

/** What a decision says of a workload that is awake although it should be down. */
const AWAKE_AGAIN: readonly string[] = ['ManualChange', 'ChangedByGit'] satisfies Reason[];

/**
 * It is looked at again.
 *
 * | since our sleep | then |
 * | --- | --- |
 * | the object is the one that the sleep was decided for: the watch is behind | as before |
 * | it is down | as before |
 * | it is awake, by our own hand (another downtime size) | as before |
 * | it is awake, by somebody else's | changed back once more; the third time within ten minutes it is left alone for an hour |
 */
export const afterLook = (
  before: Reverts,
  workload: Workload,
  decision: Decision,
  policy: Policy,
  now: number,
): Reverts => {
  const { sleptFrom } = before;
  if (sleptFrom === undefined || sleptFrom === workload.metadata.resourceVersion) return before;
  const isAwake = directionOf(decision) === 'sleep' || AWAKE_AGAIN.includes(decision.reason);
  const change = isAwake ? lastChangeOf(workload, policy) : undefined;
  if (!change) return before;
  const at = [...before.at.filter((time) => time > now - REVERTS_WITHIN_MS), now];
  return at.length < MOST_REVERTS ? { ...NONE, at } : { ...NONE, left: { to: change, until: now + LEFT_FOR_MS } };
};
