import { duplicateField, type FieldError, invalidField, requiredField } from '../errors.ts';
import { isEmbedded, isObject, itemSchema, propertySchema, type Schema, textsIn, valueSchema } from './schema.ts';

/** What is wrong beside the rules of a schema: embedded objects without a type, list items that cannot be told apart. */
export const invariantErrors = (object: unknown, schema: Schema): FieldError[] => [
  ...walk(object, schema, '', embeddedErrors),
  ...walk(object, schema, '', repeatedItems),
];

type Check = (value: unknown, schema: Schema, path: string) => FieldError[];

const walk = (value: unknown, schema: Schema | undefined, path: string, check: Check): FieldError[] => {
  if (!schema) return [];
  const own = check(value, schema, path);
  if (Array.isArray(value)) {
    return [...own, ...value.flatMap((item, index) => walk(item, itemSchema(schema), `${path}[${index}]`, check))];
  }
  if (!isObject(value)) return own;
  const below = Object.entries(value).flatMap(([name, child]) => {
    const property = propertySchema(schema, name);
    return property
      ? walk(child, property, path === '' ? name : `${path}.${name}`, check)
      : walk(child, valueSchema(schema), `${path}[${name}]`, check);
  });
  return [...own, ...below];
};

const embeddedErrors: Check = (value, schema, path) =>
  isEmbedded(schema) && isObject(value)
    ? ['apiVersion', 'kind'].flatMap((name) => {
        const text = value[name];
        if (text === undefined) return [requiredField(`${path}.${name}`)];
        if (typeof text !== 'string') return [invalidField(`${path}.${name}`, text, 'must be a string')];
        return text === '' ? [invalidField(`${path}.${name}`, text, 'must not be empty')] : [];
      })
    : [];

const repeatedItems: Check = (value, schema, path) => {
  if (!Array.isArray(value)) return [];
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return repeated(value, path);
    case 'map': {
      const keys = textsIn(schema['x-kubernetes-list-map-keys']);
      const wrong = value.findIndex((item) => item !== null && !isObject(item));
      if (wrong >= 0) {
        const detail = 'must be an object for an array of list-type map';
        return [invalidField(`${path}[${wrong}]`, value[wrong], detail)];
      }
      return repeated(
        value.map((item) => keyOf(item, keys)),
        path,
      );
    }
    default:
      return [];
  }
};

const keyOf = (item: unknown, keys: readonly string[]): unknown =>
  Object.fromEntries(
    keys.flatMap((key) => (isObject(item) && item[key] !== undefined ? [[key, item[key]] as const] : [])),
  );

/** The second of several that are the same; further ones are not told. */
const repeated = (items: readonly unknown[], path: string): FieldError[] => {
  const times = new Map<string, number>();
  return items.flatMap((item, index) => {
    const text = JSON.stringify(item);
    const seen = (times.get(text) ?? 0) + 1;
    times.set(text, seen);
    return seen === 2 ? [duplicateField(`${path}[${index}]`, item)] : [];
  });
};
