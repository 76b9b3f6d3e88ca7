import type { Resource, Unstructured } from '@kube-steward/kube';
import type { HorizontalPodAutoscaler, PodDisruptionBudget, ScaleTargetRef } from '../workloads/wire.ts';
import { customResourceDefinition, namespacedMeta, type MetaOptions } from './meta.ts';
import { appLabels } from './pods.ts';

/** What a scaler points at: the name of a Deployment, or any kind. Default: the Deployment of the scaler's own name. */
export type Target = string | ScaleTargetRef;

const targetRef = (target: Target): ScaleTargetRef =>
  typeof target === 'string' ? { apiVersion: 'apps/v1', kind: 'Deployment', name: target } : target;

/** Options of `hpa`. */
export interface HpaOptions extends MetaOptions {
  target?: Target;
  /** Default 1; `null` leaves the field out. */
  minReplicas?: number | null;
  /** Default 10. */
  maxReplicas?: number;
  /** Target CPU utilisation in percent of the requests. Default 70. */
  cpuUtilization?: number;
  spec?: Record<string, unknown>;
}

/** A HorizontalPodAutoscaler (autoscaling/v2) on CPU utilisation. */
export const hpa = (options: HpaOptions): HorizontalPodAutoscaler => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: namespacedMeta(options),
  spec: {
    scaleTargetRef: targetRef(options.target ?? options.name),
    ...(options.minReplicas === null ? {} : { minReplicas: options.minReplicas ?? 1 }),
    maxReplicas: options.maxReplicas ?? 10,
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: options.cpuUtilization ?? 70 } },
      },
    ],
    ...options.spec,
  },
});

/** Options of `pdb`: `minAvailable` 1 if neither bound is given. */
export interface PdbOptions extends MetaOptions {
  minAvailable?: number | string;
  maxUnavailable?: number | string;
  /** The workload protected, by its `app` label. Default: the one of the budget's own name. */
  app?: string;
}

/** A PodDisruptionBudget. */
export const pdb = (options: PdbOptions): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: namespacedMeta(options),
  spec: {
    selector: { matchLabels: appLabels(options.app ?? options.name) },
    ...(options.maxUnavailable === undefined
      ? { minAvailable: options.minAvailable ?? 1 }
      : { maxUnavailable: options.maxUnavailable }),
  },
});

/** Options of `scaledObject`. */
export interface ScaledObjectOptions extends MetaOptions {
  target?: Target;
  /** Default 1. */
  minReplicaCount?: number;
  /** Default 10. */
  maxReplicaCount?: number;
  spec?: Record<string, unknown>;
}

/** A KEDA ScaledObject (keda.sh/v1alpha1) with a queue as its trigger. Its CRD must be loaded: `SCALED_OBJECT_CRD`. */
export const scaledObject = (options: ScaledObjectOptions): Unstructured => ({
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: namespacedMeta(options),
  spec: {
    scaleTargetRef: targetRef(options.target ?? options.name),
    minReplicaCount: options.minReplicaCount ?? 1,
    maxReplicaCount: options.maxReplicaCount ?? 10,
    triggers: [{ type: 'rabbitmq', metadata: { queueName: options.name, mode: 'QueueLength', value: '20' } }],
    ...options.spec,
  },
});

/** Argo Rollouts, as the API serves them. */
export const ROLLOUTS: Resource = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'rollouts',
  kind: 'Rollout',
  namespaced: true,
};

/** The CRD of Argo Rollouts. */
export const ROLLOUT_CRD: Unstructured = customResourceDefinition({
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'rollouts',
  kind: 'Rollout',
  shortNames: ['ro'],
  scale: {
    specReplicasPath: '.spec.replicas',
    statusReplicasPath: '.status.HPAReplicas',
    labelSelectorPath: '.status.selector',
  },
});

/** The CRD of KEDA's ScaledObjects. */
export const SCALED_OBJECT_CRD: Unstructured = customResourceDefinition({
  group: 'keda.sh',
  version: 'v1alpha1',
  plural: 'scaledobjects',
  kind: 'ScaledObject',
  shortNames: ['so'],
});
