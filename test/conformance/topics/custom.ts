import type { Resource } from '@kube-steward/kube';
import { refuses, type Case, type Topic } from '../case.ts';
import { expectAnswer, expectSame, type Expected } from '../expect.ts';
import { badRequest, invalid } from '../statuses.ts';
import type { Answer } from '../wire.ts';
import { R, type World } from '../world.ts';

const widgets = (world: World, version = 'v1'): Resource => ({
  group: groupOf(world),
  version,
  plural: 'widgets',
  kind: 'Widget',
  namespaced: true,
});
const groupOf = ({ namespace }: World): string => `${namespace}.example.org`;

const SCHEMA = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'integer', minimum: 0, maximum: 4 },
        color: { type: 'string', enum: ['red', 'green'], default: 'red' },
        name: { type: 'string', pattern: '^[a-z]+$' },
        limit: { 'x-kubernetes-int-or-string': true },
        zones: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        extra: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
    status: { type: 'object', properties: { size: { type: 'integer' }, selector: { type: 'string' } } },
  },
};

const VERSION = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: SCHEMA } };

const SUBRESOURCES = {
  status: {},
  scale: {
    specReplicasPath: '.spec.size',
    statusReplicasPath: '.status.size',
    labelSelectorPath: '.status.selector',
  },
};

const definition = (world: World, ...versions: readonly object[]): object => ({
  metadata: { name: `widgets.${groupOf(world)}` },
  spec: {
    group: groupOf(world),
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: versions.length === 0 ? [VERSION] : versions,
  },
});

/** Defines the kind and waits for the server to serve it, which it does a moment later. */
const defined = async (world: World, ...versions: readonly object[]): Promise<Resource> => {
  await world.given(R.customResourceDefinitions, definition(world, ...versions));
  await answered(world, 200);
  return widgets(world);
};

const answered = async (world: World, code: number): Promise<void> => {
  for (let status = 0; status !== code;) ({ status } = await world.list(widgets(world)));
};

const widget = (world: World, spec: object, rest: object = {}): object => ({
  apiVersion: `${groupOf(world)}/v1`,
  kind: 'Widget',
  metadata: { name: 'a' },
  spec: { size: 1, ...spec },
  ...rest,
});

const refusedDefinition = (
  rule: string,
  change: (definition: object) => object,
  ...status: [Said, { in132: string; status: Said }?]
): Case => refuses(rule, (world) => world.create(R.customResourceDefinitions, change(definition(world))), ...status);

type Said = (world: World) => Expected;

const withVersions =
  (...versions: readonly object[]) =>
  (given: object): object => ({ ...given, spec: { ...(given as { spec: object }).spec, versions } });

const invalidDefinition =
  (...refused: Parameters<typeof invalid>[2][]) =>
  (world: World): Expected =>
    invalid('CustomResourceDefinition.apiextensions.k8s.io', `widgets.${groupOf(world)}`, ...refused);

/** A widget that breaks a rule of its schema. */
const refusedWidget = (rule: string, spec: object, ...refused: Parameters<typeof invalid>[2][]): Case =>
  refuses(
    rule,
    async (world): Promise<Answer> => world.create(await defined(world), widget(world, spec)),
    (world) => invalid(`Widget.${groupOf(world)}`, 'a', ...refused),
  );

const holds = (rule: string, spec: object, kept: object): Case => ({
  rule,
  run: async (world) => {
    const { body } = await world.create(await defined(world), widget(world, spec));
    expectSame(body['spec'], { size: 1, color: 'red', ...kept });
  },
});

const { schema: _, ...SCHEMALESS } = VERSION;
const SCHEMA_PLACE = 'spec.versions[0].schema.openAPIV3Schema';

