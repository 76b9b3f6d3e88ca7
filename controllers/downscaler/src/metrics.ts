import type { Metrics } from '@kube-steward/controller';
import { metricLabelsOf, type Decision } from '@kube-steward/plan';
import type { Key } from './keys.ts';
import { savedBy } from './saved.ts';
import type { Workload } from './workload.ts';

/** What the downscaler publishes of itself. */
export interface DownscalerMetrics {
  decided(decision: Decision): void;
  /** The present state of an object, or that it is gone. */
  observed(key: Key, workload: Workload | undefined): void;
}

interface Asleep {
  readonly namespace: string;
  readonly cpuCores: number;
  readonly memoryBytes: number;
}

/** Gauges by namespace, kept up to date with each reconcile; a namespace in which nothing sleeps has no series. */
export const createDownscalerMetrics = (metrics: Metrics, dryRun: boolean): DownscalerMetrics => {
  const decisions = metrics.counter({
    name: 'kube_steward_downscaler_decisions_total',
    help: 'Decisions taken, by what they do and why',
    labels: ['controller', 'action', 'reason', 'dry_run'],
  });
  const gauge = (name: string, help: string) =>
    metrics.gauge({ name: `kube_steward_downscaler_${name}`, help, labels: ['namespace'] });
  const sleeping = gauge('sleeping_workloads', 'Workloads that are down and carry an original');
  const cpu = gauge('saved_cpu_cores', 'CPU that sleeping replicas do not request');
  const memory = gauge('saved_memory_bytes', 'Memory that sleeping replicas do not request');
  const asleep = new Map<Key, Asleep>();
  const counts = new Map<string, number>();

  const move = (entry: Asleep, sign: 1 | -1): void => {
    const labels = { namespace: entry.namespace };
    const count = (counts.get(entry.namespace) ?? 0) + sign;
    counts.set(entry.namespace, count);
    sleeping.inc(labels, sign);
    cpu.inc(labels, sign * entry.cpuCores);
    memory.inc(labels, sign * entry.memoryBytes);
    if (count > 0) return;
    counts.delete(entry.namespace);
    for (const each of [sleeping, cpu, memory]) each.remove(labels);
  };

  return {
    decided: (decision) => decisions.inc({ ...metricLabelsOf(decision, { dryRun }) }),
    observed(key, workload) {
      const before = asleep.get(key);
      const after = workload && asleepOf(workload);
      if (before) move(before, -1);
      if (after) {
        asleep.set(key, after);
        move(after, 1);
      } else asleep.delete(key);
    },
  };
};

const asleepOf = (workload: Workload): Asleep | undefined => {
  if (workload.original === undefined) return undefined;
  const { cpuCores, memoryBytes } = savedBy(workload) ?? { cpuCores: 0, memoryBytes: 0 };
  return { namespace: workload.metadata.namespace, cpuCores, memoryBytes };
};
