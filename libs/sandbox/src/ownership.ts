import { apiVersionOf, managedFieldsAfterUpdate, type Unstructured } from '@kube-steward/kube';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';
import type { WriteMode } from './writes.ts';

const DEFAULT_MANAGER = 'sandbox';

/**
 * The object with its managedFields brought up to date with a write. An object that exists and has none is not tracked, as
 * on a real server: only a create or an apply begins to.
 */
export const ownFields = (
  state: State,
  kind: ServedKind,
  before: Unstructured | undefined,
  object: Unstructured,
  { options, managedFields }: WriteMode,
): Unstructured => {
  if (managedFields) return withManagedFields(object, managedFields);
  if (before && !before.metadata.managedFields && !object.metadata.managedFields) return object;
  const after = managedFieldsAfterUpdate({
    before,
    after: object,
    manager: options.fieldManager ?? DEFAULT_MANAGER,
    apiVersion: apiVersionOf(kind),
    subresource: options.subresource,
    time: state.timestamp(),
  });
  return withManagedFields(object, after);
};

/** managedFields come last in metadata. */
const withManagedFields = (
  object: Unstructured,
  managedFields: NonNullable<Unstructured['metadata']['managedFields']>,
): Unstructured => {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: managedFields.length > 0 ? { ...metadata, managedFields } : metadata };
};
