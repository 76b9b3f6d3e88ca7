import t from 'tap';
import { RESOURCES } from '@kube-steward/kube';
import { deployment, hpa, SANDBOX_ANNOTATIONS, type SimulationOptions } from '../../src/index.ts';
import { findCondition } from '../../src/workloads/status.ts';
import type { Deployment, HorizontalPodAutoscaler } from '../../src/workloads/wire.ts';
import { world, type World } from './world.ts';

const { deployments, horizontalPodAutoscalers: hpas } = RESOURCES;
const MINUTE = 60_000;

interface Sizes {
  replicas: number;
  min?: number;
  max?: number;
  load?: string;
}

/** One Deployment of pods that ask for a whole core, and an HPA that wants half of it used: 1 core in use is 2 pods. */
const scaled = (
  sizes: Sizes,
  options: SimulationOptions = {},
): World & { size: () => number; state: () => HorizontalPodAutoscaler } => {
  const annotations = sizes.load === undefined ? {} : { [SANDBOX_ANNOTATIONS.load]: sizes.load };
  const made = world(
    [
      deployment({ name: 'web', replicas: sizes.replicas, requests: { cpu: '1' }, annotations }),
      hpa({ name: 'web', minReplicas: sizes.min ?? 1, maxReplicas: sizes.max ?? 20, cpuUtilization: 50 }),
    ],
    options,
  );
  return {
    ...made,
    size: () => made.get<Deployment>(deployments, 'web').spec.replicas ?? 1,
    state: () => made.get<HorizontalPodAutoscaler>(hpas, 'web'),
  };
};

t.test('an HPA follows the load its target carries', (t) => {
  const { clock, size, state } = scaled({ replicas: 2, load: '1; 4 Mon-Fri 08:00-09:00 UTC' });
  t.equal(size(), 2);
  clock.advanceTo(Date.parse('2026-11-16T08:00:30Z'));
  t.equal(size(), 8, 'four cores at half a core each');
  t.match(state().status, { desiredReplicas: 8, lastScaleTime: /^2026-11-16T08:00:/ });
  t.match(findCondition(state().status?.conditions, 'ScalingActive'), { status: 'True', reason: 'ValidMetricFound' });
  clock.advanceTo(Date.parse('2026-11-16T09:04:00Z'));
  t.equal(size(), 8, 'the highest of the last five minutes counts');
  clock.advanceTo(Date.parse('2026-11-16T09:06:00Z'));
  t.equal(size(), 2);
  t.end();
});

t.test('an HPA grows at most twofold, or to 4, a step', (t) => {
  const { clock, size } = scaled({ replicas: 1, load: '0.5; 8 Mon-Fri 08:00-09:00 UTC' });
  const sizes: number[] = [];
  clock.advanceTo(Date.parse('2026-11-16T07:59:59Z'));
  for (let step = 0; step < 5; step++) sizes.push((clock.advance(15_000), size()));
  t.same(sizes, [4, 8, 16, 16, 16]);
  t.end();
});

t.test('an HPA leaves a target at 0 alone', (t) => {
  const { clock, size, state, scale } = scaled({ replicas: 3, min: 2, load: '4' });
  scale(deployments, 'web', 0);
  clock.advance(24 * 60 * MINUTE);
  t.equal(size(), 0);
  t.match(findCondition(state().status?.conditions, 'ScalingActive'), { status: 'False', reason: 'ScalingDisabled' });
  t.match(state().status, { currentReplicas: undefined, desiredReplicas: 0 }, 'zero replicas are no field');
  scale(deployments, 'web', 3);
  clock.advance(MINUTE);
  t.equal(size(), 8, 'and takes over when it is woken');
  t.end();
});

