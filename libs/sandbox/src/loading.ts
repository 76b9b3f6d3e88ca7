import type { Unstructured } from '@kube-steward/kube';
import { canonical } from './canonical.ts';
import { prepareNew } from './preparation.ts';
import { decodeObject } from './decoding.ts';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';
import { StatusError } from './status-error.ts';
import { storageKey } from './stored.ts';
import { toStorage } from './versions.ts';

/** Stores manifests in an order in which each finds what it needs: definitions, namespaces, the rest. */
export const loadManifests = (state: State, manifests: readonly Unstructured[]): void => {
  const objects = manifests.flatMap(expandList);
  for (const object of [...objects].sort((a, b) => rank(a) - rank(b))) loadObject(state, object);
};

const RANKS: Readonly<Record<string, number>> = { CustomResourceDefinition: 0, Namespace: 1 };
const rank = (object: Unstructured): number => RANKS[object.kind ?? ''] ?? 2;

/** The items of a list object, which carry no kind of their own unless the list is a plain `List`. */
const expandList = (object: Unstructured): Unstructured[] => {
  const items = object['items'];
  if (!object.kind?.endsWith('List') || !Array.isArray(items)) return [object];
  const kind = object.kind.slice(0, -'List'.length);
  return (items as Unstructured[]).flatMap((item) =>
    expandList(
      kind && object.apiVersion
        ? { ...item, apiVersion: item.apiVersion ?? object.apiVersion, kind: item.kind ?? kind }
        : item,
    ),
  );
};

const loadObject = (state: State, manifest: Unstructured): void => {
  const kind = state.registry.findKind(manifest.apiVersion ?? '', manifest.kind ?? '');
  if (!kind) throw noMatch(manifest);
  const object = completed(state, kind, manifest);
  if (object.metadata.namespace !== undefined) ensureNamespace(state, object.metadata.namespace);
  const known = state.table(kind).get(storageKey(object.metadata.namespace, object.metadata.name));
  state.commit(kind, known ? 'MODIFIED' : 'ADDED', toStorage(state, kind, object));
};

const noMatch = (manifest: Unstructured): StatusError =>
  new StatusError({
    message: `no matches for kind ${JSON.stringify(manifest.kind ?? '')} in version ${JSON.stringify(manifest.apiVersion ?? '')}`,
    reason: 'NotFound',
    code: 404,
  });

/** Nodes are loaded as they run. */
const NOT_PREPARED = ['Node'];

/** The manifest with what the server would have added; what it brings itself stays. */
const completed = (state: State, kind: ServedKind, manifest: Unstructured): Unstructured => {
  const status = manifest['status'] ?? kind.initialStatus;
  const given = decodeObject(kind, status === undefined ? manifest : { ...manifest, status }).object;
  const metadata = {
    ...given.metadata,
    uid: given.metadata.uid ?? state.uid(),
    creationTimestamp: given.metadata.creationTimestamp ?? state.timestamp(),
    ...(kind.generation ? { generation: given.metadata.generation ?? 1 } : {}),
  };
  if (kind.namespaced) metadata.namespace ??= 'default';
  else Reflect.deleteProperty(metadata, 'namespace');
  const object = { ...given, metadata };
  return canonical(
    kind,
    NOT_PREPARED.includes(kind.kind) ? object : prepareNew(kind, object, { state, user: 'admin', given: object }),
  );
};

/** Creates a namespace that is only mentioned. */
export const ensureNamespace = (state: State, name: string): void => {
  if (state.tableOf('/namespaces').get(name)) return;
  loadObject(state, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
};
