import { RESOURCES, type KubeObject, type Store, type Resource } from '@kube-steward/kube';
import type { AnnotationReader, Layer } from './annotations.ts';
import { KINDS, rowOfKind, type KindRow } from './kinds.ts';
import type { Policy } from './policy.ts';
import {
  CALLER_RESOURCES,
  callerProjection,
  namespacesCalled,
  servedTo,
  serviceProjection,
  type ServiceCaller,
  type ServiceView,
} from './protection.ts';
import { workloadProjection, type Workload } from './workload.ts';

/** What is kept of a namespace. */
export interface NamespaceView {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
  readonly layer: Layer;
  readonly labels: Readonly<Record<string, string>>;
}

/** What is kept of a running pod that carries force-uptime; all other pods are dropped on arrival. */
export interface AwakePod {
  readonly metadata: Workload['metadata'];
  readonly layer: Layer;
}

/** One kind the downscaler reads: what of it, and what is kept. A controller watches it, a plan lists it. */
export interface Source<P> {
  readonly resource: Resource;
  readonly project: (object: KubeObject) => P | undefined;
  readonly indexes?: Readonly<Record<string, (item: P) => readonly string[]>>;
  readonly fieldSelector?: string;
  readonly metadataOnly?: boolean;
  readonly keepManagedFields?: boolean;
  /** Whether the downscaler can work without it: the kind may be missing, or reading it forbidden. */
  readonly optional: boolean;
}

/** Everything the downscaler reads, named. */
export interface Sources {
  readonly workloads: ReadonlyMap<KindRow, Source<Workload>>;
  readonly namespaces: Source<NamespaceView>;
  readonly awakePods: Source<AwakePod>;
  readonly callers: readonly Source<ServiceCaller>[];
  readonly services: Source<ServiceView>;
}

/** The same, filled: what a controller's informers or a plan's lists brought. */
export interface View {
  readonly workloads: ReadonlyMap<KindRow, Store<Workload>>;
  readonly namespaces: Store<NamespaceView>;
  readonly awakePods: Store<AwakePod>;
  readonly callers: readonly Store<ServiceCaller>[];
  readonly services: Store<ServiceView>;
}

/** All there is to know about one workload before deciding. */
export interface Observation {
  readonly workload: Workload;
  readonly namespace?: NamespaceView;
  /** Pods that keep the namespace (or, if so configured, the cluster) awake. */
  readonly pods: readonly AwakePod[];
  /** The autoscaler that scales this workload. */
  readonly autoscaler?: Workload;
  /** The workload this one follows: an autoscaler's target, a Job's CronJob. */
  readonly leader?: Observation;
  /** What of the API server depends on it. */
  readonly serves?: string;
}

/** Kinds read beside the included ones, because they are one unit with them. */
const COMPANIONS: readonly { readonly of: readonly string[]; readonly plural: string }[] = [
  { of: ['deployments', 'statefulsets', 'rollouts', 'deploymentconfigs'], plural: 'horizontalpodautoscalers' },
  { of: ['cronjobs'], plural: 'jobs' },
];

/** The rows read: the included ones and their companions. */
export const rowsRead = (policy: Policy): readonly KindRow[] => {
  const included = new Set(policy.included.map((row) => row.resource.plural));
  const wanted = new Set(included);
  for (const { of, plural } of COMPANIONS) if (of.some((leader) => included.has(leader))) wanted.add(plural);
  return policy.known.filter((row) => wanted.has(row.resource.plural));
};

const workloadIndexes = {
  namespace: (workload: Workload) => [workload.metadata.namespace],
  target: (workload: Workload) => (workload.target ? [`${workload.metadata.namespace}/${workload.target}`] : []),
  owner: (workload: Workload) =>
    workload.owner ? [`${workload.metadata.namespace}/${workload.owner.kind}/${workload.owner.name}`] : [],
};

