import assert from 'node:assert/strict';
import { refuses, type Case, type Topic } from '../case.ts';
import { expectAnswer, expectMatch, expectSame } from '../expect.ts';
import { invalid, notFound, NO_SUCH_PATH } from '../statuses.ts';
import { R, type World } from '../world.ts';
import { configMap, deployment, pod } from './objects.ts';

const web = (world: World, spec: object = {}) =>
  world.given(R.deployments, deployment('web', { replicas: 2, ...spec }));

const scaled = (rule: string, type: 'merge' | 'strategic' | 'json', body: unknown, replicas: number): Case => ({
  rule,
  run: async (world) => {
    await web(world);
    expectAnswer(await world.patch(R.deployments, 'web/scale', type, body), 200, { kind: 'Scale', spec: { replicas } });
    expectAnswer(await world.get(R.deployments, 'web'), 200, { spec: { replicas } });
  },
});

/** Whether a patch counts as a change of the desired state. */
const counts = (
  rule: string,
  body: object,
  generation: number,
  kind: 'deployments' | 'statefulSets' = 'deployments',
): Case => ({
  rule,
  run: async (world) => {
    await world.given(
      R[kind],
      deployment('web', { replicas: 2, ...(kind === 'statefulSets' ? { serviceName: 'x' } : {}) }),
    );
    expectAnswer(await world.patch(R[kind], 'web', 'merge', body), 200, { metadata: { generation } });
  },
});

const notFoundScale = {
  ...notFound('deployments.apps', 'web'),
  message: 'deployments/scale.apps "web" not found',
  details: { name: 'web', group: 'apps', kind: 'deployments/scale' },
};
const NEGATIVE = 'Invalid value: -1: must be greater than or equal to 0';

