import type { Informer, InformerHandler, InformerSet, Store, StoredObject } from '@kube-steward/kube';
import {
  keysOfNamespace,
  keysOfNamespaceChange,
  keysOfPod,
  keysOfWorkload,
  namespaceKey,
  workloadKey,
  type Key,
} from './keys.ts';
import type { AwakePod, NamespaceView, Source, Sources, View } from './observe.ts';
import type { Policy } from './policy.ts';
import { namespacesCalled, type ServiceCaller, type ServiceView } from './protection.ts';
import { unionOf } from './union-store.ts';
import { viewOf } from './view.ts';
import type { Workload } from './workload.ts';

/** A view kept up to date by informers. */
export interface WatchedView {
  readonly view: View;
  /** Calls `enqueue` with the key of everything that a change may bear on. */
  onChange(enqueue: (key: Key, initial: boolean) => void): void;
}

/** Shares one informer for each source (and each namespace, where only some are watched). */
export const watch = (informers: InformerSet, sources: Sources, policy: Policy): WatchedView => {
  const watched = new Map<unknown, Informer<StoredObject>[]>();
  const informersOf = <P extends StoredObject>(source: Source<P>): Informer<P>[] => {
    const known = watched.get(source) as unknown as Informer<P>[] | undefined;
    if (known) return known;
    const scopes =
      source.resource.namespaced && policy.namespaces.only.length > 0 ? policy.namespaces.only : [undefined];
    const { optional: _optional, ...options } = source;
    const made = scopes.map((namespace) => informers.get({ ...options, namespace }));
    watched.set(source, made as unknown as Informer<StoredObject>[]);
    return made;
  };
  const view = viewOf(sources, <P extends StoredObject>(source: Source<P>): Store<P> =>
    unionOf(informersOf(source).map((informer) => informer.store)),
  );
  return {
    view,
    onChange(enqueue) {
      const on = <P extends StoredObject>(source: Source<P>, handler: InformerHandler<P>): void => {
        for (const informer of informersOf(source)) informer.addHandler(handler);
      };
      for (const source of sources.workloads.values()) on(source, workloadHandler(view, enqueue));
      on(sources.namespaces, namespaceHandler(view, enqueue));
      on(
        sources.awakePods,
        everyChange<AwakePod>((pod) => keysOfPod(view, policy, pod), enqueue),
      );
      for (const source of sources.callers)
        on(
          source,
          everyChange<ServiceCaller>((caller) => keysCalled(view, caller), enqueue),
        );
      on(
        sources.services,
        everyChange<ServiceView>((service) => keysOfNamespace(view, service.metadata.namespace ?? ''), enqueue),
      );
    },
  };
};

type Enqueue = (key: Key, initial: boolean) => void;

/** At the beginning each object is told of once by its own handler; what hangs together is looked at only on changes. */
const workloadHandler = (view: View, enqueue: Enqueue): InformerHandler<Workload> => {
  const changed = (workload: Workload): void => {
    for (const key of keysOfWorkload(view, workload)) enqueue(key, false);
  };
  return {
    add: (workload, { initial }) => (initial ? enqueue(workloadKey(workload), true) : changed(workload)),
    update: (_, workload) => changed(workload),
    delete: changed,
  };
};

const namespaceHandler = (view: View, enqueue: Enqueue): InformerHandler<NamespaceView> => {
  const changed = (namespace: NamespaceView): void => {
    for (const key of keysOfNamespaceChange(view, namespace)) enqueue(key, false);
  };
  return {
    add: (namespace, { initial }) =>
      initial ? enqueue(namespaceKey(namespace.metadata.name), true) : changed(namespace),
    update: (_, namespace) => changed(namespace),
    delete: changed,
  };
};

const everyChange = <P>(keys: (object: P) => Iterable<Key>, enqueue: Enqueue): InformerHandler<P> => {
  const changed = (object: P): void => {
    for (const key of keys(object)) enqueue(key, false);
  };
  return {
    add: (object, { initial }) => (initial ? undefined : changed(object)),
    update: (_, object) => changed(object),
    delete: changed,
  };
};

const keysCalled = function* (view: View, caller: ServiceCaller): Generator<Key> {
  for (const namespace of namespacesCalled(caller)) yield* keysOfNamespace(view, namespace);
};
