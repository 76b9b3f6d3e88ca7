import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { HealthCheck } from './health.ts';

/** A mean delay above this since the last look means that the process cannot keep its promises (a lease renewal, say). */
const LIMIT_MS = 1000;
const NS_PER_MS = 1e6;

/** What is read of `perf_hooks`' histogram; nanoseconds. */
export interface DelayHistogram {
  readonly mean: number;
  readonly max: number;
  reset(): void;
}

/** Watches how late the event loop is; `stop` ends that. Fails when it was late on average since the last look. */
export const createLoopLagCheck = (histogram?: DelayHistogram): HealthCheck & { stop(): void } => {
  const monitor = histogram === undefined ? monitorEventLoopDelay({ resolution: 100 }) : undefined;
  monitor?.enable();
  const delays = histogram ?? monitor;
  return {
    name: 'event-loop',
    check() {
      const { mean = 0, max = 0 } = delays ?? {};
      delays?.reset();
      if (!(mean / NS_PER_MS > LIMIT_MS)) return undefined;
      return `late by ${Math.round(mean / NS_PER_MS)} ms on average, ${Math.round(max / NS_PER_MS)} ms at most`;
    },
    stop: () => void monitor?.disable(),
  };
};
