import type { ObjectMeta, Unstructured } from '@kube-steward/kube';
import { apiVersionOf } from '@kube-steward/kube';
import type { ServedKind } from './registry.ts';

/** The order in which the server writes metadata; clients cut managedFields out of the bytes relying on it. */
const METADATA_ORDER = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const satisfies readonly (keyof ObjectMeta)[];

/**
 * The form objects are stored in, so that equal objects have equal text: `kind`, `apiVersion`, `metadata` first, metadata in
 * the server's order without empty maps and lists, label and annotation keys sorted. Custom resources have all keys sorted.
 */
export const canonical = (kind: ServedKind, object: Unstructured): Unstructured => {
  const metadata = canonicalMetadata(object.metadata);
  if (kind.custom)
    return sortKeys({ ...object, apiVersion: apiVersionOf(kind), kind: kind.kind, metadata }) as Unstructured;
  const ordered: Record<string, unknown> = { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata };
  for (const field of Object.keys(object)) {
    if (!(field in ordered) && object[field] !== undefined) ordered[field] = object[field];
  }
  return ordered as Unstructured;
};

const canonicalMetadata = (metadata: ObjectMeta): ObjectMeta => {
  const ordered: Record<string, unknown> = {};
  for (const field of METADATA_ORDER) {
    const value: unknown = metadata[field];
    if (field === 'resourceVersion') ordered[field] = value ?? '';
    else if (field === 'labels' || field === 'annotations') {
      if (!isEmpty(value)) ordered[field] = sortedMap(value as Record<string, string>);
    } else if (!isEmpty(value)) ordered[field] = value;
  }
  return ordered as unknown as ObjectMeta;
};

const isEmpty = (value: unknown): boolean => {
  if (value === undefined || value === null || value === '') return true;
  if (typeof value !== 'object') return false;
  for (const key in value) if (Object.hasOwn(value, key)) return false;
  return true;
};

const sortedMap = (map: Record<string, string>): Record<string, string> => {
  const keys = Object.keys(map);
  for (let index = 1; index < keys.length; index++) {
    if ((keys[index - 1] as string) > (keys[index] as string)) return copySorted(map, keys);
  }
  return map;
};

const copySorted = (map: Record<string, string>, keys: string[]): Record<string, string> => {
  const sorted: Record<string, string> = {};
  for (const key of keys.sort()) sorted[key] = map[key] as string;
  return sorted;
};

/** A deep copy with sorted keys. */
export const sortKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const sorted: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) sorted[key] = sortKeys((value as Record<string, unknown>)[key]);
  return sorted;
};

/** Without the nulls, as typed decoding drops them. Parts shared with `clean`, which has none, are not looked at. */
export const withoutNulls = <T>(value: T, clean?: unknown): T => stripNulls(value, clean) as T;

const stripNulls = (value: unknown, clean: unknown): unknown => {
  if (typeof value !== 'object' || value === null || value === clean) return value;
  if (Array.isArray(value)) return stripItems(value);
  const fields = value as Record<string, unknown>;
  const cleanFields = (typeof clean === 'object' && clean !== null ? clean : {}) as Record<string, unknown>;
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(fields)) {
    const field = fields[key];
    const kept = stripNulls(field, cleanFields[key]);
    if (kept === field && field !== null) continue;
    copy ??= { ...fields };
    if (field === null) Reflect.deleteProperty(copy, key);
    else copy[key] = kept;
  }
  return copy ?? fields;
};

const stripItems = (items: readonly unknown[]): readonly unknown[] => {
  const kept = items.map((item) => stripNulls(item, undefined));
  return kept.some((item, index) => item !== items[index]) ? kept : items;
};

/** Deep equality of JSON values; the order of keys does not matter. */
export const equalJson = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && equalItems(a, b);
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  for (const key of keys) if (!(key in right) || !equalJson(left[key], right[key])) return false;
  return true;
};

const equalItems = (a: readonly unknown[], b: readonly unknown[]): boolean => {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!equalJson(a[index], b[index])) return false;
  return true;
};
