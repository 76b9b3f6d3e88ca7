import type { OwnerReference, Unstructured } from '@kube-steward/kube';
import { canonical } from './canonical.ts';
import { deleteObject, FOREGROUND, ORPHAN, removeObject, shouldRemove } from './deletion.ts';
import { valueAt } from './json-path.ts';
import { namespaceKind } from './namespaces.ts';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';
import { type Stored, storageKey } from './stored.ts';
import type { Change } from './table.ts';

/**
 * What the garbage collector, the namespace controller and the kubelet do in a cluster, run on each change:
 *
 * | change | then |
 * | --- | --- |
 * | an object is gone | dependents without another living owner are deleted; others lose the reference |
 * | deleted with Orphan | dependents lose the reference, then the object goes |
 * | deleted with Foreground | dependents are deleted; it goes when none that blocks is left |
 * | a new object names only owners that do not exist | it is deleted |
 * | a namespace terminates | its content is deleted; it goes when nothing is left |
 * | a pod's grace period is over | the pod goes |
 */
export const collectGarbage = (state: State): (() => void) =>
  state.listen('*', (change, storage) => {
    const object = change.current.object();
    if (change.type === 'DELETED') afterRemoval(state, object);
    else if (object.metadata.deletionTimestamp) whileTerminating(state, storage, change);
  });

const afterRemoval = (state: State, object: Unstructured): void => {
  const { uid, namespace, ownerReferences } = object.metadata;
  if (uid) for (const dependent of dependentsOf(state, uid)) releaseFrom(state, dependent, uid);
  for (const owner of ownerReferences ?? []) finishForeground(state, findOwner(state, owner, namespace));
  if (namespace) finishNamespace(state, namespace);
};

interface Found {
  readonly kind: ServedKind;
  readonly stored: Stored;
}

const dependentsOf = (state: State, uid: string): Found[] =>
  state.dependentsOf(uid).flatMap(([storage, key]) => {
    const kind = state.registry.storageKind(storage);
    const stored = state.tableOf(storage).get(key);
    return kind && stored ? [{ kind, stored }] : [];
  });

/** Deletes a dependent nobody living owns any more, or takes the reference off it. */
const releaseFrom = (state: State, { kind, stored }: Found, uid: string): void => {
  const { ownerReferences = [], namespace } = stored.object().metadata;
  const lives = ownerReferences.some((owner) => owner.uid !== uid && findOwner(state, owner, namespace));
  if (lives) withoutOwner(state, { kind, stored }, uid);
  else deleteInBackground(state, { kind, stored });
};

const deleteInBackground = (state: State, { kind, stored }: Found): void => {
  if (!state.table(kind).get(stored.key)) return;
  deleteObject(state, kind, stored.name, {
    propagationPolicy: 'Background',
    ...(stored.namespace === undefined ? {} : { namespace: stored.namespace }),
  });
};

const withoutOwner = (state: State, { kind, stored }: Found, uid: string): void => {
  const object = stored.object();
  const ownerReferences = object.metadata.ownerReferences?.filter((owner) => owner.uid !== uid) ?? [];
  state.commit(kind, 'MODIFIED', canonical(kind, { ...object, metadata: { ...object.metadata, ownerReferences } }));
};

/** The object a reference means, if it exists and is the same one by uid. */
const findOwner = (state: State, owner: OwnerReference, namespace: string | undefined): Found | undefined => {
  const kind = state.registry.findKind(owner.apiVersion, owner.kind);
  const stored = kind && state.table(kind).get(storageKey(kind.namespaced ? namespace : undefined, owner.name));
  return kind && stored?.object().metadata.uid === owner.uid ? { kind, stored } : undefined;
};

/** Deletes an object whose owners are all gone. Called for objects that come in through the API. */
export const collectOrphanedAtBirth = (state: State, kind: ServedKind, stored: Stored): void => {
  const { ownerReferences = [], namespace } = stored.object().metadata;
  if (ownerReferences.length === 0 || ownerReferences.some((owner) => findOwner(state, owner, namespace))) return;
  deleteInBackground(state, { kind, stored });
};

