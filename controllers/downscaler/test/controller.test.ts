import { RESOURCES } from '@kube-steward/kube';
import { ROLLOUT_CRD, deployment, hpa, namespace, pod, rollout, ROLLOUTS } from '@kube-steward/sandbox';
import t from 'tap';
import { createStage } from './controller-stage.ts';
import { ownerOf } from './decisions.ts';

const OLD = '2026-01-01T00:00:00Z';
const NIGHT = 'Mon-Sun 20:00-20:30 UTC';
const BEFORE = '2026-11-19T19:58:30Z';

const shop = (annotations: Record<string, string> = { 'downscaler/downtime': NIGHT }) =>
  namespace({ name: 'shop', annotations });
const app = (name: string, replicas = 3) => deployment({ namespace: 'shop', name, replicas, creationTimestamp: OLD });
const { deployments, namespaces, pods, horizontalPodAutoscalers } = RESOURCES;

t.test('goes down and comes up at the second of the transition', async (t) => {
  const stage = await createStage({ at: BEFORE, objects: [shop(), app('web')] });
  t.teardown(() => stage.close());
  await stage.start();
  await stage.passTo('2026-11-19T19:59:59.999Z');
  t.same(stage.writes(), [], 'nothing is written before');
  await stage.passTo('2026-11-19T20:00:00Z');
  t.equal(stage.size('web'), 0);
  t.match(stage.writes({ verb: 'patch' }), [{ at: Date.parse('2026-11-19T20:00:00Z'), name: 'web' }]);
  await stage.passTo('2026-11-19T20:29:59.999Z');
  t.equal(stage.size('web'), 0);
  await stage.passTo('2026-11-19T20:30:00Z');
  t.equal(stage.size('web'), 3);
  t.match(stage.writes({ verb: 'patch' }), [{}, { at: Date.parse('2026-11-19T20:30:00Z') }], 'one patch each');
});

t.test('asks for nothing but watches while nothing changes', async (t) => {
  const stage = await createStage({ at: BEFORE, objects: [shop(), app('web')] });
  t.teardown(() => stage.close());
  await stage.start();
  await stage.settle();
  const before = stage.sandbox.requests.size;
  await stage.pass(60_000);
  t.same(
    stage.sandbox.requests
      .all()
      .slice(before)
      .filter(({ verb }) => verb !== 'watch'),
    [],
  );
});

t.test('acts on a namespace annotation that changes at night', async (t) => {
  const stage = await createStage({ at: '2026-11-19T20:10:00Z', objects: [shop({}), app('web')] });
  t.teardown(() => stage.close());
  await stage.start();
  await stage.settle();
  t.equal(stage.size('web'), 3);
  stage.edit(namespaces, 'shop', { metadata: { annotations: { 'downscaler/downtime': NIGHT } } });
  await stage.settle();
  t.equal(stage.size('web'), 0);
  stage.edit(namespaces, 'shop', { metadata: { annotations: { 'downscaler/downtime': null } } });
  await stage.settle();
  t.equal(stage.size('web'), 3);
});

t.test('lets a workload that is created at night have its grace period', async (t) => {
  const objects = [shop({ 'downscaler/downtime': NIGHT, 'downscaler/grace-period': '5m' })];
  const stage = await createStage({ at: '2026-11-19T20:10:00Z', objects });
  t.teardown(() => stage.close());
  await stage.start();
  await stage.settle();
  stage.cluster.create(deployments, deployment({ namespace: 'shop', name: 'fresh', replicas: 2 }));
  await stage.passTo('2026-11-19T20:15:00Z');
  t.equal(stage.size('fresh'), 2, 'still in grace at exactly its end');
  await stage.passTo('2026-11-19T20:15:01Z');
  t.equal(stage.size('fresh'), 0);
});

