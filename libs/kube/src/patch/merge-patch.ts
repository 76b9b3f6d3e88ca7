import { isJsonObject, jsonEqual, type JsonObject, ownValue, setOwn } from './json.ts';
import { parsePointer } from './json-pointer.ts';
import { malformedPatch } from './patch-error.ts';

/**
 * The target after a JSON merge patch (RFC 7386) as the API server applies it: objects merge key by key, `null` removes a
 * key, anything else (arrays included) replaces. Beyond the RFC, objects inside an array lose their nulls too, unless the
 * array takes the place of an object. The input is never changed; parts of it may be shared with the result.
 *
 * @example applyMergePatch({ a: 1, b: 2 }, { b: null, c: 3 }) // { a: 1, c: 3 }
 */
export const applyMergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isJsonObject(patch)) return isJsonObject(target) ? patch : withoutNulls(patch);
  const result: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else setOwn(result, key, applyMergePatch(ownValue(result, key), value));
  }
  return result;
};

/** Without the keys of objects that hold null, also inside arrays. */
const withoutNulls = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map((item) => (isJsonObject(item) ? applyMergePatch({}, item) : withoutNulls(item)))
    : value;

/**
 * The merge patch that turns `before` into `after`. A `null` inside an object of `after`, one in an array included, cannot
 * be expressed by a merge patch: that key ends up absent.
 */
export const createMergePatch = (before: unknown, after: unknown): unknown => {
  if (!isJsonObject(before) || !isJsonObject(after)) return after;
  const patch: JsonObject = {};
  for (const key of Object.keys(before)) if (ownValue(after, key) === undefined) setOwn(patch, key, null);
  for (const [key, value] of Object.entries(after)) {
    const old = ownValue(before, key);
    if (value !== undefined && !jsonEqual(old, value)) setOwn(patch, key, createMergePatch(old, value));
  }
  return patch;
};

/** One changed field: a JSON pointer, and its value after the change; without `to` the field is removed. */
export interface FieldPatch {
  readonly path: string;
  /** The value before. Only needed where both values are objects: keys missing in `to` are then removed, not kept. */
  readonly from?: unknown;
  readonly to?: unknown;
}

/**
 * One merge patch body out of single field changes.
 *
 * Paths lead through objects only, as a merge patch replaces arrays whole. Throws KubeApiError `InvalidPatch` when two
 * changes touch the same field, or one lies inside the other.
 *
 * @example
 * mergePatchOf([{ path: '/spec/replicas', to: 0 }, { path: '/metadata/annotations/example.com~1old' }]);
 * // { spec: { replicas: 0 }, metadata: { annotations: { 'example.com/old': null } } }
 */
export const mergePatchOf = (changes: readonly FieldPatch[]): JsonObject => {
  const patch: JsonObject = {};
  const made = new Set<unknown>([patch]);
  for (const change of changes) {
    const keys = parsePointer(change.path);
    const last = keys.pop();
    if (last === undefined) throw malformedPatch('a field change must name a field, not the whole object');
    let parent = patch;
    for (const key of keys) {
      if (!Object.hasOwn(parent, key)) made.add(addObject(parent, key));
      const child = ownValue(parent, key);
      if (!isJsonObject(child) || !made.has(child)) throw malformedPatch(`${change.path} lies inside another change`);
      parent = child;
    }
    if (Object.hasOwn(parent, last)) throw malformedPatch(`${change.path} is changed twice`);
    setOwn(parent, last, change.to === undefined ? null : createMergePatch(change.from, change.to));
  }
  return patch;
};

const addObject = (parent: JsonObject, key: string): JsonObject => {
  const child: JsonObject = {};
  setOwn(parent, key, child);
  return child;
};
