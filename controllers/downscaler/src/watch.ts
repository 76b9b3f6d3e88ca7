import { source, type Source as KeySource } from '@kube-steward/controller';
import { isNotFound, type Informer, type InformerSet, type Store, type StoredObject } from '@kube-steward/kube';
import { CALENDARS, keysOfNamespace, keysOfNamespaceChange, keysOfPod, keysOfWorkload, type Key } from './keys.ts';
import type { Source, Sources, View } from './observe.ts';
import type { Policy } from './policy.ts';
import type { PolledNamespaces } from './poll-namespaces.ts';
import { namespacesCalled, type ServiceCaller } from './protection.ts';
import { keysOfCalendars } from './read-calendars.ts';
import { unionOf } from './union-store.ts';
import { viewOf } from './view.ts';

/** A view kept up to date by informers, and what its changes make due. */
export interface WatchedView {
  readonly view: View;
  readonly keySources: readonly KeySource[];
}

/**
 * One shared informer a source; where only some namespaces are watched, one for each of them, and none for what has no
 * namespace: rights in single namespaces do not reach it. Namespaces themselves are then asked for now and then.
 */
export const watch = (
  informers: InformerSet,
  sources: Sources,
  policy: Policy,
  polled?: PolledNamespaces,
): WatchedView => {
  const made = new Map<unknown, Informer<StoredObject>[]>();
  const informersOf = <P extends StoredObject>(wanted: Source<P>): Informer<P>[] => {
    const known = made.get(wanted) as unknown as Informer<P>[] | undefined;
    if (known) return known;
    const { optional: _optional, ...options } = wanted;
    const found = scopesOf(wanted, policy).map((namespace) => informers.get({ ...options, namespace }));
    made.set(wanted, found);
    return found;
  };
  const fill = <P extends StoredObject>(wanted: Source<P>): Store<P> =>
    polled && wanted === (sources.namespaces as unknown)
      ? (polled.store as unknown as Store<P>)
      : unionOf(informersOf(wanted).map((informer) => informer.store));
  const view = viewOf(sources, fill);
  const due = <P extends StoredObject>(wanted: Source<P>, keysOf: (object: P) => Iterable<Key>): KeySource[] =>
    informersOf(wanted).map((informer) => source(informer, keysOf));
  const protective = [sources.awakePods, ...sources.callers, sources.services].flatMap((each) =>
    informersOf(each as unknown as Source<StoredObject>),
  );
  return {
    view: { ...view, unread: () => unreadOf(protective) },
    keySources: [
      ...[...sources.workloads.values()].flatMap((each) => due(each, (workload) => keysOfWorkload(view, workload))),
      ...(polled
        ? [polled.due((namespace) => keysOfNamespaceChange(view, namespace))]
        : due(sources.namespaces, (namespace) => keysOfNamespaceChange(view, namespace))),
      ...due(sources.awakePods, (pod) => keysOfPod(view, policy, pod)),
      ...sources.callers.flatMap((each) => due(each, (caller) => keysCalled(view, caller))),
      ...sources.configMaps.flatMap((each) => due(each, () => keysOfCalendars(view, policy))),
      ...(sources.configMaps.length > 0 ? [once(CALENDARS)] : []),
      ...due(sources.services, (service) => keysOfNamespace(view, service.metadata.namespace ?? '')),
    ],
  };
};

/** A key that is due from the beginning. */
const once = (key: Key): KeySource => ({
  connect(add) {
    add(key);
    return () => undefined;
  },
});

/** A kind that is not served holds nothing; one that may not be read, or not yet, could hold anything. */
const unreadOf = (informers: readonly Informer<StoredObject>[]): string | undefined => {
  const unread = informers.find((informer) => !informer.hasSynced() && !isNotFound(informer.status.lastError));
  return unread?.resource.plural;
};

const scopesOf = (
  { resource: { namespaced }, namespace }: Pick<Source<never>, 'resource' | 'namespace'>,
  { namespaces }: Policy,
): readonly (string | undefined)[] => {
  if (namespace !== undefined) return [namespace];
  if (namespaces.only.length === 0) return [undefined];
  return namespaced ? namespaces.only : [];
};

const keysCalled = function* (view: View, caller: ServiceCaller): Generator<Key> {
  for (const namespace of namespacesCalled(caller)) yield* keysOfNamespace(view, namespace);
};
