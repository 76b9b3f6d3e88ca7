import type { Registry } from 'prom-client';
import type { WorkQueueMetrics, WorkQueueStats } from '../work-queue.ts';
import { BucketHistogram, exponentialBounds } from './bucket-histogram.ts';
import { sampledCounter, sampledGauge, sampledHistogram } from './sampled.ts';

const NO_STATS: WorkQueueStats = { depth: 0, processing: 0, delayed: 0, unfinishedMs: 0, longestMs: 0 };

/** client-go's bounds for queue times, in seconds: 10 ns to 1000 s. */
const BOUNDS = exponentialBounds(1e-8, 10, 12);

/** The hooks of one queue, published as client-go's `workqueue_*`. */
export const createQueueMetrics = (registry: Registry, name: string): WorkQueueMetrics => {
  const labels = { name, controller: name };
  const labelNames = Object.keys(labels);
  const waited = new BucketHistogram(BOUNDS);
  const worked = new BucketHistogram(BOUNDS);
  let added = 0;
  let retried = 0;
  let stats = (): WorkQueueStats => NO_STATS;

  const gauge = (suffix: string, help: string, read: () => number): void =>
    sampledGauge({ registry, name: `workqueue_${suffix}`, help }, labelNames, () => [{ labels, value: read() }]);
  const counter = (suffix: string, help: string, read: () => number): void =>
    sampledCounter({ registry, name: `workqueue_${suffix}`, help }, labelNames, () => [{ labels, value: read() }]);
  const histogram = (suffix: string, help: string, source: BucketHistogram): void =>
    sampledHistogram({ registry, name: `workqueue_${suffix}`, help }, labels, source);

  gauge('depth', 'Current depth of workqueue', () => stats().depth);
  counter('adds_total', 'Total number of adds handled by workqueue', () => added);
  counter('retries_total', 'Total number of retries handled by workqueue', () => retried);
  histogram('queue_duration_seconds', 'How long in seconds an item stays in workqueue before being requested', waited);
  histogram('work_duration_seconds', 'How long in seconds processing an item from workqueue takes', worked);
  gauge('unfinished_work_seconds', 'How many seconds of work is in progress and not yet observed', () =>
    toSeconds(stats().unfinishedMs),
  );
  gauge('longest_running_processor_seconds', 'How many seconds the longest running processor has been running', () =>
    toSeconds(stats().longestMs),
  );

  return {
    added: () => {
      added++;
    },
    retried: () => {
      retried++;
    },
    started: (queuedMs) => waited.observe(queuedMs / 1000),
    finished: (workMs) => worked.observe(workMs / 1000),
    attach: (read) => void (stats = read),
  };
};

const toSeconds = (ms: number): number => ms / 1000;
