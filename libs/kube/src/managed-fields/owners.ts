import type { ManagedFieldsEntry } from '../objects.ts';
import type { FieldSchema } from '../patch/field-schema.ts';
import { isJsonObject, type JsonObject, ownValue } from '../patch/json.ts';
import { parsePointer } from '../patch/json-pointer.ts';
import { schemaOf } from '../patch/kind-schemas.ts';
import { fieldElement, type PathElement } from './path-element.ts';
import { type Part, partsOf } from './structure.ts';

/** Who set a field, and when that manager last gave any field a new value. */
export interface FieldOwner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** RFC 3339. */
  readonly time: string | undefined;
  /** `scale`, `status`; `undefined` for writes to the object itself. */
  readonly subresource: string | undefined;
}

/**
 * The managers that own the field a JSON pointer leads to, or an object around it that is owned whole. Several own a field
 * that each of them applied with the same value.
 *
 * With `object` at hand a list item is named by its index, and it is known which objects are owned whole. Without, an item
 * is named as `fieldsV1` names it (`/spec/containers/k:{"name":"a"}/image`), and an owned object without owners inside counts
 * as owned whole when nobody owns the field itself.
 *
 * @example ownersOf(deployment.metadata.managedFields, '/spec/replicas') // [{ manager: 'kubectl', operation: 'Update', ... }]
 */
export const ownersOf = (
  managedFields: readonly ManagedFieldsEntry[] | undefined,
  pointer: string,
  object?: JsonObject,
): FieldOwner[] => {
  const keys = parsePointer(pointer);
  const path = object ? elementsIn(object, schemaOf(object), keys) : keys.map(elementOf);
  const entries = managedFields ?? [];
  const owners = entries.filter((entry) => reach(entry.fieldsV1, path) === 'field');
  const around = owners.length > 0 || object ? [] : entries.filter((entry) => reach(entry.fieldsV1, path) === 'around');
  return [...owners, ...around].map(ownerOf);
};

/**
 * The managers that own something at or below where a JSON pointer leads: the object there, whole or in parts.
 *
 * @example ownersWithin(deployment.metadata.managedFields, '/spec/template') // whoever deploys
 */
export const ownersWithin = (
  managedFields: readonly ManagedFieldsEntry[] | undefined,
  pointer: string,
): FieldOwner[] => {
  const path = parsePointer(pointer).map(elementOf);
  return (managedFields ?? []).filter((entry) => nodeAt(entry.fieldsV1, path) !== undefined).map(ownerOf);
};

const ownerOf = ({ manager, operation, apiVersion, time, subresource }: ManagedFieldsEntry): FieldOwner => ({
  manager,
  operation,
  apiVersion,
  time,
  subresource,
});

const nodeAt = (fields: unknown, path: readonly PathElement[]): unknown => {
  let node: unknown = fields;
  for (const element of path) node = isJsonObject(node) ? ownValue(node, element) : undefined;
  return node;
};

const elementOf = (key: string): PathElement => (/^([kv]:.|i:\d+$)/.test(key) ? key : fieldElement(key));

/** The path of the field, or of the object around it that is owned whole; an index becomes the key of the item there. */
const elementsIn = (object: JsonObject, schema: FieldSchema, keys: readonly string[]): PathElement[] => {
  const path: PathElement[] = [];
  let part: Part = { value: object, schema };
  for (const key of keys) {
    const parts = partsOf(part.value, part.schema);
    if (!parts && typeof part.value === 'object') return path;
    const element = (Array.isArray(part.value) ? [...(parts?.keys() ?? [])][Number(key)] : undefined) ?? elementOf(key);
    path.push(element);
    part = parts?.get(element) ?? { value: undefined, schema: {} };
  }
  return path;
};

/** How far a manager's set reaches along a path: to the field itself, to an object around it without paths inside, or not. */
const reach = (fields: unknown, path: readonly PathElement[]): 'field' | 'around' | 'no' => {
  let node: unknown = fields;
  for (const [depth, element] of path.entries()) {
    if (!isJsonObject(node)) return 'no';
    if (depth > 0 && Object.keys(node).length === 0) return 'around';
    node = ownValue(node, element);
  }
  if (path.length === 0 || !isJsonObject(node)) return 'no';
  return Object.keys(node).length === 0 || Object.hasOwn(node, '.') ? 'field' : 'no';
};