/** What to read, and what to keep of it. */
export const sourcesOf = (policy: Policy): Sources => ({
  workloads: new Map(
    rowsRead(policy).map((row) => [
      row,
      {
        resource: row.resource,
        project: workloadProjection(row, policy),
        indexes: workloadIndexes,
        keepManagedFields: true,
        optional: !KINDS.includes(row) || row.resource.group.includes('.') || !policy.included.includes(row),
      },
    ]),
  ),
  namespaces: {
    resource: RESOURCES.namespaces,
    project: namespaceProjection(policy.reader),
    optional: policy.namespaces.only.length > 0,
  },
  awakePods: {
    resource: RESOURCES.pods,
    project: awakePodProjection(policy),
    indexes: { namespace: (pod) => [pod.metadata.namespace] },
    fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed',
    metadataOnly: true,
    optional: true,
  },
  callers: CALLER_RESOURCES.map((resource) => ({
    resource,
    project: callerProjection(resource),
    indexes: { namespace: namespacesCalled },
    optional: true,
  })),
  services: { resource: RESOURCES.services, project: serviceProjection, optional: true },
});

const namespaceProjection =
  (reader: AnnotationReader) =>
  ({ metadata }: KubeObject): NamespaceView => ({
    metadata: { name: metadata.name, uid: metadata.uid ?? '', resourceVersion: metadata.resourceVersion ?? '' },
    layer: reader.layer(`namespace/${metadata.name}`, metadata.annotations),
    labels: metadata.labels ?? {},
  });

const awakePodProjection =
  (policy: Policy) =>
  ({ metadata }: KubeObject): AwakePod | undefined => {
    const key = `${policy.prefix}/force-uptime`;
    const text = metadata.annotations?.[key];
    if (text === undefined) return undefined;
    const { name, namespace = '', uid = '', resourceVersion = '' } = metadata;
    return {
      metadata: { name, namespace, uid, resourceVersion },
      layer: policy.reader.layer(`pod/${name}`, { [key]: text }),
    };
  };

/** One workload with all that bears on it; `undefined` when it is gone. */
export const observe = (view: View, policy: Policy, row: KindRow, key: string): Observation | undefined => {
  const workload = view.workloads.get(row)?.get(key);
  return workload && observationOf(view, policy, workload);
};

/** Everything observed, in the order of the table of kinds. */
export const observeAll = function* (view: View, policy: Policy): Generator<Observation> {
  for (const store of view.workloads.values())
    for (const workload of store.list()) yield observationOf(view, policy, workload);
};

const observationOf = (view: View, policy: Policy, workload: Workload): Observation => {
  const { namespace } = workload.metadata;
  const namespaceView = view.namespaces.get(namespace);
  const autoscaler = autoscalerOf(view, workload);
  const leader = leaderOf(view, policy, workload);
  const serves = servedTo(view.callers, view.services, namespace, workload.podLabels);
  return {
    workload,
    pods: policy.podsForceCluster ? [...view.awakePods.list()] : view.awakePods.byIndex('namespace', namespace),
    ...(namespaceView && { namespace: namespaceView }),
    ...(autoscaler && { autoscaler }),
    ...(leader && { leader }),
    ...(serves !== undefined && { serves }),
  };
};

/** A ScaledObject before an autoscaler: KEDA makes the autoscaler itself. */
const autoscalerOf = (view: View, workload: Workload): Workload | undefined => {
  if (workload.row.scaleTarget !== undefined) return undefined;
  const target = `${workload.metadata.namespace}/${workload.row.resource.kind}/${workload.metadata.name}`;
  let found: Workload | undefined;
  for (const [row, store] of view.workloads) {
    if (row.scaleTarget === undefined) continue;
    const [autoscaler] = store.byIndex('target', target);
    if (autoscaler && (!found || autoscaler.row.size.form === 'pause')) found = autoscaler;
  }
  return found;
};

const leaderOf = (view: View, policy: Policy, workload: Workload): Observation | undefined => {
  const { namespace } = workload.metadata;
  const reference =
    workload.target ?? (workload.owner?.kind === 'CronJob' ? `CronJob/${workload.owner.name}` : undefined);
  if (reference === undefined) return undefined;
  const slash = reference.indexOf('/');
  const kind = reference.slice(0, slash);
  const row = [...view.workloads.keys()].find((candidate) => candidate.resource.kind === kind);
  const leader = row && view.workloads.get(row)?.get(`${namespace}/${reference.slice(slash + 1)}`);
  return leader && observationOf(view, policy, leader);
};

/** Whether an owner is of a kind the downscaler knows, so that the owner is the one to scale. */
export const isKnownOwner = (policy: Policy, workload: Workload): boolean =>
  workload.owner !== undefined && rowOfKind(policy.known, workload.owner.apiVersion, workload.owner.kind) !== undefined;
