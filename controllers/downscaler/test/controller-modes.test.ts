import { RESOURCES } from '@kube-steward/kube';
import type { Plan } from '@kube-steward/plan';
import { deployment, namespace, type LoggedRequest } from '@kube-steward/sandbox';
import t from 'tap';
import { createStage, type Actor, type Stage } from './controller-stage.ts';
import { eventsOn } from './stage-events.ts';

const OLD = '2026-01-01T00:00:00Z';
const NIGHT = '2026-11-19T20:10:00Z';
const DOWNTIME = { 'downscaler/downtime': 'Mon-Sun 20:00-20:30 UTC' };
const { deployments } = RESOURCES;

const app = (where: string, name: string, annotations = {}) =>
  deployment({ namespace: where, name, replicas: 3, creationTimestamp: OLD, annotations });
const OBJECTS = [
  namespace({ name: 'shop', annotations: DOWNTIME }),
  app('shop', 'web'),
  app('shop', 'typo', { 'downscaler/uptime': 'Fry 07:00-20:00 UTC' }),
];

const begin = async (t: { teardown(end: () => Promise<void>): void }, at = NIGHT): Promise<Stage> => {
  const stage = await createStage({ at, objects: OBJECTS });
  t.teardown(() => stage.close());
  return stage;
};

t.test('each action is an Event on its object, and a bad value is one Warning', async (t) => {
  const stage = await begin(t);
  const { controller } = await stage.start();
  await controller.ready;
  await stage.settle();
  const { metadata } = stage.get(deployments, 'web') ?? {};
  t.match(eventsOn(stage, 'web'), [
    {
      type: 'Normal',
      reason: 'InsideDowntime',
      action: 'ScaleDown',
      note: 'inside downtime since 20:00; up again 20:30',
      regarding: { kind: 'Deployment', uid: metadata?.uid },
      reportingController: 'kube-steward.io/downscaler',
      reportingInstance: 'downscaler-0',
    },
  ]);
  t.match(eventsOn(stage, 'typo'), [
    { type: 'Warning', reason: 'InvalidAnnotation', note: /downscaler\/uptime: "Fry".*did you mean Fri/ },
  ]);
  for (const label of ['a', 'b', 'c']) {
    stage.edit(deployments, 'typo', { metadata: { labels: { label } } });
    await stage.settle();
  }
  t.match(eventsOn(stage, 'typo'), [{}], 'looked at four times, said once');
  t.equal(stage.size('typo'), 3, 'and left as it is');
});

t.test('a bad value of a namespace is said on the namespace', async (t) => {
  const stage = await begin(t);
  stage.edit(RESOURCES.namespaces, 'shop', { metadata: { annotations: { 'downscaler/downtime': 'sometimes' } } });
  await stage.start();
  await stage.settle();
  t.match(eventsOn(stage, 'shop'), [{ type: 'Warning', reason: 'InvalidAnnotation', note: /downscaler\/downtime/ }]);
  t.same(eventsOn(stage, 'web'), [], 'not on every workload that would have used it');
  t.equal(stage.size('web'), 3);
});

t.test('metrics count what sleeps and what that frees', async (t) => {
  const stage = await begin(t);
  const actor = await stage.start();
  await stage.settle();
  const sleeping = 'kube_steward_downscaler_sleeping_workloads{namespace="shop"}';
  const decided = (labels: string) =>
    actor.metric(`kube_steward_downscaler_decisions_total{controller="downscaler",${labels},dry_run="false"}`);
  t.equal(await actor.metric(sleeping), 1);
  t.equal(await actor.metric('kube_steward_downscaler_saved_cpu_cores{namespace="shop"}'), 0.3);
  t.equal(await actor.metric('kube_steward_downscaler_saved_memory_bytes{namespace="shop"}'), 3 * 128 * 2 ** 20);
  t.equal(await decided('action="scaleDown",reason="InsideDowntime"'), 1);
  t.equal(await decided('action="invalid",reason="InvalidAnnotation"'), 1);
  await stage.passTo('2026-11-19T20:30:00Z');
  t.equal(await decided('action="scaleUp",reason="OutsideDowntime"'), 1);
  t.equal(await actor.metric(sleeping), undefined, 'no series for a namespace in which nothing sleeps');
});

