import type { FieldSchema } from '../patch/field-schema.ts';
import { isJsonObject, type JsonObject, ownValue } from '../patch/json.ts';

/**
 * One step of a field's path, as `fieldsV1` writes it: `f:spec` a field, `k:{"name":"web"}` the list item with that key,
 * `v:"x"` the item of a set, `i:0` the item at that place.
 */
export type PathElement = string;

export const fieldElement = (name: string): PathElement => `f:${name}`;
export const valueElement = (value: unknown): PathElement => `v:${JSON.stringify(value)}`;

/** The element of a list item, by the keys of the list that it has or that have a default; `undefined` when it has none. */
export const keyElement = (item: unknown, schema: FieldSchema): PathElement | undefined => {
  if (!isJsonObject(item)) return undefined;
  const key: JsonObject = {};
  for (const name of schema.listKeys ?? []) {
    const value = ownValue(item, name) ?? schema.keyDefaults?.[name];
    if (value !== undefined) key[name] = value;
  }
  return Object.keys(key).length === 0 ? undefined : `k:${JSON.stringify(key)}`;
};

/**
 * A path as messages of the API server show it.
 *
 * @example formatFieldPath(['f:spec', 'f:containers', 'k:{"name":"web"}', 'f:image']) // '.spec.containers[name="web"].image'
 */
export const formatFieldPath = (path: readonly PathElement[]): string => path.map(formatElement).join('');

const formatElement = (element: PathElement): string => {
  const text = element.slice(2);
  switch (element.slice(0, 2)) {
    case 'f:':
      return `.${text}`;
    case 'k:':
      return `[${Object.entries(JSON.parse(text) as JsonObject)
        .map(([name, value]) => `${name}=${formatKey(value)}`)
        .join(',')}]`;
    case 'v:':
      return `[=${text}]`;
    default:
      return `[${text}]`;
  }
};

const formatKey = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(formatKey).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  return Object.entries(value)
    .map(([name, child]) => `${name}=${formatKey(child)}`)
    .join('');
};
