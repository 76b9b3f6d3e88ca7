import type { Decision } from '@kube-steward/plan';
import { MINUTE_MS, formatDuration } from '@kube-steward/schedule';
import type { Candidate } from './candidate.ts';
import { kindId } from './keys.ts';

/** What the breaker holds, each by itself: what one rule deletes, what is deleted of a kind, what of a kind in a namespace. */
export type Scope = `rule/${string}` | `kind/${string}` | `namespace/${string}`;

/** More than this many of a kind, and more than half of all there are of it, within the window: nobody means that. */
export const MOST_AT_ONCE = 50;
export const WINDOW_MS = 10 * MINUTE_MS;

/** Why nothing more is deleted in a scope. */
export interface Trip {
  readonly scope: Scope;
  /** `deployments.apps` */
  readonly kind: string;
  readonly count: number;
  /** How many there are of the kind, in the cluster or, for a namespace, in it. */
  readonly of: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** How many objects there are of a kind (`deployments.apps`), in a namespace or altogether. */
export type Population = (kind: string, namespace?: string) => number;

/** One delete, as far as the breaker counts it. */
export interface Delete {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly rule: string | undefined;
}

export const deleteOf = ({ resource, metadata }: Candidate, { decidedBy }: Decision): Delete => ({
  kind: kindId(resource),
  namespace: metadata.namespace,
  rule: decidedBy?.source.startsWith('rule/') ? decidedBy.source.slice('rule/'.length) : undefined,
});

/** The scopes a delete counts in, the narrowest first. */
export const scopesOf = ({ kind, namespace, rule }: Delete): readonly Scope[] => [
  ...(rule === undefined ? [] : [`rule/${rule}` as const]),
  `kind/${kind}`,
  ...(namespace === undefined ? [] : [`namespace/${namespace}` as const]),
];

/** `steward janitor ack preview`: what lets the deletes of a scope go on. */
export const ackCommand = (scope: Scope): string => `steward janitor ack ${scope.replace(/^rule\//, '')}`;

/** The scope that an argument of that command names. */
export const scopeNamed = (text: string): Scope =>
  /^(?:rule|kind|namespace)\//.test(text) ? (text as Scope) : `rule/${text}`;

/** What a trip says, with the way out. */
export const tripMessage = ({ scope, kind, count, of }: Trip): string =>
  [
    `${scope.replace('/', ' ')}: ${count} of ${of} ${kind} would be deleted within ${formatDuration(WINDOW_MS)};`,
    `held until a person runs "${ackCommand(scope)}"`,
  ].join(' ');

/** How many deletes of one kind, namespace and rule there were in one minute. */
export interface Deleted {
  readonly each: Delete;
  readonly count: number;
  /** The last of them, milliseconds since the epoch. */
  readonly at: number;
}

/** Of the last ten minutes. So many of them are far more than it takes to trip. */
const MOST_SAVED = 500;

/** How many deletes a scope has of each kind. */
type Counts = Map<Scope, Map<string, number>>;

const add = (counts: Counts, each: Delete, by: number): void => {
  for (const scope of scopesOf(each)) {
    const kinds = counts.get(scope) ?? new Map<string, number>();
    const count = (kinds.get(each.kind) ?? 0) + by;
    if (count > 0) kinds.set(each.kind, count);
    else kinds.delete(each.kind);
    if (kinds.size > 0) counts.set(scope, kinds);
    else counts.delete(scope);
  }
};

const countIn = (counts: Counts, scope: Scope, kind: string): number => counts.get(scope)?.get(kind) ?? 0;

const namespaceOf = (scope: Scope): string | undefined =>
  scope.startsWith('namespace/') ? scope.slice('namespace/'.length) : undefined;

/** Whether so many deletes are too many, of so many that there are. */
export const isMassDelete = (count: number, of: number): boolean => count > MOST_AT_ONCE && count * 2 > of;

/** What survives a restart. */
export interface BreakerState {
  readonly trips: readonly Trip[];
  /** What a person has said is meant, until nothing is due there any more. */
  readonly acknowledged: readonly Acknowledged[];
  /** What went in the last ten minutes, the oldest first: a restart begins no new count. */
  readonly recent: readonly Deleted[];
}

/** A scope, and how many deletes in it a person knew of. */
export interface Acknowledged {
  readonly scope: Scope;
  readonly count: number;
}

/** So many times what was acknowledged may come due before it is asked for once more. */
const SLACK = 1.2;

/**
 * Keeps count of one process' deletes. What is due is told to it before anything of it is deleted: an object at a time where
 * they come due one by one, and all at once at a start or after a change of rules.
 */
export interface Breaker {
  readonly state: BreakerState;
  /** An object was looked at: it is due to be deleted, or (`undefined`) it is not. */
  looked(key: string, due: Delete | undefined, now: number): void;
  /** It was deleted by us. */
  deleted(key: string, now: number): void;
  /** It is gone, whoever deleted it, or no longer looked at. */
  gone(key: string): void;
  /** What holds a delete. */
  tripFor(each: Delete): Trip | undefined;
  /** A person has said that what is due in a scope is meant. */
  acknowledge(scope: Scope): void;
  /** Other rules are in force: what was meant by the last ones says nothing of these. */
  disown(): void;
}

export interface BreakerOptions {
  readonly population: Population;
  readonly state?: BreakerState;
  /** Told once each time it begins to hold. */
  readonly onTrip: (trip: Trip) => void;
}

export const createBreaker = ({ population, state, onTrip }: BreakerOptions): Breaker => {
  const pending = new Map<string, Delete>();
  const pendingCounts: Counts = new Map();
  const recentCounts: Counts = new Map();
  const recent = new Map<string, Deleted>();
  const trips = new Map((state?.trips ?? []).map((trip) => [trip.scope, trip]));
  const acknowledged = new Map((state?.acknowledged ?? []).map(({ scope, count }) => [scope, count]));

  const forget = (now: number): void => {
    for (const [key, { each, count, at }] of recent) {
      if (at > now - WINDOW_MS) return;
      recent.delete(key);
      add(recentCounts, each, -count);
    }
  };
  const note = ({ each, count, at }: Deleted): void => {
    const key = JSON.stringify([Math.floor(at / MINUTE_MS), each.kind, each.namespace, each.rule]);
    recent.set(key, { each, count: count + (recent.get(key)?.count ?? 0), at });
    add(recentCounts, each, count);
  };
  for (const deleted of state?.recent ?? []) note(deleted);

  const settle = (key: string): Delete | undefined => {
    const each = pending.get(key);
    if (!each) return undefined;
    pending.delete(key);
    add(pendingCounts, each, -1);
    for (const scope of scopesOf(each))
      if (!pendingCounts.has(scope)) {
        trips.delete(scope);
        acknowledged.delete(scope);
      }
    return each;
  };

  const totalIn = (scope: Scope): number => {
    let total = 0;
    for (const counts of [pendingCounts, recentCounts])
      for (const count of counts.get(scope)?.values() ?? []) total += count;
    return total;
  };

  /** What a narrower scope holds needs no other to hold it; what is meant in one is meant in all. */
  const check = ({ kind, ...each }: Delete, now: number): void => {
    for (const scope of scopesOf({ kind, ...each })) {
      const meant = acknowledged.get(scope);
      if (meant !== undefined && totalIn(scope) <= meant * SLACK) return;
      acknowledged.delete(scope);
      const deleted = countIn(recentCounts, scope, kind);
      const count = countIn(pendingCounts, scope, kind) + deleted;
      if (count <= MOST_AT_ONCE) continue;
      const namespace = namespaceOf(scope);
      const goneOfAll = namespace === undefined ? countIn(recentCounts, `kind/${kind}`, kind) : deleted;
      const of = population(kind, namespace) + goneOfAll;
      const before = trips.get(scope);
      if (!before && !isMassDelete(count, of)) continue;
      const trip = { scope, kind, count: Math.max(count, before?.count ?? 0), of, at: before?.at ?? now };
      trips.set(scope, trip);
      if (!before) onTrip(trip);
      return;
    }
  };

  return {
    get state() {
      return {
        trips: [...trips.values()],
        acknowledged: Array.from(acknowledged, ([scope, count]) => ({ scope, count })),
        recent: [...recent.values()].slice(-MOST_SAVED),
      };
    },
    looked(key, due, now) {
      forget(now);
      if (!due) {
        settle(key);
        return;
      }
      const before = pending.get(key);
      if (before) add(pendingCounts, before, -1);
      pending.set(key, due);
      add(pendingCounts, due, 1);
      check(due, now);
    },
    deleted(key, now) {
      const each = settle(key);
      if (!each) return;
      note({ each, count: 1, at: now });
    },
    gone: settle,
    tripFor: (each) => {
      for (const scope of scopesOf(each)) {
        if (acknowledged.has(scope)) return undefined;
        const trip = trips.get(scope);
        if (trip) return trip;
      }
      return undefined;
    },
    acknowledge(scope) {
      trips.delete(scope);
      if (pendingCounts.has(scope)) acknowledged.set(scope, totalIn(scope));
    },
    disown: () => acknowledged.clear(),
  };
};

/** The breaker as it would be if all of these were due now: what a plan says. */
export const breakerOn = (
  deletes: Iterable<Delete>,
  population: Population,
  now: number,
): Pick<Breaker, 'state' | 'tripFor'> => {
  const breaker = createBreaker({ population, onTrip: () => undefined });
  let count = 0;
  for (const each of deletes) breaker.looked(String(count++), each, now);
  return breaker;
};
