import type { Unstructured } from '@kube-steward/kube';
import type { WriteOptions } from './cluster.ts';
import { badRequest, notFound } from './errors.ts';
import type { ServedKind } from './registry.ts';
import { withScale } from './scale.ts';
import type { State } from './state.ts';
import { type Stored, storageKey } from './stored.ts';
import { fromStorage } from './versions.ts';
import { replaceObject } from './writes.ts';

/** PUT of `/scale`: answers with the whole object. */
export const updateScale = (state: State, kind: ServedKind, scale: Unstructured, options: WriteOptions): Stored => {
  const { name, namespace } = scale.metadata;
  if (!name) throw badRequest('Name parameter required.');
  const stored = state.table(kind).get(storageKey(kind.namespaced ? namespace : undefined, name));
  if (!stored) throw notFound(kind, name);
  const next = withScale(kind, fromStorage(state, kind, stored.object()), scale);
  return replaceObject(state, kind, stored, next, { options: { ...options, subresource: 'scale' } });
};
