import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../workloads/wire.ts';
import { namespacedMeta, type MetaOptions } from './meta.ts';
import { appLabels, podTemplate, type PodTemplateOptions } from './pods.ts';

/** Options of the builders of replicated workloads. */
export interface WorkloadOptions extends MetaOptions, PodTemplateOptions {
  /** Default 1. `null` leaves the field out, as a Rollout driven by an autoscaler has it. */
  replicas?: number | null;
  /** Further fields of the spec, over the defaults. */
  spec?: Record<string, unknown>;
}

const size = (options: WorkloadOptions): { replicas?: number } =>
  options.replicas === null ? {} : { replicas: options.replicas ?? 1 };

const meta = (options: WorkloadOptions): ReturnType<typeof namespacedMeta> =>
  namespacedMeta({ ...options, labels: { ...appLabels(options.name), ...options.labels } });

const selection = (options: WorkloadOptions): Pick<Deployment['spec'], 'selector' | 'template'> => ({
  selector: { matchLabels: appLabels(options.name) },
  template: podTemplate(options.name, options),
});

/** A Deployment with one container; selector and pods carry `app: name`. */
export const deployment = (options: WorkloadOptions): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: meta(options),
  spec: {
    ...size(options),
    ...selection(options),
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    ...options.spec,
  },
});

/** A ReplicaSet that nothing owns, unless `owner` is given. */
export const replicaSet = (options: WorkloadOptions): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: meta(options),
  spec: { ...size(options), ...selection(options), ...options.spec },
});

/** A StatefulSet; its headless service is assumed to carry its name. */
export const statefulSet = (options: WorkloadOptions): StatefulSet => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: meta(options),
  spec: {
    ...size(options),
    ...selection(options),
    serviceName: options.name,
    podManagementPolicy: 'OrderedReady',
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    revisionHistoryLimit: 10,
    ...options.spec,
  },
});

/** A DaemonSet. */
export const daemonSet = (options: Omit<WorkloadOptions, 'replicas'>): DaemonSet => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: meta(options),
  spec: {
    ...selection(options),
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    revisionHistoryLimit: 10,
    ...options.spec,
  },
});

/** An Argo Rollout (argoproj.io/v1alpha1) with a canary strategy. Its CRD must be loaded: `ROLLOUT_CRD`. */
export const rollout = (options: WorkloadOptions): Deployment => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: meta(options),
  spec: { ...size(options), ...selection(options), strategy: { canary: {} }, ...options.spec },
});
