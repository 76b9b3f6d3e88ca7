import { isChange, type Decision } from '@kube-steward/plan';
import { MINUTE_MS, type Clock } from '@kube-steward/schedule';
import { isEnd } from './verdict.ts';
import { createBreaker, deleteOf, type Breaker, type BreakerState, type Scope, type Trip } from './breaker.ts';
import type { Candidate } from './candidate.ts';
import { MOST_SKEW_MS, guard } from './guard.ts';
import type { Key } from './keys.ts';
import type { Policy } from './policy.ts';
import type { Populations } from './populations.ts';
import { afterDelete, isForgotten, worthSaving, type Recreations } from './recreation.ts';
import type { Reason } from './reasons.ts';
import type { ServerClock } from './server-clock.ts';
import { takeTurn, type Bucket } from './turns.ts';

/** What of the brakes survives a restart. */
export interface BrakesState extends BreakerState {
  /** Our deletes of what went by a name. */
  readonly recreations: readonly (readonly [Key, Recreations])[];
}

/** What stands between a decision to delete and the delete: keeps the circumstances of one process for the guards. */
export interface Brakes {
  /**
   * What is due of these counts before any of it is deleted.
   *
   * @param look what there is under a key, and what would be done with it now
   * @throws KubeApiError where the server has to be asked and does not answer
   */
  foresee(keys: Iterable<Key>, look: (key: Key) => Judged | undefined): Promise<void>;
  /** The decision, or what stands against it just now. @throws KubeApiError where the server has to be asked and does not answer */
  check(key: Key, candidate: Candidate, decision: Decision): Promise<Decision>;
  /** Whether a moment by our clock can be noted. @throws KubeApiError where the server has to be asked and does not answer */
  isClockRight(): Promise<boolean>;
  /** It was deleted, or stopped, by us. */
  applied(key: Key, candidate: Candidate, decision: Decision): void;
  gone(key: Key): void;
  /** Somebody has said that what is due in a scope is meant. @returns what was held, and is to be looked at again */
  acknowledge(scope: Scope): readonly Key[];
  /** Other rules are in force: nothing is acknowledged of what they delete. */
  rulesChanged(): void;
  readonly state: BrakesState;
}

/** An object, and what is decided on it. */
export interface Judged {
  readonly candidate: Candidate;
  readonly decision: Decision;
}

export interface BrakesOptions {
  readonly clock: Clock;
  readonly policy: () => Policy;
  readonly serverClock: ServerClock;
  readonly populations: Populations;
  /** What another process has saved; read when the first decision is checked. */
  readonly saved: () => BrakesState;
  readonly onTrip: (trip: Trip) => void;
  /** By how much our clock is before the server's, looked at before each delete. */
  readonly onSkew: (skewMs: number) => void;
  /** Something was deleted; or the breakers that hold have changed, or what has been said of them. */
  readonly onChange: (state: BreakerState) => void;
}

export const createBrakes = (options: BrakesOptions): Brakes => {
  const { clock, policy, serverClock, populations, saved, onTrip, onSkew, onChange } = options;
  const recreations = new Map<Key, Recreations>();
  const turns = new Map<Key, number>();
  const held = new Set<Key>();
  let bucket: Bucket | undefined;
  let made: Breaker | undefined;
  let told: string | undefined;
  const breaker = (): Breaker => {
    if (made) return made;
    const state = saved();
    for (const [key, each] of state.recreations) recreations.set(key, each);
    made = createBreaker({ population: (kind, namespace) => populations.count(kind, namespace), state, onTrip });
    told = outlineOf(made.state);
    return made;
  };
  const tell = (): void => {
    const now = outlineOf(breaker().state);
    if (now !== told) onChange(breaker().state);
    told = now;
  };

  const oneMore = async ({ resource, metadata }: Candidate): Promise<void> => {
    await populations.oneMore(resource, undefined);
    if (metadata.namespace !== undefined) await populations.oneMore(resource, metadata.namespace);
  };
  const looked = (key: Key, { candidate, decision }: Judged): void => {
    breaker().looked(key, isEnd(decision) ? deleteOf(candidate, decision) : undefined, clock.now());
    tell();
  };
  /** Kept until the object is deleted: whoever asks again has not lost it. */
  const turnOf = (key: Key, perSecond: number, now: number): number => {
    const known = turns.get(key);
    if (known !== undefined) return known;
    const taken = takeTurn(bucket, perSecond, now);
    ({ bucket } = taken);
    turns.set(key, taken.turn);
    return taken.turn;
  };
  const readSkew = async (): Promise<number> => {
    const skewMs = await serverClock.skewMs();
    onSkew(skewMs);
    return skewMs;
  };
  let forgotAt = -Infinity;
  const forgetOld = (now: number): void => {
    if (now - forgotAt < MINUTE_MS) return;
    forgotAt = now;
    for (const [key, each] of recreations) if (isForgotten(each, now)) recreations.delete(key);
  };

  return {
    async foresee(keys, look) {
      for (const key of keys) {
        const seen = look(key);
        if (!seen || !isEnd(seen.decision)) continue;
        await oneMore(seen.candidate);
        // While the server was asked it may have gone, or changed.
        const now = look(key);
        if (now && isEnd(now.decision)) looked(key, now);
      }
    },
    async check(key, candidate, decision) {
      if (isEnd(decision)) await oneMore(candidate);
      looked(key, { candidate, decision });
      held.delete(key);
      if (!isEnd(decision)) turns.delete(key);
      if (!isChange(decision)) return decision;
      const now = clock.now();
      const trip = breaker().tripFor(deleteOf(candidate, decision));
      const skewMs = await readSkew();
      const circumstances = { skewMs, trip, recreations: recreations.get(key) };
      const passed = guard(decision, candidate, circumstances, now);
      if (passed.reason === ('MassDeleteHeld' satisfies Reason)) held.add(key);
      const { deletesPerSecond } = policy();
      if (passed !== decision || !isEnd(decision) || deletesPerSecond === undefined) return passed;
      return guard(decision, candidate, { turn: turnOf(key, deletesPerSecond, now) }, now);
    },
    isClockRight: async () => Math.abs(await readSkew()) <= MOST_SKEW_MS,
    applied(key, { metadata }, { action }) {
      const now = clock.now();
      turns.delete(key);
      breaker().deleted(key, now);
      if (action === 'delete') recreations.set(key, afterDelete(recreations.get(key), metadata.uid, now));
      forgetOld(now);
      told = outlineOf(breaker().state);
      onChange(breaker().state);
    },
    gone(key) {
      turns.delete(key);
      held.delete(key);
      breaker().gone(key);
      tell();
    },
    acknowledge(scope) {
      breaker().acknowledge(scope);
      tell();
      return [...held];
    },
    rulesChanged() {
      if (!made) return;
      made.disown();
      tell();
    },
    get state() {
      return { ...breaker().state, recreations: worthSaving(recreations) };
    },
  };
};

const outlineOf = ({ trips, acknowledged }: BreakerState): string =>
  JSON.stringify([trips.map(({ scope, at, count }) => [scope, at, count]), acknowledged]);
