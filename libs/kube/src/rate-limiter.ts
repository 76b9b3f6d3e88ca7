import type { CancelTimer, Clock } from '@kube-steward/schedule';

import type { KubeApiError } from './errors.ts';

/** Something whose end is waited for, so that a wait can end with it. Calls back at once when it has ended already. */
export interface Endable {
  onEnd(callback: (error: KubeApiError) => void): () => void;
}

export interface RateLimiter {
  /**
   * Takes a token, in the order of asking. Brings how long it took in milliseconds; rejects with the error of `until` when
   * that ends first, without a token being spent.
   */
  acquire(until?: Endable): Promise<number>;
  /** How many are waiting. */
  readonly waiting: number;
}

interface Waiter {
  readonly since: number;
  readonly admit: (waitedMs: number) => void;
}

/**
 * A token bucket: `burst` at once, `qps` a second in the long run. It holds one timer while anyone waits, and none else.
 * `qps` of -1 lets everything through.
 *
 * @throws RangeError if `qps` is not positive or -1, or `burst` is below 1
 */
export const createRateLimiter = (options: { qps: number; burst: number; clock: Clock }): RateLimiter => {
  const { qps, burst, clock } = options;
  if (qps === -1) return { acquire: () => Promise.resolve(0), waiting: 0 };
  if (!(qps > 0)) throw new RangeError(`qps must be positive, or -1 for no limit, not ${qps}`);
  if (!(burst >= 1)) throw new RangeError(`burst must be 1 or more, not ${burst}`);
  return new TokenBucket(qps, burst, clock);
};

/** A sum of fractions may end a hair below what it should be. */
const ROUNDING = 1e-6;

class TokenBucket implements RateLimiter {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #clock: Clock;
  /** Insertion order is the order of turns; a Set lets any of them leave. */
  readonly #waiters = new Set<Waiter>();
  #tokens: number;
  #filledAt: number;
  #cancelTimer: CancelTimer | undefined;

  constructor(qps: number, burst: number, clock: Clock) {
    this.#perMs = qps / 1000;
    this.#burst = burst;
    this.#clock = clock;
    this.#tokens = burst;
    this.#filledAt = clock.monotonic();
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  acquire(until?: Endable): Promise<number> {
    this.#fill();
    if (this.#waiters.size === 0 && this.#take()) return Promise.resolve(0);
    return new Promise((resolve, reject) => {
      let release = (): void => undefined;
      const waiter: Waiter = {
        since: this.#filledAt,
        admit: (waitedMs) => {
          release();
          resolve(waitedMs);
        },
      };
      this.#waiters.add(waiter);
      this.#schedule();
      if (until)
        release = until.onEnd((error) => {
          this.#leave(waiter);
          reject(error);
        });
    });
  }

  #fill(): void {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
  }

  #take(): boolean {
    if (this.#tokens < 1 - ROUNDING) return false;
    this.#tokens -= 1;
    return true;
  }

  #leave(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    if (this.#waiters.size > 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** Waits in whole milliseconds, one at least: a shorter wait may be lost in the precision of the time and never end. */
  #schedule(): void {
    const waitMs = Math.max(1, Math.ceil((1 - this.#tokens) / this.#perMs - ROUNDING));
    this.#cancelTimer ??= this.#clock.setTimer(waitMs, () => {
      this.#cancelTimer = undefined;
      this.#fill();
      for (const waiter of this.#waiters) {
        if (!this.#take()) break;
        this.#waiters.delete(waiter);
        waiter.admit(this.#filledAt - waiter.since);
      }
      if (this.#waiters.size > 0) this.#schedule();
    });
  }
}
