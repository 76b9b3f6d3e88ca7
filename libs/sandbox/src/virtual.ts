import { apiVersionOf, type Unstructured } from '@kube-steward/kube';
import type { ServedKind, VirtualSource } from './registry.ts';
import type { State } from './state.ts';

/** Serves a resource whose objects are computed, read-only. Returns how to stop it. */
export const serveVirtualSource = (state: State, source: VirtualSource): (() => void) => {
  const { resource } = source;
  const kind: ServedKind = {
    ...resource,
    singular: '',
    shortNames: [],
    categories: [],
    verbs: ['get', 'list'],
    status: false,
    actions: [],
    storage: `virtual ${resource.group}/${resource.plural}`,
    generation: false,
    annotationsCount: false,
    selectableFields: [],
    createOnUpdate: false,
    unconditionalUpdate: false,
    returnsDeleted: false,
    custom: false,
  };
  state.registry.add(kind);
  state.virtual.set(kind.storage, source);
  return () => {
    state.registry.remove(kind);
    state.virtual.delete(kind.storage);
  };
};

/** The objects of a computed resource; `undefined` for one with storage. */
export const virtualObjects = (
  state: State,
  kind: ServedKind,
  namespace?: string,
): readonly Unstructured[] | undefined => {
  const source = state.virtual.get(kind.storage);
  return source?.list(namespace).map((object) => ({ ...object, kind: kind.kind, apiVersion: apiVersionOf(kind) }));
};
