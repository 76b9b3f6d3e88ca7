import { equalJson } from '../canonical.ts';
import { type FieldError, invalidField, requiredField } from '../errors.ts';
import { asRecord } from '../json-path.ts';
import { isObject, itemSchema, preserves, type Schema } from './schema.ts';

/** Why the API server does not take a definition, as far as its name, versions and schemas go. */
export const definitionErrors = (name: string, spec: Readonly<Record<string, unknown>>): FieldError[] => {
  const { group, names, versions: list } = spec;
  const versions = (Array.isArray(list) ? list : []).map(asRecord);
  const isNamed = name === `${String(asRecord(names)['plural'])}.${String(group)}`;
  const storing = versions.filter(({ storage }) => storage === true).length;
  return [
    ...(isNamed ? [] : [invalidField('metadata.name', name, 'must be spec.names.plural+"."+spec.group')]),
    ...schemasOf(versions).flatMap(([path, schema]) =>
      schema ? structureErrors(schema, path, AT_ROOT) : [requiredField(path)],
    ),
    ...(storing === 1
      ? []
      : [invalidField('spec.versions', list, 'must have exactly one version marked as storage version')]),
  ];
};

/** The schema of each version, with its place; one that all have is said once. */
const schemasOf = (versions: readonly Schema[]): (readonly [path: string, schema: Schema | undefined])[] => {
  const schemas = versions.map(({ schema }) => asRecord(schema)['openAPIV3Schema']);
  const [first] = schemas;
  if (isObject(first) && schemas.every((one) => equalJson(one, first)))
    return [['spec.validation.openAPIV3Schema', first]];
  return schemas.map((one, index) => [
    `spec.versions[${index}].schema.openAPIV3Schema`,
    isObject(one) ? one : undefined,
  ]);
};

const AT_ROOT = 'at the root';
const OF_FIELD = 'for specified object fields';
const OF_ITEM = 'for specified array items';

/** A schema says of everything in an object what type it has. */
const structureErrors = (schema: Schema, path: string, where: string): FieldError[] => {
  const { type, properties, additionalProperties: others } = schema;
  const items = itemSchema(schema);
  const isTyped = Boolean(type) || schema['x-kubernetes-int-or-string'] === true || preserves(schema);
  return [
    ...(type === 'array' && !items ? [requiredField(`${path}.items`, 'must be specified')] : []),
    ...(items ? structureErrors(items, `${path}.items`, OF_ITEM) : []),
    ...Object.entries(isObject(properties) ? properties : {}).flatMap(([name, property]) =>
      structureErrors(asRecord(property), `${path}.properties[${name}]`, OF_FIELD),
    ),
    ...(isObject(others) ? structureErrors(others, `${path}.additionalProperties`, OF_FIELD) : []),
    ...(isTyped ? [] : [requiredField(`${path}.type`, `must not be empty ${where}`)]),
    ...(where === AT_ROOT && type && type !== 'object'
      ? [invalidField(`${path}.type`, type, 'must be object at the root')]
      : []),
  ];
};
