import assert from 'node:assert/strict';
import { refuses, type Topic } from '../case.ts';
import { expectAnswer, expectStatus } from '../expect.ts';
import { badRequest, conflict, invalid, notFound } from '../statuses.ts';
import { R, type World } from '../world.ts';
import { configMap, deployment } from './objects.ts';

const given = (world: World, metadata: object = {}) =>
  world.given(R.configMaps, configMap('a', { data: { x: '1' } }, { ...metadata }));

/** A version of the object that is no longer the newest. */
const outdated = async (world: World): Promise<string> => {
  const { metadata } = await given(world);
  await world.patch(R.configMaps, 'a', 'merge', { data: { x: '2' } });
  return metadata.resourceVersion;
};

const lease = (spec: object = {}, metadata: object = {}) => ({
  metadata: { name: 'leader', ...metadata },
  spec: { holderIdentity: 'me', leaseDurationSeconds: 15, ...spec },
});

const UNSET = 'metadata.resourceVersion';

export const PRECONDITIONS: Topic = {
  name: 'Preconditions, and Leases',
  cases: [
    {
      rule: 'an update of the newest version is done',
      run: async (world) => {
        const { metadata } = await given(world);
        const { resourceVersion, uid } = metadata;
        const answer = await world.put(R.configMaps, 'a', configMap('a', { data: {} }, { resourceVersion, uid }));
        expectAnswer(answer, 200);
        assert.notEqual(answer.body.metadata.resourceVersion, resourceVersion);
      },
    },
    refuses(
      'an update of an old version is 409',
      async (world) => {
        const resourceVersion = await outdated(world);
        return world.put(R.configMaps, 'a', configMap('a', {}, { resourceVersion }));
      },
      conflict('configmaps', 'a'),
    ),
    {
      rule: 'an update without a version is done, whatever there is',
      run: async (world) => {
        await outdated(world);
        expectAnswer(await world.put(R.configMaps, 'a', configMap('a', { data: { y: '1' } })), 200, {
          data: { y: '1' },
        });
      },
    },
    {
      rule: 'an update of another uid is 409',
      run: async (world) => {
        const { metadata } = await given(world);
        const answer = await world.put(R.configMaps, 'a', configMap('a', {}, { uid: 'other' }));
        expectStatus(
          answer,
          conflict(
            'configmaps',
            'a',
            `StorageError: invalid object, Code: 4, Key: /registry/configmaps/${world.namespace}/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: other, UID in object meta: ${metadata.uid}`,
          ),
        );
      },
    },
    refuses(
      'an update of what is not there is 404',
      (world) => world.put(R.configMaps, 'a', configMap('a')),
      notFound('configmaps', 'a'),
    ),
    refuses(
      'an update under another name is 400',
      async (world) => {
        await given(world);
        return world.put(R.configMaps, 'a', configMap('b'));
      },
      badRequest('the name of the object (b) does not match the name on the URL (a)'),
    ),
    refuses(
      'an update without a name is 400',
      async (world) => {
        await given(world);
        return world.put(R.configMaps, 'a', { metadata: {} });
      },
      badRequest('the name of the object (a based on URL) was undeterminable: name must be provided'),
    ),
    {
      rule: 'a patch with the newest version is done',
      run: async (world) => {
        const { resourceVersion } = (await given(world)).metadata;
        const body = { metadata: { resourceVersion }, data: { x: '2' } };
        expectAnswer(await world.patch(R.configMaps, 'a', 'merge', body), 200, { data: { x: '2' } });
      },
    },
    refuses(
      'a merge patch with an old version is 409',
      async (world) => {
        const resourceVersion = await outdated(world);
        return world.patch(R.configMaps, 'a', 'merge', { metadata: { resourceVersion }, data: { x: '3' } });
      },
      conflict('configmaps', 'a'),
    ),
    refuses(
      'a strategic merge patch with an old version is 409',
      async (world) => {
        const resourceVersion = await outdated(world);
        return world.patch(R.configMaps, 'a', 'strategic', { metadata: { resourceVersion }, data: { x: '3' } });
      },
      conflict('configmaps', 'a'),
    ),
    refuses(
      'a JSON patch that sets an old version is 409',
      async (world) => {
        const value = await outdated(world);
        return world.patch(R.configMaps, 'a', 'json', [{ op: 'replace', path: '/metadata/resourceVersion', value }]);
      },
      conflict('configmaps', 'a'),
    ),
    refuses(
      'an apply with an old version is 409',
      async (world) => {
        const resourceVersion = await outdated(world);
        const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', resourceVersion } };
        return world.patch(R.configMaps, 'a', 'apply', config, { fieldManager: 'me' });
      },
      conflict('configmaps', 'a'),
    ),
    {
      rule: 'a patch without a version is done, whatever there is',
      run: async (world) => {
        await outdated(world);
        expectAnswer(await world.patch(R.configMaps, 'a', 'merge', { data: { x: '3' } }), 200, { data: { x: '3' } });
      },
    },
    refuses(
      'a patch with another uid is 422',
      async (world) => {
        await given(world);
        return world.patch(R.configMaps, 'a', 'merge', { metadata: { uid: 'other' } });
      },
      invalid('ConfigMap', 'a', ['metadata.uid', 'Invalid value: "other": field is immutable']),
    ),
    {
      rule: 'a patch with the uid of the object is done',
      run: async (world) => {
        const { uid } = (await given(world)).metadata;
        const answer = await world.patch(R.configMaps, 'a', 'merge', { metadata: { uid }, data: { x: '2' } });
        expectAnswer(answer, 200, { data: { x: '2' } });
      },
    },
    refuses(
      'a scale with an old version is 409, of the object',
      async (world) => {
        await world.given(R.deployments, deployment('a'));
        const body = { metadata: { resourceVersion: '1' }, spec: { replicas: 3 } };
        return world.patch(R.deployments, 'a/scale', 'merge', body);
      },
      conflict('deployments.apps', 'a'),
    ),
    {
      rule: 'of two updates of one version at the same time one is done, the other 409',
      run: async (world) => {
        const { resourceVersion } = (await given(world)).metadata;
        const answers = await Promise.all(
          ['2', '3'].map((x) => world.put(R.configMaps, 'a', configMap('a', { data: { x } }, { resourceVersion }))),
        );
        assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
      },
    },
    refuses(
      'a Lease is not updated without a version: 422, named by its resource',
      async (world) => {
        await world.given(R.leases, lease());
        return world.put(R.leases, 'leader', lease());
      },
      invalid('leases.coordination.k8s.io', 'leader', [UNSET, 'Invalid value: 0: must be specified for an update']),
      {
        in132: 'the missing version is told as 0x0',
        status: invalid('leases.coordination.k8s.io', 'leader', [
          UNSET,
          'Invalid value: 0x0: must be specified for an update',
        ]),
      },
    ),
    refuses(
      'a Lease of an old version is 409',
      async (world) => {
        const { resourceVersion } = (await world.given(R.leases, lease())).metadata;
        await world.patch(R.leases, 'leader', 'merge', { spec: { holderIdentity: 'other' } });
        return world.put(R.leases, 'leader', lease({}, { resourceVersion }));
      },
      conflict('leases.coordination.k8s.io', 'leader'),
    ),
    refuses(
      'a patch of a Lease of an old version is 409',
      async (world) => {
        const { resourceVersion } = (await world.given(R.leases, lease())).metadata;
        await world.patch(R.leases, 'leader', 'merge', { spec: { holderIdentity: 'other' } });
        return world.patch(R.leases, 'leader', 'merge', { metadata: { resourceVersion }, spec: {} });
      },
      conflict('leases.coordination.k8s.io', 'leader'),
    ),
    {
      rule: 'an update creates a Lease that is not there, whatever version it expects',
      run: async (world) => {
        expectAnswer(await world.put(R.leases, 'leader', lease()), 201);
        expectAnswer(
          await world.put(R.leases, 'other', { ...lease(), metadata: { name: 'other', resourceVersion: '5' } }),
          201,
        );
      },
    },
    {
      rule: 'the times of a Lease have microseconds',
      run: async (world) => {
        const renewTime = '2026-11-20T10:00:00.123456Z';
        expectAnswer(await world.create(R.leases, lease({ renewTime })), 201, { spec: { renewTime } });
      },
    },
    refuses(
      'a Lease of no duration is 422',
      (world) => world.create(R.leases, lease({ leaseDurationSeconds: 0 })),
      invalid('Lease.coordination.k8s.io', 'leader', [
        'spec.leaseDurationSeconds',
        'Invalid value: 0: must be greater than 0',
      ]),
    ),
  ],
};
