import t from 'tap';
import { definitionErrors } from '../../src/structural/definition.ts';
import { invariantErrors } from '../../src/structural/invariants.ts';
import { readResource } from '../../src/structural/read.ts';
import { schemaErrors } from '../../src/structural/validate.ts';

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });
const list = (items: object, more: object = {}) => ({ type: 'array', items, ...more });
const KEEPS = { 'x-kubernetes-preserve-unknown-fields': true };
const said = (errors: readonly { field: string; body: string }[]): string[] =>
  errors.map(({ field, body }) => `${field}: ${body}`);

t.test('what a schema asks of a value is told in the words of the server', (t) => {
  const rows: [schema: object, value: unknown, error: string][] = [
    [{ type: 'integer' }, 'x', 'a: Invalid value: "string": a in body must be of type integer: "string"'],
    [{ type: 'integer' }, 1.5, 'a: Invalid value: "number": a in body must be of type integer: "number"'],
    [{ type: 'string' }, null, 'a: Invalid value: "null": a in body must be of type string: "null"'],
    [{ minimum: 2 }, 1, 'a: Invalid value: 1: a in body should be greater than or equal to 2'],
    [{ minimum: 1, exclusiveMinimum: true }, 1, 'a: Invalid value: 1: a in body should be greater than 1'],
    [{ maximum: 2 }, 3, 'a: Invalid value: 3: a in body should be less than or equal to 2'],
    [{ multipleOf: 2 }, 3, 'a: Invalid value: 3: a in body should be a multiple of 2'],
    [{ minLength: 2 }, 'x', 'a: Invalid value: "x": a in body should be at least 2 chars long'],
    [{ maxLength: 2 }, 'xyz', 'a: Too long: may not be more than 2 bytes'],
    [{ pattern: '^a$' }, 'b', 'a: Invalid value: "b": a in body should match \'^a$\''],
    [{ format: 'date-time' }, 'b', 'a: Invalid value: "b": a in body must be of type date-time: "b"'],
    [{ enum: ['x', 'y'] }, 'z', 'a: Unsupported value: "z": supported values: "x", "y"'],
    [list({}, { minItems: 1 }), [], 'a: Invalid value: 0: a in body should have at least 1 items'],
    [list({}, { maxItems: 1 }), [1, 2], 'a: Too many: 2: must have at most 1 item'],
    [list({ type: 'string' }), [1], 'a[0]: Invalid value: "integer": a[0] in body must be of type string: "integer"'],
    [object({}, { required: ['b'] }), {}, 'a.b: Required value'],
    [
      { additionalProperties: { maximum: 1 } },
      { k: 2 },
      'a.k: Invalid value: 2: a.k in body should be less than or equal to 1',
    ],
    [{ not: {} }, 1, '<nil>: Invalid value: "": "a" must not validate the schema (not)'],
    [{ anyOf: [{ not: {} }] }, 1, '<nil>: Invalid value: "": "a" must validate at least one schema (anyOf)'],
    [
      { oneOf: [{}, {}] },
      1,
      '<nil>: Invalid value: "": "a" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    ],
  ];
  for (const [schema, value, error] of rows) {
    t.equal(said(schemaErrors({ a: value }, object({ a: schema }), ''))[0], error, error);
    t.same(
      schemaErrors({ a: value, b: 1 }, object({ a: schema }), '', { a: value }),
      [],
      'what was so before may stay',
    );
  }
  t.end();
});

t.test('right values have no errors', (t) => {
  const rows: [schema: object, value: unknown][] = [
    [{ type: 'number' }, 1],
    [{ type: 'string', nullable: true }, null],
    [{ 'x-kubernetes-int-or-string': true }, '50%'],
    [{ 'x-kubernetes-int-or-string': true }, 5],
    [{ oneOf: [{ required: ['x'] }, { required: ['y'] }] }, { x: 1 }],
  ];
  for (const [schema, value] of rows) t.same(schemaErrors({ a: value }, object({ a: schema }), ''), []);
  t.end();
});

t.test('reading drops what is not in the schema and nulls, and fills defaults in', (t) => {
  const rows: [schema: object, given: object, read: object, unknown?: string[]][] = [
    [object({ a: object({}) }), { a: { b: 1 }, c: 1 }, { a: {} }, ['a.b', 'c']],
    [object({ a: object({}, KEEPS) }), { a: { b: { c: 1 } } }, { a: { b: { c: 1 } } }],
    [object({ a: object({ b: object({}) }, KEEPS) }), { a: { b: { c: 1 }, d: 1 } }, { a: { b: {}, d: 1 } }, ['a.b.c']],
    [object({ a: list(object({ b: {} })) }), { a: [{ b: 1, c: 1 }] }, { a: [{ b: 1 }] }, ['a[0].c']],
    [object({ a: { additionalProperties: object({}) } }), { a: { k: { b: 1 } } }, { a: { k: {} } }, ['a.k.b']],
    [object({ a: {}, b: { nullable: true } }), { a: null, b: null }, { b: null }],
    [object({ a: { default: 1 }, b: object({ c: { default: 2 } }) }), { a: null, b: {} }, { a: 1, b: { c: 2 } }],
    [object({ b: object({ c: { default: 2 } }) }), {}, {}],
    [
      object({ a: object({}, { 'x-kubernetes-embedded-resource': true }) }),
      { metadata: {}, a: { kind: 'X', b: 1 } },
      { metadata: {}, a: { kind: 'X' } },
      ['a.b'],
    ],
  ];
  for (const [schema, given, read, unknown = []] of rows) {
    t.same(readResource({ ...given }, { ...schema }), { object: read, unknown });
  }
  t.end();
});

t.test('items of sets and maps differ, and what is embedded has a type', (t) => {
  const set = list({}, { 'x-kubernetes-list-type': 'set' });
  const map = list({}, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['n'] });
  const embedded = object({}, { 'x-kubernetes-embedded-resource': true });
  const rows: [schema: object, value: unknown, errors: string[]][] = [
    [set, ['x', 'y', 'x', 'x'], ['a[2]: Duplicate value: "x"']],
    [map, [{ n: 1, v: 1 }, { n: 1 }], ['a[1]: Duplicate value: {"n":1}']],
    [map, ['x'], ['a[0]: Invalid value: "x": must be an object for an array of list-type map']],
    [embedded, {}, ['a.apiVersion: Required value', 'a.kind: Required value']],
    [embedded, { apiVersion: 'v1', kind: '' }, ['a.kind: Invalid value: "": must not be empty']],
  ];
  for (const [schema, value, errors] of rows) {
    t.same(said(invariantErrors({ a: value }, object({ a: schema }))), errors);
  }
  t.end();
});

