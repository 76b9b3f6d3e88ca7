import type { Registry } from 'prom-client';
import type { ReconcileMetrics } from '../reconcile-loop.ts';
import { BucketHistogram } from './bucket-histogram.ts';
import { sampledCounter, sampledGauge, sampledHistogram } from './sampled.ts';

/** controller-runtime's bounds for the time of a reconcile, in seconds. */
const BOUNDS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

/** The hooks of one reconcile loop, published as controller-runtime's `controller_runtime_*`; every series starts at 0. */
export const createReconcileMetrics = (registry: Registry, controller: string): ReconcileMetrics => {
  const labels = { controller };
  const outcomes = { success: 0, error: 0, requeue: 0, requeue_after: 0 };
  const totals = { errors: 0, terminal: 0, panics: 0, timeouts: 0, active: 0, concurrency: 0 };
  const times = new BucketHistogram(BOUNDS);

  const counter = (suffix: string, help: string, total: keyof typeof totals): void =>
    sampledCounter({ registry, name: `controller_runtime_${suffix}`, help }, ['controller'], () => [
      { labels, value: totals[total] },
    ]);
  const gauge = (suffix: string, help: string, total: keyof typeof totals): void =>
    sampledGauge({ registry, name: `controller_runtime_${suffix}`, help }, ['controller'], () => [
      { labels, value: totals[total] },
    ]);

  sampledCounter(
    { registry, name: 'controller_runtime_reconcile_total', help: 'Total number of reconciliations per controller' },
    ['controller', 'result'],
    () => Object.entries(outcomes).map(([result, value]) => ({ labels: { controller, result }, value })),
  );
  counter('reconcile_errors_total', 'Total number of reconciliation errors per controller', 'errors');
  counter('terminal_reconcile_errors_total', 'Total number of terminal reconciliation errors', 'terminal');
  counter('reconcile_panics_total', 'Total number of reconciliation panics per controller', 'panics');
  counter('reconcile_timeouts_total', 'Total number of reconciliation timeouts per controller', 'timeouts');
  gauge('max_concurrent_reconciles', 'Maximum number of concurrent reconciles per controller', 'concurrency');
  gauge('active_workers', 'Number of currently used workers per controller', 'active');
  sampledHistogram(
    { registry, name: 'controller_runtime_reconcile_time_seconds', help: 'Length of time per reconciliation' },
    labels,
    times,
  );

  return {
    concurrency: (workers) => void (totals.concurrency = workers),
    started: () => {
      totals.active++;
    },
    finished(outcome, durationMs) {
      totals.active--;
      outcomes[outcome]++;
      if (outcome === 'error') totals.errors++;
      times.observe(durationMs / 1000);
    },
    failedTerminally: () => {
      totals.terminal++;
    },
    panicked: () => {
      totals.panics++;
    },
    timedOut: () => {
      totals.timeouts++;
    },
  };
};
