import type { Clock } from '@kube-steward/schedule';

export interface BackoffOptions {
  clock: Clock;
  /** 0 to 1. */
  random: () => number;
  /** The first delay, before jitter. 800 ms when left out. */
  firstMs?: number;
  /** The longest delay, before jitter. 30 s when left out. */
  maxMs?: number;
  /** A success that lasted this long makes the next failure a first one. 2 minutes when left out. */
  healthyMs?: number;
}

export interface Backoff {
  /** It works (again). Only what keeps working for `healthyMs` is forgiven. */
  succeeded(): void;
  /** It failed: how long to wait, in ms. Doubles with each failure up to `maxMs`; the jitter adds up to as much again. */
  failed(maxMs?: number): number;
}

/** Delays between tries, as client-go's reflectors keep them: 0.8 s doubling to 30 s, each lengthened by up to 100 % at random. */
export const createBackoff = (options: BackoffOptions): Backoff => {
  const { clock, random, firstMs = 800, maxMs: usualMaxMs = 30_000, healthyMs = 120_000 } = options;
  let failures = 0;
  let healthySince: number | undefined;
  return {
    succeeded() {
      healthySince ??= clock.monotonic();
    },
    failed(maxMs = usualMaxMs) {
      if (healthySince !== undefined && clock.monotonic() - healthySince >= healthyMs) failures = 0;
      healthySince = undefined;
      const delay = Math.min(maxMs, firstMs * 2 ** Math.min(failures++, 30));
      return delay * (1 + random());
    },
  };
};
