import type { Resource } from '@kube-steward/kube';
import { count, flag, list, map, object, type ObjectShape, value } from '../shape.ts';
import { METADATA } from './metadata.ts';

/** A kind of the test's own. */
export interface CustomKind {
  readonly resource: Resource;
  /** The OpenAPI schema of its objects. */
  readonly schema: object;
  readonly shape: ObjectShape;
}

const resource = (plural: string, kind: string): Resource => ({
  group: 'differential.example.com',
  version: 'v1',
  plural,
  kind,
  namespaced: true,
});

const PORTS = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['port', 'protocol'],
  items: {
    type: 'object',
    required: ['port'],
    properties: {
      port: { type: 'integer', minimum: 1, maximum: 65535 },
      protocol: { type: 'string', default: 'TCP', enum: ['TCP', 'UDP'] },
      name: { type: 'string', maxLength: 5 },
    },
  },
};

const SPEC = {
  type: 'object',
  required: ['size'],
  properties: {
    size: { type: 'integer', minimum: 0, maximum: 4 },
    ratio: { type: 'number', exclusiveMinimum: true, minimum: 0 },
    color: { type: 'string', enum: ['red', 'green'], default: 'red' },
    name: { type: 'string', pattern: '^[a-z]+$', minLength: 2 },
    limit: { 'x-kubernetes-int-or-string': true },
    paused: { type: 'boolean', nullable: true },
    zones: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' }, maxItems: 2 },
    ports: PORTS,
    steps: { type: 'array', minItems: 1, items: { type: 'object', properties: { run: { type: 'string' } } } },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    weights: { type: 'object', maxProperties: 1, additionalProperties: { type: 'integer' } },
    target: {
      type: 'object',
      'x-kubernetes-map-type': 'atomic',
      properties: { kind: { type: 'string', default: 'Deployment' }, name: { type: 'string' } },
    },
    update: { type: 'object', properties: { surge: { type: 'integer' }, wait: { type: 'boolean', default: false } } },
    extra: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { on: { type: 'boolean' } } },
    any: { 'x-kubernetes-preserve-unknown-fields': true },
    embedded: {
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      properties: { data: { type: 'string' } },
    },
  },
};

const PORT = object({ 'port!': value(80, 443), protocol: value('TCP', 'UDP'), name: value('http', 'metrics') });

/** All that a schema can say, but for rules in CEL. */
export const WIDGET: CustomKind = {
  resource: resource('widgets', 'Widget'),
  schema: { type: 'object', properties: { spec: SPEC, status: { type: 'object', properties: {} } } },
  shape: object({
    'metadata!': METADATA,
    'spec!': object({
      'size!': count(),
      ratio: value(0.5, 1, 0),
      color: value('red', 'green', 'blue'),
      name: value('web', 'a', 'Web'),
      limit: value(1, '50%'),
      paused: value(true, false, null),
      zones: list(value('a', 'b', 'c')),
      ports: list(PORT, { key: 'port' }),
      steps: list(object({ run: value('x', 'y') })),
      labels: map(['a', 'b'], 'x', 'y'),
      weights: map(['a', 'b'], 1, 2),
      target: object({ kind: value('Job'), name: value('a', 'b') }),
      update: object({ surge: count(), wait: flag }),
      extra: object({ on: flag, more: object({ deep: count(), list: list(count()) }), 'other-field': value('x') }),
      any: object({ a: count(), b: object({ c: value('x', 'y') }) }),
      embedded: object({ 'apiVersion!': value('v1'), 'kind!': value('ConfigMap'), data: value('x') }),
    }),
  }),
};

/** Whatever is in its objects is kept. */
export const LOOSE: CustomKind = {
  resource: resource('looses', 'Loose'),
  schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  shape: object({
    'metadata!': METADATA,
    spec: object({
      size: count(),
      update: object({ surge: count(), wait: flag }),
      labels: map(['a', 'b'], 'x', 'y'),
      ports: list(PORT, { key: 'port' }),
    }),
  }),
};

/** What defines a kind. */
export const definitionOf = ({ resource: { group, version, plural, kind }, schema }: CustomKind): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: schema } }],
  },
});