t.test('an HPA raises a target below minReplicas and lowers one above maxReplicas at once', (t) => {
  const { clock, size, merge } = scaled({ replicas: 3, min: 2, max: 5 });
  merge(hpas, 'web', { spec: { minReplicas: 4 } });
  clock.advance(0);
  t.equal(size(), 4);
  merge(hpas, 'web', { spec: { minReplicas: 1, maxReplicas: 2 } });
  clock.advance(0);
  t.equal(size(), 2);
  t.end();
});

t.test('an HPA whose minReplicas is lowered shrinks to the load, past the stabilisation window', (t) => {
  const { clock, size, merge } = scaled(
    { replicas: 6, min: 6, load: '500m' },
    { scaleDownStabilizationMs: 2 * MINUTE },
  );
  clock.advance(30 * MINUTE);
  t.equal(size(), 6);
  merge(hpas, 'web', { spec: { minReplicas: 1 } });
  clock.advance(0);
  t.equal(size(), 1, 'the load has been low for longer than the window');
  t.end();
});

t.test("an HPA's own behavior sets the window", (t) => {
  const { clock, size, merge } = scaled({ replicas: 8, load: '4; 1 Mon-Fri 06:00-24:00 UTC' });
  merge(hpas, 'web', { spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 30 } } } });
  clock.advanceTo(Date.parse('2026-11-16T06:00:29Z'));
  t.equal(size(), 8);
  clock.advanceTo(Date.parse('2026-11-16T06:00:31Z'));
  t.equal(size(), 2);
  t.end();
});

t.test('a change within a tenth of the target changes nothing', (t) => {
  const { clock, size } = scaled({ replicas: 4, load: '2; 2.19 Mon-Fri 06:00-24:00 UTC' });
  clock.advance(2 * 60 * MINUTE);
  t.equal(size(), 4);
  t.end();
});

t.test('an HPA that knows no usage keeps the size; without a target it says so', (t) => {
  const { clock, size, state, cluster } = scaled({ replicas: 3 });
  t.equal(size(), 3);
  t.match(findCondition(state().status?.conditions, 'ScalingActive'), {
    status: 'False',
    reason: 'FailedGetResourceMetric',
  });
  cluster.delete(deployments, 'web', { namespace: 'default' });
  clock.advance(MINUTE);
  t.match(findCondition(state().status?.conditions, 'AbleToScale'), { status: 'False', reason: 'FailedGetScale' });
  t.end();
});

t.test('a load that cannot be read is told of, and the rest goes on', (t) => {
  const told: string[] = [];
  const { size, ready } = scaled(
    { replicas: 3, load: '1; 2 Mon-Fry 08:00-10:00 UTC' },
    { onError: (_error, key) => told.push(key) },
  );
  t.equal(size(), 3);
  t.equal(ready('web'), 3);
  t.equal(told[0], 'HorizontalPodAutoscaler default/web');
  t.end();
});

t.test('an HPA forgets over night what it asked for in the evening', (t) => {
  const { clock, size, scale } = scaled({ replicas: 2, load: '4; 1 Mon-Fri 07:00-24:00 UTC' });
  clock.advanceTo(Date.parse('2026-11-16T05:30:00Z'));
  t.equal(size(), 8);
  scale(deployments, 'web', 0);
  clock.advanceTo(Date.parse('2026-11-16T08:00:00Z'));
  scale(deployments, 'web', 8);
  clock.advance(MINUTE);
  t.equal(size(), 2);
  t.end();
});

t.test('an HPA writes through /scale, as kube-controller-manager', (t) => {
  const { clock, cluster, get } = world([]);
  // Created rather than loaded: only then does the server keep track of who owns which field.
  cluster.create(deployments, deployment({ name: 'web' }));
  cluster.create(hpas, hpa({ name: 'web', minReplicas: 2 }));
  clock.advance(MINUTE);
  t.match(
    get(deployments, 'web').metadata.managedFields?.find(({ subresource }) => subresource === 'scale'),
    { manager: 'kube-controller-manager', operation: 'Update', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
  );
  t.end();
});
