import type { FieldSchema } from './field-schema.ts';
import { goText, goTextOnly, goTypeName } from './go-text.ts';
import { isJsonObject, jsonEqual, type JsonObject, ownValue } from './json.ts';
import { unexplainedPatch } from './patch-error.ts';

type MergeItem = (item: JsonObject, change: JsonObject) => JsonObject;

/** A list after a merge, and what the order of its items is measured by. */
export interface MergedList {
  readonly items: readonly unknown[];
  readonly order: readonly unknown[];
}

/** Merges the patch's list into the object's, as the schema says; lists without rules are replaced, by just what is sent. */
export const mergeList = (
  target: readonly unknown[],
  patch: readonly unknown[],
  schema: FieldSchema,
  mergeItem: MergeItem,
): MergedList => {
  if (!schema.mergeScalars && schema.mergeKey === undefined) return { items: patch, order: target };
  if (target.length === 0 && patch.length === 0) return { items: target, order: target };
  requireOneType(target, patch);
  if (schema.mergeKey !== undefined) return mergeByKey(target, patch, schema.mergeKey, mergeItem);
  return { items: orderAs([...new Set([...target, ...patch])], patch, target, undefined), order: target };
};

/** The list without these values. */
export const deleteScalars = (list: readonly unknown[], values: readonly unknown[]): readonly unknown[] => {
  if (list.length === 0 && values.length === 0) return list;
  requireOneType(list, values);
  return list.filter((item) => !values.some((value) => jsonEqual(item, value)));
};

/** Lists are merged only when all their items are of one type. */
export const requireOneType = (...lists: readonly (readonly unknown[])[]): void => {
  const types = new Set(lists.flat().map(goTypeName));
  if (types.size === 0) throw unexplainedPatch('no elements in any of the given slices');
  if (types.size > 1) throw unexplainedPatch(`list element types are not identical: ${goText(lists)}`);
};

const mergeByKey = (
  target: readonly unknown[],
  patch: readonly unknown[],
  key: string,
  mergeItem: MergeItem,
): MergedList => {
  const { before, changes, isReplaced } = applyDirectives(target, patch as readonly JsonObject[], key);
  for (const change of changes) requireKey(change, key);
  if (isReplaced) return { items: changes, order: target };
  const merged = [...before];
  for (const change of changes) {
    const index = indexIn(merged, change, key);
    const item = merged[index];
    if (index < 0) merged.push(change);
    else merged[index] = mergeItem(isJsonObject(item) ? item : {}, change);
  }
  // The server takes items out and adds others in place, so that new ones have the places of those that are gone.
  const order = [...merged, ...target.slice(merged.length)].slice(0, target.length);
  return { items: orderAs(merged, changes, before, key), order };
};

/** What is left of the target after `$patch` items, and the items that are changes. */
const applyDirectives = (
  target: readonly unknown[],
  patch: readonly JsonObject[],
  key: string,
): { before: readonly unknown[]; changes: readonly JsonObject[]; isReplaced: boolean } => {
  let before = target;
  let isReplaced = false;
  const changes: JsonObject[] = [];
  for (const item of patch) {
    if (!Object.hasOwn(item, '$patch')) changes.push(item);
    else if (item['$patch'] === 'replace') isReplaced = true;
    else if (item['$patch'] === 'merge') throw unexplainedPatch('merging lists cannot yet be specified in the patch');
    else if (item['$patch'] !== 'delete') throw unknownDirective(item);
    else {
      requireKey(item, key);
      before = before.filter((old) => !sameKey(old, item, key));
    }
  }
  return { before, changes, isReplaced };
};

export const unknownDirective = (patch: JsonObject): Error =>
  unexplainedPatch(`unknown patch type: ${goTextOnly(patch['$patch'])} in map: ${goText(patch)}`);

export const requireKey = (item: unknown, key: string): void => {
  if (isJsonObject(item) && Object.hasOwn(item, key)) return;
  throw unexplainedPatch(`map: ${goText(item)} does not contain declared merge key: ${key}`);
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
  const isNamed = (item: unknown): boolean => indexIn(order, item, key) >= 0;
  const named = sortedAs(items.filter(isNamed), order, key);
  const others = sortedAs(
    items.filter((item) => !isNamed(item)),
    before,
    key,
  );
  const result: unknown[] = [];
  for (const item of named) {
    const position = indexIn(before, item, key);
    while (others.length > 0 && isBefore(indexIn(before, others[0], key), position)) result.push(others.shift());
    result.push(item);
  }
  return [...result, ...others];
};

/** In the order of a list; an item that is not in it moves ahead of all before it, as the server has it. */
const sortedAs = (items: readonly unknown[], order: readonly unknown[], key: string | undefined): unknown[] => {
  const sorted: unknown[] = [];
  for (const item of items) {
    const position = indexIn(order, item, key);
    let place = sorted.length;
    while (place > 0 && isAhead(position, indexIn(order, sorted[place - 1], key))) place -= 1;
    sorted.splice(place, 0, item);
  }
  return sorted;
};

const isAhead = (position: number, other: number): boolean => position < 0 || other < 0 || position < other;

/** Whether one position comes before the other; negative means there is none. */
const isBefore = (position: number, other: number): boolean => position >= 0 && position < other;
