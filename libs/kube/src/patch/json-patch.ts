import { isJsonObject, jsonEqual, type JsonObject, ownValue, setOwn, withoutKey } from './json.ts';
import { arrayIndex, childOf, formatPointer, parsePointer } from './json-pointer.ts';
import { inapplicablePatch, malformedPatch } from './patch-error.ts';

/** One operation of a JSON patch (RFC 6902). */
export type JsonPatchOperation =
  | { op: 'add' | 'replace' | 'test'; path: string; value: unknown }
  | { op: 'remove'; path: string }
  | { op: 'move' | 'copy'; from: string; path: string };

/** An operation checked and with its pointers split. */
type Step =
  | { op: 'add' | 'replace' | 'test'; keys: string[]; value: unknown }
  | { op: 'remove'; keys: string[] }
  | { op: 'move' | 'copy'; source: string[]; keys: string[] };

/**
 * The document after a JSON patch (RFC 6902), all operations or none. The input is never changed.
 *
 * Throws KubeApiError `InvalidPatch`, its message naming the operation: status 400 when the patch is malformed, 422 when
 * it does not fit the document (a missing location, an index out of range, a failed `test`).
 *
 * @example applyJsonPatch(deployment, [{ op: 'test', path: '/spec/replicas', value: 3 }, { op: 'replace', path: '/spec/replicas', value: 0 }])
 */
export const applyJsonPatch = (document: unknown, operations: unknown): unknown => {
  if (!Array.isArray(operations)) throw malformedPatch('a JSON patch is an array of operations');
  const steps = operations.map((operation, index) => readStep(operation, index));
  return steps.reduce<unknown>((before, step, index) => {
    const where = `operation ${index} (${step.op} ${formatPointer(step.keys) || 'the whole document'})`;
    return applyStep(before, step, (problem) => inapplicablePatch(`${where}: ${problem}`));
  }, document);
};

type Problem = (problem: string) => Error;

const readStep = (operation: unknown, index: number): Step => {
  const problem: Problem = (text) => malformedPatch(`operation ${index} of the JSON patch: ${text}`);
  if (!isJsonObject(operation)) throw problem('must be an object');
  const op = ownValue(operation, 'op');
  const keys = readPointer(operation, 'path', problem);
  switch (op) {
    case 'add':
    case 'replace':
    case 'test':
      if (!Object.hasOwn(operation, 'value')) throw problem(`${op} needs a "value"`);
      return { op, keys, value: operation['value'] };
    case 'remove':
      return { op, keys };
    case 'move':
    case 'copy':
      return { op, keys, source: readPointer(operation, 'from', problem) };
    default:
      throw problem(`"op" must be one of add, remove, replace, move, copy, test, not ${JSON.stringify(op)}`);
  }
};

const readPointer = (operation: JsonObject, member: string, problem: Problem): string[] => {
  const pointer = ownValue(operation, member);
  if (typeof pointer !== 'string') throw problem(`needs a "${member}", a JSON pointer`);
  return parsePointer(pointer);
};

const applyStep = (document: unknown, step: Step, problem: Problem): unknown => {
  switch (step.op) {
    case 'add':
      return add(document, step.keys, step.value, problem);
    case 'remove':
      return remove(document, step.keys, problem);
    case 'replace':
      locate(document, step.keys, problem);
      return change(document, step.keys, problem, () => step.value);
    case 'test':
      if (!jsonEqual(locate(document, step.keys, problem), step.value)) throw problem('the value there is another');
      return document;
    case 'copy':
      return add(document, step.keys, locate(document, step.source, problem), problem);
    case 'move':
      return move(document, step.source, step.keys, problem);
  }
};

const startsWith = (keys: readonly string[], prefix: readonly string[]): boolean =>
  prefix.length <= keys.length && prefix.every((key, index) => key === keys[index]);

const move = (document: unknown, source: string[], keys: string[], problem: Problem): unknown => {
  const value = locate(document, source, problem);
  if (startsWith(keys, source)) {
    if (keys.length === source.length) return document;
    throw problem(`cannot move ${formatPointer(source) || 'the whole document'} into itself`);
  }
  return add(remove(document, source, problem), keys, value, problem);
};

/** The value at a location that must exist. */
const locate = (document: unknown, keys: readonly string[], problem: Problem): unknown => {
  let value = document;
  for (const [depth, key] of keys.entries()) {
    value = childOf(value, key);
    if (value === undefined) throw problem(`there is no ${formatPointer(keys.slice(0, depth + 1))}`);
  }
  return value;
};

/** A copy in which the value at an existing location is what `edit` makes of it. */
const change = (
  document: unknown,
  keys: readonly string[],
  problem: Problem,
  edit: (value: unknown) => unknown,
): unknown => {
  locate(document, keys, problem);
  const descend = (parent: unknown, depth: number): unknown => {
    const key = keys[depth];
    if (key === undefined) return edit(parent);
    const child = descend(childOf(parent, key), depth + 1);
    if (Array.isArray(parent)) return parent.with(Number(key), child);
    const copy: JsonObject = { ...(parent as JsonObject) };
    setOwn(copy, key, child);
    return copy;
  };
  return descend(document, 0);
};

const add = (document: unknown, keys: readonly string[], value: unknown, problem: Problem): unknown => {
  const key = keys.at(-1);
  if (key === undefined) return value;
  return change(document, keys.slice(0, -1), problem, (parent) => {
    if (Array.isArray(parent)) {
      const index = key === '-' ? parent.length : arrayIndex(key);
      if (index === undefined || index > parent.length)
        throw problem(`"${key}" is no index into ${parent.length} items`);
      return (parent as unknown[]).toSpliced(index, 0, value);
    }
    if (!isJsonObject(parent)) throw problem(`${formatPointer(keys.slice(0, -1)) || 'the document'} holds no fields`);
    const copy = { ...parent };
    setOwn(copy, key, value);
    return copy;
  });
};

const remove = (document: unknown, keys: readonly string[], problem: Problem): unknown => {
  const key = keys.at(-1);
  if (key === undefined) throw problem('the whole document cannot be removed');
  locate(document, keys, problem);
  return change(document, keys.slice(0, -1), problem, (parent) =>
    Array.isArray(parent) ? (parent as unknown[]).toSpliced(Number(key), 1) : withoutKey(parent as JsonObject, key),
  );
};
