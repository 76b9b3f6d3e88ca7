import { RESOURCES, type KubeObject, type Store, type Resource } from '@kube-steward/kube';
import type { ObjectReference } from '@kube-steward/plan';
import type { AnnotationReader, Layer } from './annotations.ts';
import { exceptionsOn, type Exception } from './exceptions.ts';
import { configMapProjection, type ConfigMapView } from './calendar-book.ts';
import { KINDS, isOfKind, objectId, rowOfKind, type KindRow } from './kinds.ts';
import { ACTS } from './old-tool.ts';
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
  /** What of it ends by itself, and is removed then. */
  readonly exceptions: readonly Exception[];
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
  /** Only in this namespace, whatever else is read. */
  readonly namespace?: string;
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
  /** The ConfigMaps that calendars are in. */
  readonly configMaps: readonly Source<ConfigMapView>[];
}

/** The same, filled: what a controller's informers or a plan's lists brought. */
export interface View {
  readonly workloads: ReadonlyMap<KindRow, Store<Workload>>;
  readonly namespaces: Store<NamespaceView>;
  readonly awakePods: Store<AwakePod>;
  readonly callers: readonly Store<ServiceCaller>[];
  readonly services: Store<ServiceView>;
  readonly configMaps: readonly Store<ConfigMapView>[];
  /** What says who must not sleep and cannot be read just now, if there is anything. */
  readonly unread?: () => string | undefined;
  /** Objects of kinds that are not read for their own sake, where they are known all the same: in manifests. */
  readonly others?: readonly Workload[];
}

/** All there is to know about one workload before deciding. */
export interface Observation {
  readonly workload: Workload;
  readonly namespace: NamespaceView | undefined;
  /** Pods that keep the namespace (or, if so configured, the cluster) awake. */
  readonly pods: readonly AwakePod[];
  /** The autoscaler that scales this workload. */
  readonly autoscaler: Workload | undefined;
  /** The workload this one follows: an autoscaler's target, a Job's CronJob. */
  readonly leader: Observation | undefined;
  /** What of the API server depends on it. */
  readonly serves: string | undefined;
  /** What cannot be read although it could say that this workload must not sleep. */
  readonly unread: string | undefined;
}

/** Kinds read beside the included ones, because they are one unit with them. */
const COMPANIONS: readonly { readonly of: readonly string[]; readonly plural: string }[] = [
  { of: ['deployments', 'statefulsets', 'rollouts', 'deploymentconfigs'], plural: 'horizontalpodautoscalers' },
  { of: ['cronjobs'], plural: 'jobs' },
];

/** The rows read: the included ones and their companions. */
export const rowsRead = ({ included, known }: Policy): readonly KindRow[] => {
  const plurals = included.map((row) => row.resource.plural);
  const companions = COMPANIONS.filter(({ of }) => of.some((leader) => plurals.includes(leader)));
  return known.filter(
    (row) => included.includes(row) || companions.some(({ plural }) => plural === row.resource.plural),
  );
};

const workloadIndexes = {
  namespace: (workload: Workload) => [workload.metadata.namespace],
  target: ({ metadata, target }: Workload) => (target ? [objectId(metadata.namespace, target)] : []),
  oldTool: ({ isOldTool }: Workload) => (isOldTool ? [ACTS] : []),
  owner: ({ metadata, owner }: Workload) => (owner ? [objectId(metadata.namespace, owner)] : []),
  ordered: ({ metadata, layer }: Workload) => (layer.entries.wakeOrder ? [metadata.namespace] : []),
};

/** What is read of a kind. One with a dot in its group comes with a definition, which may not be installed. */
export const workloadSource = (row: KindRow, policy: Policy): Source<Workload> => ({
  resource: row.resource,
  project: workloadProjection(row, policy),
  indexes: workloadIndexes,
  keepManagedFields: true,
  optional: !KINDS.includes(row) || row.resource.group.includes('.') || !policy.included.includes(row),
});

