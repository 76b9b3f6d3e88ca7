import { type FieldSchema, fieldSchema } from '../patch/field-schema.ts';
import { isJsonObject, type JsonObject } from '../patch/json.ts';
import { fieldElement, keyElement, type PathElement, valueElement } from './path-element.ts';

/** A value and the rules it is under. */
export interface Part {
  readonly value: unknown;
  readonly schema: FieldSchema;
}

/**
 * The parts of a value that can each have an owner, in order; `undefined` for a value owned whole: a scalar, `null`, a list
 * without rules, an object marked so.
 */
export const partsOf = (value: unknown, schema: FieldSchema): Map<PathElement, Part> | undefined => {
  if (Array.isArray(value))
    return schema.listSet ? setParts(value) : schema.listKeys ? itemParts(value, schema) : undefined;
  if (!isJsonObject(value) || schema.atomic) return undefined;
  const parts = new Map<PathElement, Part>();
  for (const [name, child] of Object.entries(value)) {
    if (child !== undefined) parts.set(fieldElement(name), { value: child, schema: fieldSchema(schema, name) });
  }
  return parts;
};

const setParts = (values: readonly unknown[]): Map<PathElement, Part> =>
  new Map(values.map((value) => [valueElement(value), { value, schema: {} }]));

/** The rules of each item of a list. */
export const itemSchema = ({ atomicItems, fields = {}, values }: FieldSchema): FieldSchema =>
  atomicItems ? { atomic: true } : { fields, ...(values ? { values } : {}) };

/** Items that lack a key, or repeat one, are told apart by their place. */
const itemParts = (items: readonly unknown[], list: FieldSchema): Map<PathElement, Part> => {
  const schema = itemSchema(list);
  const parts = new Map<PathElement, Part>();
  for (const [index, value] of items.entries()) {
    const element = keyElement(value, list);
    parts.set(element !== undefined && !parts.has(element) ? element : `i:${index}`, { value, schema });
  }
  return parts;
};

/** Puts parts together again, to the kind of value they were taken from. */
export const assemble = (like: unknown, parts: Iterable<readonly [PathElement, unknown]>): unknown =>
  Array.isArray(like)
    ? [...parts].map(([, value]) => value)
    : Object.fromEntries([...parts].map(([element, value]) => [element.slice(2), value]));

/** Who set these is never recorded: they are the server's, or name the object. */
const UNTRACKED_METADATA = [
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
];

/** The object without what has no owners. */
export const trackedPart = (object: JsonObject): JsonObject => {
  const { metadata, ...rest } = object;
  const fields = omit(rest, ['apiVersion', 'kind']);
  const tracked = isJsonObject(metadata) ? omit(metadata, UNTRACKED_METADATA) : {};
  return Object.keys(tracked).length === 0 ? fields : { metadata: tracked, ...fields };
};

/** The tracked part as it is now, with the rest of the object as it was, but without its managed fields. */
export const withTrackedPart = (object: JsonObject, tracked: JsonObject): JsonObject => {
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
  const kept = Object.fromEntries(
    Object.entries(metadata).filter(([key]) => UNTRACKED_METADATA.includes(key) && key !== 'managedFields'),
  );
  const owned = isJsonObject(tracked['metadata']) ? tracked['metadata'] : {};
  const head = Object.fromEntries(Object.entries(object).filter(([key]) => key === 'apiVersion' || key === 'kind'));
  return { ...head, ...tracked, metadata: { ...kept, ...owned } };
};

const omit = (object: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
