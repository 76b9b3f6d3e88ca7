import type { Decision } from '@kube-steward/plan';
import { directionOf, type Direction } from './direction.ts';
import { isWake } from './field-manager.ts';
import type { Key } from './keys.ts';
import { AGREED, keepMassSleep, type MassSleep, type MassSleepOptions } from './mass-sleep.ts';
import type { Observation } from './observe.ts';
import { afterLook, afterSleep, type Reverts } from './reverts.ts';
import { limitOf, nextTurn, takesTurn, withTurn, type Turn, type Turns } from './turns.ts';
import type { WakeOrder } from './wake-order.ts';

/** What the controller knows beside the objects themselves, for the guards: a live view, to be looked at and not to be kept. */
export interface Circumstances {
  /** The turns given out under `--max-changes-per-minute` and `--max-wake-per-minute`, and for whom they are kept. */
  readonly turns: { readonly [D in Direction]: Turns };
  readonly kept: ReadonlyMap<Key, Turn>;
  /** What we put to sleep, and who changed it back. */
  readonly reverts: ReadonlyMap<Key, Reverts>;
  readonly massSleep: MassSleep;
  readonly order: WakeOrder;
  /** Another downscaler that acts on the same cluster. */
  readonly oldTool?: string | undefined;
}

/** Keeps the circumstances of one process: each event changes them by the pure functions beside the guards. */
export interface Memory {
  readonly circumstances: Circumstances;
  /** What is decided on a workload, before the guards are asked. */
  looked(key: Key, observation: Observation, decision: Decision, now: number): void;
  /** What was decided, and what the guards made of it. */
  guarded(key: Key, observation: Observation, decision: Decision, passed: Decision, now: number): void;
  /** The change was made. */
  applied(key: Key, observation: Observation, decision: Decision, now: number): void;
  /** The workload is gone: nothing of it is remembered. */
  gone(key: Key): void;
}

export interface MemoryOptions extends MassSleepOptions {
  /** A person has agreed to whatever goes to sleep at once, with `--yes`. */
  readonly agreed: boolean;
  /** Another downscaler that acts just now; absent: nobody looks. */
  readonly oldTool?: (() => string | undefined) | undefined;
  /** Told when a workload is left to another field manager from now on. */
  readonly onLeft: (manager: string) => void;
}

export const createMemory = (options: MemoryOptions): Memory => {
  const { view, policy, agreed, onLeft } = options;
  const massSleep = agreed ? AGREED : keepMassSleep(options);
  const kept = new Map<Key, Turn>();
  const reverts = new Map<Key, Reverts>();
  const dueSince = new Map<Key, number>();
  const wokenAt = new Map<Key, number>();
  let turns: Circumstances['turns'] = { sleep: [], wake: [] };

  const takeTurn = (key: Key, direction: Direction, perMinute: number, now: number): void => {
    if (kept.get(key)?.direction === direction) return;
    const at = nextTurn(turns[direction], perMinute, now);
    kept.set(key, { direction, at });
    turns = { ...turns, [direction]: withTurn(turns[direction], perMinute, at) };
  };

  const lookForRevert = (key: Key, { workload }: Observation, decision: Decision, now: number): void => {
    const before = reverts.get(key);
    if (!before) return;
    const after = afterLook(before, workload, decision, policy, now);
    reverts.set(key, after);
    if (after.left && after.left !== before.left) onLeft(after.left.to.manager);
  };

  return {
    get circumstances() {
      return {
        turns,
        kept,
        reverts,
        massSleep: massSleep.value,
        order: { view, dueSince, wokenAt },
        oldTool: options.oldTool?.(),
      };
    },
    looked(key, observation, decision, now) {
      lookForRevert(key, observation, decision, now);
      massSleep.looked(key, observation, decision, now);
    },
    guarded(key, { workload }, decision, passed, now) {
      const direction = directionOf(decision);
      const perMinute = direction && limitOf(policy, direction);
      if (direction && perMinute !== undefined && takesTurn(decision, passed)) takeTurn(key, direction, perMinute, now);
      else kept.delete(key);
      if (!isWake(decision, workload, policy)) dueSince.delete(key);
      else if (!dueSince.has(key)) dueSince.set(key, now);
    },
    applied(key, { workload }, decision, now) {
      if (isWake(decision, workload, policy)) {
        reverts.delete(key);
        wokenAt.set(key, now);
      }
      if (directionOf(decision) !== 'sleep') return;
      wokenAt.delete(key);
      reverts.set(key, afterSleep(reverts.get(key), workload.metadata.resourceVersion));
      massSleep.wentToSleep(key, now);
    },
    gone(key) {
      for (const each of [kept, reverts, dueSince, wokenAt]) each.delete(key);
      massSleep.gone(key);
    },
  };
};
