import { type FieldSchema, isUnnamed } from '../patch/field-schema.ts';
import { jsonEqual } from '../patch/json.ts';
import { type FieldSet, fieldSet, LEAF, NO_FIELDS, unionOf } from './field-set.ts';
import type { PathElement } from './path-element.ts';
import { type Part, partsOf } from './structure.ts';

/**
 * The fields an applied configuration sets: its values, the items of its lists, its empty objects. Objects on the way to a
 * value are not in the set, nor are lists of items; those without a name of their own in the schema are.
 */
export const fieldSetOf = (value: unknown, schema: FieldSchema): FieldSet => {
  const parts = partsOf(value, schema);
  if (!parts) return LEAF;
  const children = [...parts].map(([element, part]) => {
    const child = fieldSetOf(part.value, part.schema);
    const isOwned = isListItem(element) || isUnnamed(schema, element.slice(2));
    return [element, isOwned ? { ...child, member: true } : child] as const;
  });
  return fieldSet(children.length === 0 && !Array.isArray(value), children);
};

const isListItem = (element: PathElement): boolean => !element.startsWith('f:');

/** What differs between two states of an object. An object or list item that comes or goes does so with all its fields. */
export interface FieldChanges {
  readonly added: FieldSet;
  readonly removed: FieldSet;
  readonly modified: FieldSet;
}

const SAME: FieldChanges = { added: NO_FIELDS, removed: NO_FIELDS, modified: NO_FIELDS };

/** Compares two states of an object, field by field as far as fields have owners. */
export const compareFields = (before: unknown, after: unknown, schema: FieldSchema): FieldChanges => {
  if (before === after) return SAME;
  const old = partsOf(before, schema);
  const now = partsOf(after, schema);
  if (old && now) return compareParts(old, now);
  if (before === null && now && now.size > 0) return compareParts(NO_PARTS, now);
  if (after === null && old && old.size > 0) return compareParts(old, NO_PARTS);
  if (jsonEqual(before, after)) return SAME;
  return {
    added: old || !now ? NO_FIELDS : allFields(after, schema),
    removed: now || !old ? NO_FIELDS : allFields(before, schema),
    modified: LEAF,
  };
};

/** Those of `null` where the other state has parts: they come and go, and what they are in was there all along. */
const NO_PARTS: Map<PathElement, Part> = new Map();

const compareParts = (old: Map<PathElement, Part>, now: Map<PathElement, Part>): FieldChanges => {
  const added: [PathElement, FieldSet][] = [];
  const removed: [PathElement, FieldSet][] = [];
  const modified: [PathElement, FieldSet][] = [];
  for (const [element, part] of old) {
    const other = now.get(element);
    if (!other) {
      removed.push([element, allFields(part.value, part.schema)]);
      continue;
    }
    const changes = compareFields(part.value, other.value, part.schema);
    added.push([element, changes.added]);
    removed.push([element, changes.removed]);
    modified.push([element, changes.modified]);
  }
  for (const [element, part] of now) if (!old.has(element)) added.push([element, allFields(part.value, part.schema)]);
  return { added: fieldSet(false, added), removed: fieldSet(false, removed), modified: fieldSet(false, modified) };
};

/** Every field of a value, objects on the way included but for those the server always writes. */
const allFields = (value: unknown, schema: FieldSchema): FieldSet => {
  const parts = partsOf(value, schema);
  if (!parts) return LEAF;
  const children = [...parts].map(([element, part]) => [element, allFields(part.value, part.schema)] as const);
  return fieldSet(!schema.present, children);
};

/** Fields that have a new value. */
export const writtenFields = (changes: FieldChanges): FieldSet => unionOf(changes.added, changes.modified);
