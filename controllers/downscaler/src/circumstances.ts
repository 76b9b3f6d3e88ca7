import type { Decision } from '@kube-steward/plan';
import { directionOf, type Direction } from './direction.ts';
import type { Key } from './keys.ts';
import { nextTurn, takesTurn, withTurn, type Turn, type Turns } from './turns.ts';

/** What the controller knows beside the objects themselves: a plain value, for the guards. */
export interface Circumstances {
  /** The turns given out under `--max-changes-per-minute`, and for whom they are kept. */
  readonly turns: { readonly [D in Direction]: Turns };
  readonly kept: ReadonlyMap<Key, Turn>;
}

/** Keeps the circumstances of one process: each event makes the next value by the pure functions beside the guards. */
export interface Memory {
  readonly circumstances: Circumstances;
  /** What was decided on a workload, and what the guards made of it. */
  decided(key: Key, decided: Decision, guarded: Decision, now: number): void;
  /** The workload is gone: nothing of it is remembered. */
  gone(key: Key): void;
}

export const createMemory = (maxChangesPerMinute: number | undefined): Memory => {
  const kept = new Map<Key, Turn>();
  let circumstances: Circumstances = { turns: { sleep: [], wake: [] }, kept };

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
    decided(key, decided, guarded, now) {
      const direction = directionOf(decided);
      if (maxChangesPerMinute !== undefined && direction && takesTurn(decided, guarded))
        takeTurn(key, direction, maxChangesPerMinute, now);
      else kept.delete(key);
    },
    gone(key) {
      kept.delete(key);
    },
  };
};