/** What to read, and what to keep of it. */
export const sourcesOf = (policy: Policy): Sources => ({
  workloads: new Map(rowsRead(policy).map((row) => [row, workloadSource(row, policy)])),
  namespaces: {
    resource: RESOURCES.namespaces,
    project: namespaceProjection(policy.reader),
    keepManagedFields: true,
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
  configMaps: configMapSources(policy),
});

/** One for each ConfigMap, however many calendars are in it. */
const configMapSources = ({ calendars }: Policy): Source<ConfigMapView>[] => {
  const named = new Map(calendars.inConfigMaps.map((each) => [`${each.namespace}/${each.name}`, each]));
  return Array.from(named.values(), ({ namespace, name }) => ({
    resource: RESOURCES.configMaps,
    project: configMapProjection,
    namespace,
    fieldSelector: `metadata.name=${name}`,
    optional: true,
  }));
};

const namespaceProjection =
  (reader: AnnotationReader) =>
  ({ metadata }: KubeObject): NamespaceView => {
    const layer = reader.layer(`namespace/${metadata.name}`, metadata.annotations);
    return {
      metadata: { name: metadata.name, uid: metadata.uid ?? '', resourceVersion: metadata.resourceVersion ?? '' },
      layer,
      exceptions: exceptionsOn(layer, metadata),
      labels: metadata.labels ?? {},
    };
  };

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

/** The same for an object as a decision or a plan names it. */
export const observeReference = (view: View, policy: Policy, object: ObjectReference): Observation | undefined => {
  const row = rowOfKind([...view.workloads.keys()], object.apiVersion, object.kind);
  return row && observe(view, policy, row, `${object.namespace ?? ''}/${object.name}`);
};

/** What is in one namespace. */
export const observeNamespace = function* (view: View, policy: Policy, namespace: string): Generator<Observation> {
  for (const store of view.workloads.values())
    for (const workload of store.byIndex('namespace', namespace)) yield observationOf(view, policy, workload);
};

/** Everything observed, in the order of the table of kinds; then what is known of other kinds. */
export const observeAll = function* (view: View, policy: Policy): Generator<Observation> {
  for (const store of view.workloads.values())
    for (const workload of store.list()) yield observationOf(view, policy, workload);
  for (const workload of view.others ?? []) yield { ...ALONE, workload };
};

const ALONE = {
  namespace: undefined,
  pods: [],
  autoscaler: undefined,
  leader: undefined,
  serves: undefined,
  unread: undefined,
} as const;

const observationOf = (view: View, policy: Policy, workload: Workload): Observation => {
  const { namespace } = workload.metadata;
  return {
    workload,
    namespace: view.namespaces.get(namespace),
    pods: policy.podsForceCluster ? [...view.awakePods.list()] : view.awakePods.byIndex('namespace', namespace),
    autoscaler: autoscalerOf(view, workload),
    leader: leaderOf(view, policy, workload),
    serves: servedTo(view.callers, view.services, namespace, workload.podLabels),
    unread: view.unread?.(),
  };
};

/** A ScaledObject before an autoscaler: KEDA makes the autoscaler itself. */
const autoscalerOf = (view: View, workload: Workload): Workload | undefined => {
  if (workload.row.scaleTarget !== undefined) return undefined;
  const target = objectId(workload.metadata.namespace, workload.reference);
  let found: Workload | undefined;
  for (const [row, store] of view.workloads) {
    if (row.scaleTarget === undefined) continue;
    const [autoscaler] = store.byIndex('target', target);
    if (autoscaler && (!found || autoscaler.row.size.form === 'pause')) found = autoscaler;
  }
  return found;
};

/** What an autoscaler scales, or the CronJob of a Job; such a leader never follows anything itself. */
const leaderOf = (view: View, policy: Policy, { metadata, row, target, owner }: Workload): Observation | undefined => {
  const isChildJob = row.resource.plural === 'jobs' && row.resource.group === 'batch' && owner?.kind === 'CronJob';
  const reference = target ?? (isChildJob ? owner : undefined);
  if (reference === undefined) return undefined;
  for (const [candidate, store] of view.workloads) {
    if (!isOfKind(candidate, reference) || candidate.scaleTarget !== undefined) continue;
    const leader = store.get(`${metadata.namespace}/${reference.name}`);
    if (leader) return observationOf(view, policy, leader);
  }
  return undefined;
};

/** Whether an owner is of a kind that can be put to sleep, so that the owner is the one to scale. */
export const isKnownOwner = ({ known }: Policy, { owner }: Workload): boolean => {
  const row = owner && rowOfKind(known, owner.apiVersion, owner.kind);
  return row !== undefined && row.size.form !== 'name';
};
