import assert from 'node:assert/strict';
import { until } from '../../cluster/index.ts';
import type { Case, Topic } from '../case.ts';
import { expectAnswer, expectMatch } from '../expect.ts';
import type { Body } from '../wire.ts';
import { R, type World } from '../world.ts';
import { configMap, deployment } from './objects.ts';

const referenceTo = (owner: Body, kind: string, rest: object = {}) => ({
  apiVersion: kind === 'ConfigMap' ? 'v1' : 'apps/v1',
  kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  ...rest,
});

/** An owner, and a dependent of it. */
const family = async (world: World, dependent: object = {}, reference: object = {}): Promise<void> => {
  const owner = await world.given(R.deployments, deployment('owner'));
  const ownerReferences = [referenceTo(owner, 'Deployment', reference)];
  await world.given(R.configMaps, configMap('child', {}, { ownerReferences, ...dependent }));
};

const isThere = async (world: World, name: string): Promise<boolean> => {
  const resource = name === 'owner' ? R.deployments : R.configMaps;
  return (await world.get(resource, name)).status === 200;
};

const untilGone = (world: World, name: string): Promise<void> =>
  until(async () => !(await isThere(world, name)), `${name} gone`);

const deleted = (
  rule: string,
  options: object | undefined,
  run: (world: World, answer: Body) => Promise<void>,
  dependent: object = {},
  reference: object = {},
): Case => ({
  rule,
  run: async (world) => {
    await family(world, dependent, reference);
    const answer = await world.remove(R.deployments, 'owner', options);
    expectAnswer(answer, 200);
    await run(world, answer.body);
  },
});

export const DEPENDENTS: Topic = {
  name: 'Owners and dependents',
  cases: [
    deleted(
      'dependents go after their owner, in the background, when nothing else is said',
      undefined,
      async (world) => {
        assert.equal(await isThere(world, 'owner'), false);
        await untilGone(world, 'child');
      },
    ),
    deleted(
      'with propagationPolicy Background the owner goes at once and its dependents follow',
      { propagationPolicy: 'Background' },
      async (world, answer) => {
        expectMatch(answer, { kind: 'Status', status: 'Success' });
        await untilGone(world, 'child');
      },
    ),
    deleted(
      'with propagationPolicy Orphan dependents stay, without the owner',
      { propagationPolicy: 'Orphan' },
      async (world, answer) => {
        expectMatch(answer, { kind: 'Deployment', metadata: { finalizers: ['orphan'] } });
        await untilGone(world, 'owner');
        const { body } = await world.get(R.configMaps, 'child');
        expectMatch(body, { metadata: { name: 'child', ownerReferences: undefined } });
      },
    ),
    deleted('orphanDependents is the old word for Orphan', { orphanDependents: true }, async (world, answer) => {
      expectMatch(answer, { metadata: { finalizers: ['orphan'] } });
      await untilGone(world, 'owner');
      assert.ok(await isThere(world, 'child'));
    }),
    deleted(
      'with propagationPolicy Foreground the owner stays until its blocking dependents are gone',
      { propagationPolicy: 'Foreground' },
      async (world, answer) => {
        expectMatch(answer, { metadata: { finalizers: ['foregroundDeletion'], deletionTimestamp: /./ } });
        await until(async () => {
          const { body } = await world.get(R.configMaps, 'child');
          return body.metadata.deletionTimestamp !== undefined;
        }, 'the dependent is to go');
        assert.ok(await isThere(world, 'owner'));
        await world.patch(R.configMaps, 'child', 'merge', { metadata: { finalizers: null } });
        await untilGone(world, 'owner');
        assert.equal(await isThere(world, 'child'), false);
      },
      { finalizers: ['x.io/hold'] },
      { blockOwnerDeletion: true },
    ),
    deleted(
      'with propagationPolicy Foreground an owner without dependents goes',
      { propagationPolicy: 'Foreground' },
      async (world) => untilGone(world, 'owner'),
      { ownerReferences: [] },
    ),
    deleted(
      'dependents that finalizers hold stay until they are let go',
      undefined,
      async (world) => {
        await until(async () => {
          const { body } = await world.get(R.configMaps, 'child');
          return body.metadata.deletionTimestamp !== undefined;
        }, 'the dependent is to go');
        await world.patch(R.configMaps, 'child', 'merge', { metadata: { finalizers: null } });
        await untilGone(world, 'child');
      },
      { finalizers: ['x.io/hold'] },
    ),
    {
      rule: 'a dependent of an owner that never was goes',
      run: async (world) => {
        const owner = { metadata: { name: 'nobody', uid: '00000000-0000-4000-8000-000000000000' } } as Body;
        const ownerReferences = [referenceTo(owner, 'Deployment')];
        await world.given(R.configMaps, configMap('child', {}, { ownerReferences }));
        await untilGone(world, 'child');
      },
    },
    {
      rule: 'a dependent of two owners stays for the second, and forgets the first',
      run: async (world) => {
        const first = await world.given(R.deployments, deployment('owner'));
        const second = await world.given(R.configMaps, configMap('second'));
        const ownerReferences = [referenceTo(first, 'Deployment'), referenceTo(second, 'ConfigMap')];
        await world.given(R.configMaps, configMap('child', {}, { ownerReferences }));
        await world.remove(R.deployments, 'owner');
        await until(async () => {
          const { body } = await world.get(R.configMaps, 'child');
          return body.metadata.ownerReferences?.length === 1;
        }, 'one owner left');
        const { body } = await world.get(R.configMaps, 'child');
        expectMatch(body.metadata.ownerReferences, [{ name: 'second' }]);
      },
    },
    {
      rule: 'an owner is known by its uid: one of the same name is another',
      run: async (world) => {
        const owner = await world.given(R.deployments, deployment('owner'));
        const other = { ...owner, metadata: { ...owner.metadata, uid: '00000000-0000-4000-8000-000000000001' } };
        const ownerReferences = [referenceTo(other, 'Deployment')];
        await world.given(R.configMaps, configMap('child', {}, { ownerReferences }));
        await untilGone(world, 'child');
        assert.ok(await isThere(world, 'owner'));
      },
    },
    {
      rule: 'a Job deleted without a policy leaves its pods, with a warning',
      run: async (world) => {
        const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'job:1' }] } };
        const job = await world.given(R.jobs, { metadata: { name: 'job' }, spec: { suspend: true, template } });
        const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'job', uid: job.metadata.uid }];
        await world.given(R.configMaps, configMap('child', {}, { ownerReferences }));
        const { headers } = await world.remove(R.jobs, 'job');
        assert.match(headers['warning'] as string, /^299 - "child pods are preserved by default when jobs are deleted/);
        await until(async () => {
          const { body } = await world.get(R.configMaps, 'child');
          return body.metadata.ownerReferences === undefined;
        }, "the dependent is nobody's");
      },
    },
  ],
};
