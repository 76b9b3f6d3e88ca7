import type { Metrics } from '@kube-steward/controller';
import { isChange, metricLabelsOf, type Action, type Decision } from '@kube-steward/plan';
import type { Key } from './keys.ts';
import { NAME } from './names.ts';
import { savedBy } from './saved.ts';
import { changesUp } from './sizes.ts';
import type { Workload } from './workload.ts';

/** What the downscaler publishes of itself. */
export interface DownscalerMetrics {
  decided(decision: Decision): void;
  /** The present state of an object, or that it is gone. */
  observed(key: Key, workload: Workload | undefined): void;
  /** From now on a workload is left to another field manager for an hour. */
  leftTo(manager: string): void;
  /** So many workloads are held back, because too many would go to sleep at once. */
  holding(workloads: number): void;
}

/** What is published of wakes. */
export interface WakeMetrics {
  /** A workload is back, so long after it was woken. */
  took(ms: number): void;
  /** One more, or one less, is not back in time. */
  incomplete(namespace: string, cause: string, by: 1 | -1): void;
}

interface Asleep {
  readonly namespace: string;
  readonly saved: Sums;
}

/** Whole numbers, so that what was added and taken away again leaves nothing behind. */
interface Sums {
  readonly workloads: number;
  readonly nanoCores: number;
  readonly bytes: number;
}

const NANO = 1e9;
const NONE: Sums = { workloads: 0, nanoCores: 0, bytes: 0 };

const plus = (a: Sums, b: Sums, sign: 1 | -1): Sums => ({
  workloads: a.workloads + sign * b.workloads,
  nanoCores: a.nanoCores + sign * b.nanoCores,
  bytes: a.bytes + sign * b.bytes,
});

const CHANGES = ['scaleDown', 'scaleUp', 'suspend', 'resume'] as const satisfies readonly Action[];

/** Gauges by namespace, kept up to date with each reconcile; a namespace in which nothing sleeps has no series. */
export const createDownscalerMetrics = (metrics: Metrics, dryRun: boolean): DownscalerMetrics => {
  const decisions = metrics.counter({
    name: 'kube_steward_downscaler_decisions_total',
    help: 'Decisions taken, by what they do and why',
    labels: ['controller', 'action', 'reason', 'dry_run'],
  });
  const withheld = metrics.counter({
    name: 'dry_run_actions_total',
    help: 'Actions decided on and not taken, because it is a dry run',
    labels: ['controller', 'action'],
  });
  const held = metrics.gauge({
    name: 'kube_steward_downscaler_held_workloads',
    help: 'Workloads that would go to sleep outside a transition, too many at once, and are held back',
  });
  held.set(0);
  const left = metrics.counter({
    name: 'kube_steward_downscaler_left_to_others_total',
    help: 'How often a workload was left awake for an hour, because another field manager kept changing its size back',
    labels: ['manager'],
  });
  for (const action of CHANGES) withheld.inc({ controller: NAME, action }, 0);
  const gauge = (name: string, help: string) =>
    metrics.gauge({ name: `kube_steward_downscaler_${name}`, help, labels: ['namespace'] });
  const sleeping = gauge('sleeping_workloads', 'Workloads that are down and carry an original');
  const cpu = gauge('saved_cpu_cores', 'CPU that sleeping replicas do not request');
  const memory = gauge('saved_memory_bytes', 'Memory that sleeping replicas do not request');
  const asleep = new Map<Key, Asleep>();
  const sums = new Map<string, Sums>();

  const move = ({ namespace, saved }: Asleep, sign: 1 | -1): void => {
    const sum = plus(sums.get(namespace) ?? NONE, saved, sign);
    if (sum.workloads === 0) {
      sums.delete(namespace);
      for (const each of [sleeping, cpu, memory]) each.remove({ namespace });
      return;
    }
    sums.set(namespace, sum);
    sleeping.set({ namespace }, sum.workloads);
    cpu.set({ namespace }, sum.nanoCores / NANO);
    memory.set({ namespace }, sum.bytes);
  };

  return {
    decided(decision) {
      decisions.inc({ ...metricLabelsOf(decision, { dryRun }) });
      if (dryRun && isChange(decision)) withheld.inc({ controller: NAME, action: decision.action });
    },
    observed(key, workload) {
      const before = asleep.get(key);
      const after = workload && asleepOf(workload);
      if (after) {
        asleep.set(key, after);
        move(after, 1);
      } else asleep.delete(key);
      if (before) move(before, -1);
    },
    leftTo: (manager) => left.inc({ manager }),
    holding: (workloads) => held.set(workloads),
  };
};

/** Whoever scaled it back up, nothing sleeps any more. */
const isBack = ({ row, fields, original = '' }: Workload): boolean =>
  changesUp(row.size, fields, original)?.length === 0;

const asleepOf = (workload: Workload): Asleep | undefined => {
  if (workload.original === undefined || isBack(workload)) return undefined;
  const { cpuCores = 0, memoryBytes = 0 } = savedBy(workload) ?? {};
  const saved = { workloads: 1, nanoCores: Math.round(cpuCores * NANO), bytes: Math.round(memoryBytes) };
  return { namespace: workload.metadata.namespace, saved };
};

/** Seconds: from a pod that was only waiting for its turn to a node that had to be bought first. */
const WAKE_BUCKETS = [5, 15, 30, 60, 120, 300, 600, 1200, 3600];

/** A cause that nothing is held up by any more has no series. */
export const createWakeMetrics = (metrics: Metrics): WakeMetrics => {
  const duration = metrics.histogram({
    name: 'kube_steward_downscaler_wake_duration_seconds',
    help: 'From a workload being woken until its pods are ready',
    buckets: WAKE_BUCKETS,
  });
  const incomplete = metrics.gauge({
    name: 'kube_steward_downscaler_incomplete_wakes',
    help: 'Workloads that are not ready although the wake timeout is over, by cause',
    labels: ['namespace', 'cause'],
  });
  const counts = new Map<string, number>();
  return {
    took: (ms) => duration.observe(ms / 1000),
    incomplete(namespace, cause, by) {
      const id = `${namespace}/${cause}`;
      const count = (counts.get(id) ?? 0) + by;
      if (count > 0) {
        counts.set(id, count);
        incomplete.set({ namespace, cause }, count);
      } else {
        counts.delete(id);
        incomplete.remove({ namespace, cause });
      }
    },
  };
};
