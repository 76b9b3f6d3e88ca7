import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { HealthCheck } from './health.ts';

/**
 * A stall above this since the last look means that the process cannot keep its promises: a lease is to be renewed within
 * twice that time. A mean would hide it, as nothing is measured while the loop stands still.
 */
const LIMIT_MS = 5000;
const NS_PER_MS = 1e6;

/** What is read of `perf_hooks`' histogram; nanoseconds. */
export interface DelayHistogram {
  readonly max: number;
  reset(): void;
}

/** Watches how late the event loop is; `stop` ends that. Fails once for each long stall: only those that go on are a reason to restart. */
export const createLoopLagCheck = (histogram?: DelayHistogram): HealthCheck & { stop(): void } => {
  const monitor = histogram === undefined ? monitorEventLoopDelay({ resolution: 100 }) : undefined;
  monitor?.enable();
  const delays = histogram ?? monitor;
  return {
    name: 'event-loop',
    check() {
      const lateMs = (delays?.max ?? 0) / NS_PER_MS;
      delays?.reset();
      return lateMs > LIMIT_MS ? `stood still for ${Math.round(lateMs)} ms` : undefined;
    },
    stop: () => void monitor?.disable(),
  };
};
