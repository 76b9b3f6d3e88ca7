import type { Unstructured } from '@kube-steward/kube';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';
import type { WriteMode } from './writes.ts';

/** The object with its managedFields brought up to date with a write. */
export const ownFields = (
  _state: State,
  _kind: ServedKind,
  before: Unstructured | undefined,
  object: Unstructured,
  mode: WriteMode,
): Unstructured => {
  const managedFields = mode.managedFields ?? before?.metadata.managedFields;
  if (managedFields === object.metadata.managedFields) return object;
  const { managedFields: _given, ...metadata } = object.metadata;
  return { ...object, metadata: managedFields ? { ...metadata, managedFields } : metadata };
};
