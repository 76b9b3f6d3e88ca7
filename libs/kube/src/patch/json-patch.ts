import { isJsonObject, jsonEqual, type JsonObject, ownValue, setOwn, withoutKey } from './json.ts';
import { inapplicablePatch, malformedPatch } from './patch-error.ts';

/** One operation of a JSON patch (RFC 6902). */
export type JsonPatchOperation =
  | { op: 'add' | 'replace' | 'test'; path: string; value: unknown }
  | { op: 'remove'; path: string }
  | { op: 'move' | 'copy'; from: string; path: string };

/**
 * The document after a JSON patch (RFC 6902) as the API server applies it, all operations or none. The input is never
 * changed. What RFC 6902 would refuse and the API server takes:
 *
 * | operation | does |
 * | --- | --- |
 * | `replace` of a field that is not there | adds it |
 * | `copy` of a field that is not there | copies `null` |
 * | `test` of a field that is not there | holds if the value is `null`, or none is given |
 * | `add`, `replace` without a value | sets `null` |
 * | an index like `01`, `+1` | is that number |
 * | an index like `-1` | counts from the end, where `add` finds the place behind the last item |
 * | a pointer that does not begin with `/` | leads on from its first `/` |
 *
 * Throws KubeApiError `InvalidPatch`, its message naming the operation: status 400 when the patch is no list of operations,
 * 422 when it does not fit the document (a missing location, an index out of range, a failed `test`).
 *
 * @example applyJsonPatch(deployment, [{ op: 'test', path: '/spec/replicas', value: 3 }, { op: 'replace', path: '/spec/replicas', value: 0 }])
 */
export const applyJsonPatch = (document: unknown, operations: unknown): unknown => {
  if (!Array.isArray(operations)) throw malformedPatch('a JSON patch is an array of operations');
  const steps = operations.map((operation, index) => readStep(operation, index));
  return steps.reduce<unknown>((before, step, index) => {
    const where = `operation ${index} (${step.op} ${step.path ?? 'without a path'})`;
    return applyStep(before, step, (problem) => inapplicablePatch(`${where}: ${problem}`));
  }, document);
};

type Problem = (problem: string) => Error;

/** An operation whose members are of the right types. */
interface Step {
  readonly op: string;
  readonly path: string | undefined;
  readonly from: string | undefined;
  readonly value: unknown;
}

const readStep = (operation: unknown, index: number): Step => {
  if (!isJsonObject(operation)) throw malformedPatch(`operation ${index} of the JSON patch must be an object`);
  const text = (member: string): string | undefined => {
    const value = ownValue(operation, member) ?? undefined;
    if (value === undefined || typeof value === 'string') return value;
    throw malformedPatch(
      `operation ${index} of the JSON patch: "${member}" must be text, not ${JSON.stringify(value)}`,
    );
  };
  return {
    op: text('op') ?? 'unknown',
    path: text('path'),
    from: text('from'),
    value: ownValue(operation, 'value') ?? null,
  };
};

const applyStep = (document: unknown, { op, path, from, value }: Step, problem: Problem): unknown => {
  const target = (): string[] => keysOf(path, 'path', problem);
  switch (op) {
    case 'add':
      return add(document, target(), value, problem);
    case 'remove':
      return remove(document, target(), problem);
    case 'replace':
      return path === '' ? replaceAll(value, problem) : replace(document, target(), value, problem);
    case 'test': {
      const found = path === '' ? document : get(document, target(), problem);
      if (!jsonEqual(found, value)) throw problem('the value there is another');
      return document;
    }
    case 'copy':
      return add(document, target(), get(document, keysOf(from, 'from', problem), problem), problem);
    case 'move': {
      const source = keysOf(from, 'from', problem);
      const moved = get(document, source, problem);
      return add(remove(document, source, problem), target(), moved, problem);
    }
    default:
      throw problem(`"op" must be one of add, remove, replace, move, copy, test`);
  }
};

/** The keys of a pointer. What stands before its first `/` does not matter; without one it leads nowhere. */
const keysOf = (pointer: string | undefined, member: string, problem: Problem): string[] => {
  if (pointer === undefined) throw problem(`needs a "${member}", a JSON pointer`);
  const [, ...tokens] = pointer.split('/');
  if (tokens.length === 0) throw problem(`"${member}" must lead to a field or an item`);
  return tokens.map((token) => token.replace(/~[01]/g, (escape) => (escape === '~1' ? '/' : '~')));
};

/** The value at the end of the keys, `null` where its object has no such field. */
const get = (document: unknown, keys: readonly string[], problem: Problem): unknown =>
  keys.reduce<unknown>((parent, key) => {
    if (Array.isArray(parent)) return parent[existingIndex(parent, key, problem)] as unknown;
    if (!isJsonObject(parent)) throw problem(`there is nothing that holds "${key}"`);
    return ownValue(parent, key) ?? null;
  }, document);

/** A copy in which the object or list that holds the last of the keys is what `edit` makes of it. */
const edit = (
  document: unknown,
  [key = '', ...rest]: readonly string[],
  problem: Problem,
  change: (parent: JsonObject | unknown[], key: string) => unknown,
): unknown => {
  if (!isJsonObject(document) && !Array.isArray(document)) throw problem(`there is nothing that holds "${key}"`);
  if (rest.length === 0) return change(document, key);
  if (Array.isArray(document)) {
    const index = existingIndex(document, key, problem);
    return (document as unknown[]).with(index, edit(document[index], rest, problem, change));
  }
  return withField(document, key, edit(ownValue(document, key), rest, problem, change));
};

const withField = (object: JsonObject, key: string, value: unknown): JsonObject => {
  const copy = { ...object };
  setOwn(copy, key, value);
  return copy;
};

const add = (document: unknown, keys: readonly string[], value: unknown, problem: Problem): unknown =>
  edit(document, keys, problem, (parent, key) => {
    if (!Array.isArray(parent)) return withField(parent, key, value);
    const index = key === '-' ? parent.length : indexIn(parent.length + 1, key, problem);
    return parent.toSpliced(index, 0, value);
  });

const replace = (document: unknown, keys: readonly string[], value: unknown, problem: Problem): unknown =>
  edit(document, keys, problem, (parent, key) =>
    Array.isArray(parent) ? parent.with(existingIndex(parent, key, problem), value) : withField(parent, key, value),
  );

const replaceAll = (value: unknown, problem: Problem): unknown => {
  if (isJsonObject(value) || Array.isArray(value)) return value;
  throw problem('the whole document must be an object or a list');
};

const remove = (document: unknown, keys: readonly string[], problem: Problem): unknown =>
  edit(document, keys, problem, (parent, key) => {
    if (Array.isArray(parent)) return parent.toSpliced(existingIndex(parent, key, problem), 1);
    if (!Object.hasOwn(parent, key)) throw problem(`there is no "${key}"`);
    return withoutKey(parent, key);
  });

const existingIndex = (items: readonly unknown[], key: string, problem: Problem): number =>
  indexIn(items.length, key, problem);

/** The place a key means among so many; from the end if it is negative. */
const indexIn = (places: number, key: string, problem: Problem): number => {
  const index = /^[+-]?\d+$/.test(key) ? Number(key) : NaN;
  const place = index < 0 ? index + places : index;
  if (place >= 0 && place < places) return place;
  throw problem(`"${key}" is no index into ${places} places`);
};
