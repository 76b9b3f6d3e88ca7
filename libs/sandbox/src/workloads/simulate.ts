import type { Cluster } from '../cluster.ts';
import { cronJobReconciler } from './cronjob.ts';
import { daemonSetReconciler } from './daemonset.ts';
import { deploymentReconciler, rolloutReconciler } from './deployment.ts';
import { Engine, type OnError, type Reconciler } from './engine.ts';
import { hpaReconciler, type UsageOf } from './hpa.ts';
import { jobReconciler } from './job.ts';
import { podReconciler } from './pods.ts';
import { replicaSetReconciler } from './replicaset.ts';
import { statefulSetReconciler } from './statefulset.ts';

/** The kinds that can be brought to life. */
export const SIMULATED_KINDS = [
  'Deployment',
  'Rollout',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Pod',
  'CronJob',
  'Job',
  'HorizontalPodAutoscaler',
] as const;
export type SimulatedKind = (typeof SIMULATED_KINDS)[number];

/** Options of `simulateWorkloads`. Times are in milliseconds. */
export interface SimulationOptions {
  /** Default: all. */
  readonly kinds?: readonly SimulatedKind[];
  /** From bound to Ready, where a pod has no `sandbox.kube-steward.io/pod-start`. Default 5 s. */
  readonly podStartMs?: number;
  /** How long a pod takes to end, at most its grace period. Default 2 s. */
  readonly podStopMs?: number;
  /** How long a pod of a Job runs, where it has no `sandbox.kube-steward.io/job-duration`. Default 30 s. */
  readonly jobDurationMs?: number;
  /** Default 5 minutes, as in a real cluster. */
  readonly scaleDownStabilizationMs?: number;
  /** CPU in use, for HPAs. Default: the annotation `sandbox.kube-steward.io/load` of the HPA or its target. */
  readonly usageOf?: UsageOf;
  /** Told of each write the cluster refused (a terminating namespace, a fault) and of each object that cannot be read. */
  readonly onError?: OnError;
}

/** Running simulated controllers. */
export interface Simulation {
  /** Whether nothing is left to do at this moment, and no pod is starting, stopping or running to its end. */
  settled(): boolean;
  /** Ends it; no timer is left. */
  stop(): void;
}

/**
 * Brings workloads to life: the controllers of a real cluster, as far as sizes, pods and runs go, on the cluster's clock.
 * They react to changes and to time, and do nothing while neither has something for them. Everything that follows from a
 * change without waiting happens at one instant, the next time the clock moves (`clock.advance(0)` is enough).
 *
 * @example
 * const simulation = simulateWorkloads(cluster, { podStartMs: 10_000 });
 * cluster.load([deployment({ name: 'web', replicas: 3 })]);
 * clock.advance(10_000); // three pods are Ready
 */
export const simulateWorkloads = (cluster: Cluster, options: SimulationOptions = {}): Simulation => {
  const { kinds = SIMULATED_KINDS, onError = () => undefined } = options;
  const table = reconcilersOf(options);
  const engine = new Engine(
    cluster,
    kinds.map((kind) => table[kind]),
    onError,
  );
  return { settled: () => engine.settled(), stop: () => engine.stop() };
};

const reconcilersOf = (options: SimulationOptions): Record<SimulatedKind, Reconciler> => ({
  Deployment: deploymentReconciler,
  Rollout: rolloutReconciler,
  ReplicaSet: replicaSetReconciler,
  StatefulSet: statefulSetReconciler,
  DaemonSet: daemonSetReconciler,
  Pod: podReconciler({
    podStartMs: options.podStartMs ?? 5000,
    podStopMs: options.podStopMs ?? 2000,
    jobDurationMs: options.jobDurationMs ?? 30_000,
  }),
  CronJob: cronJobReconciler,
  Job: jobReconciler,
  HorizontalPodAutoscaler: hpaReconciler({
    scaleDownStabilizationMs: options.scaleDownStabilizationMs ?? 300_000,
    ...(options.usageOf ? { usageOf: options.usageOf } : {}),
  }),
});
