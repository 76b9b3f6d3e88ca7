import type { Fields } from '../defaults/fill.ts';

/** Part of the OpenAPI schema in a CustomResourceDefinition. */
export type Schema = Fields;

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const preserves = (schema: Schema | undefined): boolean =>
  schema?.['x-kubernetes-preserve-unknown-fields'] === true;

/** Of a field under its own name. */
export const propertySchema = ({ properties }: Schema, name: string): Schema | undefined => {
  const own = isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isObject(own) ? own : undefined;
};

/** Of fields under any other name; `undefined` where none is named, or all are allowed. */
export const valueSchema = ({ additionalProperties }: Schema): Schema | undefined =>
  isObject(additionalProperties) ? additionalProperties : undefined;

export const childSchema = (schema: Schema | undefined, name: string): Schema | undefined =>
  schema && (propertySchema(schema, name) ?? valueSchema(schema));

/** Whether a field may be there. */
export const hasChild = (schema: Schema, name: string): boolean =>
  propertySchema(schema, name) !== undefined || (schema['additionalProperties'] ?? false) !== false;

export const itemSchema = (schema: Schema | undefined): Schema | undefined =>
  isObject(schema?.['items']) ? schema['items'] : undefined;

export const isEmbedded = (schema: Schema): boolean => schema['x-kubernetes-embedded-resource'] === true;

/** What is in every object, whatever its schema says. */
export const META_FIELDS: readonly string[] = ['apiVersion', 'kind', 'metadata'];

export const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
