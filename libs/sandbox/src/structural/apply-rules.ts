import type { FieldSchema } from '@kube-steward/kube';
import { ANY, type AppliedType, appliedTypeOf } from '../applied-types.ts';
import { OBJECT_META } from '../typed/go-type.ts';
import {
  isEmbedded,
  isObject,
  itemSchema,
  META_FIELDS,
  preserves,
  propertySchema,
  type Schema,
  textsIn,
} from './schema.ts';

/** Whatever has no schema is owned field by field, its lists whole; each field on the way has owners too. */
const deduced = (): FieldSchema => DEDUCED;
const DEDUCED: FieldSchema = {
  get values() {
    return deduced();
  },
};

const rules = new WeakMap<Schema, FieldSchema>();

/** How objects under a schema are merged and owned. `metadata` has the rules of every kind's. */
export const applyRulesOf = (schema: Schema, metadata: FieldSchema): FieldSchema => {
  const known = rules.get(schema);
  if (known) return known;
  const { fields, ...root } = rulesOf(schema, false);
  const made = { ...root, fields: { ...fields, metadata } };
  rules.set(schema, made);
  return made;
};

const rulesOf = (schema: Schema, inherited: boolean): FieldSchema => {
  const keeps = inherited || preserves(schema);
  return { ...mapRules(schema, keeps), ...listRules(schema, keeps) };
};

const mapRules = (schema: Schema, keeps: boolean): FieldSchema => {
  const { properties, additionalProperties: others } = schema;
  const fields = Object.entries(isObject(properties) ? properties : {}).flatMap(([name, property]) =>
    isObject(property) ? [[name, rulesOf(property, keeps)] as const] : [],
  );
  const isFree = others === true || (others === undefined && (keeps || fields.length === 0));
  return {
    ...(fields.length > 0 ? { fields: Object.fromEntries(fields) } : {}),
    ...(isObject(others) ? { values: rulesOf(others, keeps) } : isFree ? { values: DEDUCED } : {}),
    ...(schema['x-kubernetes-map-type'] === 'atomic' ? { atomic: true } : {}),
  };
};

const listRules = (schema: Schema, keeps: boolean): FieldSchema => {
  const items = itemSchema(schema);
  if (!items) return {};
  const { atomic, listKeys: _, listSet: __, ...below } = rulesOf(items, keeps);
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return { listSet: true };
    case 'map':
      return {
        ...below,
        listKeys: textsIn(schema['x-kubernetes-list-map-keys']).sort(),
        keyDefaults: keyDefaults(items),
        ...(atomic ? { atomicItems: true as const } : {}),
      };
    default:
      return {};
  }
};

const keyDefaults = (items: Schema): Record<string, string | number> => {
  const { properties } = items;
  return Object.fromEntries(
    Object.entries(isObject(properties) ? properties : {}).flatMap(([name, property]) => {
      const value = isObject(property) ? property['default'] : undefined;
      return typeof value === 'string' || typeof value === 'number' ? [[name, value] as const] : [];
    }),
  );
};

const metaType = (name: string): AppliedType =>
  name === 'metadata' ? appliedTypeOf(OBJECT_META) : { of: 'scalar', scalar: 'string' };

const SCALARS: Readonly<Record<string, AppliedType>> = {
  integer: { of: 'scalar', scalar: 'numeric' },
  number: { of: 'scalar', scalar: 'numeric' },
  boolean: { of: 'scalar', scalar: 'boolean' },
};

/** What a configuration of a kind with this schema may have. */
export const appliedTypeOfSchema = (schema: Schema): AppliedType => {
  const type = typeUnder(schema, false);
  if (type.of !== 'map') return type;
  const own = (name: string): AppliedType | undefined =>
    META_FIELDS.includes(name) ? metaType(name) : type.fieldType(name);
  return { of: 'map', fieldType: own };
};

const typeUnder = (schema: Schema, inherited: boolean): AppliedType => {
  const keeps = inherited || preserves(schema);
  const { type, format } = schema;
  switch (type) {
    case 'object':
      return { of: 'map', fieldType: (name) => fieldTypeIn(schema, name, keeps) };
    case 'array':
      return { of: 'list', items: typeUnder(itemSchema(schema) ?? {}, keeps) };
    case 'string':
      return { of: 'scalar', scalar: format === undefined || format === 'byte' ? 'string' : 'untyped' };
    default:
      return SCALARS[String(type)] ?? ANY;
  }
};

const fieldTypeIn = (schema: Schema, name: string, keeps: boolean): AppliedType | undefined => {
  const { properties, additionalProperties: others } = schema;
  const own = propertySchema(schema, name);
  if (own) return typeUnder(own, keeps);
  if (isEmbedded(schema) && META_FIELDS.includes(name)) return metaType(name);
  if (isObject(others)) return typeUnder(others, keeps);
  const isFree = others === true || keeps || Object.keys(isObject(properties) ? properties : {}).length === 0;
  return isFree ? ANY : undefined;
};