export const CUSTOM: Topic = {
  name: 'Custom resources',
  cases: [
    refusedDefinition(
      'a definition without a schema is 422',
      withVersions(SCHEMALESS),
      invalidDefinition([SCHEMA_PLACE, 'Required value']),
      {
        in132: '"schemas are required"',
        status: invalidDefinition([SCHEMA_PLACE, 'Required value: schemas are required']),
      },
    ),
    refusedDefinition(
      'a schema that leaves out a type is 422',
      withVersions({ ...SCHEMALESS, schema: { openAPIV3Schema: { type: 'object', properties: { spec: {} } } } }),
      invalidDefinition([
        'spec.validation.openAPIV3Schema.properties[spec].type',
        'Required value: must not be empty for specified object fields',
      ]),
    ),
    refuses(
      'a definition under another name than its own is 422',
      (world) => {
        const given = definition(world) as { spec: object };
        return world.create(R.customResourceDefinitions, { ...given, metadata: { name: `x.${world.namespace}.org` } });
      },
      (world) =>
        invalid('CustomResourceDefinition.apiextensions.k8s.io', `x.${world.namespace}.org`, [
          'metadata.name',
          `Invalid value: "x.${world.namespace}.org": must be spec.names.plural+"."+spec.group`,
        ]),
    ),
    holds('a field that is not in the schema goes', { unheardOf: 1, name: 'x' }, { name: 'x' }),
    holds(
      'a field that is not in the schema stays where the schema says so',
      { extra: { a: { b: 1 } } },
      { extra: { a: { b: 1 } } },
    ),
    holds('a null that may not be there goes', { name: null }, {}),
    holds('a null becomes the default', { color: null }, { color: 'red' }),
    holds('what may be a number or a text is either', { limit: '50%' }, { limit: '50%' }),
    refuses(
      'a field that is not in the schema is 400 in strict validation',
      async (world) =>
        world.create(await defined(world), widget(world, { unheardOf: 1 }), { fieldValidation: 'Strict' }),
      badRequest(
        'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.unheardOf"',
      ),
    ),
    refusedWidget('a value of another type is 422', { name: 7 }, [
      'spec.name',
      'Invalid value: "integer": spec.name in body must be of type string: "integer"',
    ]),
    refusedWidget('a value above the maximum is 422', { size: 5 }, [
      'spec.size',
      'Invalid value: 5: spec.size in body should be less than or equal to 4',
    ]),
    refusedWidget('a value that is none of those listed is 422', { color: 'blue' }, [
      'spec.color',
      'Unsupported value: "blue": supported values: "red", "green"',
    ]),
    refusedWidget('a text that does not match is 422', { name: 'A' }, [
      'spec.name',
      'Invalid value: "A": spec.name in body should match \'^[a-z]+$\'',
    ]),
    refusedWidget('an item twice in a set is 422', { zones: ['a', 'a'] }, ['spec.zones[1]', 'Duplicate value: "a"']),
    refusedWidget('a required field that is not there is 422', { size: undefined }, ['spec.size', 'Required value']),
    refuses(
      'an apply of a field that is not in the schema is 500',
      async (world) => {
        const kind = await defined(world);
        const body = widget(world, { unheardOf: 1 });
        return world.patch(kind, 'a', 'apply', body, { fieldManager: 'x' });
      },
      (world) => ({
        code: 500,
        message: `failed to create typed patch object (/a; ${groupOf(world)}/v1, Kind=Widget): .spec.unheardOf: field not declared in schema`,
      }),
    ),
    {
      rule: 'items of a set have owners of their own',
      run: async (world) => {
        const kind = await defined(world);
        const apply = (manager: string, zones: string[]) => {
          const body = widget(world, { zones });
          return world.patch(kind, 'a', 'apply', body, { fieldManager: manager });
        };
        await apply('x', ['a', 'b']);
        await apply('y', ['c']);
        expectAnswer(await apply('x', ['a']), 200, { spec: { zones: ['a', 'c'] } });
      },
    },
    {
      rule: 'an object of one version is there in every other that is served',
      run: async (world) => {
        const kind = await defined(world, VERSION, { ...VERSION, name: 'v2', storage: false });
        await world.given(kind, widget(world, {}));
        expectAnswer(await world.get(widgets(world, 'v2'), 'a'), 200, {
          apiVersion: `${kind.group}/v2`,
          kind: 'Widget',
          spec: { size: 1, color: 'red' },
        });
      },
    },
    {
      rule: 'a version that is not served is 404',
      run: async (world) => {
        await defined(world, VERSION, { ...VERSION, name: 'v2', storage: false, served: false });
        expectAnswer(await world.list(widgets(world, 'v2')), 404);
      },
    },
    refuses(
      'an object that does not say what it is is 400',
      async (world) => world.create(await defined(world), { metadata: { name: 'a' }, spec: { size: 1 } }),
      badRequest(
        `the object provided is unrecognized (must be of type Widget): Object 'Kind' is missing in '{"metadata":{"name":"a"},"spec":{"size":1}}' ({"metadata":{"name":"a"},"spec ...)`,
      ),
    ),
    refuses(
      'an apply that does not say its name is 400',
      async (world) => {
        const kind = await defined(world);
        const body = { ...widget(world, {}), metadata: {} };
        return world.patch(kind, 'a', 'apply', body, { fieldManager: 'x' });
      },
      badRequest('the name of the object (a based on URL) was undeterminable: name must be provided'),
    ),
    {
      rule: 'with a status of its own a create brings none, and a status brings nothing else',
      run: async (world) => {
        const kind = await defined(world, { ...VERSION, subresources: SUBRESOURCES });
        const made = await world.given(kind, widget(world, {}, { status: { size: 9 } }));
        expectSame(made['status'], undefined);
        const told = await world.patch(kind, 'a/status', 'merge', { spec: { size: 3 }, status: { size: 2 } });
        expectAnswer(told, 200, { spec: { size: 1 }, status: { size: 2 }, metadata: { generation: 1 } });
        const changed = await world.patch(kind, 'a', 'merge', { spec: { size: 3 }, status: { size: 7 } });
        expectAnswer(changed, 200, { spec: { size: 3 }, status: { size: 2 }, metadata: { generation: 2 } });
      },
    },
    {
      rule: 'without a status of its own the status is a field like others, and a change of it counts',
      run: async (world) => {
        const kind = await defined(world);
        await world.given(kind, widget(world, {}, { status: { size: 9 } }));
        const changed = await world.patch(kind, 'a', 'merge', { status: { size: 7 } });
        expectAnswer(changed, 200, { status: { size: 7 }, metadata: { generation: 2 } });
        expectAnswer(await world.get(kind, 'a/status'), 404);
      },
    },
    {
      rule: 'a scale reads and writes the fields that the definition names',
      run: async (world) => {
        const kind = await defined(world, { ...VERSION, subresources: SUBRESOURCES });
        await world.given(kind, widget(world, {}));
        await world.patch(kind, 'a/status', 'merge', { status: { size: 2, selector: 'app=a' } });
        const read = await world.get(kind, 'a/scale');
        expectAnswer(read, 200, { kind: 'Scale', spec: { replicas: 1 }, status: { replicas: 2, selector: 'app=a' } });
        const scaled = await world.patch(kind, 'a/scale', 'merge', { spec: { replicas: 3 } });
        expectAnswer(scaled, 200, { spec: { replicas: 3 } });
        expectAnswer(await world.get(kind, 'a'), 200, { spec: { size: 3 }, metadata: { generation: 2 } });
      },
    },
    {
      rule: 'a definition that goes takes its objects along',
      run: async (world) => {
        const kind = await defined(world);
        await world.given(kind, widget(world, {}));
        expectAnswer(await world.remove(R.customResourceDefinitions, `widgets.${kind.group}`), 200);
        await answered(world, 404);
      },
    },
  ],
};
