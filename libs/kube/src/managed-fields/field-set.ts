import { isJsonObject, type JsonObject } from '../patch/json.ts';
import type { PathElement } from './path-element.ts';

/**
 * A set of field paths as a tree: a path is in the set when its node is a `member`. A list item is one besides its fields
 * (`.` in `fieldsV1`); an object usually is not.
 */
export interface FieldSet {
  readonly member: boolean;
  readonly children: ReadonlyMap<PathElement, FieldSet>;
}

/** The set without any path. */
export const NO_FIELDS: FieldSet = { member: false, children: new Map() };
/** The set of just the path it hangs from. */
export const LEAF: FieldSet = { member: true, children: new Map() };

export const isEmptySet = (set: FieldSet): boolean => !set.member && set.children.size === 0;

/** A set of a node and its children; empty children are left out. */
export const fieldSet = (member: boolean, children: Iterable<readonly [PathElement, FieldSet]>): FieldSet => {
  const kept = [...children].filter(([, child]) => !isEmptySet(child));
  if (kept.length > 0) return { member, children: new Map(kept) };
  return member ? LEAF : NO_FIELDS;
};

/** Paths in either set. Sets and the parts of them that stay as they are are shared, here and below. */
export const unionOf = (a: FieldSet, b: FieldSet): FieldSet => {
  if (isEmptySet(a)) return b;
  if (a === b || isEmptySet(b)) return a;
  let children: Map<PathElement, FieldSet> | undefined;
  for (const [element, child] of b.children) {
    const old = a.children.get(element) ?? NO_FIELDS;
    const both = unionOf(old, child);
    if (both !== old) (children ??= new Map(a.children)).set(element, both);
  }
  const member = a.member || b.member;
  return children === undefined && member === a.member ? a : fieldSet(member, children ?? a.children);
};

/** Paths in the first set and not in the second. Taking a path out leaves the paths below it in. */
export const differenceOf = (a: FieldSet, b: FieldSet): FieldSet => {
  if (isEmptySet(b)) return a;
  let children: Map<PathElement, FieldSet> | undefined;
  for (const [element, child] of b.children) {
    const old = a.children.get(element);
    const left = old && differenceOf(old, child);
    if (left !== old) (children ??= new Map(a.children)).set(element, left ?? NO_FIELDS);
  }
  const member = a.member && !b.member;
  return children === undefined && member === a.member ? a : fieldSet(member, children ?? a.children);
};

/** Paths in both sets. */
export const intersectionOf = (a: FieldSet, b: FieldSet): FieldSet => {
  const children = [...a.children].map(
    ([element, child]) => [element, intersectionOf(child, b.children.get(element) ?? NO_FIELDS)] as const,
  );
  return fieldSet(a.member && b.member, children);
};

export const sameSets = (a: FieldSet, b: FieldSet): boolean =>
  a.member === b.member &&
  a.children.size === b.children.size &&
  [...a.children].every(([element, child]) => sameSets(child, b.children.get(element) ?? NO_FIELDS));

/** Whether exactly this path is in the set. */
export const hasPath = (set: FieldSet, path: readonly PathElement[]): boolean => {
  let node: FieldSet | undefined = set;
  for (const element of path) node = node?.children.get(element);
  return node?.member ?? false;
};

/** Every path in the set, in the API server's order: those of one object before those further down. */
export const pathsOf = (set: FieldSet, prefix: readonly PathElement[] = []): PathElement[][] => {
  const children = sortedChildren(set);
  return [
    ...children.filter(([, child]) => child.member).map(([element]) => [...prefix, element]),
    ...children.flatMap(([element, child]) => pathsOf(child, [...prefix, element])),
  ];
};

/** The paths below which there is none: the fields that hold values. */
export const leavesOf = (set: FieldSet, prefix: readonly PathElement[] = []): PathElement[][] =>
  set.children.size === 0
    ? set.member
      ? [[...prefix]]
      : []
    : sortedChildren(set).flatMap(([element, child]) => leavesOf(child, [...prefix, element]));

const byElement = ([a]: readonly [PathElement, FieldSet], [b]: readonly [PathElement, FieldSet]): number => {
  const rank = 'fkvi'.indexOf(a.charAt(0)) - 'fkvi'.indexOf(b.charAt(0));
  if (rank !== 0) return rank;
  return a < b ? -1 : 1;
};

const sortedChildren = (set: FieldSet): [PathElement, FieldSet][] => [...set.children].sort(byElement);

/** Sets and their `fieldsV1` never change, so what was translated once is known for as long as either is held. */
const setsOfV1 = new WeakMap<JsonObject, FieldSet>();
const v1OfSets = new WeakMap<FieldSet, JsonObject>();

/** Reads the `fieldsV1` of a managed fields entry. What is no path element is left out. */
export const fieldSetOfV1 = (fields: unknown): FieldSet => {
  if (!isJsonObject(fields)) return NO_FIELDS;
  const known = setsOfV1.get(fields);
  if (known) return known;
  const set = readV1(fields, true);
  setsOfV1.set(fields, set);
  return set;
};

const readV1 = (node: unknown, isRoot: boolean): FieldSet => {
  const entries = isJsonObject(node) ? Object.entries(node) : [];
  const children = entries
    .filter(([key]) => /^[fkvi]:/.test(key))
    .map(([key, child]) => [key, readV1(child, false)] as const);
  return fieldSet(!isRoot && (children.length === 0 || entries.some(([key]) => key === '.')), children);
};

/** The set as `fieldsV1`: sorted, `.` first where a path with paths below it is itself in the set. */
export const fieldsV1Of = (set: FieldSet): JsonObject => {
  const known = v1OfSets.get(set);
  if (known) return known;
  const fields: JsonObject = set.member && set.children.size > 0 ? { '.': {} } : {};
  for (const [element, child] of sortedChildren(set)) fields[element] = fieldsV1Of(child);
  v1OfSets.set(set, fields);
  return fields;
};
