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
    const value = metadata[field];
    if (value === undefined || value === null || isEmpty(value)) continue;
    ordered[field] = field === 'labels' || field === 'annotations' ? sortedMap(value as Record<string, string>) : value;
  }
  ordered['resourceVersion'] ??= '';
  return inOrder(ordered) as unknown as ObjectMeta;
};

/** Puts a resourceVersion that was only just added at its place. */
const inOrder = (metadata: Record<string, unknown>): Record<string, unknown> => {
  const ordered: Record<string, unknown> = {};
  for (const field of METADATA_ORDER) if (field in metadata) ordered[field] = metadata[field];
  return ordered;
};

const isEmpty = (value: unknown): boolean =>
  value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

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

/** Without the nulls, as typed decoding drops them. Shares what has none. */
export const withoutNulls = <T>(value: T): T => stripNulls(value) as T;

const stripNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    const items = value.map(stripNulls);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const changed: [key: string, kept: unknown][] = [];
  for (const [key, field] of Object.entries(value)) {
    const kept = field === null ? undefined : stripNulls(field);
    if (kept !== field) changed.push([key, kept]);
  }
  if (changed.length === 0) return value;
  const copy = { ...value, ...Object.fromEntries(changed) };
  for (const [key, kept] of changed) if (kept === undefined) Reflect.deleteProperty(copy, key);
  return copy;
};

/** Deep equality of JSON values; the order of keys does not matter. */
export const equalJson = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => equalJson(item, b[i]));
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length && keys.every((key) => key in right && equalJson(left[key], right[key]))
  );
};
