import assert from 'node:assert/strict';
import { refuses, type Case, type Topic } from '../case.ts';
import { expectAnswer } from '../expect.ts';
import { badRequest, invalid, invalidOptions, notFound } from '../statuses.ts';
import { R, type World } from '../world.ts';
import { configMap, deployment } from './objects.ts';

type PatchType = 'merge' | 'strategic' | 'json';

const given = (world: World) =>
  world.given(R.configMaps, configMap('a', { data: { x: '1' } }, { annotations: { k: 'v' } }));

const patched = (rule: string, type: PatchType, body: unknown, expected: object): Case => ({
  rule,
  run: async (world) => {
    await given(world);
    expectAnswer(await world.patch(R.configMaps, 'a', type, body), 200, expected);
  },
});

/** A strategic merge patch of the template of a Deployment of one container, `main`. */
const templated = (rule: string, spec: object, expected: object): Case => ({
  rule,
  run: async (world) => {
    await world.given(R.deployments, deployment('a'));
    const body = { spec: { template: { spec } } };
    const answer = await world.patch(R.deployments, 'a', 'strategic', body);
    expectAnswer(answer, 200, { spec: { template: { spec: expected } } });
  },
});

const refused = (rule: string, type: PatchType, body: unknown, status: Parameters<typeof refuses>[2]): Case =>
  refuses(
    rule,
    async (world) => {
      await given(world);
      return world.patch(R.configMaps, 'a', type, body);
    },
    status,
  );

const NOT_APPLICABLE = {
  code: 422,
  reason: 'Invalid',
  message: 'the server rejected our request due to an error in our request',
  details: {},
};
const typed = (contentType: string) => async (world: World) => {
  await given(world);
  const path = world.path(R.configMaps, 'a');
  return world.send({ method: 'PATCH', path, body: {}, headers: { 'content-type': contentType } });
};
const UNSUPPORTED = { code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} };

