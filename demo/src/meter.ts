import { NO_REQUESTS, addRequests, type Requests } from '@kube-steward/plan';
import { HOUR_MS } from '@kube-steward/schedule';

/** Pods, and what they ask for together; as a total, each of it times hours. */
export interface Amount {
  readonly replicas: number;
  readonly requests: Requests;
}

export const NOTHING: Amount = { replicas: 0, requests: NO_REQUESTS };

/** So many pods of the same requests. */
export const podsOf = (requests: Requests, replicas: number): Amount => ({
  replicas,
  requests: addRequests(NO_REQUESTS, requests, replicas),
});

const plus = (a: Amount, b: Amount, times: number): Amount => ({
  replicas: a.replicas + b.replicas * times,
  requests: addRequests(a.requests, b.requests, times),
});

/** Adds up over time what many parties contribute, each from one change of it to the next. */
export class Meter {
  readonly #parties = new Map<string, Amount>();
  #now = NOTHING;
  #total = NOTHING;
  #at: number;

  constructor(startMs: number) {
    this.#at = startMs;
  }

  /** From `at` on (not before the last call), this is what the party contributes. */
  set(party: string, amount: Amount, at: number): void {
    const before = this.#parties.get(party);
    this.#total = this.total(at);
    this.#at = at;
    if (before) this.#now = plus(this.#now, before, -1);
    this.#now = plus(this.#now, amount, 1);
    if (amount.replicas === 0) this.#parties.delete(party);
    else this.#parties.set(party, amount);
  }

  /** What came together until `at`: pod-hours, core-hours, byte-hours. */
  total(at: number): Amount {
    return plus(this.#total, this.#now, (at - this.#at) / HOUR_MS);
  }
}
