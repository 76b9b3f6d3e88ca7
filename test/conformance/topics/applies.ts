import assert from 'node:assert/strict';
import { refuses, type Case, type Topic } from '../case.ts';
import { expectAnswer, expectMatch, expectSame, type Expected } from '../expect.ts';
import { badRequest, invalid, invalidOptions, notFound } from '../statuses.ts';
import type { Answer, Body, Query } from '../wire.ts';
import { R, type World } from '../world.ts';
import { configMap, deployment } from './objects.ts';

const config = (data: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', ...metadata },
  data,
});

const apply = (world: World, fieldManager: string, body: unknown, query: Query = {}): Promise<Answer> =>
  world.patch(R.configMaps, 'a', 'apply', body, { ...(fieldManager === '' ? {} : { fieldManager }), ...query });

const applied = (rule: string, body: unknown, status: Expected, query: Query = {}): Case =>
  refuses(
    rule,
    async (world) => {
      await apply(world, 'one', config({ x: '1' }));
      return apply(world, 'one', body, query);
    },
    status,
  );

const conflicts = (message: string, ...causes: readonly (readonly [field: string, message: string])[]): Expected => ({
  code: 409,
  reason: 'Conflict',
  message,
  details: { causes: causes.map(([field, said]) => ({ reason: 'FieldManagerConflict', message: said, field })) },
});

/** Who owns what, without times. */
const ownersOf = ({ metadata }: Body): string[] =>
  (metadata.managedFields ?? []).map(
    ({ manager, operation, subresource = '', fieldsV1 }) =>
      `${manager} ${operation} ${subresource}${subresource === '' ? '' : ' '}${JSON.stringify(fieldsV1)}`,
  );

const dep = (spec: Readonly<Record<string, unknown>>) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  ...deployment('a', spec),
});

