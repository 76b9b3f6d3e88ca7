import {
  RESOURCES,
  createStore,
  getPointer,
  matchesFields,
  parseFieldSelector,
  type FieldSelector,
  type KubeObject,
  type Resource,
  type Store,
  type StoredObject,
} from '@kube-steward/kube';
import { groupOf } from './kinds.ts';
import { sourcesOf, workloadSource, type Source, type Sources, type View } from './observe.ts';
import type { Policy } from './policy.ts';

/** A view in which every source is filled the same way: by an informer, a list, or manifests. */
export const viewOf = (sources: Sources, fill: <P extends StoredObject>(source: Source<P>) => Store<P>): View => ({
  workloads: new Map([...sources.workloads].map(([row, source]) => [row, fill(source)])),
  namespaces: fill(sources.namespaces),
  awakePods: fill(sources.awakePods),
  callers: sources.callers.map((source) => fill(source)),
  services: fill(sources.services),
  configMaps: sources.configMaps.map((source) => fill(source)),
});

/** Told of an object of a shape that no API server would have let in; it is left out, and the rest is read. */
export type OnUnreadable = (object: KubeObject, error: unknown) => void;

const rethrow: OnUnreadable = (_object, error) => {
  throw error;
};

/** A store of what a source keeps of these objects. */
export const storeOf = <P extends StoredObject>(
  source: Source<P>,
  objects: Iterable<KubeObject>,
  onUnreadable: OnUnreadable = rethrow,
): Store<P> => {
  const store = createStore<P>(source.indexes ?? {});
  for (const object of objects) {
    try {
      const kept = source.project(object);
      if (kept !== undefined) store.apply(kept);
    } catch (error) {
      onUnreadable(object, error);
    }
  }
  return store;
};

const kindKey = (group: string, kind: string): string => `${kind}.${group}`;

/**
 * Manifests as a whole cluster: what is not there does not exist. Objects count for a source by group and kind; their
 * version may be another one. Objects that name no namespace are in `default`; namespaces that no manifest declares are
 * there, and bare.
 */
export const viewOfManifests = (
  objects: Iterable<KubeObject>,
  policy: Policy,
  onUnreadable: OnUnreadable = rethrow,
): View => {
  const byKind = groupByKind(objects);
  const of = ({
    resource,
    fieldSelector,
    namespace,
  }: Pick<Source<never>, 'resource' | 'fieldSelector' | 'namespace'>): KubeObject[] => {
    const found = byKind.get(kindKey(resource.group, resource.kind)) ?? [];
    const placed = resource.namespaced ? found.map(inNamespace) : found;
    const fields = fieldSelector === undefined ? [] : parseFieldSelector(fieldSelector);
    const isRead = (object: KubeObject): boolean =>
      namespace === undefined ? isWatched(object, resource, policy) : object.metadata.namespace === namespace;
    return placed.filter((object) => isRead(object) && hasFields(object, fields));
  };
  const sources = sourcesOf(policy);
  const others = policy.known.filter((row) => !sources.workloads.has(row)).map((row) => workloadSource(row, policy));
  return {
    ...viewOf(sources, (source) => storeOf(source, of(source), onUnreadable)),
    others: others.flatMap((source) => [...storeOf(source, of(source)).list()]),
  };
};

const inNamespace = (object: KubeObject): KubeObject =>
  object.metadata.namespace ? object : { ...object, metadata: { ...object.metadata, namespace: 'default' } };

/** Where only some namespaces are watched, manifests of others are not seen. */
const isWatched = ({ metadata }: KubeObject, { namespaced, kind }: Resource, { namespaces }: Policy): boolean => {
  const namespace = namespaced ? metadata.namespace : kind === RESOURCES.namespaces.kind ? metadata.name : undefined;
  return namespace === undefined || namespaces.only.length === 0 || namespaces.only.includes(namespace);
};

const hasFields = (object: KubeObject, fields: FieldSelector): boolean =>
  matchesFields(fields, (field) => {
    const value = getPointer(object, field.split('.'));
    return typeof value === 'string' ? value : undefined;
  });

const kindOf = (object: KubeObject): string => kindKey(groupOf(object.apiVersion), object.kind ?? '');

const groupByKind = (objects: Iterable<KubeObject>): Map<string, KubeObject[]> => {
  const groups = new Map<string, KubeObject[]>();
  for (const object of objects) {
    const key = kindOf(object);
    const group = groups.get(key);
    if (group) group.push(object);
    else groups.set(key, [object]);
  }
  return groups;
};
