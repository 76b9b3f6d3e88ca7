import { apiVersionOf } from '@kube-steward/kube';
import { fieldsOf, type FieldType, typeOf } from './protobuf/schema.ts';
import type { ServedKind } from './registry.ts';

type Schema = Readonly<Record<string, unknown>>;

const STRING = { type: 'string' };
const OBJECT = { type: 'object' };
const EITHER = { oneOf: [{ type: 'string' }, { type: 'number' }] };
const OBJECT_META = 'meta/v1.ObjectMeta';
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const EXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';

const PLAIN: Readonly<Record<string, Schema>> = {
  string: STRING,
  bool: { type: 'boolean' },
  int: { type: 'integer' },
  double: { type: 'number' },
  bytes: { type: 'string', format: 'byte' },
};

/** Types with a form of their own in JSON: what they are called, and what they are. */
const NAMED: Readonly<Record<string, readonly [name: string, schema: Schema]>> = {
  time: [`${META}.Time`, { type: 'string', format: 'date-time' }],
  microtime: [`${META}.MicroTime`, { type: 'string', format: 'date-time' }],
  fieldsv1: [`${META}.FieldsV1`, OBJECT],
  quantity: ['io.k8s.apimachinery.pkg.api.resource.Quantity', EITHER],
  intorstring: ['io.k8s.apimachinery.pkg.util.intstr.IntOrString', EITHER],
  rawextension: ['io.k8s.apimachinery.pkg.runtime.RawExtension', OBJECT],
  json: [`${EXTENSIONS}.JSON`, {}],
  schemaorbool: [`${EXTENSIONS}.JSONSchemaPropsOrBool`, {}],
  schemaorarray: [`${EXTENSIONS}.JSONSchemaPropsOrArray`, {}],
  schemaorstrings: [`${EXTENSIONS}.JSONSchemaPropsOrStringArray`, {}],
};

/** `apps/v1.Deployment` is `io.k8s.api.apps.v1.Deployment` here. */
const nameOf = (message: string): string => {
  const [version = '', group = 'core'] = message.split('/').toReversed();
  return group === 'meta'
    ? `io.k8s.apimachinery.pkg.apis.meta.${version}`
    : `io.k8s.api.${group.split('.', 1)[0] ?? ''}.${version}`;
};

/** The schemas of kinds, and of all they are made of. */
export const schemasOf = (kinds: readonly ServedKind[]): Readonly<Record<string, Schema>> => {
  const schemas = new Map<string, Schema>();
  for (const kind of kinds) {
    const { group, version, kind: name, custom } = kind;
    const message = `${apiVersionOf(kind)}.${name}`;
    const ownName = custom ? `${group.split('.').toReversed().join('.')}.${version}.${name}` : nameOf(message);
    const own = custom ? customSchema(kind, schemas) : messageSchema(message, schemas);
    schemas.set(ownName, {
      ...own,
      properties: { apiVersion: STRING, kind: STRING, ...(own['properties'] as object | undefined) },
      'x-kubernetes-group-version-kind': [{ group, version, kind: name }],
    });
  }
  return Object.fromEntries(schemas);
};

const customSchema = ({ schema }: ServedKind, schemas: Map<string, Schema>): Schema => {
  const properties = schema?.['properties'] as object | undefined;
  return { ...OBJECT, ...schema, properties: { ...properties, metadata: refTo({ of: OBJECT_META }, schemas) } };
};

const messageSchema = (message: string, schemas: Map<string, Schema>): Schema => ({
  ...OBJECT,
  properties: propertiesOf(message, schemas),
});

const propertiesOf = (message: string, schemas: Map<string, Schema>): Schema =>
  Object.assign(
    {},
    ...(fieldsOf(message) ?? []).map(({ key, type }) =>
      key === undefined ? propertiesOf(type.of, schemas) : { [key]: refTo(type, schemas) },
    ),
  ) as Schema;

/** The schema of a field. What it refers to is put beside it. */
const refTo = ({ many, of }: FieldType, schemas: Map<string, Schema>): Schema => {
  if (many === 'map') return { ...OBJECT, additionalProperties: refTo(typeOf(of), schemas) };
  if (many !== undefined) return { type: 'array', items: refTo({ of }, schemas) };
  const plain = PLAIN[of];
  if (plain) return plain;
  const [name, schema] = NAMED[of] ?? [nameOf(of), undefined];
  if (!schemas.has(name)) {
    schemas.set(name, schema ?? OBJECT);
    if (!schema) schemas.set(name, messageSchema(of, schemas));
  }
  return { $ref: `#/components/schemas/${name}` };
};
