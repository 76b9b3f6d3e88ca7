/**
 * Wire shapes of the kinds the builders make and the simulated controllers read: the fields this package uses, no more.
 * Every shape is an `Unstructured`, so a field not named here is still there, as `unknown`.
 */
import type { Unstructured } from '@kube-steward/kube';

export type Labels = Record<string, string>;

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastUpdateTime?: string;
}

export interface Container {
  name: string;
  image: string;
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  [field: string]: unknown;
}

export interface Taint {
  key: string;
  value?: string;
  effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface Toleration {
  key?: string;
  operator?: 'Exists' | 'Equal';
  value?: string;
  effect?: string;
}

export interface PodSpec {
  containers: Container[];
  nodeName?: string;
  nodeSelector?: Labels;
  tolerations?: Toleration[];
  restartPolicy?: 'Always' | 'OnFailure' | 'Never';
  priorityClassName?: string;
  terminationGracePeriodSeconds?: number;
  [field: string]: unknown;
}

export interface ContainerStatus {
  name: string;
  image: string;
  ready: boolean;
  started: boolean;
  restartCount: number;
  state: Record<string, unknown>;
  [field: string]: unknown;
}

export interface PodStatus {
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  conditions?: Condition[];
  containerStatuses?: ContainerStatus[];
  startTime?: string;
  podIP?: string;
  [field: string]: unknown;
}

export type Pod = Unstructured & { spec: PodSpec; status?: PodStatus };

export interface PodTemplate {
  metadata: { labels?: Labels; annotations?: Labels };
  spec: PodSpec;
}

export interface Selector {
  matchLabels?: Labels;
}

export interface DeploymentStrategy {
  type?: 'RollingUpdate' | 'Recreate';
  rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string };
}

export interface ReplicaCounts {
  observedGeneration?: number;
  replicas?: number;
  updatedReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  unavailableReplicas?: number;
  conditions?: Condition[];
  [field: string]: unknown;
}

/** A Deployment, or an Argo Rollout, which has the same outline. */
export type Deployment = Unstructured & {
  spec: {
    replicas?: number;
    selector: Selector;
    template: PodTemplate;
    strategy?: DeploymentStrategy & Record<string, unknown>;
    paused?: boolean;
    revisionHistoryLimit?: number;
    progressDeadlineSeconds?: number;
  };
  status?: ReplicaCounts;
};

export type ReplicaSet = Unstructured & {
  spec: { replicas?: number; selector: Selector; template: PodTemplate };
  status?: ReplicaCounts;
};

export type StatefulSet = Unstructured & {
  spec: {
    replicas?: number;
    selector: Selector;
    serviceName: string;
    template: PodTemplate;
    podManagementPolicy?: 'OrderedReady' | 'Parallel';
    updateStrategy?: { type?: 'RollingUpdate' | 'OnDelete'; rollingUpdate?: { partition?: number } };
    ordinals?: { start: number };
    revisionHistoryLimit?: number;
  };
  status?: ReplicaCounts & { currentReplicas?: number; currentRevision?: string; updateRevision?: string };
};

export type DaemonSet = Unstructured & {
  spec: { selector: Selector; template: PodTemplate; [field: string]: unknown };
  status?: Record<string, unknown>;
};

export interface JobSpec {
  template: PodTemplate;
  parallelism?: number;
  completions?: number;
  backoffLimit?: number;
  suspend?: boolean;
  ttlSecondsAfterFinished?: number;
}

export interface JobStatus {
  active?: number;
  ready?: number;
  succeeded?: number;
  failed?: number;
  startTime?: string;
  completionTime?: string;
  conditions?: Condition[];
}

export type Job = Unstructured & { spec: JobSpec; status?: JobStatus };

export type CronJob = Unstructured & {
  spec: {
    schedule: string;
    timeZone?: string;
    suspend?: boolean;
    concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace';
    startingDeadlineSeconds?: number;
    successfulJobsHistoryLimit?: number;
    failedJobsHistoryLimit?: number;
    jobTemplate: { metadata?: { labels?: Labels; annotations?: Labels }; spec: JobSpec };
  };
  status?: {
    active?: { apiVersion: string; kind: string; namespace: string; name: string; uid: string }[];
    lastScheduleTime?: string;
    lastSuccessfulTime?: string;
  };
};

export interface ScaleTargetRef {
  apiVersion: string;
  kind: string;
  name: string;
}

export type HorizontalPodAutoscaler = Unstructured & {
  spec: {
    scaleTargetRef: ScaleTargetRef;
    minReplicas?: number;
    maxReplicas: number;
    metrics?: { type: string; resource?: { name: string; target: { type: string; averageUtilization?: number } } }[];
    behavior?: { scaleDown?: { stabilizationWindowSeconds?: number } };
  };
  status?: {
    currentReplicas?: number;
    desiredReplicas?: number;
    lastScaleTime?: string;
    conditions?: Condition[];
    [field: string]: unknown;
  };
};

export type PodDisruptionBudget = Unstructured & {
  spec: { selector: Selector; minAvailable?: number | string; maxUnavailable?: number | string };
  status?: Record<string, unknown>;
};

export type Node = Unstructured & {
  spec: { unschedulable?: boolean; taints?: Taint[] };
  status: { allocatable: Record<string, string>; capacity: Record<string, string>; conditions?: Condition[] };
};
