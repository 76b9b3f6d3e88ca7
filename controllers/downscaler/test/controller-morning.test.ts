import { RESOURCES, type KubeObject, type Resource, type Unstructured } from '@kube-steward/kube';
import {
  SANDBOX_ANNOTATIONS,
  daemonSet,
  deployment,
  hpa,
  namespace,
  node,
  simulateWorkloads,
  statefulSet,
  type Failure,
} from '@kube-steward/sandbox';
import t from 'tap';
import { createStage, type Actor, type Stage } from './controller-stage.ts';

const { deployments, statefulSets, daemonSets, horizontalPodAutoscalers, nodes, events } = RESOURCES;
const CORE_EVENTS: Resource = { ...events, group: '', version: 'v1' };
/** Nights of five minutes, so that watches need not be kept up for hours. */
const NIGHTS = { 'downscaler/downtime': 'Mon-Sun 20:00-20:05 UTC, Mon-Sun 20:20-20:25 UTC' };
const at = (time: string): string => `2026-11-19T${time}Z`;
const INCLUDED = '--include-resources=deployments,statefulsets,daemonsets,cronjobs,horizontalpodautoscalers';

interface Tap {
  teardown(end: () => Promise<void> | void): void;
}

const app = (name: string, replicas: number, more: { fail?: Failure; start?: string } = {}): Unstructured =>
  deployment({
    namespace: 'shop',
    name,
    replicas,
    podAnnotations: {
      ...(more.fail && { [SANDBOX_ANNOTATIONS.fail]: more.fail }),
      ...(more.start && { [SANDBOX_ANNOTATIONS.podStart]: more.start }),
    },
  });

const resourceOf = ({ kind }: Unstructured): Resource =>
  [deployments, statefulSets, daemonSets, horizontalPodAutoscalers, nodes].find((each) => each.kind === kind) ??
  deployments;

/** A cluster that lives, with these workloads put to sleep in the evening. */
const begin = async (t: Tap, objects: readonly Unstructured[]): Promise<{ stage: Stage; actor: Actor }> => {
  const stage = await createStage({ at: at('19:59:00'), objects: [namespace({ name: 'shop', annotations: NIGHTS })] });
  t.teardown(() => stage.close());
  const simulation = simulateWorkloads(stage.cluster);
  t.teardown(() => simulation.stop());
  for (const object of objects) stage.cluster.create(resourceOf(object), object);
  const actor = await stage.start([INCLUDED, '--grace-period=0']);
  await stage.settle();
  return { stage, actor };
};

/** What is wrong with the pods of a template from now on. */
const failing = (fail: Failure | null): object => ({
  spec: { template: { metadata: { annotations: { [SANDBOX_ANNOTATIONS.fail]: fail } } } },
});

const linesOf = (actor: Actor): unknown[] =>
  actor
    .logs()
    .filter(({ msg }) => / awake at /.test(String(msg)))
    .map(({ level, msg }) => `${String(level)}: ${String(msg)}`);

interface Event extends KubeObject {
  readonly reason: string;
  readonly note: string;
  readonly regarding: { readonly name: string };
}
const incomplete = (stage: Stage): string[] =>
  (stage.cluster.list(events) as unknown as Event[])
    .filter(({ reason }) => reason === 'WakeIncomplete')
    .map(({ regarding, note }) => `${regarding.name}: ${note}`);

t.test('each morning ends in one line', async (t) => {
  const { stage, actor } = await begin(t, [app('api', 3, { start: '190s' }), app('web', 5)]);
  await stage.passTo(at('20:35:00'));
  t.strictSame(linesOf(actor), [
    'info: 2 of 2 awake at 20:08, slowest shop/api 3m 10s',
    'info: 2 of 2 awake at 20:28, slowest shop/api 3m 10s',
  ]);
  t.strictSame(incomplete(stage), []);
  t.equal(await actor.metric('kube_steward_downscaler_wake_duration_seconds_count'), 4);
});

