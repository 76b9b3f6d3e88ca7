import { KubeApiError } from '../errors.ts';
import { type FieldSchema, fieldSchema } from './field-schema.ts';
import { isJsonObject, jsonEqual, type JsonObject, ownValue, setOwn } from './json.ts';
import { malformedPatch } from './patch-error.ts';
import { deleteScalars, mergeList, orderAs } from './strategic-list.ts';

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
 * | `$patch: replace` in an object, or as an item | replaces the object, the whole list |
 * | `$patch: delete` in an object, or in an item | empties the object, removes the item |
 * | `$retainKeys: [a, b]` | drops every other field of the object first |
 * | `$setElementOrder/x` | puts the list's items into that order |
 *
 * Throws KubeApiError `InvalidPatch`: status 400 for directives that make no sense, 422 for an item without its merge
 * key, 500 for an order that contradicts the patch.
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
  if (Object.hasOwn(patch, DIRECTIVE)) return replaceObject(target, patch, schema);
  const result = retainKeys(target, patch);
  for (const [key, value] of Object.entries(patch)) {
    if (key === RETAIN_KEYS || key.startsWith(ELEMENT_ORDER)) continue;
    if (key.startsWith(DELETE_FROM)) deleteFromList(result, key, value);
    else if (value === null) Reflect.deleteProperty(result, key);
    else setOwn(result, key, mergeField(ownValue(result, key), value, fieldSchema(schema, key)));
  }
  for (const [key, order] of Object.entries(patch)) {
    if (key.startsWith(ELEMENT_ORDER)) orderList(result, target, patch, key, order, schema);
  }
  return result;
};

const mergeField = (target: unknown, value: unknown, schema: FieldSchema): unknown => {
  if (isJsonObject(value)) {
    return isJsonObject(target) && !schema.replace
      ? mergeObject(target, value, schema)
      : mergeObject({}, value, schema);
  }
  if (!Array.isArray(value)) return value;
  return mergeList(Array.isArray(target) ? target : [], value, schema, (item, change) =>
    mergeObject(item, change, schema),
  );
};

const replaceObject = (target: JsonObject, patch: JsonObject, schema: FieldSchema): JsonObject => {
  const { [DIRECTIVE]: directive, ...rest } = patch;
  switch (directive) {
    case 'replace':
      return rest;
    case 'delete':
      return {};
    case 'merge':
      return mergeObject(target, rest, schema);
    default:
      throw malformedPatch(`$patch must be replace, delete or merge, not ${JSON.stringify(directive)}`);
  }
};

/** A copy of the target, without the fields `$retainKeys` leaves out. Every field the patch sets must be listed. */
const retainKeys = (target: JsonObject, patch: JsonObject): JsonObject => {
  if (!Object.hasOwn(patch, RETAIN_KEYS)) return { ...target };
  const keys = patch[RETAIN_KEYS];
  if (!Array.isArray(keys)) throw malformedPatch('$retainKeys must be a list of field names');
  const stray = Object.keys(patch).find((key) => !key.startsWith('$') && patch[key] !== null && !keys.includes(key));
  if (stray !== undefined) throw malformedPatch(`$retainKeys does not list "${stray}", which the patch sets`);
  return Object.fromEntries(Object.entries(target).filter(([key]) => keys.includes(key)));
};

const deleteFromList = (result: JsonObject, directive: string, values: unknown): void => {
  if (!Array.isArray(values)) throw malformedPatch(`${directive} must be a list of scalars`);
  const key = directive.slice(DELETE_FROM.length);
  const list = ownValue(result, key);
  if (Array.isArray(list)) setOwn(result, key, deleteScalars(list, values));
};

const orderList = (
  result: JsonObject,
  target: JsonObject,
  patch: JsonObject,
  directive: string,
  order: unknown,
  schema: FieldSchema,
): void => {
  if (!Array.isArray(order)) throw malformedPatch(`${directive} must be a list`);
  const key = directive.slice(ELEMENT_ORDER.length);
  const list = ownValue(result, key);
  if (!Array.isArray(list)) return;
  const before = ownValue(target, key);
  const mergeKey = fieldSchema(schema, key).mergeKey;
  requireSameOrder(ownValue(patch, key), order, directive, mergeKey);
  setOwn(result, key, orderAs(list, order, Array.isArray(before) ? before : [], mergeKey));
};

/** The order must name every item the patch sets, and in the patch's own order. The API server answers 500 to one that does not. */
const requireSameOrder = (items: unknown, order: unknown[], directive: string, mergeKey: string | undefined): void => {
  if (!Array.isArray(items) || order.length === 0) return;
  const keyOf = (item: unknown): unknown =>
    mergeKey !== undefined && isJsonObject(item) ? ownValue(item, mergeKey) : item;
  const keys = items.filter((item) => !isJsonObject(item) || !Object.hasOwn(item, DIRECTIVE)).map(keyOf);
  const listed = order.map(keyOf).filter((key) => keys.includes(key));
  if (jsonEqual(keys, listed)) return;
  throw new KubeApiError(
    'InvalidPatch',
    `The order in patch list ${JSON.stringify(keys)} doesn't match ${directive} ${JSON.stringify(order.map(keyOf))}`,
    { status: 500, reason: 'InternalError' },
  );
};
