import { apiVersionOf, type Unstructured } from '@kube-steward/kube';
import { convert } from './conversions.ts';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';

/**
 * Objects that are served in several versions are stored in one: the first in the registry that has their `storage`.
 * Custom resources differ by `apiVersion` alone; what differs more is converted.
 */
export const storageKindOf = (state: State, kind: ServedKind): ServedKind =>
  state.registry.storageKind(kind.storage) ?? kind;

/** The stored object as `kind` serves it. */
export const fromStorage = (state: State, kind: ServedKind, object: Unstructured): Unstructured =>
  object.apiVersion === apiVersionOf(kind) ? object : convert(storageKindOf(state, kind), kind, object);

/** An object in the version of `kind` as it is stored. */
export const toStorage = (state: State, kind: ServedKind, object: Unstructured): Unstructured => {
  const target = storageKindOf(state, kind);
  return target === kind ? object : convert(kind, target, object);
};
