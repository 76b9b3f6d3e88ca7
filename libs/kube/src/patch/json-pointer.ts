import { isJsonObject, type JsonObject, ownValue, setOwn } from './json.ts';
import { inapplicablePatch, malformedPatch } from './patch-error.ts';

/** One key as a reference token of a JSON pointer (RFC 6901): `~` becomes `~0`, `/` becomes `~1`. */
export const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** The key a reference token stands for. */
export const unescapePointer = (token: string): string =>
  token.includes('~') ? token.replaceAll('~1', '/').replaceAll('~0', '~') : token;

/** The pointer to nested keys: `formatPointer(['metadata', 'annotations', 'a/b'])` is `/metadata/annotations/a~1b`. */
export const formatPointer = (keys: readonly string[]): string => keys.map((key) => `/${escapePointer(key)}`).join('');

/** The keys of a pointer; none for the whole document. Throws KubeApiError `InvalidPatch`. */
export const parsePointer = (pointer: string): string[] => {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw malformedPatch(`JSON pointer "${pointer}" must be empty or start with "/"`);
  if (/~(?![01])/.test(pointer)) throw malformedPatch(`JSON pointer "${pointer}": "~" must be followed by 0 or 1`);
  return pointer.slice(1).split('/').map(unescapePointer);
};

/** The index a key means in an array: digits without leading zeros; `undefined` for anything else, `-` included. */
export const arrayIndex = (key: string): number | undefined => (/^(0|[1-9]\d*)$/.test(key) ? Number(key) : undefined);

/** One step down: `undefined` when there is nothing under that key. */
export const childOf = (value: unknown, key: string): unknown => {
  if (Array.isArray(value)) {
    const index = arrayIndex(key);
    return index === undefined ? undefined : (value[index] as unknown);
  }
  return isJsonObject(value) ? ownValue(value, key) : undefined;
};

const keysOf = (pointer: string | readonly string[]): readonly string[] =>
  typeof pointer === 'string' ? parsePointer(pointer) : pointer;

/**
 * The value a pointer leads to, or `undefined`.
 *
 * @example getPointer(deployment, '/spec/template/spec/containers/0/image')
 */
export const getPointer = (document: unknown, pointer: string | readonly string[]): unknown =>
  keysOf(pointer).reduce(childOf, document);

/**
 * A copy of the document in which the pointer leads to `value`; with `undefined` the key is removed. Missing objects on
 * the way are made, array items are replaced by index or appended with `-`. What is not on the way is shared with the input.
 * Throws KubeApiError `InvalidPatch` when the way leads through a scalar or beyond the end of an array.
 */
export const setPointer = (document: unknown, pointer: string | readonly string[], value: unknown): unknown => {
  const keys = keysOf(pointer);
  const set = (parent: unknown, depth: number): unknown => {
    const key = keys[depth];
    if (key === undefined) return value;
    if (Array.isArray(parent)) return setItem(parent, key, (item) => set(item, depth + 1), formatPointer(keys));
    if (parent !== undefined && parent !== null && !isJsonObject(parent)) {
      throw inapplicablePatch(`cannot set ${formatPointer(keys)}: ${formatPointer(keys.slice(0, depth))} is no object`);
    }
    const copy: JsonObject = { ...(parent ?? {}) };
    const child = set(ownValue(copy, key), depth + 1);
    if (child === undefined) Reflect.deleteProperty(copy, key);
    else setOwn(copy, key, child);
    return copy;
  };
  return set(document, 0);
};

const setItem = (items: unknown[], key: string, change: (item: unknown) => unknown, pointer: string): unknown[] => {
  const index = key === '-' ? items.length : arrayIndex(key);
  if (index === undefined || index > items.length) {
    throw inapplicablePatch(`cannot set ${pointer}: "${key}" is no index into ${items.length} items`);
  }
  const item = change(items[index]);
  return item === undefined ? items.toSpliced(index, 1) : items.toSpliced(index, 1, item);
};
