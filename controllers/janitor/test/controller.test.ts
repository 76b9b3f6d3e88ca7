import { RESOURCES } from '@kube-steward/kube';
import { deployment, namespace, pod, replicaSet } from '@kube-steward/sandbox';
import t from 'tap';
import { AT, FEW, createStage, openShop, preview } from './controller-stage.ts';

const { deployments, namespaces, replicaSets, pods, configMaps } = RESOURCES;
const HOUR = { 'janitor/ttl': '1h' };

t.test('deletes right after the deadline, with one event before', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR)]);
  await stage.start();
  await stage.passTo('2026-11-20T20:00:00Z');
  t.same(stage.writes(), [], 'at the deadline it is as old as it may be');
  await stage.pass(1000);
  t.equal(stage.get(deployments, 'web'), undefined);
  t.match(
    stage.writes().map(({ verb, resource }) => `${verb} ${resource ?? ''}`),
    ['create events', 'delete deployments'],
  );
  t.match(stage.eventsOn('web'), [
    {
      type: 'Normal',
      reason: 'TimeToLiveExpired',
      note: 'Deployment web with 1h TTL is 1h old and will be deleted (annotation janitor/ttl is set)',
      regarding: { kind: 'Deployment', namespace: 'shop', name: 'web' },
    },
  ]);
});

t.test('a delete names the very object that was decided on, and what becomes of what it owns', async (t) => {
  const stage = await openShop(t, [preview('web', { 'janitor/ttl': '1m' })]);
  await stage.start([FEW]);
  await stage.settle();
  const { uid, resourceVersion } = stage.get(deployments, 'web')?.metadata ?? {};
  await stage.pass(61_000);
  const [request] = stage.writes({ verb: 'delete' });
  t.match(JSON.parse(request?.body ?? '{}'), {
    preconditions: { uid, resourceVersion },
    propagationPolicy: 'Background',
  });
});

t.test('asks for nothing but watches while nothing changes', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR)]);
  await stage.start();
  await stage.settle();
  const before = stage.sandbox.requests.size;
  await stage.pass(10 * 60_000);
  const asked = stage.sandbox.requests.all().slice(before);
  t.same(
    asked.filter(({ verb }) => verb !== 'watch'),
    [],
  );
});

t.test('a namespace goes by its own annotation', async (t) => {
  const objects = [namespace({ name: 'shop', creationTimestamp: AT, annotations: { 'janitor/ttl': '1m' } })];
  const stage = await createStage({ at: AT, objects });
  t.teardown(() => stage.close());
  await stage.start([FEW]);
  await stage.pass(61_000);
  t.equal(stage.get(namespaces, 'shop'), undefined);
  t.match(stage.eventsOn('shop'), [{ metadata: { namespace: 'default' } }]);
});

t.test('a namespace stays while something in it is protected, and goes when that is over', async (t) => {
  const keep = { 'janitor/protect': 'true' };
  const objects = [namespace({ name: 'shop', creationTimestamp: AT, annotations: HOUR }), preview('web', keep)];
  const stage = await createStage({ at: '2026-11-20T21:00:00Z', objects });
  t.teardown(() => stage.close());
  await stage.start([FEW]);
  await stage.settle();
  t.ok(stage.get(namespaces, 'shop'));
  stage.edit(deployments, 'web', { metadata: { annotations: { 'janitor/protect': null } } });
  await stage.settle();
  t.equal(stage.get(namespaces, 'shop'), undefined);
});

t.test('what is terminating is not deleted once more, however long it takes', async (t) => {
  const held = deployment({
    ...{ namespace: 'shop', name: 'web', replicas: 1, creationTimestamp: AT, annotations: HOUR },
    finalizers: ['example.org/never'],
  });
  const stage = await openShop(t, [held], '2026-11-20T21:00:00Z');
  await stage.start([FEW]);
  await stage.settle();
  stage.edit(deployments, 'web', { metadata: { labels: { touched: 'yes' } } });
  await stage.pass(10 * 60_000);
  t.same(stage.deleted(), ['deployments/shop/web']);
  t.equal(stage.eventsOn('web').length, 1);
  t.ok(stage.get(deployments, 'web')?.metadata.finalizers, 'no finalizer is removed');
});

t.test('what was there and overdue goes at the start, the oldest deadline first', async (t) => {
  const since = (name: string, minute: string) =>
    deployment({ namespace: 'shop', name, creationTimestamp: `2026-11-20T17:${minute}:00Z`, annotations: HOUR });
  const stage = await openShop(t, [since('a', '40'), since('b', '10'), since('c', '30'), since('d', '20')]);
  await stage.start([FEW, '--concurrency=1']);
  await stage.settle();
  t.same(
    stage.deleted(),
    ['b', 'd', 'c', 'a'].map((name) => `deployments/shop/${name}`),
  );
});

