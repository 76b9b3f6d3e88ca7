import type { FieldSchema } from './field-schema.ts';
import { isJsonObject, jsonEqual, type JsonObject, ownValue } from './json.ts';
import { inapplicablePatch, malformedPatch } from './patch-error.ts';

type MergeItem = (item: JsonObject, change: JsonObject) => JsonObject;

/** Merges the patch's list into the object's, as the schema says; lists without rules are replaced. */
export const mergeList = (
  target: readonly unknown[],
  patch: readonly unknown[],
  schema: FieldSchema,
  mergeItem: MergeItem,
): unknown[] => {
  if (schema.mergeScalars) return mergeScalars(target, patch);
  if (schema.mergeKey !== undefined) return mergeByKey(target, patch, schema.mergeKey, mergeItem);
  return patch.filter((item) => !isDirective(item)).map((item) => (isJsonObject(item) ? mergeItem({}, item) : item));
};

/** The list without these values. */
export const deleteScalars = (list: readonly unknown[], values: readonly unknown[]): unknown[] =>
  list.filter((item) => !values.some((value) => jsonEqual(item, value)));

const isDirective = (item: unknown): item is JsonObject => isJsonObject(item) && Object.hasOwn(item, '$patch');

const mergeScalars = (target: readonly unknown[], patch: readonly unknown[]): unknown[] =>
  orderAs([...new Set([...target, ...patch])], patch, target, undefined);

const mergeByKey = (
  target: readonly unknown[],
  patch: readonly unknown[],
  key: string,
  mergeItem: MergeItem,
): unknown[] => {
  const { before, changes } = applyDirectives(target, patch, key);
  const merged = [...before];
  for (const change of changes) {
    const index = merged.findIndex((item) => sameKey(item, change, key));
    const item = merged[index];
    if (index < 0) merged.push(mergeItem({}, change));
    else merged[index] = mergeItem(isJsonObject(item) ? item : {}, change);
  }
  return orderAs(merged, changes, before, key);
};

/** What is left of the target after `$patch` items, and the items that are changes. */
const applyDirectives = (
  target: readonly unknown[],
  patch: readonly unknown[],
  key: string,
): { before: readonly unknown[]; changes: readonly JsonObject[] } => {
  let before = target;
  const changes: JsonObject[] = [];
  for (const item of patch) {
    if (!isJsonObject(item)) throw inapplicablePatch(`items of this list must be objects with "${key}"`);
    if (item['$patch'] === 'replace') before = [];
    else if (item['$patch'] !== undefined && item['$patch'] !== 'delete') {
      throw malformedPatch(`$patch of a list item must be replace or delete, not ${JSON.stringify(item['$patch'])}`);
    } else if (!Object.hasOwn(item, key)) {
      throw inapplicablePatch(`${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    } else if (item['$patch'] === 'delete') before = before.filter((old) => !sameKey(old, item, key));
    else changes.push(item);
  }
  return { before, changes };
};

const sameKey = (a: unknown, b: unknown, key: string | undefined): boolean =>
  key !== undefined && isJsonObject(a) && isJsonObject(b)
    ? jsonEqual(ownValue(a, key), ownValue(b, key))
    : jsonEqual(a, b);

const indexIn = (list: readonly unknown[], item: unknown, key: string | undefined): number =>
  list.findIndex((other) => sameKey(other, item, key));

/**
 * The items in a new order: those that `order` names as it has them; those only the server knows in their order `before`,
 * each ahead of the first named item it was ahead of before.
 */
export const orderAs = (
  items: readonly unknown[],
  order: readonly unknown[],
  before: readonly unknown[],
  key: string | undefined,
): unknown[] => {
  const byIndexIn = (list: readonly unknown[]) => (a: unknown, b: unknown) =>
    indexIn(list, a, key) - indexIn(list, b, key);
  const isNamed = (item: unknown): boolean => indexIn(order, item, key) >= 0;
  const named = items.filter(isNamed).sort(byIndexIn(order));
  const others = items.filter((item) => !isNamed(item)).sort(byIndexIn(before));
  const result: unknown[] = [];
  for (const item of named) {
    const position = indexIn(before, item, key);
    while (others.length > 0 && isBefore(indexIn(before, others[0], key), position)) result.push(others.shift());
    result.push(item);
  }
  return [...result, ...others];
};

/** Whether one position comes before the other; negative means there is none. */
const isBefore = (position: number, other: number): boolean => position >= 0 && position < other;