t.test('a pod with force-uptime wakes its namespace, and lets it sleep again when it is gone', async (t) => {
  const elsewhere = deployment({
    namespace: 'lab',
    name: 'web',
    creationTimestamp: OLD,
    annotations: { 'downscaler/downtime': NIGHT },
  });
  const stage = await createStage({ at: '2026-11-19T20:10:00Z', objects: [shop(), app('web'), elsewhere] });
  t.teardown(() => stage.close());
  await stage.start();
  await stage.settle();
  t.equal(stage.size('web'), 0);
  const annotations = { 'downscaler/force-uptime': 'true' };
  stage.cluster.create(pods, pod({ namespace: 'shop', name: 'debug', annotations }));
  await stage.settle();
  t.equal(stage.size('web'), 3);
  t.match(stage.cluster.get(deployments, { namespace: 'lab', name: 'web' }), { spec: { replicas: 0 } });
  stage.cluster.delete(pods, 'debug', { namespace: 'shop', gracePeriodSeconds: 0 });
  await stage.settle();
  t.equal(stage.size('web'), 0);
});

t.test('an autoscaler and its target go down and come up as one', async (t) => {
  const few = { 'downscaler/downtime-replicas': '1' };
  const stage = await createStage({
    at: BEFORE,
    objects: [
      shop(),
      app('off'),
      hpa({ namespace: 'shop', name: 'off', minReplicas: 2, creationTimestamp: OLD }),
      deployment({ namespace: 'shop', name: 'low', replicas: 4, creationTimestamp: OLD, annotations: few }),
      hpa({ namespace: 'shop', name: 'low', minReplicas: 3, creationTimestamp: OLD, annotations: few }),
    ],
  });
  t.teardown(() => stage.close());
  await stage.start();
  await stage.passTo('2026-11-19T20:00:00Z');
  t.match(
    stage
      .writes({ verb: 'patch' })
      .map(({ resource, name }) => `${resource ?? ''}/${name ?? ''}`)
      .sort(),
    ['deployments/off', 'horizontalpodautoscalers/low'],
    'at size 0 the target alone is scaled, at 1 the autoscaler alone',
  );
  t.match(stage.get(horizontalPodAutoscalers, 'low'), { spec: { minReplicas: 1 } });
  t.match(stage.get(horizontalPodAutoscalers, 'off'), { spec: { minReplicas: 2 } });
  t.equal(stage.size('low'), 4);
  await stage.passTo('2026-11-19T20:30:00Z');
  t.match(stage.get(horizontalPodAutoscalers, 'low'), { spec: { minReplicas: 3 } });
  t.equal(stage.size('off'), 3);
});

t.test('a size set by hand at night holds for a minute', async (t) => {
  const web = {
    ...app('web'),
    metadata: { ...app('web').metadata, managedFields: [ownerOf('/spec/replicas', 'helm')] },
  };
  const stage = await createStage({ at: '2026-11-19T20:10:00Z', objects: [shop(), web] });
  t.teardown(() => stage.close());
  await stage.start();
  await stage.settle();
  stage.edit(deployments, 'web', { spec: { replicas: 7 } });
  await stage.pass(59_000);
  t.equal(stage.size('web'), 7);
  await stage.pass(1000);
  t.equal(stage.size('web'), 0);
  await stage.passTo('2026-11-19T20:30:00Z');
  t.equal(stage.size('web'), 3, 'the original is kept');
});

t.test('a kind that is installed at night sleeps too, and may go and come back', async (t) => {
  const stage = await createStage({ at: '2026-11-19T20:01:00Z', objects: [shop(), app('web')] });
  t.teardown(() => stage.close());
  const { controller } = await stage.start(['--include-resources=deployments,rollouts']);
  await controller.ready;
  await stage.settle();
  t.equal(stage.size('web'), 0, 'the others do not wait for it');
  const canary = rollout({ namespace: 'shop', name: 'canary', replicas: 5, creationTimestamp: OLD });
  stage.cluster.load([ROLLOUT_CRD, canary]);
  await stage.pass(2 * 60_000);
  t.equal(stage.size('canary', ROLLOUTS), 0);

  stage.cluster.delete(RESOURCES.customResourceDefinitions, ROLLOUT_CRD.metadata.name);
  await stage.pass(2 * 60_000);
  stage.edit(deployments, 'web', { metadata: { annotations: { 'downscaler/force-uptime': 'true' } } });
  await stage.settle();
  t.equal(stage.size('web'), 3, 'without the kind the rest works');
  stage.cluster.load([ROLLOUT_CRD, canary]);
  await stage.pass(11 * 60_000);
  t.equal(stage.size('canary', ROLLOUTS), 0);
});
