import { type FieldSchema, fieldSchema } from './field-schema.ts';
import { goText, goTypeName } from './go-text.ts';
import { isJsonObject, jsonEqual, type JsonObject, ownValue, setOwn } from './json.ts';
import { malformedPatch, unexplainedPatch } from './patch-error.ts';
import {
  deleteScalars,
  mergeList,
  type MergedList,
  orderAs,
  requireKey,
  requireOneType,
  unknownDirective,
} from './strategic-list.ts';

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM = '$deleteFromPrimitiveList/';
const ELEMENT_ORDER = '$setElementOrder/';

/**
 * The target after a strategic merge patch, the API server's own patch format for built-in kinds. `schema` says how the
 * kind's lists merge (`schemaOf`). The input is never changed; parts of it may be shared with the result.
 *
 * | in the patch | does |
 * | --- | --- |
 * | `null` | removes the field |
 * | an object | merges field by field |
 * | a list with a merge key | merges item by item in the patch's order; new items come ahead of those only the object has |
 * | a list of scalars that merges | union; `$deleteFromPrimitiveList/x` takes values out |
 * | any other list, a scalar | replaces |
 * | an object or list where there is none | is taken without nulls and without what carries `$patch` |
 * | `$patch: replace` in an object, or as an item | replaces the object, the whole list |
 * | `$patch: delete` in an object, or in an item | empties the object, removes the item |
 * | `$retainKeys: [a, b]` | drops every other field of the object first |
 * | `$setElementOrder/x` | puts the list's items into that order |
 *
 * Throws KubeApiError `InvalidPatch`: status 400 for retained keys that make no sense, 500 for what the API server trips
 * over: an item without its merge key, an unknown `$patch`, an order that contradicts the patch or orders nothing.
 *
 * @example
 * applyStrategicMergePatch(
 *   deployment,
 *   { spec: { template: { spec: { containers: [{ name: 'web', image: 'web:2' }] } } } },
 *   schemaOf(deployment),
 * );
 */
export const applyStrategicMergePatch = (target: unknown, patch: unknown, schema: FieldSchema): unknown => {
  if (!isJsonObject(patch)) throw malformedPatch('a strategic merge patch is an object');
  return mergeObject(isJsonObject(target) ? target : {}, patch, schema);
};

const mergeObject = (target: JsonObject, patch: JsonObject, schema: FieldSchema): JsonObject => {
  if (Object.hasOwn(patch, DIRECTIVE)) return replaceObject(patch);
  const result = retainKeys(target, patch);
  const rest = { ...patch };
  Reflect.deleteProperty(rest, RETAIN_KEYS);
  for (const directive of Object.keys(patch).filter((key) => key.startsWith(ELEMENT_ORDER))) {
    const key = directive.slice(ELEMENT_ORDER.length);
    orderList(result, rest, key, patch[directive], fieldSchema(schema, key));
    Reflect.deleteProperty(rest, directive);
    if (Object.hasOwn(result, key)) Reflect.deleteProperty(rest, key);
  }
  for (const [key, value] of Object.entries(rest)) {
    if (key.startsWith(DELETE_FROM)) deleteFromList(result, key.slice(DELETE_FROM.length), value);
    else setField(result, key, mergeField(ownValue(result, key), value, fieldSchema(schema, key)));
  }
  return result;
};

/** Sets a field; `undefined` removes it. */
const setField = (result: JsonObject, key: string, value: unknown): void => {
  if (value === undefined) Reflect.deleteProperty(result, key);
  else setOwn(result, key, value);
};

const mergeField = (target: unknown, value: unknown, schema: FieldSchema): unknown => {
  if (isJsonObject(target) && isJsonObject(value)) return schema.replace ? value : mergeObject(target, value, schema);
  if (Array.isArray(target) && Array.isArray(value)) return mergeItems(target, value, schema).items;
  return newValue(value);
};

const mergeItems = (target: readonly unknown[], value: readonly unknown[], schema: FieldSchema): MergedList =>
  mergeList(target, value, schema, (item, change) => mergeObject(item, change, schema));

/** What a patch sets where nothing is: not nulls, and nothing that carries `$patch`. */
const newValue = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(newItem).filter((item) => item !== undefined);
  if (!isJsonObject(value)) return value ?? undefined;
  if (Object.hasOwn(value, DIRECTIVE)) return undefined;
  const result: JsonObject = {};
  for (const [key, child] of Object.entries(value)) setField(result, key, newValue(child));
  return result;
};