export const SUBRESOURCES: Topic = {
  name: 'Scale, status and generation',
  cases: [
    {
      rule: 'a scale says how many pods there are to be and are, and which',
      run: async (world) => {
        const { metadata } = await web(world);
        const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
        expectSame((await world.get(R.deployments, 'web/scale')).body, {
          kind: 'Scale',
          apiVersion: 'autoscaling/v1',
          metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
          spec: { replicas: 2 },
          status: { replicas: 0, selector: 'app=web' },
        });
      },
    },
    {
      rule: 'a scale of no pods has an empty spec',
      run: async (world) => {
        await web(world, { replicas: 0 });
        const { body } = await world.get(R.deployments, 'web/scale');
        expectSame(body['spec'], {});
      },
    },
    scaled('a merge patch scales', 'merge', { spec: { replicas: 5 } }, 5),
    scaled('a strategic merge patch scales', 'strategic', { spec: { replicas: 5 } }, 5),
    scaled('a JSON patch scales', 'json', [{ op: 'replace', path: '/spec/replicas', value: 5 }], 5),
    {
      rule: 'a scale to zero and back',
      run: async (world) => {
        await web(world);
        const down = await world.patch(R.deployments, 'web/scale', 'merge', { spec: { replicas: 0 } });
        expectAnswer(down, 200, { spec: {} });
        expectAnswer(await world.get(R.deployments, 'web'), 200, {
          spec: { replicas: 0 },
          metadata: { generation: 2 },
        });
        await world.patch(R.deployments, 'web/scale', 'merge', { spec: { replicas: 2 } });
        expectAnswer(await world.get(R.deployments, 'web'), 200, {
          spec: { replicas: 2 },
          metadata: { generation: 3 },
        });
      },
    },
    {
      rule: 'an update scales',
      run: async (world) => {
        await web(world);
        const body = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas: 5 } };
        expectAnswer(await world.put(R.deployments, 'web/scale', body), 200, { spec: { replicas: 5 } });
        expectAnswer(await world.get(R.deployments, 'web'), 200, { spec: { replicas: 5 } });
      },
    },
    {
      rule: 'a scale changes nothing else',
      run: async (world) => {
        await web(world);
        const body = { metadata: { labels: { a: 'b' } }, spec: { replicas: 5 }, status: { replicas: 7 } };
        await world.patch(R.deployments, 'web/scale', 'merge', body);
        expectAnswer(await world.get(R.deployments, 'web'), 200, {
          metadata: { labels: undefined },
          status: { replicas: undefined },
        });
      },
    },
    {
      rule: 'StatefulSets and ReplicaSets have a scale as well',
      run: async (world) => {
        await world.given(R.statefulSets, deployment('a', { serviceName: 'x', replicas: 3 }));
        await world.given(R.replicaSets, deployment('a', { replicas: 4 }));
        expectAnswer(await world.get(R.statefulSets, 'a/scale'), 200, { spec: { replicas: 3 } });
        expectAnswer(await world.get(R.replicaSets, 'a/scale'), 200, { spec: { replicas: 4 } });
      },
    },
    refuses(
      'a negative scale is 422, of the Scale',
      async (world) => {
        await web(world);
        return world.patch(R.deployments, 'web/scale', 'merge', { spec: { replicas: -1 } });
      },
      invalid('Scale.autoscaling', 'web', ['spec.replicas', NEGATIVE]),
    ),
    refuses(
      'the scale of what is not there is 404',
      (world) => world.get(R.deployments, 'web/scale'),
      notFound('deployments.apps', 'web'),
      { in132: 'named deployments/scale', status: notFoundScale },
    ),
    refuses('the scale of a kind without one is 404', (world) => world.get(R.daemonSets, 'web/scale'), NO_SUCH_PATH),
    {
      rule: 'a write to the object leaves its status',
      run: async (world) => {
        await web(world);
        await world.patch(R.deployments, 'web/status', 'merge', { status: { replicas: 4 } });
        const answer = await world.patch(R.deployments, 'web', 'merge', {
          spec: { paused: true },
          status: { replicas: 9 },
        });
        expectAnswer(answer, 200, { spec: { paused: true }, status: { replicas: 4 } });
      },
    },
    {
      rule: 'a write to the status leaves spec and labels',
      run: async (world) => {
        await web(world);
        const body = { metadata: { labels: { a: 'b' } }, spec: { replicas: 9 }, status: { replicas: 4 } };
        expectAnswer(await world.patch(R.deployments, 'web/status', 'merge', body), 200, {
          metadata: { labels: undefined, generation: 1 },
          spec: { replicas: 2 },
          status: { replicas: 4 },
        });
      },
    },
    {
      rule: 'an update of the status leaves spec and labels',
      run: async (world) => {
        await web(world);
        const body = deployment('web', { replicas: 9 }, { labels: { a: 'b' } });
        expectAnswer(await world.put(R.deployments, 'web/status', { ...body, status: { replicas: 4 } }), 200, {
          metadata: { labels: undefined },
          spec: { replicas: 2 },
          status: { replicas: 4 },
        });
      },
    },
    {
      rule: 'the status is got as the whole object',
      run: async (world) => {
        await web(world);
        expectSame((await world.get(R.deployments, 'web/status')).body, (await world.get(R.deployments, 'web')).body);
      },
    },
    {
      rule: "the status of a pod is written by its conditions' types",
      run: async (world) => {
        await world.given(R.pods, pod('a'));
        const condition = (type: string) => ({ status: { conditions: [{ type, status: 'True' }] } });
        await world.patch(R.pods, 'a/status', 'strategic', condition('Ready'));
        const { body } = await world.patch(R.pods, 'a/status', 'strategic', condition('Initialized'));
        const { conditions } = body['status'] as { conditions: { type: string }[] };
        assert.deepEqual(conditions.map(({ type }) => type).sort(), ['Initialized', 'Ready']);
      },
    },
    refuses(
      'the status of a kind without one is 404',
      async (world) => {
        await world.given(R.configMaps, configMap('a'));
        return world.patch(R.configMaps, 'a/status', 'merge', {});
      },
      NO_SUCH_PATH,
    ),
    counts('a change of the spec counts', { spec: { replicas: 3 } }, 2),
    counts('a change to the same does not count', { spec: { replicas: 2 } }, 1),
    counts('a change of labels does not count', { metadata: { labels: { a: 'b' } } }, 1),
    counts('a change of the annotations of a Deployment counts', { metadata: { annotations: { a: 'b' } } }, 2),
    counts(
      'a change of the annotations of a StatefulSet does not',
      { metadata: { annotations: { a: 'b' } } },
      1,
      'statefulSets',
    ),
    counts('a generation that is sent does not count', { metadata: { generation: 77 } }, 1),
    {
      rule: 'a change of the status does not count',
      run: async (world) => {
        await web(world);
        const answer = await world.patch(R.deployments, 'web/status', 'merge', { status: { replicas: 4 } });
        expectAnswer(answer, 200, { metadata: { generation: 1 } });
      },
    },
    {
      rule: 'a ConfigMap counts nothing',
      run: async (world) => {
        await world.given(R.configMaps, configMap('a'));
        const { body } = await world.patch(R.configMaps, 'a', 'merge', { data: { x: '1' } });
        expectMatch(body.metadata, { generation: undefined });
      },
    },
  ],
};
