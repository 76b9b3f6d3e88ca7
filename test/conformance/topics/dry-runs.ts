import assert from 'node:assert/strict';
import { refuses, type Topic } from '../case.ts';
import { expectAnswer, expectStatus } from '../expect.ts';
import { alreadyExists, invalidOptions, notFound } from '../statuses.ts';
import { R } from '../world.ts';
import { configMap, deployment } from './objects.ts';

const DRY = { dryRun: 'All' };
const UNSUPPORTED = 'Unsupported value: ["Some"]: supported values: "All"';
const inGo = (kind: string) => ({
  in132: 'the value is told as Go writes it',
  status: invalidOptions(kind, ['dryRun', 'Unsupported value: []string{"Some"}: supported values: "All"']),
});

export const DRY_RUNS: Topic = {
  name: 'Dry runs (dryRun=All)',
  cases: [
    {
      rule: 'a create answers with what it would have made, without a resourceVersion, and makes nothing',
      run: async (world) => {
        const answer = await world.create(R.deployments, deployment('a'), DRY);
        expectAnswer(answer, 201, { metadata: { name: 'a', generation: 1, uid: /./, resourceVersion: undefined } });
        expectStatus(await world.get(R.deployments, 'a'), notFound('deployments.apps', 'a'));
      },
    },
    {
      rule: 'a create fills in defaults',
      run: async (world) => {
        const answer = await world.create(R.deployments, deployment('a'), DRY);
        expectAnswer(answer, 201, { spec: { replicas: 1, strategy: { type: 'RollingUpdate' } } });
      },
    },
    refuses(
      'a create of what exists is refused',
      async (world) => {
        await world.given(R.configMaps, configMap('a'));
        return world.create(R.configMaps, configMap('a'), DRY);
      },
      alreadyExists('configmaps', 'a'),
    ),
    {
      rule: 'a generated name is not kept for anybody',
      run: async (world) => {
        const answer = await world.create(R.configMaps, { metadata: { generateName: 'a-' } }, DRY);
        expectAnswer(answer, 201, { metadata: { name: /^a-.{5}$/ } });
        assert.equal((await world.get(R.configMaps, answer.body.metadata.name)).status, 404);
      },
    },
    {
      rule: 'a patch answers with what it would have made, under the old version, and changes nothing',
      run: async (world) => {
        const before = await world.given(R.configMaps, configMap('a', { data: { x: '1' } }));
        const answer = await world.patch(R.configMaps, 'a', 'merge', { data: { x: '2' } }, DRY);
        const { resourceVersion } = before.metadata;
        expectAnswer(answer, 200, { data: { x: '2' }, metadata: { resourceVersion } });
        expectAnswer(await world.get(R.configMaps, 'a'), 200, { data: { x: '1' }, metadata: { resourceVersion } });
      },
    },
    {
      rule: 'a patch of the desired state shows the generation it would have had',
      run: async (world) => {
        await world.given(R.deployments, deployment('a'));
        const answer = await world.patch(R.deployments, 'a', 'merge', { spec: { replicas: 3 } }, DRY);
        expectAnswer(answer, 200, { metadata: { generation: 2 } });
      },
    },
    {
      rule: 'an update answers with what it would have made, and changes nothing',
      run: async (world) => {
        await world.given(R.configMaps, configMap('a', { data: { x: '1' } }));
        const answer = await world.put(R.configMaps, 'a', configMap('a', { data: { x: '2' } }), DRY);
        expectAnswer(answer, 200, { data: { x: '2' } });
        expectAnswer(await world.get(R.configMaps, 'a'), 200, { data: { x: '1' } });
      },
    },
    {
      rule: 'an apply answers with what it would have made, and makes nothing',
      run: async (world) => {
        const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: '1' } };
        const answer = await world.patch(R.configMaps, 'a', 'apply', config, { ...DRY, fieldManager: 'me' });
        expectAnswer(answer, 201, { data: { x: '1' } });
        expectStatus(await world.get(R.configMaps, 'a'), notFound('configmaps', 'a'));
      },
    },
    {
      rule: 'a scale answers with the size it would have had, and changes nothing',
      run: async (world) => {
        await world.given(R.deployments, deployment('a'));
        const answer = await world.patch(R.deployments, 'a/scale', 'merge', { spec: { replicas: 9 } }, DRY);
        expectAnswer(answer, 200, { kind: 'Scale', spec: { replicas: 9 } });
        expectAnswer(await world.get(R.deployments, 'a'), 200, { spec: { replicas: 1 } });
      },
    },
    {
      rule: 'a delete answers as if it was done, and takes nothing',
      run: async (world) => {
        await world.given(R.configMaps, configMap('a'));
        for (const answer of [
          await world.remove(R.configMaps, 'a', { dryRun: ['All'] }),
          await world.remove(R.configMaps, 'a', undefined, DRY),
        ])
          expectAnswer(answer, 200, { kind: 'Status', status: 'Success' });
        expectAnswer(await world.get(R.configMaps, 'a'), 200, { metadata: { deletionTimestamp: undefined } });
      },
    },
    {
      rule: 'the last finalizer taken off takes nothing',
      run: async (world) => {
        await world.given(R.configMaps, configMap('a', {}, { finalizers: ['x.io/hold'] }));
        await world.remove(R.configMaps, 'a');
        const released = await world.patch(R.configMaps, 'a', 'merge', { metadata: { finalizers: null } }, DRY);
        expectAnswer(released, 200, { metadata: { finalizers: undefined } });
        expectAnswer(await world.get(R.configMaps, 'a'), 200, { metadata: { finalizers: ['x.io/hold'] } });
      },
    },
    {
      rule: 'a delete of a collection takes nothing',
      run: async (world) => {
        await world.given(R.configMaps, configMap('a'));
        const path = world.path(R.configMaps);
        expectAnswer(await world.send({ method: 'DELETE', path, query: DRY }), 200, { kind: 'ConfigMapList' });
        expectAnswer(await world.get(R.configMaps, 'a'), 200);
      },
    },
    refuses(
      'a create with another value is 422',
      (world) => world.create(R.configMaps, configMap('a'), { dryRun: 'Some' }),
      invalidOptions('CreateOptions', ['dryRun', UNSUPPORTED]),
      inGo('CreateOptions'),
    ),
    refuses(
      'an update with another value is 422',
      async (world) => {
        await world.given(R.configMaps, configMap('a'));
        return world.put(R.configMaps, 'a', configMap('a'), { dryRun: 'Some' });
      },
      invalidOptions('UpdateOptions', ['dryRun', UNSUPPORTED]),
      inGo('UpdateOptions'),
    ),
    refuses(
      'a patch with another value is 422',
      async (world) => {
        await world.given(R.configMaps, configMap('a'));
        return world.patch(R.configMaps, 'a', 'merge', {}, { dryRun: 'Some' });
      },
      invalidOptions('PatchOptions', ['dryRun', UNSUPPORTED]),
      inGo('PatchOptions'),
    ),
    refuses(
      'a delete with another value is 422',
      async (world) => {
        await world.given(R.configMaps, configMap('a'));
        return world.remove(R.configMaps, 'a', { dryRun: ['Some'] });
      },
      invalidOptions('DeleteOptions', ['dryRun', UNSUPPORTED]),
      inGo('DeleteOptions'),
    ),
  ],
};
