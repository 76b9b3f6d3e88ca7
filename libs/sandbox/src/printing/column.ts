import type { Unstructured } from '@kube-steward/kube';
import { valueAt } from '../json-path.ts';
import { age } from './age.ts';

/** What a cell shows: the value for one object, at a moment in milliseconds. */
export type Cell = (object: Unstructured, now: number) => unknown;

/** One column of a kind's table, as `kubectl get` shows it. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  /** 0: always shown; above: with `-o wide` alone. */
  readonly priority: number;
  readonly cell: Cell;
}

export const column = (name: string, cell: Cell, type = 'string'): Column => ({ name, type, priority: 0, cell });

/** A column that is shown with `-o wide` alone. */
export const wide = (one: Column): Column => ({ ...one, priority: 1 });

/** A string, number or boolean as text; what is none of these is `missing`. */
export const textOf = (value: unknown, missing = ''): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : missing;

/** The text at a path; nothing there is empty text. */
export const text =
  (path: string, missing = ''): Cell =>
  (object) =>
    valueAt(object, path) ?? missing;

/** The number at a path, 0 when it is not there. */
export const count =
  (path: string): Cell =>
  (object) =>
    valueAt(object, path) ?? 0;

/** The boolean at a path. */
export const flag =
  (path: string, missing = false): Cell =>
  (object) =>
    valueAt(object, path) ?? missing;

/** How many items or entries there are at a path. */
export const size =
  (path: string): Cell =>
  (object) =>
    Object.keys(valueAt(object, path) ?? {}).length;

/** The list at a path; none there is an empty one. */
export const listAt = (object: unknown, path: string): readonly unknown[] => {
  const value = valueAt(object, path);
  return Array.isArray(value) ? value : [];
};

/** How long ago the time at a path was. */
export const since =
  (path: string): Cell =>
  (object, now) =>
    age(valueAt(object, path), now);

export const NAME: Column = { ...column('Name', text('metadata.name')), format: 'name' };
export const AGE: Column = column('Age', since('metadata.creationTimestamp'));
