import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE, skipString } from './bytes.ts';

const MANAGED_FIELDS = Buffer.from('"managedFields":[');
const METADATA_KEY = Buffer.from('"metadata":');
const OBJECT_KEY = Buffer.from('"object":');

/** The keys that lead to `metadata` in an object, and in a line of a watch. */
export const METADATA_OF_OBJECT: readonly Buffer[] = [METADATA_KEY];
export const METADATA_OF_EVENT: readonly Buffer[] = [OBJECT_KEY, METADATA_KEY];

/**
 * Parses one JSON value after cutting `managedFields` out of its bytes: nearly half of a typical object, and the dearest half
 * to parse. What cannot be cut safely (spaces around the key, another key of that name before `metadata`) stays: see
 * `dropManagedFields`.
 *
 * @throws SyntaxError if the bytes are not one JSON value
 */
export const parseCutting = (value: Buffer, path: readonly Buffer[]): unknown => {
  const key = value.indexOf(MANAGED_FIELDS);
  if (key < 0 || !isMemberAt(value, key, path)) return JSON.parse(value.toString());
  let from = key;
  let to = endOfArray(value, key + MANAGED_FIELDS.length);
  // One of the commas around it goes too.
  if (value[key - 1] === COMMA) from--;
  else if (value[to] === COMMA) to++;
  else if (value[to] !== CLOSE_BRACE) return JSON.parse(value.toString());
  return JSON.parse(value.toString('utf8', 0, from) + value.toString('utf8', to));
};

/** Drops the `managedFields` that were parsed after all. */
export const dropManagedFields = (object: unknown): void => {
  const metadata = (object as { metadata?: { managedFields?: unknown } | null } | null | undefined)?.metadata;
  if (metadata?.managedFields !== undefined) delete metadata.managedFields;
};

/**
 * Whether the member whose key begins at `key` belongs directly to the object at `path`. In valid JSON the bytes `{"x":` and
 * `,"x":` always begin a member called x, for a quote inside a string is escaped.
 */
const isMemberAt = (value: Buffer, key: number, path: readonly Buffer[]): boolean => {
  if (value[0] !== OPEN_BRACE || !followsOpenerOrComma(value, key)) return false;
  let depth = 0;
  let matched = 0;
  for (let at = 0; at < key;) {
    const byte = value[at];
    if (byte === QUOTE) {
      at = skipString(value, at, key);
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      const step = path[depth - 1];
      if (step && byte === OPEN_BRACE && matched === depth - 1 && opensMember(value, at, step)) matched = depth;
      depth++;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--;
      matched = Math.min(matched, depth - 1);
    }
    at++;
  }
  return depth === path.length + 1 && matched === path.length;
};

/** Whether the brace opens the value of the member whose key and colon are the bytes `key`. */
const opensMember = (value: Buffer, brace: number, key: Buffer): boolean => {
  const from = brace - key.length;
  return from > 0 && followsOpenerOrComma(value, from) && value.compare(key, 0, key.length, from, brace) === 0;
};

const followsOpenerOrComma = (value: Buffer, at: number): boolean =>
  value[at - 1] === COMMA || value[at - 1] === OPEN_BRACE;

/**
 * Offset after the `]` of the array whose contents begin at `from`. Only brackets outside strings count. Searching for the
 * member that usually follows would be faster and wrong: the order of keys differs between servers and kinds.
 */
const endOfArray = (value: Buffer, from: number): number => {
  const limit = value.length;
  let depth = 1;
  let at = from;
  while (at < limit) {
    const byte = value[at++];
    if (byte === QUOTE) {
      while (at < limit) {
        const inner = value[at++];
        if (inner === QUOTE) break;
        if (inner === BACKSLASH) at++;
      }
    } else if (byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACKET && --depth === 0) return at;
  }
  return limit;
};
