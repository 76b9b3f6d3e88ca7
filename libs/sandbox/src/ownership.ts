import {
  apiVersionOf,
  type FieldSchema,
  managedFieldsAfterUpdate,
  ownersOf,
  schemaOf,
  type Unstructured,
} from '@kube-steward/kube';
import { valueAt, without, withoutValueAt } from './json-path.ts';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';
import { applyRulesOf } from './structural/apply-rules.ts';
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
  if (options.subresource === 'scale' && !isReplicasOwned(kind, before)) return object;
  const after = managedFieldsAfterUpdate({
    before: before && tracked(kind, before, options.subresource),
    after:
      options.subresource === 'scale'
        ? asScaleSees(kind, tracked(kind, object, options.subresource))
        : tracked(kind, object, options.subresource),
    manager: options.fieldManager ?? DEFAULT_MANAGER,
    apiVersion: apiVersionOf(kind),
    subresource: options.subresource,
    schema: applyRules(kind),
    time: options.subresource === 'scale' ? undefined : state.timestamp(),
  });
  return withManagedFields(object, after);
};

/** How objects of a custom kind are merged and owned; `undefined` for built-in ones. */
export const applyRules = ({ schema, group, version, kind }: ServedKind): FieldSchema | undefined =>
  schema && applyRulesOf(schema, schemaOf({ apiVersion: `${group}/${version}`, kind }).fields?.['metadata'] ?? {});

/** The status is nobody's but of those who write to it. */
const tracked = (kind: ServedKind, object: Unstructured, subresource: string | undefined): Unstructured => {
  if (!kind.status || subresource === 'status' || object['status'] === undefined) return object;
  return without(object, 'status');
};

/** A scale is tracked only while somebody owns the replicas. */
const isReplicasOwned = (kind: ServedKind, before: Unstructured | undefined): boolean =>
  ownersOf(before?.metadata.managedFields, `/${(kind.scale?.specReplicas ?? '').replaceAll('.', '/')}`).length > 0;

/** In a Scale, zero replicas are no field at all: nobody owns them. */
const asScaleSees = (kind: ServedKind, object: Unstructured): Unstructured => {
  const path = kind.scale?.specReplicas ?? '';
  return valueAt(object, path) === 0 ? withoutValueAt(object, path) : object;
};

/** managedFields come last in metadata. */
const withManagedFields = (
  object: Unstructured,
  managedFields: NonNullable<Unstructured['metadata']['managedFields']>,
): Unstructured => {
  const metadata = without(object.metadata, 'managedFields');
  return { ...object, metadata: managedFields.length > 0 ? { ...metadata, managedFields } : metadata };
};