t.test('what does not come back is named with its cause', async (t) => {
  const objects = [
    app('web', 1),
    ...(['quota', 'unschedulable', 'image', 'crash'] as const).map((fail) => app(fail, 2, { fail })),
    statefulSet({
      namespace: 'shop',
      name: 'db',
      replicas: 2,
      podAnnotations: { [SANDBOX_ANNOTATIONS.fail]: 'quota' },
    }),
  ];
  const { stage, actor } = await begin(t, objects);
  await stage.passTo(at('20:14:59'));
  t.strictSame(incomplete(stage), [], 'nothing is said before it is due');
  await stage.passTo(at('20:15:30'));
  t.match(incomplete(stage).sort(), [
    /^crash: woken 10m ago, 0 of 2 pods ready \(crash: pod crash-.*: CrashLoopBackOff: back-off restarting/,
    /^db: woken 10m ago, 0 of 2 pods ready \(quota: create Pod in StatefulSet db failed .*exceeded quota: compute/,
    /^image: woken 10m ago, 0 of 2 pods ready \(image: pod image-.*: ImagePullBackOff: Back-off pulling image\)$/,
    /^quota: woken 10m ago, 0 of 2 pods ready \(quota: pods is forbidden: exceeded quota: compute/,
    /^unschedulable: woken 10m ago, 0 of 2 pods ready \(unschedulable: pod unschedulable-.*: no node is available/,
  ]);
  t.strictSame(linesOf(actor), [
    'warn: 1 of 6 awake at 20:15, slowest shop/web 5s; 5 incomplete: shop/quota (quota), shop/unschedulable (unschedulable), shop/image (image), shop/crash (crash), shop/db (quota)',
  ]);
  const counted = (cause: string) =>
    actor.metric(`kube_steward_downscaler_incomplete_wakes{namespace="shop",cause="${cause}"}`);
  t.equal(await counted('quota'), 2);

  stage.edit(deployments, 'quota', failing(null));
  await stage.passTo(at('20:16:00'));
  t.equal(await counted('quota'), 1, 'what comes back after all is counted no more');
  t.match(
    actor.logs().find(({ msg }) => String(msg).startsWith('back ')),
    { name: 'quota', msg: /^back 10m \d+s after it was woken$/ },
  );
  await stage.passTo(at('20:20:10'));
  t.equal(await counted('quota'), undefined, 'nor what sleeps again');
});

t.test('what is late is looked at once, and nothing else is', async (t) => {
  const { stage, actor } = await begin(t, [app('web', 1), app('image', 2, { fail: 'image' })]);
  await stage.passTo(at('20:18:00'));
  t.strictSame(
    stage.sandbox.requests
      .all({ user: actor.user })
      .filter(({ verb, at: time }) => ['get', 'list'].includes(verb) && time > Date.parse(at('20:00:00')))
      .map(({ verb, resource, name = '' }) => `${verb} ${resource ?? ''} ${name}`),
    ['get deployments image', 'list pods '],
  );
});

/** What a controller says of a pod of StatefulSet `db` that it could not create, as Kubernetes' own controllers write it. */
const refusal = (name: string, time: string, message: string): Unstructured => ({
  ...{ apiVersion: 'v1', kind: 'Event', metadata: { namespace: 'shop', name } },
  ...{ type: 'Warning', reason: 'FailedCreate', message, firstTimestamp: at('19:30:00'), lastTimestamp: at(time) },
  involvedObject: { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'shop', name: 'db' },
});

t.test('of several refusals the last one since the wake is told', async (t) => {
  const podAnnotations = { [SANDBOX_ANNOTATIONS.fail]: 'quota' };
  const { stage } = await begin(t, [statefulSet({ namespace: 'shop', name: 'db', replicas: 2, podAnnotations })]);
  for (const event of [
    refusal('db.1', '20:12:00', 'a webhook says no'),
    refusal('db.2', '20:11:00', 'another one says no'),
    refusal('db.3', '19:40:00', 'none of this night'),
  ])
    stage.cluster.create(CORE_EVENTS, event);
  await stage.passTo(at('20:15:30'));
  t.strictSame(incomplete(stage), ['db: woken 10m ago, 0 of 2 pods ready (refused: a webhook says no)']);
});

t.test('a cause that gives way to another is told again, and counted as that', async (t) => {
  const { stage, actor } = await begin(t, [app('web', 2, { fail: 'image' })]);
  await stage.passTo(at('20:15:30'));
  stage.edit(deployments, 'web', failing('quota'));
  await stage.passTo(at('20:19:00'));
  t.match(incomplete(stage), [
    /^web: woken 10m ago, 0 of 2 pods ready \(image: /,
    /^web: woken 11m .*ago, 0 of 2 pods ready \(quota: /,
  ]);
  const counted = (cause: string) =>
    actor.metric(`kube_steward_downscaler_incomplete_wakes{namespace="shop",cause="${cause}"}`);
  t.equal(await counted('image'), undefined);
  t.equal(await counted('quota'), 1);
  t.strictSame(linesOf(actor), ['warn: 0 of 1 awake at 20:15; 1 incomplete: shop/web (image)'], 'the morning is over');
});

t.test('a downscaler that is killed in the morning is followed by one that goes on counting', async (t) => {
  const podAnnotations = { [SANDBOX_ANNOTATIONS.podStart]: '200s' };
  const agent = daemonSet({ namespace: 'shop', name: 'agent', podAnnotations });
  const { stage, actor } = await begin(t, [
    ...[node({ name: 'node-0' }), app('api', 3, { start: '190s' }), app('web', 5)],
    { ...agent, metadata: { ...agent.metadata, creationTimestamp: at('19:00:00') } },
  ]);
  await stage.passTo(at('20:06:00'));
  actor.kill();
  const next = await stage.start([INCLUDED, '--grace-period=0']);
  await stage.passTo(at('20:10:00'));
  t.strictSame(linesOf(next), ['info: 3 of 3 awake at 20:08, slowest shop/agent 3m 20s']);

  next.kill();
  const last = await stage.start([INCLUDED, '--grace-period=0']);
  await stage.passTo(at('20:11:00'));
  t.strictSame(linesOf(last), [], 'a morning that is over is not told again');
});

t.test('a DaemonSet that may never have slept is not said to have been woken', async (t) => {
  const podAnnotations = { [SANDBOX_ANNOTATIONS.fail]: 'image' };
  const agent = daemonSet({ namespace: 'shop', name: 'agent', podAnnotations, creationTimestamp: at('19:00:00') });
  const objects = [namespace({ name: 'shop', annotations: NIGHTS }), node({ name: 'node-0' }), agent];
  const stage = await createStage({ at: at('19:59:00'), objects });
  t.teardown(() => stage.close());
  const simulation = simulateWorkloads(stage.cluster);
  t.teardown(() => simulation.stop());
  await stage.passTo(at('20:06:00'));
  await stage.start([INCLUDED, '--grace-period=0']);
  await stage.passTo(at('20:15:30'));
  t.match(incomplete(stage), [/^agent: to be awake since 10m ago, 0 of 1 pods ready \(image: /]);
});

t.test('a downscaler that is killed when something was late says so again, and counts it', async (t) => {
  const { stage, actor } = await begin(t, [app('image', 2, { fail: 'image' })]);
  await stage.passTo(at('20:16:00'));
  actor.kill();
  const next = await stage.start([INCLUDED, '--grace-period=0']);
  await stage.passTo(at('20:17:00'));
  t.equal(await next.metric('kube_steward_downscaler_incomplete_wakes{namespace="shop",cause="image"}'), 1);
  t.strictSame(linesOf(next), []);
});

t.test('what breaks once it is back is no part of the morning', async (t) => {
  const { stage, actor } = await begin(t, [app('web', 5)]);
  await stage.passTo(at('20:06:00'));
  stage.edit(deployments, 'web', failing('crash'));
  await stage.passTo(at('20:17:00'));
  t.match(stage.get(deployments, 'web'), { status: { unavailableReplicas: Number } });
  t.strictSame(incomplete(stage), []);
  actor.kill();
  await stage.start([INCLUDED, '--grace-period=0']);
  await stage.passTo(at('20:18:00'));
  t.strictSame(incomplete(stage), [], 'not even to one who has not seen it back: its template was changed since');
});

t.test('an autoscaler is as far as what it scales', async (t) => {
  const few = { 'downscaler/downtime-replicas': '1' };
  const target = app('web', 3, { start: '60s' });
  const { stage, actor } = await begin(t, [
    { ...target, metadata: { ...target.metadata, annotations: few } },
    hpa({ namespace: 'shop', name: 'web', minReplicas: 3, maxReplicas: 9, annotations: few }),
  ]);
  await stage.passTo(at('20:02:00'));
  stage.edit(deployments, 'web', { spec: { replicas: 1 } });
  await stage.passTo(at('20:10:00'));
  t.strictSame(linesOf(actor), ['info: 1 of 1 awake at 20:06, slowest shop/web 1m']);
});

t.test('what cannot be woken at all is missed too', async (t) => {
  const { stage, actor } = await begin(t, [app('web', 5), app('stuck', 2)]);
  await stage.passTo(at('20:04:00'));
  stage.sandbox.faults.add({ match: { verbs: ['patch'], name: 'stuck' }, effect: { kind: 'status', code: 403 } });
  await stage.passTo(at('20:19:00'));
  t.match(incomplete(stage), [/^stuck: to be woken since 1\dm .*ago \(asleep: its size could not be changed/]);
  t.match(linesOf(actor), [
    /^warn: 1 of 2 awake at 20:1\d, slowest shop\/web 5s; 1 incomplete: shop\/stuck \(asleep\)$/,
  ]);
});