t.test('a definition says of everything what type it is, and stores one version', (t) => {
  const spec = (...schemas: (object | undefined)[]) => ({
    group: 'x.io',
    names: { plural: 'things' },
    versions: schemas.map((schema, index) => ({
      name: `v${index + 1}`,
      storage: index === 0,
      ...(schema ? { schema: { openAPIV3Schema: schema } } : {}),
    })),
  });
  const rows: [spec: ReturnType<typeof spec>, errors: string[]][] = [
    [spec(object({ a: KEEPS })), []],
    [spec(undefined), ['spec.versions[0].schema.openAPIV3Schema: Required value']],
    [spec({}), ['spec.validation.openAPIV3Schema.type: Required value: must not be empty at the root']],
    [
      spec(object({}), object({ a: {} })),
      [
        'spec.versions[1].schema.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields',
      ],
    ],
    [
      spec(object({ a: list({}) })),
      [
        'spec.validation.openAPIV3Schema.properties[a].items.type: Required value: must not be empty for specified array items',
      ],
    ],
  ];
  for (const [given, errors] of rows) t.same(said(definitionErrors('things.x.io', given)), errors);
  t.match(said(definitionErrors('x', spec(object({})))), [/^metadata.name: .*must be spec.names.plural/]);
  t.match(said(definitionErrors('things.x.io', { ...spec(), versions: [] })), [/must have exactly one version marked/]);
  t.end();
});