t.test(
  'a copy of an annotation does not kill what a living owner controls; what is left of it is an object like any other',
  async (t) => {
    const stage = await openShop(t, [], '2026-11-20T21:00:00Z');
    const owner = stage.cluster.create(deployments, preview('web'));
    const copy = { namespace: 'shop', creationTimestamp: AT, annotations: HOUR, owner };
    stage.cluster.load([replicaSet({ ...copy, name: 'web-1', replicas: 2 })]);
    const gone = { ...owner, metadata: { ...owner.metadata, uid: 'of-one-that-is-gone' } };
    stage.cluster.load([replicaSet({ ...copy, name: 'web-0', replicas: 0, owner: gone })]);
    await stage.start(['--include-resources=replicasets']);
    await stage.settle();
    t.ok(stage.get(replicaSets, 'web-1'));
    t.same(stage.deleted(), ['replicasets/shop/web-0']);
  },
);

t.test('nobody knows whether an owner lives: its child stays until somebody does', async (t) => {
  const stage = await openShop(t, [], '2026-11-20T21:00:00Z');
  const owner = stage.cluster.create(deployments, preview('web'));
  const gone = { ...owner, metadata: { ...owner.metadata, uid: 'of-one-that-is-gone' } };
  const child = { namespace: 'shop', creationTimestamp: AT, annotations: HOUR, owner: gone };
  stage.cluster.load([replicaSet({ ...child, name: 'web-0', replicas: 0 })]);
  const fault = stage.sandbox.faults.add({
    match: { verbs: ['get'], resources: ['deployments'] },
    effect: { kind: 'status', code: 403 },
  });
  await stage.start(['--include-resources=replicasets']);
  await stage.settle();
  t.same(stage.deleted(), []);
  t.match(stage.eventsOn('web-0'), [{ type: 'Warning', reason: 'OwnerUnknown' }]);
  fault.remove();
  await stage.pass(10 * 60_000);
  t.same(stage.deleted(), ['replicasets/shop/web-0']);
});

t.test('a value that cannot be read is one Warning, and the object stays', async (t) => {
  const stage = await openShop(t, [
    preview('web', { 'janitor/ttl': '1 hour' }),
    preview('api', { 'janitor/tl': '1h' }),
  ]);
  await stage.start([FEW]);
  await stage.pass(7_200_000);
  t.same(stage.deleted(), []);
  t.match(stage.eventsOn('web'), [{ type: 'Warning', reason: 'InvalidAnnotation', note: /1 hour/ }]);
  t.match(stage.eventsOn('api'), [{ type: 'Warning', reason: 'UnknownAnnotation', note: /did you mean janitor\/ttl/ }]);
});

t.test('a deadline that is moved, or taken away, is met as it is then', async (t) => {
  const stage = await openShop(t, [preview('web', { 'janitor/ttl': '1m' }), preview('api', { 'janitor/ttl': '1m' })]);
  await stage.start([FEW]);
  await stage.pass(30_000);
  stage.edit(deployments, 'web', { metadata: { annotations: { 'janitor/ttl': '3m' } } });
  stage.edit(deployments, 'api', { metadata: { annotations: { 'janitor/ttl': null } } });
  await stage.passTo('2026-11-20T19:03:00Z');
  t.same(stage.deleted(), []);
  await stage.pass(1000);
  t.same(stage.deleted(), ['deployments/shop/web']);
});

t.test('whoever may not delete a kind, or write events, does all the rest', async (t) => {
  const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...preview('settings', HOUR).metadata } };
  const stage = await openShop(t, [preview('web', HOUR), settings], '2026-11-20T21:00:00Z');
  stage.sandbox.faults.add({
    match: { verbs: ['delete'], resources: ['deployments'] },
    effect: { kind: 'status', code: 403 },
  });
  stage.sandbox.faults.add({
    match: { verbs: ['create'], resources: ['events'] },
    effect: { kind: 'status', code: 403 },
  });
  const actor = await stage.start([FEW]);
  await stage.settle();
  t.same(stage.deleted(), ['configmaps/shop/settings']);
  t.equal(await actor.metric('kube_steward_janitor_failed_total{resource="deployments"}'), 1);
  t.equal(await actor.metric('kube_steward_janitor_deleted_total{resource="configmaps"}'), 1);
  t.ok(stage.get(configMaps, 'settings') === undefined && stage.get(deployments, 'web'));
});

t.test('pods that a rule names go when they are finished, whoever owns them', async (t) => {
  const rules = '{id: finished, resources: [pods], jmespath: "status.phase == \'Succeeded\'", ttl: 5m}';
  const file = `${t.testdir({ 'rules.yaml': `rules: [${rules}]` })}/rules.yaml`;
  const stage = await openShop(t, [], '2026-11-20T21:00:00Z');
  const owner = stage.cluster.create(replicaSets, replicaSet({ namespace: 'shop', name: 'web', replicas: 2 }));
  const of = (name: string, phase: 'Running' | 'Succeeded') =>
    pod({ namespace: 'shop', name, creationTimestamp: AT, owner, phase });
  stage.cluster.load([of('done', 'Succeeded'), of('busy', 'Running')]);
  await stage.start(['--include-resources=pods', `--rules-file=${file}`]);
  await stage.pass(60_000);
  t.same(stage.deleted(), ['pods/shop/done']);
  t.match(stage.eventsOn('done'), [{ note: /with 5m TTL is 2h old and will be deleted \(rule finished matches\)/ }]);
  t.ok(stage.get(pods, 'busy'));
});
