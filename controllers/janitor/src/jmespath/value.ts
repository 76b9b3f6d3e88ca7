/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | JsonMap;
export interface JsonMap {
  readonly [key: string]: Json;
}

export type TypeName = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

export const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);

export const isMap = (value: Json): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const typeOf = (value: Json): TypeName => {
  if (value === null) return 'null';
  if (isArray(value)) return 'array';
  return typeof value as Exclude<TypeName, 'null' | 'array'>;
};

/** A field of a value: its own alone, never what every JavaScript object inherits. */
export const fieldOf = (value: Json, name: string): Json =>
  isMap(value) && Object.hasOwn(value, name) ? (value[name] ?? null) : null;

/** As JMESPath has it: the empty ones, `false` and `null` are false. 0 is true. */
export const isTruthy = (value: Json): boolean => {
  if (isArray(value)) return value.length > 0;
  if (isMap(value)) return Object.keys(value).length > 0;
  return value !== null && value !== false && value !== '';
};

/** Equal in type and content; the order of keys does not matter. */
export const isEqual = (a: Json, b: Json): boolean => {
  if (a === b) return true;
  if (isArray(a))
    return isArray(b) && a.length === b.length && a.every((item, index) => isEqual(item, b[index] ?? null));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(fieldOf(a, key), fieldOf(b, key)))
  );
};

/** Below 0, 0 or above, by code points as in the specification's own implementation (UTF-16 units differ beyond U+FFFF). */
export const compareText = (a: string, b: string): number => {
  if (a === b) return 0;
  const others = codePoints(b);
  for (const one of codePoints(a)) {
    const other = others.next();
    if (other.done) return 1;
    if (one !== other.value) return one - other.value;
  }
  return -1;
};

function* codePoints(text: string): Generator<number, undefined> {
  for (const character of text) yield character.codePointAt(0) ?? 0;
}