export const PATCHES: Topic = {
  name: 'Patches',
  cases: [
    patched('merge: what is named is set', 'merge', { data: { y: '2' } }, { data: { x: '1', y: '2' } }),
    patched('merge: null takes a field away', 'merge', { data: { x: null } }, { data: undefined }),
    patched(
      'merge: null takes a map away',
      'merge',
      { metadata: { annotations: null } },
      { metadata: { annotations: undefined } },
    ),
    patched('merge: null of what is not there is nothing', 'merge', { data: { z: null } }, { data: { x: '1' } }),
    patched('merge: an empty patch changes nothing', 'merge', {}, { data: { x: '1' } }),
    {
      rule: 'merge: a list is replaced',
      run: async (world) => {
        await world.given(R.deployments, deployment('a'));
        const body = { spec: { template: { spec: { containers: [{ name: 'other', image: 'other:1' }] } } } };
        expectAnswer(await world.patch(R.deployments, 'a', 'merge', body), 200, {
          spec: { template: { spec: { containers: [{ name: 'other' }] } } },
        });
      },
    },
    templated(
      'strategic: containers merge by their names, new ones come first',
      { containers: [{ name: 'side', image: 'side:1' }] },
      { containers: [{ name: 'side' }, { name: 'main', image: 'web:1' }] },
    ),
    templated(
      'strategic: a field of one container is changed',
      { containers: [{ name: 'main', image: 'web:2' }] },
      { containers: [{ name: 'main', image: 'web:2', imagePullPolicy: 'IfNotPresent' }] },
    ),
    templated(
      'strategic: $patch: replace replaces',
      { containers: [{ name: 'other', image: 'other:1' }, { $patch: 'replace' }] },
      { containers: [{ name: 'other' }] },
    ),
    {
      rule: 'strategic: $patch: delete takes an item away',
      run: async (world) => {
        const containers = ['a', 'b'].map((name) => ({ name, image: 'web:1' }));
        const template = { metadata: { labels: { app: 'a' } }, spec: { containers } };
        await world.given(R.deployments, deployment('a', { template }));
        const body = { spec: { template: { spec: { containers: [{ name: 'a', $patch: 'delete' }] } } } };
        expectAnswer(await world.patch(R.deployments, 'a', 'strategic', body), 200, {
          spec: { template: { spec: { containers: [{ name: 'b' }] } } },
        });
      },
    },
    {
      rule: 'strategic: finalizers are a set, $deleteFromPrimitiveList takes from it',
      run: async (world) => {
        await world.given(R.configMaps, configMap('a', {}, { finalizers: ['x.io/a'] }));
        const added = await world.patch(R.configMaps, 'a', 'strategic', { metadata: { finalizers: ['x.io/b'] } });
        assert.deepEqual([...(added.body.metadata.finalizers ?? [])].sort(), ['x.io/a', 'x.io/b']);
        const body = { metadata: { '$deleteFromPrimitiveList/finalizers': ['x.io/a'] } };
        const less = await world.patch(R.configMaps, 'a', 'strategic', body);
        assert.deepEqual(less.body.metadata.finalizers, ['x.io/b']);
      },
    },
    {
      rule: 'strategic: $retainKeys leaves the keys it names alone',
      run: async (world) => {
        await world.given(R.deployments, deployment('a'));
        const body = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } };
        expectAnswer(await world.patch(R.deployments, 'a', 'strategic', body), 200, {
          spec: { strategy: { type: 'Recreate', rollingUpdate: undefined } },
        });
      },
    },
    patched('JSON: add', 'json', [{ op: 'add', path: '/data/y', value: '2' }], { data: { x: '1', y: '2' } }),
    patched('JSON: replace', 'json', [{ op: 'replace', path: '/data/x', value: '2' }], { data: { x: '2' } }),
    patched('JSON: remove', 'json', [{ op: 'remove', path: '/data/x' }], { data: undefined }),
    patched('JSON: move', 'json', [{ op: 'move', from: '/data/x', path: '/data/y' }], {
      data: { y: '1', x: undefined },
    }),
    patched('JSON: copy', 'json', [{ op: 'copy', from: '/data/x', path: '/data/y' }], { data: { x: '1', y: '1' } }),
    patched(
      'JSON: a test that holds lets the rest be done',
      'json',
      [
        { op: 'test', path: '/data/x', value: '1' },
        { op: 'add', path: '/data/y', value: '2' },
      ],
      { data: { y: '2' } },
    ),
    patched(
      'JSON: ~1 is a slash in a name',
      'json',
      [{ op: 'add', path: '/metadata/annotations/x.io~1a', value: 'b' }],
      { metadata: { annotations: { 'x.io/a': 'b', k: 'v' } } },
    ),
    patched('JSON: no operation changes nothing', 'json', [], { data: { x: '1' } }),
    {
      rule: 'JSON: - is the end of a list',
      run: async (world) => {
        await world.given(R.deployments, deployment('a'));
        const value = { name: 'side', image: 'side:1' };
        const body = [{ op: 'add', path: '/spec/template/spec/containers/-', value }];
        expectAnswer(await world.patch(R.deployments, 'a', 'json', body), 200, {
          spec: { template: { spec: { containers: [{ name: 'main' }, { name: 'side' }] } } },
        });
      },
    },
    {
      rule: 'JSON: of operations that cannot all be done none is',
      run: async (world) => {
        await given(world);
        const body = [
          { op: 'add', path: '/data/y', value: '2' },
          { op: 'test', path: '/data/x', value: '9' },
        ];
        await world.patch(R.configMaps, 'a', 'json', body);
        expectAnswer(await world.get(R.configMaps, 'a'), 200, { data: { x: '1', y: undefined } });
      },
    },
    refused(
      'JSON: a test that does not hold is 422',
      'json',
      [{ op: 'test', path: '/data/x', value: '9' }],
      NOT_APPLICABLE,
    ),
    refused(
      'JSON: an add below what is not there is 422',
      'json',
      [{ op: 'add', path: '/metadata/labels/a', value: 'b' }],
      NOT_APPLICABLE,
    ),
    refused('JSON: a remove of what is not there is 422', 'json', [{ op: 'remove', path: '/data/z' }], NOT_APPLICABLE),
    refused('JSON: an operation that does not exist is 422', 'json', [{ op: 'frob', path: '/data/x' }], NOT_APPLICABLE),
    refused(
      'JSON: an object is 400',
      'json',
      {},
      badRequest('error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'),
    ),
    refused(
      'JSON: more than 10000 operations are 413',
      'json',
      Array.from({ length: 10_001 }, () => ({ op: 'add', path: '/data/y', value: '2' })),
      {
        code: 413,
        reason: 'RequestEntityTooLarge',
        message: 'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
      },
    ),
    refused(
      'merge: a list is 400',
      'merge',
      [],
      badRequest('error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}'),
    ),
    refused(
      'merge: what is no JSON is 400',
      'merge',
      'oops',
      badRequest("error decoding patch: invalid character 'o' looking for beginning of value"),
    ),
    refused(
      'JSON: what is no JSON is 400',
      'json',
      'oops',
      badRequest("error decoding patch: invalid character 'o' looking for beginning of value"),
    ),
    refused(
      'strategic: what is no JSON is 400',
      'strategic',
      'oops',
      badRequest("invalid character 'o' looking for beginning of value"),
    ),
    refused(
      'a patch of the name is 400',
      'merge',
      { metadata: { name: 'b' } },
      badRequest('the name of the object (b) does not match the name on the URL (a)'),
    ),
    refused(
      'a patch of the namespace is 400',
      'merge',
      { metadata: { namespace: 'b' } },
      badRequest('the namespace of the provided object does not match the namespace sent on the request'),
    ),
    refuses(
      'a patch of what is not there is 404',
      (world) => world.patch(R.configMaps, 'a', 'merge', {}),
      notFound('configmaps', 'a'),
    ),
    refuses(
      'a patch in a namespace that is not there is 404, of the object',
      (world) =>
        world.send({
          method: 'PATCH',
          path: '/api/v1/namespaces/nowhere/configmaps/a',
          body: {},
          headers: { 'content-type': 'application/merge-patch+json' },
        }),
      notFound('configmaps', 'a'),
    ),
    refused(
      'a patch to a value that is not allowed is 422',
      'merge',
      { metadata: { labels: { a: '-' } } },
      invalid('ConfigMap', 'a', [
        'metadata.labels',
        `Invalid value: "-": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
      ]),
    ),
    patched(
      'a creationTimestamp that is sent does not count',
      'merge',
      { metadata: { creationTimestamp: '2020-01-01T00:00:00Z' } },
      { metadata: { creationTimestamp: /^20(2[1-9]|[3-9]\d)/ } },
    ),
    ...['application/json', 'text/plain', 'application/xml'].map((type) =>
      refuses(`a patch of the content type ${type} is 415`, typed(type), UNSUPPORTED),
    ),
    {
      rule: 'parameters of the content type do not matter',
      run: async (world) => {
        expectAnswer(await typed('application/merge-patch+json; charset=utf-8')(world), 200, { data: { x: '1' } });
      },
    },
    refuses(
      'force is for apply alone: 422',
      async (world) => {
        await given(world);
        return world.patch(R.configMaps, 'a', 'merge', {}, { force: true });
      },
      invalidOptions('PatchOptions', ['force', 'Forbidden: may not be specified for non-apply patch']),
    ),
  ],
};
