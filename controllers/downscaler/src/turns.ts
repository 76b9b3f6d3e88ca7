import type { Decision } from '@kube-steward/plan';
import { MINUTE_MS, formatDuration } from '@kube-steward/schedule';
import { earliest } from './awake.ts';
import { directionOf, type Direction } from './direction.ts';
import { workloadKey } from './keys.ts';
import { putOff, type Guard } from './objection.ts';
import type { Policy } from './policy.ts';
import { sumOf, tallied, withoutOldest, type Tally } from './tally.ts';

/** When the latest turns are, those to come included, and no more of them than a minute may have. */
export type Turns = Tally;

/** A turn that is kept for a workload. */
export interface Turn {
  readonly direction: Direction;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** When the next turn is, so that no minute has more than it may. */
export const nextTurn = (turns: Turns, perMinute: number, now: number): number => {
  const [oldest] = turns;
  return oldest && sumOf(turns) >= perMinute ? Math.max(now, oldest.at + MINUTE_MS) : now;
};

/** The turns with one more, not before the latest of them. */
export const withTurn = (turns: Turns, perMinute: number, at: number): Turns => {
  const added = tallied(turns, at);
  return sumOf(added) > perMinute ? withoutOldest(added) : added;
};

/** How many changes of a direction a minute may have; `undefined`: any number. */
export const limitOf = (policy: Policy, direction: Direction): number | undefined => {
  const { maxChangesPerMinute: all, maxWakePerMinute: wakes } = policy;
  return direction === 'wake' ? earliest(all, wakes) : all;
};

const WHAT = { sleep: 'put to sleep', wake: 'woken' } as const;

/**
 * With `--max-changes-per-minute` or `--max-wake-per-minute`, a change waits for its turn, which is then kept for it. Sleeping and waking are counted
 * apart: neither waits for the other.
 */
export const waitsForTurn: Guard = (decision, { observation, policy, circumstances, now }) => {
  const direction = directionOf(decision);
  if (!direction) return undefined;
  const perMinute = limitOf(policy, direction);
  if (perMinute === undefined) return undefined;
  const kept = circumstances.kept.get(workloadKey(observation.workload));
  const turn = kept?.direction === direction ? kept.at : nextTurn(circumstances.turns[direction], perMinute, now);
  if (turn <= now) return undefined;
  const most = perMinute === 1 ? '1 workload a minute is' : `${perMinute} workloads a minute are`;
  const message = `at most ${most} ${WHAT[direction]}: its turn comes in ${formatDuration(turn - now)}`;
  return putOff(decision, { reason: 'WaitsForTurn', message, until: turn });
};

/** Whether a decision, once the guards have seen it, has a turn of its own: now, or to wait for. */
export const takesTurn = (decided: Decision, guarded: Decision): boolean =>
  guarded === decided || guarded.reason === 'WaitsForTurn';
