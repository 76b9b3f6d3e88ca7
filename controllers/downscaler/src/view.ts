import { createStore, type KubeObject, type Store, type StoredObject } from '@kube-steward/kube';
import { sourcesOf, type Source, type Sources, type View } from './observe.ts';
import type { Policy } from './policy.ts';

/** A view in which every source is filled the same way: by an informer, a list, or manifests. */
export const viewOf = (sources: Sources, fill: <P extends StoredObject>(source: Source<P>) => Store<P>): View => ({
  workloads: new Map([...sources.workloads].map(([row, source]) => [row, fill(source)])),
  namespaces: fill(sources.namespaces),
  awakePods: fill(sources.awakePods),
  callers: sources.callers.map((source) => fill(source)),
  services: fill(sources.services),
});

/** A store of what a source keeps of these objects. */
export const storeOf = <P extends StoredObject>(source: Source<P>, objects: Iterable<KubeObject>): Store<P> => {
  const store = createStore<P>(source.indexes ?? {});
  for (const object of objects) {
    const kept = source.project(object);
    if (kept !== undefined) store.apply(kept);
  }
  return store;
};

const groupOf = (apiVersion = ''): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';

const kindKey = (group: string, kind: string): string => `${kind}.${group}`;

/**
 * Manifests as a whole cluster: what is not there does not exist. Objects count for a source by group and kind; their
 * version may be another one. Namespaces that no manifest declares are there, and bare.
 */
export const viewOfManifests = (objects: Iterable<KubeObject>, policy: Policy): View => {
  const byKind = groupByKind(objects);
  return viewOf(sourcesOf(policy), (source) =>
    storeOf(source, byKind.get(kindKey(source.resource.group, source.resource.kind)) ?? []),
  );
};

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
