import type { Container, Labels, Node, Pod, PodSpec, PodTemplate, Taint, Toleration } from '../workloads/wire.ts';
import { clusterMeta, namespacedMeta, type MetaOptions } from './meta.ts';

/** Resource amounts as they are written in manifests: `{ cpu: '250m', memory: '256Mi' }`. */
export interface Amounts {
  cpu?: string;
  memory?: string;
}

/** What the containers of a workload look like: one container named after the workload unless `containers` is given. */
export interface PodTemplateOptions {
  image?: string;
  /** Requests of the container. Default 100m and 128Mi. */
  requests?: Amounts;
  limits?: Amounts;
  containers?: Container[];
  nodeSelector?: Labels;
  tolerations?: Toleration[];
  priorityClassName?: string;
  /** Labels and annotations of the pods alone; those of the simulated kubelet go here. */
  podLabels?: Labels;
  podAnnotations?: Record<string, string>;
  /** Anything else of the pod spec. */
  podSpec?: Partial<PodSpec>;
}

const DEFAULT_REQUESTS = { cpu: '100m', memory: '128Mi' };

const container = (name: string, options: PodTemplateOptions): Container => ({
  name,
  image: options.image ?? `registry.example.com/${name}:1.0.0`,
  imagePullPolicy: 'IfNotPresent',
  resources: {
    requests: { ...DEFAULT_REQUESTS, ...options.requests },
    ...(options.limits ? { limits: { ...options.limits } } : {}),
  },
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
});

/** A pod spec with the defaults an API server fills in. */
export const podSpec = (name: string, options: PodTemplateOptions = {}): PodSpec => ({
  containers: options.containers ?? [container(name, options)],
  dnsPolicy: 'ClusterFirst',
  restartPolicy: 'Always',
  schedulerName: 'default-scheduler',
  securityContext: {},
  terminationGracePeriodSeconds: 30,
  ...(options.nodeSelector ? { nodeSelector: options.nodeSelector } : {}),
  ...(options.tolerations ? { tolerations: options.tolerations } : {}),
  ...(options.priorityClassName ? { priorityClassName: options.priorityClassName } : {}),
  ...options.podSpec,
});

/** The labels a workload's selector and pods share. */
export const appLabels = (name: string): Labels => ({ app: name });

/** The pod template of a workload called `name`, labelled `app: name`. */
export const podTemplate = (name: string, options: PodTemplateOptions = {}): PodTemplate => ({
  metadata: {
    labels: { ...appLabels(name), ...options.podLabels },
    ...(options.podAnnotations ? { annotations: options.podAnnotations } : {}),
  },
  spec: podSpec(name, options),
});

/** Options of `pod`. */
export interface PodOptions extends MetaOptions, PodTemplateOptions {
  nodeName?: string;
  /** Default: no status, as just created. */
  phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
}

const podStatus = (phase: NonNullable<PodOptions['phase']>, spec: PodSpec): Pod['status'] => {
  const running = phase === 'Running';
  return {
    phase,
    conditions: [
      { type: 'PodScheduled', status: 'True' },
      { type: 'ContainersReady', status: running ? 'True' : 'False' },
      { type: 'Ready', status: running ? 'True' : 'False' },
    ],
    containerStatuses: spec.containers.map(({ name, image }) => ({
      name,
      image,
      ready: running,
      started: running,
      restartCount: 0,
      state: running ? { running: {} } : {},
    })),
  };
};

/** A Pod, labelled `app: name`. */
export const pod = (options: PodOptions): Pod => {
  const spec = podSpec(options.name, options);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: namespacedMeta({
      ...options,
      labels: { ...appLabels(options.name), ...options.labels, ...options.podLabels },
      ...(options.podAnnotations ? { annotations: { ...options.annotations, ...options.podAnnotations } } : {}),
    }),
    spec: options.nodeName ? { ...spec, nodeName: options.nodeName } : spec,
    ...(options.phase ? { status: podStatus(options.phase, spec) } : {}),
  } as Pod;
};

/** Options of `node`. */
export interface NodeOptions extends Omit<MetaOptions, 'namespace'> {
  /** Default 4 CPUs, 16 GiB. */
  cpu?: string;
  memory?: string;
  pods?: number;
  taints?: Taint[];
  unschedulable?: boolean;
  /** Default True. */
  ready?: boolean;
}

/** A Node with its capacity all allocatable. */
export const node = (options: NodeOptions): Node => {
  const capacity = { cpu: options.cpu ?? '4', memory: options.memory ?? '16Gi', pods: String(options.pods ?? 110) };
  const ready = options.ready ?? true;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: clusterMeta({
      ...options,
      labels: {
        'kubernetes.io/hostname': options.name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        ...options.labels,
      },
    }),
    spec: {
      ...(options.taints ? { taints: options.taints } : {}),
      ...(options.unschedulable ? { unschedulable: true } : {}),
    },
    status: {
      capacity,
      allocatable: { ...capacity },
      conditions: [
        { type: 'Ready', status: ready ? 'True' : 'False', reason: ready ? 'KubeletReady' : 'NodeNotReady' },
      ],
    },
  };
};
