import type { Decision } from '@kube-steward/plan';
import { directionOf, type Direction } from './direction.ts';
import type { Key } from './keys.ts';
import type { Policy } from './policy.ts';
import { afterLook, afterSleep, type Reverts } from './reverts.ts';
import { nextTurn, takesTurn, withTurn, type Turn, type Turns } from './turns.ts';
import type { Workload } from './workload.ts';

/** What the controller knows beside the objects themselves: a plain value, for the guards. */
export interface Circumstances {
  /** The turns given out under `--max-changes-per-minute`, and for whom they are kept. */
  readonly turns: { readonly [D in Direction]: Turns };
  readonly kept: ReadonlyMap<Key, Turn>;
  /** What we put to sleep, and who changed it back. */
  readonly reverts: ReadonlyMap<Key, Reverts>;
}

/** Keeps the circumstances of one process: each event makes the next value by the pure functions beside the guards. */
export interface Memory {
  readonly circumstances: Circumstances;
  /**
   * What is decided on a workload, before the guards are asked.
   *
   * @returns the other field manager it is left to from now on
   */
  looked(key: Key, workload: Workload, decision: Decision, now: number): string | undefined;
  /** What was decided, and what the guards made of it. */
  guarded(key: Key, decision: Decision, passed: Decision, now: number): void;
  /** The change was made. */
  applied(key: Key, workload: Workload, decision: Decision): void;
  /** The workload is gone: nothing of it is remembered. */
  gone(key: Key): void;
}

export const createMemory = (policy: Policy): Memory => {
  const { maxChangesPerMinute } = policy;
  const kept = new Map<Key, Turn>();
  const reverts = new Map<Key, Reverts>();
  let circumstances: Circumstances = { turns: { sleep: [], wake: [] }, kept, reverts };

  const takeTurn = (key: Key, direction: Direction, perMinute: number, now: number): void => {
    if (kept.get(key)?.direction === direction) return;
    const { turns } = circumstances;
    const at = nextTurn(turns[direction], perMinute, now);
    kept.set(key, { direction, at });
    circumstances = {
      ...circumstances,
      turns: { ...turns, [direction]: withTurn(turns[direction], perMinute, at) },
    };
  };

  return {
    get circumstances() {
      return circumstances;
    },
    looked(key, workload, decision, now) {
      const before = reverts.get(key);
      if (!before) return undefined;
      const after = afterLook(before, workload, decision, policy, now);
      reverts.set(key, after);
      return after.left === before.left ? undefined : after.left?.to.manager;
    },
    guarded(key, decision, passed, now) {
      const direction = directionOf(decision);
      if (maxChangesPerMinute !== undefined && direction && takesTurn(decision, passed))
        takeTurn(key, direction, maxChangesPerMinute, now);
      else kept.delete(key);
    },
    applied(key, workload, decision) {
      const direction = directionOf(decision);
      if (direction === 'wake') reverts.delete(key);
      if (direction === 'sleep') reverts.set(key, afterSleep(reverts.get(key), workload.metadata.resourceVersion));
    },
    gone(key) {
      kept.delete(key);
      reverts.delete(key);
    },
  };
};
