import { refuses, type Topic } from '../case.ts';
import { expectAnswer, expectMatch, expectSame, type Expected } from '../expect.ts';
import { badRequest, conflict, notFound } from '../statuses.ts';
import type { Answer, Query } from '../wire.ts';
import { R, type World } from '../world.ts';
import { pod } from './objects.ts';

const running = async (world: World, name = 'a'): Promise<void> => {
  await world.given(R.pods, pod(name, { nodeName: 'n1' }, { labels: { app: 'web' } }));
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  await world.patch(R.pods, `${name}/status`, 'merge', { status });
};

/** A budget of two pods, of which as many may go as is said. */
const budget = async (world: World, disruptionsAllowed: number, name = 'web'): Promise<void> => {
  const spec = { minAvailable: 2, selector: { matchLabels: { app: 'web' } } };
  await world.given(R.podDisruptionBudgets, { metadata: { name }, spec });
  const status = { observedGeneration: 1, disruptionsAllowed, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2 };
  await world.patch(R.podDisruptionBudgets, `${name}/status`, 'merge', { status });
};

const evict = (world: World, name = 'a', deleteOptions: object = {}, query: Query = {}): Promise<Answer> =>
  world.post(
    R.pods,
    `${name}/eviction`,
    { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name }, deleteOptions },
    query,
  );

const refusal = (message: string, retryAfterSeconds?: number): Expected => ({
  code: 429,
  reason: 'TooManyRequests',
  message: "Cannot evict pod as it would violate the pod's disruption budget.",
  details: {
    causes: [{ reason: 'DisruptionBudget', message }],
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  },
});

export const EVICTIONS: Topic = {
  name: 'Evictions and disruption budgets',
  cases: [
    {
      rule: 'an eviction deletes the pod, with its grace period: 201',
      run: async (world) => {
        await running(world);
        const answer = await evict(world);
        expectAnswer(answer, 201);
        expectSame(answer.body, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
        const { body } = await world.get(R.pods, 'a');
        expectMatch(body.metadata, { deletionTimestamp: /Z$/, deletionGracePeriodSeconds: 30 });
      },
    },
    {
      rule: 'an eviction may say the grace period',
      run: async (world) => {
        await running(world);
        await evict(world, 'a', { gracePeriodSeconds: 5 });
        expectAnswer(await world.get(R.pods, 'a'), 200, { metadata: { deletionGracePeriodSeconds: 5 } });
      },
    },
    refuses(
      'an eviction that a budget does not allow is 429 with the cause DisruptionBudget',
      async (world) => {
        await running(world);
        await budget(world, 0);
        return evict(world);
      },
      refusal('The disruption budget web needs 2 healthy pods and has 2 currently'),
    ),
    refuses(
      'an eviction is refused in a dry run as well',
      async (world) => {
        await running(world);
        await budget(world, 0);
        return evict(world, 'a', {}, { dryRun: 'All' });
      },
      refusal('The disruption budget web needs 2 healthy pods and has 2 currently'),
    ),
    {
      rule: 'an eviction that a budget allows is spent from it',
      run: async (world) => {
        await running(world);
        await budget(world, 1);
        expectAnswer(await evict(world), 201);
        const { body } = await world.get(R.podDisruptionBudgets, 'web');
        expectMatch(body, {
          status: {
            disruptionsAllowed: 0,
            disruptedPods: { a: /Z$/ },
            conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' }],
          },
        });
      },
    },
    {
      rule: 'a dry run spends nothing and takes nothing',
      run: async (world) => {
        await running(world);
        await budget(world, 1);
        expectAnswer(await evict(world, 'a', {}, { dryRun: 'All' }), 201);
        expectAnswer(await world.get(R.podDisruptionBudgets, 'web'), 200, { status: { disruptionsAllowed: 1 } });
        expectAnswer(await world.get(R.pods, 'a'), 200, { metadata: { deletionTimestamp: undefined } });
      },
    },
    refuses(
      'a budget that was changed and not looked at since is 429, to be tried again in 10 s',
      async (world) => {
        await running(world);
        await budget(world, 1);
        await world.patch(R.podDisruptionBudgets, 'web', 'merge', { spec: { minAvailable: 1 } });
        return evict(world);
      },
      refusal('The disruption budget web is still being processed by the server.', 10),
    ),
    refuses(
      'two budgets for one pod are 500',
      async (world) => {
        await running(world);
        await budget(world, 1);
        await budget(world, 1, 'other');
        return evict(world);
      },
      {
        code: 500,
        message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      },
    ),
    {
      rule: 'a pod that waits for a node does not count',
      run: async (world) => {
        await world.given(R.pods, pod('a', {}, { labels: { app: 'web' } }));
        await budget(world, 0);
        expectAnswer(await evict(world), 201);
      },
    },
    {
      rule: 'a pod that has ended does not count',
      run: async (world) => {
        await running(world);
        await world.patch(R.pods, 'a/status', 'merge', { status: { phase: 'Succeeded' } });
        await budget(world, 0);
        expectAnswer(await evict(world), 201);
      },
    },
    refuses('an eviction of what is not there is 404', (world) => evict(world), notFound('pods', 'a')),
    refuses(
      'an eviction of another name is 400',
      async (world) => {
        await running(world);
        return world.post(R.pods, 'a/eviction', { metadata: { name: 'b' } });
      },
      badRequest('name in URL does not match name in Eviction object'),
    ),
    {
      rule: 'an eviction whose precondition does not hold is 409',
      run: async (world) => {
        await running(world);
        const { metadata } = (await world.get(R.pods, 'a')).body;
        const answer = await evict(world, 'a', { preconditions: { uid: 'x' } });
        const why = `the UID in the precondition (x) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`;
        expectMatch(answer.body, { reason: 'Conflict', message: conflict('Pod', 'a', why).message });
      },
    },
  ],
};
