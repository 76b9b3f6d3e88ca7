import { isJsonObject } from './json.ts';

/** A JSON value as messages of the API server show it: `map[a:1 b:[x y]]`. */
export const goText = (value: unknown): string => {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isJsonObject(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${key}:${goText(value[key])}`);
  return `map[${members.join(' ')}]`;
};

/** The same where a text was wanted: what is none stands out, `%!s(int64=7)`. */
export const goTextOnly = (value: unknown): string => {
  if (value === null || value === undefined) return '%!s(<nil>)';
  if (Array.isArray(value)) return `[${value.map(goTextOnly).join(' ')}]`;
  if (!isJsonObject(value)) return typeof value === 'string' ? value : `%!s(${goTypeName(value)}=${goText(value)})`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${key}:${goTextOnly(value[key])}`);
  return `map[${members.join(' ')}]`;
};

/** The type a JSON value has in those messages. */
export const goTypeName = (value: unknown): string => {
  if (value === null || value === undefined) return '%!s(<nil>)';
  if (Array.isArray(value)) return '[]interface {}';
  if (isJsonObject(value)) return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
};