export const APPLIES: Topic = {
  name: 'Server-side apply and field managers',
  cases: [
    {
      rule: 'an apply creates what is not there: 201, and owns what it said',
      run: async (world) => {
        const answer = await apply(world, 'one', config({ x: '1', y: '1' }));
        expectAnswer(answer, 201, { data: { x: '1', y: '1' } });
        assert.deepEqual(ownersOf(answer.body), ['one Apply {"f:data":{"f:x":{},"f:y":{}}}']);
      },
    },
    {
      rule: 'the same apply again changes nothing, not even the version',
      run: async (world) => {
        const { body } = await apply(world, 'one', config({ x: '1' }));
        expectSame((await apply(world, 'one', config({ x: '1' }))).body, body);
      },
    },
    {
      rule: 'what an applier no longer says is taken away',
      run: async (world) => {
        await apply(world, 'one', config({ x: '1', y: '1' }));
        expectAnswer(await apply(world, 'one', config({ x: '1' })), 200, { data: { x: '1', y: undefined } });
      },
    },
    {
      rule: 'what others own too stays when one gives it up',
      run: async (world) => {
        await apply(world, 'one', config({ x: '1' }));
        await apply(world, 'two', config({ x: '1' }));
        expectAnswer(await apply(world, 'one', config({ y: '1' })), 200, { data: { x: '1', y: '1' } });
      },
    },
    {
      rule: 'the same value is owned together, and the second manager has no time',
      run: async (world) => {
        await apply(world, 'one', config({ x: '1' }));
        const { body } = await apply(world, 'two', config({ x: '1' }));
        expectMatch(body.metadata.managedFields, [
          { manager: 'two', time: undefined },
          { manager: 'one', time: /Z$/ },
        ]);
      },
    },
    refuses(
      'another value of what somebody else owns is 409, with who and what',
      async (world) => {
        await apply(world, 'one', config({ x: '1' }));
        return apply(world, 'two', config({ x: '2' }));
      },
      conflicts('Apply failed with 1 conflict: conflict with "one": .data.x', ['.data.x', 'conflict with "one"']),
    ),
    refuses(
      'several conflicts are told by manager',
      async (world) => {
        await apply(world, 'one', config({ x: '1', y: '1' }));
        return apply(world, 'two', config({ x: '2', y: '2' }));
      },
      conflicts(
        'Apply failed with 2 conflicts: conflicts with "one":\n- .data.x\n- .data.y',
        ['.data.x', 'conflict with "one"'],
        ['.data.y', 'conflict with "one"'],
      ),
    ),
    refuses(
      'a conflict with an update says of which version',
      async (world) => {
        await world.create(R.configMaps, configMap('a', { data: { x: '1' } }), { fieldManager: 'maker' });
        return apply(world, 'two', config({ x: '2' }));
      },
      conflicts('Apply failed with 1 conflict: conflict with "maker" using v1: .data.x', [
        '.data.x',
        'conflict with "maker" using v1',
      ]),
    ),
    refuses(
      'a conflict with a scale says so',
      async (world) => {
        const query = { fieldManager: 'one' };
        await world.patch(R.deployments, 'a', 'apply', dep({ replicas: 2 }), query);
        await world.patch(R.deployments, 'a/scale', 'merge', { spec: { replicas: 5 } }, { fieldManager: 'scaler' });
        return world.patch(R.deployments, 'a', 'apply', dep({ replicas: 2 }), query);
      },
      conflicts(
        'Apply failed with 1 conflict: conflict with "scaler" with subresource "scale" using apps/v1: .spec.replicas',
        ['.spec.replicas', 'conflict with "scaler" with subresource "scale" using apps/v1'],
      ),
    ),
    {
      rule: 'force takes over',
      run: async (world) => {
        await apply(world, 'one', config({ x: '1', y: '1' }));
        const answer = await apply(world, 'two', config({ x: '2' }), { force: true });
        expectAnswer(answer, 200, { data: { x: '2', y: '1' } });
        assert.deepEqual(ownersOf(answer.body).sort(), [
          'one Apply {"f:data":{"f:y":{}}}',
          'two Apply {"f:data":{"f:x":{}}}',
        ]);
      },
    },
    {
      rule: 'an update takes over what it changes, without asking',
      run: async (world) => {
        await apply(world, 'one', config({ x: '1', y: '1' }));
        const { body } = await world.patch(R.configMaps, 'a', 'merge', { data: { x: '2' } }, { fieldManager: 'two' });
        assert.deepEqual(ownersOf(body), ['one Apply {"f:data":{"f:y":{}}}', 'two Update {"f:data":{"f:x":{}}}']);
      },
    },
    {
      rule: 'a scale owns the replicas, as a manager of its own, without a time',
      run: async (world) => {
        await world.given(R.deployments, deployment('a', { replicas: 2 }));
        await world.patch(R.deployments, 'a/scale', 'merge', { spec: { replicas: 5 } }, { fieldManager: 'scaler' });
        const { metadata } = (await world.get(R.deployments, 'a')).body;
        expectMatch(
          metadata.managedFields?.filter(({ manager }) => manager === 'scaler'),
          [
            {
              operation: 'Update',
              subresource: 'scale',
              time: undefined,
              fieldsV1: { 'f:spec': { 'f:replicas': {} } },
            },
          ],
        );
      },
    },
    {
      rule: 'a status is owned as a manager of its own',
      run: async (world) => {
        await world.given(R.deployments, deployment('a'));
        const query = { fieldManager: 'controller' };
        const { body } = await world.patch(R.deployments, 'a/status', 'merge', { status: { replicas: 1 } }, query);
        const owners = ownersOf(body).filter((one) => one.startsWith('controller'));
        assert.deepEqual(owners, ['controller Update status {"f:status":{"f:replicas":{}}}']);
      },
    },
    {
      rule: 'a create is recorded under fieldManager, else under the program in the User-Agent',
      run: async (world) => {
        const named = await world.create(R.configMaps, configMap('a', { data: { x: '1' } }), { fieldManager: 'maker' });
        assert.deepEqual(ownersOf(named.body), ['maker Update {"f:data":{".":{},"f:x":{}}}']);
        const headers = { 'user-agent': 'maker/v1 (linux)' };
        const unnamed = await world.create(R.configMaps, configMap('b', { data: { x: '1' } }), {}, headers);
        assert.deepEqual(ownersOf(unnamed.body), ['maker Update {"f:data":{".":{},"f:x":{}}}']);
      },
    },
    {
      rule: 'labels, annotations, finalizers and owners are owned one by one',
      run: async (world) => {
        await world.given(R.configMaps, configMap('a', { data: { x: '1' } }));
        const metadata = {
          labels: { a: 'b' },
          annotations: { c: 'd' },
          finalizers: ['x.io/a'],
          ownerReferences: [{ apiVersion: 'v1', kind: 'Namespace', name: world.namespace, uid: 'u1' }],
        };
        const { body } = await world.patch(R.configMaps, 'a', 'merge', { metadata }, { fieldManager: 'me' });
        expectMatch(
          body.metadata.managedFields?.filter(({ manager }) => manager === 'me'),
          [
            {
              fieldsV1: {
                'f:metadata': {
                  'f:annotations': { '.': {}, 'f:c': {} },
                  'f:finalizers': { '.': {}, 'v:"x.io/a"': {} },
                  'f:labels': { '.': {}, 'f:a': {} },
                  'f:ownerReferences': { '.': {}, 'k:{"uid":"u1"}': {} },
                },
              },
            },
          ],
        );
      },
    },
    {
      rule: 'one empty entry clears the managed fields, and nothing is tracked until the next apply',
      run: async (world) => {
        await world.given(R.configMaps, configMap('a', { data: { x: '1' } }));
        const cleared = await world.patch(R.configMaps, 'a', 'merge', { metadata: { managedFields: [{}] } });
        expectAnswer(cleared, 200, { metadata: { managedFields: undefined } });
        const after = await world.patch(R.configMaps, 'a', 'merge', { data: { x: '2' } });
        expectAnswer(after, 200, { metadata: { managedFields: undefined } });
      },
    },
    {
      rule: "an apply to what nobody owns: it was before-first-apply's",
      run: async (world) => {
        await world.given(R.configMaps, configMap('a', { data: { x: '1', y: '1' } }));
        await world.patch(R.configMaps, 'a', 'merge', { metadata: { managedFields: [{}] } });
        const { body } = await apply(world, 'one', config({ x: '1' }));
        assert.deepEqual(
          (body.metadata.managedFields ?? []).map(({ manager, operation }) => `${manager} ${operation}`),
          ['one Apply', 'before-first-apply Update'],
        );
      },
    },
    {
      rule: 'a configuration may be YAML',
      run: async (world) => {
        const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "1"}\n';
        expectAnswer(await apply(world, 'one', yaml), 201, { data: { x: '1' } });
      },
    },
    {
      rule: 'containers are applied by their names',
      run: async (world) => {
        await world.patch(R.deployments, 'a', 'apply', dep({}), { fieldManager: 'one' });
        const side = {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'a' },
          spec: { template: { spec: { containers: [{ name: 'side', image: 'side:1' }] } } },
        };
        const { body } = await world.patch(R.deployments, 'a', 'apply', side, { fieldManager: 'two' });
        expectMatch(body, { spec: { template: { spec: { containers: [{ name: 'main' }, { name: 'side' }] } } } });
      },
    },
    refuses(
      'an apply without a manager is 422',
      (world) => apply(world, '', config({})),
      invalidOptions('PatchOptions', ['fieldManager', 'Required value: is required for apply patch']),
    ),
    refuses(
      'a manager of more than 128 bytes is 422',
      (world) => apply(world, 'x'.repeat(129), config({})),
      invalidOptions('PatchOptions', ['fieldManager', 'Too long: may not be more than 128 bytes']),
    ),
    refuses(
      'a manager with a line break is 422',
      (world) => apply(world, 'a\nb', config({})),
      invalidOptions('PatchOptions', [
        'fieldManager',
        'Invalid value: "a\\nb": invalid character U+000A (at position 1)',
      ]),
    ),
    applied(
      'a configuration without a kind is 400',
      { apiVersion: 'v1' },
      badRequest('invalid object type: /v1, Kind='),
    ),
    applied(
      'a configuration without a version is 400',
      { kind: 'ConfigMap' },
      badRequest('invalid object type: /, Kind=ConfigMap'),
    ),
    applied(
      'a configuration of another kind is 400',
      { ...config({}), kind: 'Secret' },
      badRequest('invalid object type: /v1, Kind=Secret'),
    ),
    applied(
      'a configuration of another name is 400',
      config({}, { name: 'b' }),
      badRequest('the name of the object (b) does not match the name on the URL (a)'),
    ),
    applied(
      'managed fields in a configuration are 400',
      config({}, { managedFields: [] }),
      badRequest('metadata.managedFields must be nil'),
    ),
    applied(
      'another uid in a configuration is 422',
      config({}, { uid: 'other' }),
      invalid('ConfigMap', 'a', ['metadata.uid', 'Invalid value: "other": field is immutable']),
    ),
    applied(
      'a configuration that is no object is 400',
      'oops',
      badRequest(
        'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type map[string]interface {}',
      ),
    ),
    refuses(
      'an apply in a namespace that is not there is 404',
      (world) =>
        world.send({
          method: 'PATCH',
          path: '/api/v1/namespaces/nowhere/configmaps/a',
          body: config({}),
          query: { fieldManager: 'one' },
          headers: { 'content-type': 'application/apply-patch+yaml' },
        }),
      notFound('namespaces', 'nowhere'),
    ),
    refuses(
      'an apply to the status of what is not there is 404',
      (world) => world.patch(R.deployments, 'a/status', 'apply', { ...dep({}), status: {} }, { fieldManager: 'one' }),
      notFound('deployments.apps', 'a'),
    ),
  ],
};
