import { MINUTE_MS } from '@kube-steward/schedule';
import { earliest } from './awake.ts';
import type { Timed } from './desired.ts';
import type { Observation } from './observe.ts';
import type { Policy } from './policy.ts';
import { changesUp, replicasOf, upAction } from './sizes.ts';
import { acted, type Verdict } from './verdict.ts';
import { floorOf } from './wake.ts';

/** How long KEDA has to scale up what it scales: it looks every half minute, unless it is told otherwise. */
const PATIENCE_MS = 2 * MINUTE_MS;

/**
 * A target that its ScaledObject leaves at 0 in the morning, although it keeps at least one: KEDA does not always notice that it
 * is no longer paused. Only then, and not later in the day: what is at 0 after that is somebody's doing.
 *
 * @returns `undefined`: it is none
 */
export const leftAtZero = (
  { workload, autoscaler }: Observation,
  { wakeTimeoutMs }: Policy,
  { since }: Timed,
  none: Verdict,
  now: number,
): Verdict | undefined => {
  if (autoscaler?.row.size.form !== 'pause' || autoscaler.original !== undefined || since === undefined)
    return undefined;
  const { row, fields, sizeOwners } = workload;
  const least = floorOf(autoscaler);
  const changes = least > 0 ? changesUp(row.size, fields, String(least)) : undefined;
  if (!changes || replicasOf(row.size, fields) !== 0 || now >= since + wakeTimeoutMs) return undefined;
  if (sizeOwners.some(({ at }) => at !== undefined && at > since)) return undefined;
  if (now < since + PATIENCE_MS) return { ...none, next: earliest(since + PATIENCE_MS, none.next) };
  const message = `ScaledObject/${autoscaler.metadata.name} keeps at least ${least}, and has left it at 0: it is scaled directly`;
  return acted({ ...none, reason: 'LeftAtZero', message }, upAction(row.size), changes);
};