/** Nulls in lists stay. */
const newItem = (item: unknown): unknown => (item === null ? null : newValue(item));

const replaceObject = (patch: JsonObject): JsonObject => {
  const { [DIRECTIVE]: directive, ...rest } = patch;
  switch (directive) {
    case 'replace':
      return rest;
    case 'delete':
      return {};
    default:
      throw unknownDirective(patch);
  }
};

/** A copy of the target, without the fields `$retainKeys` leaves out. Every field the patch sets must be listed. */
const retainKeys = (target: JsonObject, patch: JsonObject): JsonObject => {
  if (!Object.hasOwn(patch, RETAIN_KEYS)) return { ...target };
  const keys = patch[RETAIN_KEYS];
  const isListed = (key: string): boolean => Array.isArray(keys) && keys.includes(key);
  const isStray = (key: string): boolean => !isAside(key) && patch[key] !== null && !isListed(key);
  if (!Array.isArray(keys) || Object.keys(patch).some(isStray)) {
    throw malformedPatch('invalid patch format of retainKeys');
  }
  return Object.fromEntries(Object.entries(target).filter(([key]) => isListed(key)));
};

const isAside = (key: string): boolean =>
  key === RETAIN_KEYS || key.startsWith(DELETE_FROM) || key.startsWith(ELEMENT_ORDER);

/** Takes values out of a list; `null` takes the list away. What is no list stays. */
const deleteFromList = (result: JsonObject, key: string, values: unknown): void => {
  const list = ownValue(result, key);
  if (values === null) Reflect.deleteProperty(result, key);
  else if (Array.isArray(list) && Array.isArray(values)) setOwn(result, key, deleteScalars(list, values));
};

/** Merges a list together with what the patch says of its order. */
const orderList = (result: JsonObject, patch: JsonObject, key: string, order: unknown, schema: FieldSchema): void => {
  requireList(order);
  const before = listIn(result, key);
  const changes = listIn(patch, key);
  const { mergeKey } = schema;
  requireSameOrder(changes ?? [], order, mergeKey);
  if (!before && !changes) return;
  const { items, order: live } = mergedForOrder(before, changes, schema);
  requireOneType(before ?? [], changes ?? []);
  if (mergeKey !== undefined) for (const item of [...items, ...order]) requireKey(item, mergeKey);
  setOwn(result, key, orderAs(items, order, live, mergeKey));
};

const mergedForOrder = (
  before: readonly unknown[] | undefined,
  changes: readonly unknown[] | undefined,
  schema: FieldSchema,
): MergedList => {
  if (before && changes) return mergeItems(before, changes, schema);
  return { items: before ?? (newValue(changes) as unknown[]), order: before ?? [] };
};

/** A list that may not be there. */
const listIn = (object: JsonObject, key: string): readonly unknown[] | undefined => {
  if (!Object.hasOwn(object, key)) return undefined;
  const list = object[key];
  requireList(list);
  return list;
};

function requireList(value: unknown): asserts value is unknown[] {
  if (Array.isArray(value)) return;
  throw unexpectedType('[]interface {}', value);
}

const keyIn = (item: unknown, key: string): unknown => {
  if (!isJsonObject(item)) throw unexpectedType('map[string]interface {}', item);
  requireKey(item, key);
  return ownValue(item, key);
};

const unexpectedType = (wanted: string, value: unknown): Error =>
  unexplainedPatch(`expected a ${wanted}, but received a ${goTypeName(value)}`);

/**
 * The order must name every item the patch sets, and in the patch's own order. An item that replaces the list is passed over
 * while there is something left of the order, and misses in it otherwise: so the API server has it.
 */
const requireSameOrder = (items: readonly unknown[], order: readonly unknown[], mergeKey: string | undefined): void => {
  if (items.length === 0 || order.length === 0) return;
  const keyOf = (item: unknown): unknown => (mergeKey === undefined ? item : keyIn(item, mergeKey));
  const rest = items.filter((item) => !isJsonObject(item) || item[DIRECTIVE] !== 'delete');
  for (const named of order) {
    while (isJsonObject(rest[0]) && Object.hasOwn(rest[0], DIRECTIVE)) rest.shift();
    if (rest.length > 0 && jsonEqual(keyOf(rest[0]), keyOf(named))) rest.shift();
  }
  if (rest.length === 0) return;
  throw unexplainedPatch(
    `The order in patch list:\n${goText(items)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`,
  );
};
