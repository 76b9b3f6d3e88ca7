import type { Clock } from '@kube-steward/schedule';

/** Decides how long a key that failed has to wait. */
export interface RateLimiter {
  /** Counts one more failure of the key and returns its delay in milliseconds. */
  when(key: string): number;
  /** The key succeeded, or is given up: its next failure counts as the first. */
  forget(key: string): void;
  /** How many failures are counted for the key. */
  failures(key: string): number;
}

export interface RateLimiterOptions {
  clock: Clock;
  /** Delay after a key's first failure; doubles with each further one. */
  baseDelayMs?: number;
  maxDelayMs?: number;
  /** Retries a second over all keys, beyond `burst`. */
  qps?: number;
  burst?: number;
}

/**
 * client-go's default controller rate limiter: the longer of an exponential back-off a key (5 ms · 2ⁿ, at most 1000 s) and a
 * token bucket over all keys (10 a second, bursts of 100). The bucket may be overdrawn: each retry then waits for its own token.
 */
export const createRateLimiter = (options: RateLimiterOptions): RateLimiter => {
  const { clock, baseDelayMs = 5, maxDelayMs = 1_000_000, qps = 10, burst = 100 } = options;
  const failures = new Map<string, number>();
  let tokens = burst;
  let refilledAt = clock.monotonic();

  const reserve = (): number => {
    const now = clock.monotonic();
    tokens = Math.min(burst, tokens + ((now - refilledAt) / 1000) * qps) - 1;
    refilledAt = now;
    return tokens < 0 ? (-tokens / qps) * 1000 : 0;
  };

  return {
    when(key) {
      const before = failures.get(key) ?? 0;
      failures.set(key, before + 1);
      return Math.max(Math.min(maxDelayMs, baseDelayMs * 2 ** before), reserve());
    },
    forget: (key) => void failures.delete(key),
    failures: (key) => failures.get(key) ?? 0,
  };
};