const whileTerminating = (state: State, storage: string, change: Change): void => {
  const kind = state.registry.storageKind(storage);
  const stored = kind && state.tableOf(storage).get(change.current.key);
  if (!stored || stored.revision !== change.revision) return;
  const { finalizers = [], uid = '' } = stored.object().metadata;
  if (finalizers.includes(ORPHAN)) orphanDependents(state, { kind, stored }, uid);
  else if (finalizers.includes(FOREGROUND)) deleteDependents(state, { kind, stored }, uid);
  else if (storage === '/namespaces') emptyNamespace(state, stored.name);
  else if (storage === '/pods') removeAfterGrace(state, { kind, stored });
};

const orphanDependents = (state: State, found: Found, uid: string): void => {
  for (const dependent of dependentsOf(state, uid)) withoutOwner(state, dependent, uid);
  withoutFinalizer(state, found, ORPHAN);
};

const deleteDependents = (state: State, found: Found, uid: string): void => {
  for (const dependent of dependentsOf(state, uid)) {
    if (dependent.stored.object().metadata.deletionTimestamp) continue;
    const namespace = dependent.stored.namespace;
    deleteObject(state, dependent.kind, dependent.stored.name, {
      propagationPolicy: 'Foreground',
      ...(namespace === undefined ? {} : { namespace }),
    });
  }
  finishForeground(state, found);
};

/** Lets an object that waits for its dependents go when none is left that blocks it. */
const finishForeground = (state: State, found: Found | undefined): void => {
  if (!found) return;
  const { kind } = found;
  const stored = state.table(kind).get(found.stored.key);
  const { uid = '', finalizers = [], deletionTimestamp } = stored?.object().metadata ?? {};
  if (!stored || !deletionTimestamp || !finalizers.includes(FOREGROUND)) return;
  const blocked = dependentsOf(state, uid).some(({ stored: dependent }) =>
    dependent
      .object()
      .metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true),
  );
  if (!blocked) withoutFinalizer(state, { kind, stored }, FOREGROUND);
};

const withoutFinalizer = (state: State, { kind, stored }: Found, finalizer: string): void => {
  const object = stored.object();
  const finalizers = object.metadata.finalizers?.filter((one) => one !== finalizer) ?? [];
  const next = canonical(kind, { ...object, metadata: { ...object.metadata, finalizers } });
  if (shouldRemove(kind, next)) removeObject(state, kind, stored);
  else state.commit(kind, 'MODIFIED', next);
};

const emptyNamespace = (state: State, name: string): void => {
  for (const table of state.tables()) {
    const kind = state.registry.storageKind(table.storage);
    if (!kind?.namespaced) continue;
    for (const stored of [...table.scan(`${name}/`, '')]) {
      if (!stored.object().metadata.deletionTimestamp) deleteInBackground(state, { kind, stored });
    }
  }
  finishNamespace(state, name);
};

const finishNamespace = (state: State, name: string): void => {
  const stored = state.tableOf('/namespaces').get(name);
  if (!stored?.object().metadata.deletionTimestamp) return;
  for (const table of state.tables()) {
    const kind = state.registry.storageKind(table.storage);
    if (kind?.namespaced && table.countFrom(`${name}/`, '') > 0) return;
  }
  if ((stored.object().metadata.finalizers ?? []).length === 0 && isKubernetesAlone(stored.object())) {
    removeObject(state, namespaceKind(state), stored);
  }
};

/** No other controller holds the namespace through `spec.finalizers`. */
const isKubernetesAlone = (namespace: Unstructured): boolean => {
  const finalizers = valueAt(namespace, 'spec.finalizers');
  return !Array.isArray(finalizers) || finalizers.every((one) => one === 'kubernetes');
};

const removeAfterGrace = (state: State, { kind, stored }: Found): void => {
  const { deletionTimestamp = '', uid } = stored.object().metadata;
  state.clock.setTimer(Date.parse(deletionTimestamp) - state.clock.now() - state.skewMs, () => {
    const pod = state.table(kind).get(stored.key);
    const metadata = pod?.object().metadata;
    if (!pod || metadata?.uid !== uid || metadata?.deletionTimestamp !== deletionTimestamp) return;
    deleteObject(state, kind, pod.name, {
      gracePeriodSeconds: 0,
      ...(pod.namespace ? { namespace: pod.namespace } : {}),
    });
  });
};