t.test('a dry run that keeps running writes nothing, not even Events', async (t) => {
  const stage = await begin(t, '2026-11-19T19:59:00Z');
  const actor = await stage.start(['--dry-run', '--leader-elect']);
  await stage.passTo('2026-11-19T20:31:00Z');
  t.same(stage.writes(), []);
  t.match(
    actor.logs().find(({ action }) => action === 'scaleDown'),
    { name: 'web', dryRun: true },
    'but it says what it would do',
  );
});

t.test('--once --dry-run prints the plan and writes nothing at all', async (t) => {
  const stage = await begin(t);
  const { controller, out, err } = await stage.start(['--once', '--dry-run']);
  t.equal(await controller.done, 0);
  t.same(stage.writes(), []);
  const plan = JSON.parse(out.join('')) as Plan;
  t.match(plan, {
    apiVersion: 'kube-steward.io/v1alpha1',
    kind: 'Plan',
    summary: { scaleDown: 1, invalid: 1 },
  });
  t.match(
    plan.decisions.find(({ object }) => object.name === 'web'),
    {
      action: 'scaleDown',
      changes: [{ path: '/spec/replicas', from: 3, to: 0 }, {}],
    },
  );
  t.ok(err.length > 0);
  t.doesNotThrow(() => err.map((line) => JSON.parse(line) as unknown), 'logs are on stderr');
});

t.test('--once acts once and ends', async (t) => {
  const stage = await begin(t);
  const { controller, out } = await stage.start(['--once']);
  t.equal(await controller.done, 0);
  t.equal(stage.size('web'), 0);
  t.match(eventsOn(stage, 'web'), [{ action: 'ScaleDown' }], 'its events are written before it ends');
  t.same(out, [], 'stdout is for the plan alone');
});

t.test('--once fails when a workload could not be patched', async (t) => {
  const stage = await begin(t);
  stage.sandbox.faults.add({ match: { verbs: ['patch'], name: 'web' }, effect: { kind: 'status', code: 403 } });
  const { controller } = await stage.start(['--once']);
  t.equal(await controller.done, 1);
});

t.test('with --namespace, nothing is asked of the whole cluster', async (t) => {
  const stage = await begin(t, '2026-11-19T19:50:00Z');
  stage.cluster.load([
    namespace({ name: 'lab' }),
    app('lab', 'probe'),
    namespace({ name: 'prod' }),
    app('prod', 'api', DOWNTIME),
  ]);
  const actor = await stage.start(['--namespace=shop,lab']);
  await actor.controller.ready;
  await stage.passTo('2026-11-19T20:01:00Z');
  t.equal(stage.size('web'), 0);
  const isNarrow = ({ namespace: where, resource, verb, name }: LoggedRequest): boolean =>
    where === 'shop' || where === 'lab' || (resource === 'namespaces' && verb === 'get' && name !== undefined);
  t.same(
    [
      ...new Set(
        requestsOf(stage, actor)
          .filter((each) => !isNarrow(each))
          .map(({ path }) => path),
      ),
    ],
    [],
  );

  t.match(stage.cluster.get(deployments, { namespace: 'prod', name: 'api' }), { spec: { replicas: 3 } });
  const polls = (): number => requestsOf(stage, actor).filter(({ resource }) => resource === 'namespaces').length;
  const before = polls();
  stage.cluster.patch(RESOURCES.namespaces, 'lab', { type: 'merge', body: { metadata: { annotations: DOWNTIME } } });
  await stage.pass(5 * 60_000);
  t.match(stage.cluster.get(deployments, { namespace: 'lab', name: 'probe' }), { spec: { replicas: 0 } });
  t.equal(polls() - before, 2, 'each namespace is asked for every five minutes');
});

const requestsOf = (stage: Stage, { user }: Actor): LoggedRequest[] => stage.sandbox.requests.all({ user });
