import assert from 'node:assert/strict';
import { refuses, type Topic } from '../case.ts';
import { expectAnswer, expectSame, expectStatus } from '../expect.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  invalid,
  invalidOptions,
  METHOD_NOT_ALLOWED,
  notFound,
} from '../statuses.ts';
import type { Query } from '../wire.ts';
import { R, type World } from '../world.ts';
import { configMap, deployment, pod } from './objects.ts';
import { namesOf } from './paging.ts';

const HELD = { finalizers: ['x.io/hold'] };

const given = (world: World, name = 'a', metadata: object = {}) =>
  world.given(R.configMaps, configMap(name, {}, { ...metadata }));

/** Deletes a configmap `a` with options that make no sense. */
const deletedWith =
  (options: object | string | undefined, query: Query = {}) =>
  async (world: World) => {
    await given(world);
    return world.send({ method: 'DELETE', path: world.path(R.configMaps, 'a'), body: options, query });
  };

const running = (world: World, spec: object = {}) => world.given(R.pods, pod('a', { nodeName: 'n1', ...spec }));

const POLICIES = 'Unsupported value: "Sideways": supported values: "Foreground", "Background", "Orphan", "nil"';

export const DELETES: Topic = {
  name: 'Deletes',
  cases: [
    {
      rule: 'a delete is answered with a Status that names what went',
      run: async (world) => {
        const { metadata } = await given(world);
        const answer = await world.remove(R.configMaps, 'a');
        const details = { name: 'a', kind: 'configmaps', uid: metadata.uid };
        expectSame(answer.body, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
        expectStatus(await world.get(R.configMaps, 'a'), notFound('configmaps', 'a'));
      },
    },
    refuses(
      'a delete of what is not there is 404',
      (world) => world.remove(R.deployments, 'a'),
      notFound('deployments.apps', 'a'),
    ),
    {
      rule: 'a delete whose uid is not the one meant is 409, and names the kind',
      run: async (world) => {
        const { metadata } = await given(world);
        expectStatus(
          await world.remove(R.configMaps, 'a', { preconditions: { uid: 'x' } }),
          conflict(
            'ConfigMap',
            'a',
            `the UID in the precondition (x) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
          ),
        );
      },
    },
    {
      rule: 'a delete whose resourceVersion is not the newest is 409',
      run: async (world) => {
        const { metadata } = await given(world);
        expectStatus(
          await world.remove(R.configMaps, 'a', { preconditions: { resourceVersion: '1' } }),
          conflict(
            'ConfigMap',
            'a',
            `the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
          ),
        );
      },
    },
    {
      rule: 'a delete whose preconditions hold is done',
      run: async (world) => {
        const { metadata } = await given(world);
        const { uid, resourceVersion } = metadata;
        expectAnswer(await world.remove(R.configMaps, 'a', { preconditions: { uid, resourceVersion } }), 200);
        expectStatus(await world.get(R.configMaps, 'a'), notFound('configmaps', 'a'));
      },
    },
    {
      rule: 'what finalizers hold stays, and says since when it is to go',
      run: async (world) => {
        await given(world, 'a', HELD);
        const answer = await world.remove(R.configMaps, 'a');
        expectAnswer(answer, 200, {
          kind: 'ConfigMap',
          metadata: { ...HELD, deletionTimestamp: /^\d{4}-.*Z$/, deletionGracePeriodSeconds: 0 },
        });
        expectSame((await world.get(R.configMaps, 'a')).body, answer.body);
      },
    },
    {
      rule: 'a second delete of what finalizers hold changes nothing',
      run: async (world) => {
        await given(world, 'a', HELD);
        const first = await world.remove(R.configMaps, 'a');
        expectSame((await world.remove(R.configMaps, 'a')).body, first.body);
      },
    },
    {
      rule: 'the last finalizer taken off takes the object with it',
      run: async (world) => {
        await given(world, 'a', HELD);
        await world.remove(R.configMaps, 'a');
        const released = await world.patch(R.configMaps, 'a', 'merge', { metadata: { finalizers: null } });
        expectAnswer(released, 200, { metadata: { name: 'a', finalizers: undefined } });
        expectStatus(await world.get(R.configMaps, 'a'), notFound('configmaps', 'a'));
      },
    },
    {
      rule: 'what is to go can still be changed',
      run: async (world) => {
        await given(world, 'a', HELD);
        await world.remove(R.configMaps, 'a');
        expectAnswer(await world.patch(R.configMaps, 'a', 'merge', { data: { x: '1' } }), 200, { data: { x: '1' } });
      },
    },
    {
      rule: 'nobody takes a deletionTimestamp back',
      run: async (world) => {
        await given(world, 'a', HELD);
        const { body } = await world.remove(R.configMaps, 'a');
        const answer = await world.patch(R.configMaps, 'a', 'merge', { metadata: { deletionTimestamp: null } });
        expectSame(answer.body, body);
      },
    },
    refuses(
      'what is to go takes no new finalizers: 422',
      async (world) => {
        await given(world, 'a', HELD);
        await world.remove(R.configMaps, 'a');
        return world.patch(R.configMaps, 'a', 'merge', { metadata: { finalizers: ['x.io/hold', 'x.io/more'] } });
      },
      invalid('ConfigMap', 'a', [
        'metadata.finalizers',
        'Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"x.io/more"}',
      ]),
    ),
    refuses(
      'the name of what is to go is taken: 409',
      async (world) => {
        await given(world, 'a', HELD);
        await world.remove(R.configMaps, 'a');
        return world.create(R.configMaps, configMap('a'));
      },
      alreadyExists('configmaps', 'a', 'object is being deleted: '),
    ),
    {
      rule: 'a pod that runs has its grace period: 30 s, or what its spec says',
      run: async (world) => {
        await running(world);
        expectAnswer(await world.remove(R.pods, 'a'), 200, { metadata: { deletionGracePeriodSeconds: 30 } });
        await world.given(R.pods, pod('b', { nodeName: 'n1', terminationGracePeriodSeconds: 7 }));
        expectAnswer(await world.remove(R.pods, 'b'), 200, { metadata: { deletionGracePeriodSeconds: 7 } });
      },
    },
    {
      rule: 'the deletionTimestamp of a pod is the end of its grace period',
      run: async (world) => {
        await running(world);
        const begun = Date.now();
        const { body } = await world.remove(R.pods, 'a');
        const end = Date.parse(body.metadata.deletionTimestamp ?? '');
        assert.ok(end - begun > 28_000, body.metadata.deletionTimestamp);
      },
    },
    {
      rule: 'a second delete of a pod can only shorten its grace period',
      run: async (world) => {
        await running(world);
        await world.remove(R.pods, 'a', { gracePeriodSeconds: 20 });
        const longer = await world.remove(R.pods, 'a', { gracePeriodSeconds: 60 });
        expectAnswer(longer, 200, { metadata: { deletionGracePeriodSeconds: 20 } });
        const shorter = await world.remove(R.pods, 'a', { gracePeriodSeconds: 5 });
        expectAnswer(shorter, 200, { metadata: { deletionGracePeriodSeconds: 5 } });
      },
    },
    {
      rule: 'a grace period of 0 takes a pod at once',
      run: async (world) => {
        await running(world);
        expectAnswer(await world.remove(R.pods, 'a', { gracePeriodSeconds: 0 }), 200, { kind: 'Pod' });
        expectStatus(await world.get(R.pods, 'a'), notFound('pods', 'a'));
      },
    },
    {
      rule: 'a negative grace period is one second',
      run: async (world) => {
        await running(world);
        const answer = await world.remove(R.pods, 'a', { gracePeriodSeconds: -1 });
        expectAnswer(answer, 200, { metadata: { deletionGracePeriodSeconds: 1 } });
      },
    },
    {
      rule: 'a pod that runs nowhere has no grace period',
      run: async (world) => {
        await world.given(R.pods, pod('a'));
        expectAnswer(await world.remove(R.pods, 'a'), 200, { metadata: { deletionGracePeriodSeconds: 0 } });
        expectStatus(await world.get(R.pods, 'a'), notFound('pods', 'a'));
      },
    },
    {
      rule: 'a delete counts as a change of the desired state of what counts them',
      in132: 'pods count nothing',
      run: async (world) => {
        await running(world);
        const generation = world.is132 ? undefined : 2;
        expectAnswer(await world.remove(R.pods, 'a'), 200, { metadata: { generation } });
        await world.given(R.deployments, deployment('b', {}, HELD));
        expectAnswer(await world.remove(R.deployments, 'b'), 200, { metadata: { generation: 2 } });
      },
    },
    {
      rule: 'options can be given in the query too',
      run: async (world) => {
        await running(world);
        const answer = await world.remove(R.pods, 'a', undefined, { gracePeriodSeconds: 9 });
        expectAnswer(answer, 200, { metadata: { deletionGracePeriodSeconds: 9 } });
      },
    },
    {
      rule: 'options in the query do not count beside a body',
      run: async (world) => {
        await running(world);
        const answer = await world.remove(R.pods, 'a', { gracePeriodSeconds: 9 }, { gracePeriodSeconds: 4 });
        expectAnswer(answer, 200, { metadata: { deletionGracePeriodSeconds: 9 } });
      },
    },
    {
      rule: 'options may call themselves meta.k8s.io/v1',
      run: async (world) => {
        await running(world);
        const options = { apiVersion: 'meta.k8s.io/v1', kind: 'DeleteOptions', gracePeriodSeconds: 9 };
        const answer = await world.remove(R.pods, 'a', options);
        expectAnswer(answer, 200, { metadata: { deletionGracePeriodSeconds: 9 } });
      },
    },
    refuses(
      'a propagation policy that does not exist is 422',
      deletedWith({ propagationPolicy: 'Sideways' }),
      invalidOptions('DeleteOptions', ['propagationPolicy', POLICIES]),
    ),
    refuses(
      'a propagation policy that does not exist is 422 in the query as well',
      deletedWith(undefined, { propagationPolicy: 'Sideways' }),
      invalidOptions('DeleteOptions', ['propagationPolicy', POLICIES]),
    ),
    refuses(
      'orphanDependents and a propagation policy are 422 together',
      deletedWith({ propagationPolicy: 'Orphan', orphanDependents: true }),
      invalidOptions('DeleteOptions', [
        'propagationPolicy',
        'Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
      ]),
    ),
    refuses(
      'options that are no JSON are 400',
      deletedWith('oops'),
      badRequest("couldn't get version/kind; json parse error: invalid character 'o' looking for beginning of value"),
      {
        in132: '500',
        status: {
          code: 500,
          message: "couldn't get version/kind; json parse error: invalid character 'o' looking for beginning of value",
        },
      },
    ),
    refuses(
      'options of another kind are 400',
      deletedWith({ kind: 'ConfigMap', apiVersion: 'v1' }),
      badRequest(/^no kind "ConfigMap" is registered for version "v1" in scheme "pkg\/runtime\/scheme.go:\d+"$/),
      {
        in132: '500',
        status: {
          code: 500,
          message: /^no kind "ConfigMap" is registered for version "v1" in scheme "pkg\/runtime\/scheme.go:\d+"$/,
        },
      },
    ),
    refuses(
      'a grace period that is no number is 400',
      deletedWith({ gracePeriodSeconds: 'x' }),
      badRequest('json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64'),
      {
        in132: '500',
        status: {
          code: 500,
          message: 'json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64',
        },
      },
    ),
    refuses(
      'a grace period that is no number is 400 in the query as well',
      deletedWith(undefined, { gracePeriodSeconds: 'x' }),
      badRequest('strconv.ParseInt: parsing "x": invalid syntax'),
    ),
    {
      rule: 'a delete of a collection takes what is selected, and answers with what it was',
      run: async (world) => {
        for (const name of ['a', 'b', 'c']) await given(world, name, { labels: { name } });
        const query = { labelSelector: 'name in (a,c)' };
        const answer = await world.send({ method: 'DELETE', path: world.path(R.configMaps), query });
        expectAnswer(answer, 200, { kind: 'ConfigMapList' });
        assert.deepEqual(namesOf(answer), ['a', 'c']);
        assert.deepEqual(namesOf(await world.list(R.configMaps)), ['b']);
      },
    },
    {
      rule: 'a delete of a collection takes field selectors',
      run: async (world) => {
        for (const name of ['a', 'b']) await given(world, name);
        const query = { fieldSelector: 'metadata.name=a' };
        await world.send({ method: 'DELETE', path: world.path(R.configMaps), query });
        assert.deepEqual(namesOf(await world.list(R.configMaps)), ['b']);
      },
    },
    {
      rule: 'a delete of a collection obeys finalizers',
      run: async (world) => {
        await given(world, 'a', HELD);
        await given(world, 'b');
        await world.send({ method: 'DELETE', path: world.path(R.configMaps) });
        const { body } = await world.list(R.configMaps);
        assert.equal(body.items.length, 1);
        assert.ok(body.items[0]?.metadata.deletionTimestamp);
      },
    },
    refuses(
      'a collection across all namespaces is not deleted: 405',
      (world) => world.send({ method: 'DELETE', path: `/api/v1/configmaps?labelSelector=${world.namespace}` }),
      METHOD_NOT_ALLOWED,
    ),
    refuses(
      'namespaces are not deleted as a collection: 405',
      (world) => world.send({ method: 'DELETE', path: world.path(R.namespaces) }),
      METHOD_NOT_ALLOWED,
    ),
    refuses(
      'a subresource is not deleted: 405, and nothing goes',
      async (world) => {
        await world.given(R.deployments, deployment('a'));
        const answer = await world.remove(R.deployments, 'a/scale');
        expectAnswer(await world.get(R.deployments, 'a'), 200);
        return answer;
      },
      METHOD_NOT_ALLOWED,
    ),
  ],
};
