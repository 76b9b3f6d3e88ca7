import {
  type FieldSchema,
  fieldSchema,
  formatFieldPath,
  goText,
  goTypeName,
  keyElement,
  valueElement,
} from '@kube-steward/kube';
import type { Fields } from './defaults/fill.ts';
import { goSyntax } from './go-syntax.ts';
import type { GoField, GoType } from './typed/go-type.ts';

/** What a part of a configuration may be, as server-side apply sees it. */
export type AppliedType =
  /** `zero` is what a field that is always there holds when it is left out. */
  | { readonly of: 'scalar'; readonly scalar: keyof typeof SCALARS; readonly zero?: '' | 0 }
  | { readonly of: 'list'; readonly items: AppliedType }
  /** `fieldType` is of a field's type, `undefined` for a field that must not be there. */
  | { readonly of: 'map'; readonly fieldType: (name: string) => AppliedType | undefined }
  | { readonly of: 'any' };

export const ANY: AppliedType = { of: 'any' };

const SCALARS = {
  numeric: (value: unknown) =>
    typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goTypeName(value)}`,
  string: (value: unknown) =>
    typeof value === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`,
  boolean: (value: unknown) => (typeof value === 'boolean' ? undefined : `expected boolean, got &{${goText(value)}}`),
  untyped: (value: unknown) => (typeof value === 'object' ? `expected any scalar, got &{${goText(value)}}` : undefined),
} satisfies Readonly<Record<string, (value: unknown) => string | undefined>>;

/** The same of a type of the API. */
export const appliedTypeOf = (type: GoType): AppliedType => {
  switch (type.of) {
    case 'pointer':
      return appliedTypeOf(type.to);
    case 'struct':
      return { of: 'map', fieldType: (name) => fieldTypeOf(type.fields.get(name)) };
    case 'map': {
      const values = appliedTypeOf(type.values);
      return { of: 'map', fieldType: () => values };
    }
    case 'list':
      return { of: 'list', items: appliedTypeOf(type.items) };
    case 'int32':
    case 'int64':
      return { of: 'scalar', scalar: 'numeric' };
    case 'bool':
      return { of: 'scalar', scalar: 'boolean' };
    case 'string':
    case 'bytes':
    case 'duration':
      return { of: 'scalar', scalar: 'string' };
    case 'quantity':
    case 'time':
    case 'microTime':
      return { of: 'scalar', scalar: 'untyped' };
    case 'intOrString':
    case 'any':
      return ANY;
  }
};

const ZEROS: Readonly<Record<string, '' | 0>> = { string: '', numeric: 0 };

const fieldTypeOf = (field: GoField | undefined): AppliedType | undefined => {
  const type = field && appliedTypeOf(field.type);
  const zero = type?.of === 'scalar' && field?.omit === 'never' ? ZEROS[type.scalar] : undefined;
  return type?.of === 'scalar' && zero !== undefined ? { ...type, zero } : type;
};

/**
 * Why a configuration is none of the type, in the words of the server: `.spec.replicas: expected numeric (int or float), got string`.
 * `null` is of every type.
 */
export const configurationFaults = (value: unknown, type: AppliedType, schema: FieldSchema, path = ''): string[] => {
  if (value === null || value === undefined) return [];
  switch (type.of) {
    case 'any':
      return [];
    case 'scalar':
      return located(path, SCALARS[type.scalar](value));
    case 'list':
      if (!Array.isArray(value)) return located(path, `expected list, got &{${goText(value)}}`);
      return itemFaults(value, type.items, schema, path);
    case 'map':
      if (!isObject(value)) return located(path, `expected map, got &{${goText(value)}}`);
      return Object.entries(value).flatMap(([name, child]) => {
        const below = `${path}.${name}`;
        const fieldType = type.fieldType(name);
        return fieldType
          ? configurationFaults(child, fieldType, fieldSchema(schema, name), below)
          : located(below, 'field not declared in schema');
      });
  }
};

const located = (path: string, fault: string | undefined): string[] =>
  fault === undefined ? [] : [path === '' ? fault : `${path}: ${fault}`];

/** Items that have owners of their own must be told apart; what is after one that cannot be is not looked at. */
const itemFaults = (items: readonly unknown[], type: AppliedType, schema: FieldSchema, path: string): string[] => {
  const { listKeys, listSet, fields, ...item } = schema;
  const faults: string[] = [];
  const seen = new Set<string>();
  const keyed = { ...schema, keyDefaults: { ...zeroKeys(type, listKeys ?? []), ...schema.keyDefaults } };
  for (const [index, value] of items.entries()) {
    const unnamed = listKeys ? keyedFault(value, keyed) : listSet ? setFault(value) : undefined;
    if (unnamed) return [...faults, ...located(path, `element ${index}: ${unnamed}`)];
    const element = listKeys ? keyElement(value, keyed) : listSet ? valueElement(value) : undefined;
    const name = formatFieldPath([element ?? `i:${index}`]);
    if (element !== undefined && seen.has(element)) faults.push(...located(path, `duplicate entries for key ${name}`));
    if (element !== undefined) seen.add(element);
    faults.push(...configurationFaults(value, type, { ...item, ...(fields ? { fields } : {}) }, path + name));
  }
  return faults;
};

const zeroKeys = (type: AppliedType, keys: readonly string[]): Record<string, string | number> => {
  const types = keys.map((key) => [key, type.of === 'map' ? type.fieldType(key) : undefined] as const);
  return Object.fromEntries(
    types.flatMap(([key, field]) => (field?.of === 'scalar' && field.zero !== undefined ? [[key, field.zero]] : [])),
  );
};

const keyedFault = (item: unknown, schema: FieldSchema): string | undefined => {
  if (item === null) return 'associative list with keys may not have a null element';
  if (!isObject(item)) return 'associative list with keys may not have non-map elements';
  if (keyElement(item, schema) !== undefined) return undefined;
  const keys = (schema.listKeys ?? []).map((key) => JSON.stringify(key)).join(' ');
  return `associative list with keys has an element that omits all key fields [${keys}] (and doesn't have default values for any key fields)`;
};

const setFault = (item: unknown): string | undefined => {
  if (item === null) return "associative list without keys has an element that's an explicit null";
  if (Array.isArray(item)) return 'not supported: associative list with lists as elements';
  return isObject(item) ? "associative list without keys has an element that's a map type" : undefined;
};

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
