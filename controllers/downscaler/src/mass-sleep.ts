import { isChange, type Decision } from '@kube-steward/plan';
import { formatDuration } from '@kube-steward/schedule';
import { directionOf } from './direction.ts';
import { workloadKey, type Key } from './keys.ts';
import { holdBack, type Guard } from './objection.ts';
import type { Observation, View } from './observe.ts';
import type { Policy } from './policy.ts';
import { laterThan, sumOf, tallied, type Tally } from './tally.ts';
import { TRANSITION_MS, isMass, isUnscheduled, staysUntil, survey } from './unscheduled.ts';

/** Why nothing that is unscheduled goes to sleep any more, until none of it is left or a person has agreed. */
export interface Held {
  readonly message: string;
}

/** What would go to sleep now, or has just now, and outside any transition. */
export interface MassSleep {
  readonly pending: ReadonlySet<Key>;
  readonly held: Held | undefined;
}

/** A mass sleep outside a transition is a mistake until somebody says that it is not. Waking is never held. */
export const holdsMassSleep: Guard = (decision, { observation, circumstances }) => {
  const { held, pending } = circumstances.massSleep;
  if (!held || directionOf(decision) !== 'sleep' || !pending.has(workloadKey(observation.workload))) return undefined;
  return holdBack(decision, { reason: 'MassSleepHeld', message: held.message });
};

/** `60 of 60 managed workloads would go to sleep within 10m, …`: what, why it counts as unscheduled, and the way out. */
export const heldMessage = (count: number, managed: number, { reason, decidedBy }: Decision): string => {
  const by = decidedBy ? `${decidedBy.source} ${decidedBy.key ?? ''} "${decidedBy.value ?? ''}"` : 'the configuration';
  return [
    `${count} of ${managed} managed workloads would go to sleep within ${formatDuration(TRANSITION_MS)}, outside any transition:`,
    `${by} (${reason}) has asked for that for longer, so an annotation, a label or the configuration has changed.`,
    'Held until their next transition; undo the change, or start with --yes to let it through',
  ].join(' ');
};

export interface MassSleepOptions {
  readonly view: View;
  readonly policy: Policy;
  /** Told once each time it begins to hold. */
  readonly onHeld: (held: Held, first: Observation) => void;
  /** Told how many are held, when that may have changed. */
  readonly onHolding: (count: number) => void;
}

/** Keeps count of one process' sleeps outside transitions. */
export interface MassSleepKeeper {
  readonly value: MassSleep;
  looked(key: Key, observation: Observation, decision: Decision, now: number): void;
  wentToSleep(key: Key, now: number): void;
  gone(key: Key): void;
}

export const keepMassSleep = ({ view, policy, onHeld, onHolding }: MassSleepOptions): MassSleepKeeper => {
  const stays = new Map<Key, number>();
  let pending = new Set<Key>();
  let recent: Tally = [];
  let managed = 0;
  let held: Held | undefined;

  const look = (key: Key, now: number): void => {
    if (!pending.has(key)) {
      const found = survey(view, policy, stays, now);
      managed = found.managed;
      pending = new Set(found.unscheduled);
    }
    recent = laterThan(recent, now - TRANSITION_MS);
  };

  const settle = (key: Key, { unread }: Observation, decision: Decision): void => {
    pending.delete(key);
    if (!isChange(decision) && unread === undefined) stays.set(key, staysUntil(decision));
    release();
  };

  const release = (): void => {
    if (!held) return;
    if (pending.size === 0) held = undefined;
    onHolding(pending.size);
  };

  const hold = (key: Key, observation: Observation, decision: Decision): void => {
    const count = pending.size + sumOf(recent);
    if (!held && isMass(count, managed)) {
      held = { message: heldMessage(count, managed, decision) };
      onHeld(held, observation);
    }
    if (!held) return;
    stays.set(key, Infinity);
    onHolding(pending.size);
  };

  return {
    get value() {
      return { pending, held };
    },
    looked(key, observation, decision, now) {
      if (!isUnscheduled(decision, observation, policy, stays, now)) {
        settle(key, observation, decision);
        return;
      }
      look(key, now);
      hold(key, observation, decision);
    },
    wentToSleep(key, now) {
      if (pending.delete(key)) recent = tallied(recent, now);
    },
    gone(key) {
      stays.delete(key);
      if (pending.delete(key)) release();
    },
  };
};

/** Of a process that a person has agreed to whatever it does. */
export const AGREED: MassSleepKeeper = {
  value: { pending: new Set(), held: undefined },
  looked: () => undefined,
  wentToSleep: () => undefined,
  gone: () => undefined,
};
