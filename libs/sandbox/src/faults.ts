import type { Verb } from './http/target.ts';

/**
 * What goes wrong with a request:
 *
 * | kind | the client sees |
 * | --- | --- |
 * | latency | the answer `ms` later, on the cluster's clock |
 * | status | an error Status with this code (429, 409, 500, 503, 403, 404, 401, 504, …), with Retry-After if given |
 * | reset | the connection reset: before any answer, or after so many bytes of the body |
 * | stall | silence on an open connection, from the start or after so many bytes |
 * | truncate | an orderly end in the middle of the body |
 * | expired | 410: on a list or a watch as HTTP status, with `asEvent` on a watch as ERROR event |
 * | no-bookmarks | a watch without bookmarks, though it asked for them |
 */
export type FaultEffect =
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'status'; readonly code: number; readonly retryAfterSeconds?: number; readonly message?: string }
  | { readonly kind: 'reset'; readonly afterBytes?: number }
  | { readonly kind: 'stall'; readonly afterBytes?: number }
  | { readonly kind: 'truncate'; readonly afterBytes?: number }
  | { readonly kind: 'expired'; readonly asEvent?: boolean }
  | { readonly kind: 'no-bookmarks' };

/** Which requests a rule is about; what is left out matches all. */
export interface FaultMatch {
  readonly verbs?: readonly (Verb | 'other')[];
  /** Plurals: `deployments`. */
  readonly resources?: readonly string[];
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly user?: string;
  readonly path?: RegExp;
}

export interface FaultRule {
  readonly match?: FaultMatch;
  readonly effect: FaultEffect;
  /** Of the matching requests, the share that is hit. Default 1. */
  readonly probability?: number;
  /** Matching requests that go through before the first is hit. Default 0. */
  readonly after?: number;
  /** How many are hit at most. Default unlimited. */
  readonly times?: number;
}

/** What a rule is matched against. */
export interface FaultSubject {
  readonly verb: Verb | 'other';
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly user: string;
  readonly path: string;
}

interface ActiveRule {
  readonly rule: FaultRule;
  seen: number;
  hits: number;
}

/** The faults in force. Rules are asked in the order they were added; all that match take effect. */
export class Faults {
  readonly #rules = new Set<ActiveRule>();
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Puts a rule in force; `hits` counts the requests it has hit so far. */
  add(rule: FaultRule): { remove(): void; readonly hits: number } {
    const active: ActiveRule = { rule, seen: 0, hits: 0 };
    this.#rules.add(active);
    return {
      remove: () => void this.#rules.delete(active),
      get hits() {
        return active.hits;
      },
    };
  }

  clear(): void {
    this.#rules.clear();
  }

  /** The effects on one request; counts it. */
  effectsOn(subject: FaultSubject): FaultEffect[] {
    if (this.#rules.size === 0) return [];
    const effects: FaultEffect[] = [];
    for (const active of this.#rules) if (this.#hits(active, subject)) effects.push(active.rule.effect);
    return effects;
  }

  #hits(active: ActiveRule, subject: FaultSubject): boolean {
    const { match = {}, probability = 1, after = 0, times = Infinity } = active.rule;
    if (!matches(match, subject)) return false;
    active.seen++;
    if (active.seen <= after || active.hits >= times) return false;
    if (probability < 1 && this.#random() >= probability) return false;
    active.hits++;
    return true;
  }
}

const matches = (match: FaultMatch, subject: FaultSubject): boolean =>
  (match.verbs?.includes(subject.verb) ?? true) &&
  (match.resources?.includes(subject.resource ?? '') ?? true) &&
  (match.subresource ?? subject.subresource) === subject.subresource &&
  (match.namespace ?? subject.namespace) === subject.namespace &&
  (match.name ?? subject.name) === subject.name &&
  (match.user ?? subject.user) === subject.user &&
  (match.path?.test(subject.path) ?? true);
