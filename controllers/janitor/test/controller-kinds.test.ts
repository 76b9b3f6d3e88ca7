import { writeFileSync } from 'node:fs';
import { RESOURCES } from '@kube-steward/kube';
import { ROLLOUT_CRD, customObject, pod, rollout, statefulSet, ROLLOUTS } from '@kube-steward/sandbox';
import t from 'tap';
import { AT, FEW, OWN_NAMESPACE, openShop, passRestlessly, preview, until, type Stage } from './controller-stage.ts';

const { deployments, customResourceDefinitions, pods, persistentVolumeClaims } = RESOURCES;
const LATER = '2026-11-20T21:00:00Z';
const HOUR = { 'janitor/ttl': '1h' };

const fileOf = (t: { testdir(files: Record<string, string>): string }, rules: string): string =>
  `${t.testdir({ 'rules.yaml': `rules: ${rules}` })}/rules.yaml`;
const UNLABELLED = "{id: unlabelled, resources: [deployments], jmespath: '!(metadata.labels.team)', ttl: 1h}";

/** Lets the rules file be looked at, and again. */
const afterLooks = async (stage: Stage, has: () => boolean): Promise<void> => {
  await passRestlessly(stage, 600, has);
  await until(has);
  await stage.settle();
};

t.test('every kind that can be deleted is watched, once, and of most the metadata alone', async (t) => {
  const stage = await openShop(t);
  await stage.start([`--rules-file=${fileOf(t, `[${UNLABELLED}]`)}`]);
  await stage.settle();
  const lists = stage.sandbox.requests
    .all()
    .filter(({ verb, user }) => verb === 'watch' && user === 'janitor-0')
    .map(({ group = '', resource = '' }) => `${resource}.${group}`);
  const kinds = new Set(lists);
  for (const kind of ['deployments.apps', 'secrets.', 'namespaces.', 'ingresses.networking.k8s.io'])
    t.ok(kinds.has(kind), kind);
  for (const kind of ['events.', 'events.events.k8s.io', 'leases.coordination.k8s.io', 'nodes.'])
    t.notOk(kinds.has(kind), kind);
  const whole = stage.sandbox.watches.count({ user: 'janitor-0' });
  t.equal(whole, lists.length, 'one watch each');
});

t.test('a kind that is installed is cleaned too, and may go and come back', async (t) => {
  const stage = await openShop(t, [], LATER);
  await stage.start();
  await stage.settle();
  const canary = (name: string, annotations: Record<string, string>) =>
    rollout({ namespace: 'shop', name, replicas: 1, creationTimestamp: AT, annotations });
  stage.cluster.load([ROLLOUT_CRD, canary('old', HOUR), canary('young', { 'janitor/ttl': '3h' })]);
  await stage.pass(2000);
  t.same(stage.deleted(), ['rollouts/shop/old']);
  t.ok(stage.get(ROLLOUTS, 'young'));

  stage.cluster.delete(customResourceDefinitions, ROLLOUT_CRD.metadata.name);
  await stage.pass(60_000);
  stage.cluster.load([preview('web', HOUR)]);
  await stage.settle();
  t.same(stage.deleted(), ['rollouts/shop/old', 'deployments/shop/web'], 'all else goes on');
  const before = stage.sandbox.requests.size;
  await stage.pass(10 * 60_000);
  t.same(
    stage.sandbox.requests
      .all()
      .slice(before)
      .filter(({ resource }) => resource === 'rollouts'),
    [],
    'nobody asks for what is not served',
  );
  stage.cluster.load([ROLLOUT_CRD, canary('again', HOUR)]);
  await stage.pass(2000);
  t.equal(stage.deleted().at(-1), 'rollouts/shop/again');
});

t.test('a kind that may not be read, or whose server does not answer, stops nothing else', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR)], LATER);
  const { faults } = stage.sandbox;
  faults.add({ match: { resources: ['secrets'] }, effect: { kind: 'status', code: 403 } });
  const broken = faults.add({ match: { resources: ['ingresses'] }, effect: { kind: 'status', code: 503 } });
  const { controller } = await stage.start(['--include-resources=deployments,secrets,ingresses,services']);
  await passRestlessly(stage, 120, () => stage.deleted().length > 0);
  await controller.ready;
  t.same(stage.deleted(), ['deployments/shop/web']);
  broken.remove();
  const metadata = { namespace: 'shop', name: 'web', creationTimestamp: AT, annotations: HOUR };
  stage.cluster.load([{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata }]);
  await stage.pass(10 * 60_000);
  t.same(stage.deleted(), ['deployments/shop/web', 'ingresses/shop/web'], 'it is read when it can be');
});

t.test('a namespace waits until everything that could be in it has been read', async (t) => {
  const stage = await openShop(t, [], LATER);
  stage.edit(RESOURCES.namespaces, 'shop', { metadata: { annotations: HOUR } });
  const broken = stage.sandbox.faults.add({
    match: { resources: ['services'] },
    effect: { kind: 'status', code: 503 },
  });
  const { controller } = await stage.start(['--include-resources=namespaces,services']);
  await passRestlessly(stage, 90);
  await controller.ready;
  t.same(stage.deleted(), []);
  broken.remove();
  await stage.pass(10 * 60_000);
  t.same(stage.deleted(), ['namespaces/shop']);
});

t.test('other rules are in force as soon as the file has changed', async (t) => {
  const file = fileOf(t, '[]');
  const team = { metadata: { labels: { team: 'a' } } };
  const stage = await openShop(t, [preview('web'), preview('api')], LATER);
  stage.edit(deployments, 'api', team);
  const actor = await stage.start([FEW, `--rules-file=${file}`]);
  await stage.settle();
  t.same(stage.deleted(), []);
  writeFileSync(file, `rules: [${UNLABELLED}]`);
  await afterLooks(stage, () => actor.logs().some(({ msg }) => msg === 'other rules are in force'));
  t.same(stage.deleted(), ['deployments/shop/web']);
  writeFileSync(file, 'rules: []');
  await afterLooks(stage, () => actor.logs().filter(({ msg }) => msg === 'other rules are in force').length === 2);
  stage.edit(deployments, 'api', { metadata: { labels: { team: null } } });
  await stage.settle();
  t.ok(stage.get(deployments, 'api'), 'a rule that was taken away deletes nothing');
});

t.test('a bad rules file is refused whole: what was in force stays so, and somebody is told', async (t) => {
  const file = fileOf(t, `[${UNLABELLED}]`);
  const stage = await openShop(t, [], LATER);
  const actor = await stage.start([FEW, `--rules-file=${file}`]);
  await stage.settle();
  writeFileSync(file, `rules: [{id: forever, resources: [deployments], jmespath: 'true', ttl: forever}, {id: x}]`);
  await afterLooks(stage, () => actor.logs().some(({ msg }) => String(msg).includes('rules.yaml:1:')));
  t.equal(await actor.metric('kube_steward_janitor_rules_file_valid'), 0);
  stage.cluster.load([preview('web')]);
  await stage.settle();
  t.same(stage.deleted(), ['deployments/shop/web']);
  t.match(stage.eventsOn('kube-steward-janitor-state'), [
    { type: 'Warning', reason: 'BadRules', note: /rules\.yaml:1:\d+/, regarding: { namespace: OWN_NAMESPACE } },
  ]);
});

t.test('a rule for a kind that is not there waits for it, and says so', async (t) => {
  const file = fileOf(t, "[{id: canaries, resources: [rollouts], jmespath: 'metadata', ttl: 1h}]");
  const stage = await openShop(t, [], LATER);
  const actor = await stage.start([`--rules-file=${file}`]);
  await stage.settle();
  t.match(
    actor.logs().filter(({ rule }) => rule === 'canaries'),
    [{ msg: /no such kind.*rollouts/ }],
  );
  stage.cluster.load([ROLLOUT_CRD, rollout({ namespace: 'shop', name: 'old', replicas: 1, creationTimestamp: AT })]);
  await stage.pass(2000);
  t.same(stage.deleted(), ['rollouts/shop/old']);
});

const claim = (name: string) =>
  customObject({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'shop', name, creationTimestamp: AT });
const mounting = (name: string, claimName: string) => {
  const made = pod({ namespace: 'shop', name, creationTimestamp: AT });
  return { ...made, spec: { ...made.spec, volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] } };
};
const UNUSED =
  '[{id: unused, resources: [persistentvolumeclaims], jmespath: "_context.pvc_is_not_referenced", ttl: 10m, since: firstMatched}]';
const CLAIMS = '--include-resources=persistentvolumeclaims';

t.test('an unused volume claim goes when it has been unused for long enough, also over a restart', async (t) => {
  const argv = [CLAIMS, `--rules-file=${fileOf(t, UNUSED)}`];
  const objects = [claim('kept'), claim('data-db-0'), claim('left'), mounting('web', 'kept'), mounting('old', 'left')];
  const set = statefulSet({ namespace: 'shop', name: 'db', replicas: 0 });
  const db = { ...set, spec: { ...set.spec, volumeClaimTemplates: [{ metadata: { name: 'data' } }] } };
  const stage = await openShop(t, [...objects, db], LATER);
  const first = await stage.start(argv);
  await stage.passTo('2026-11-20T21:05:00Z');
  stage.cluster.delete(pods, 'old', { namespace: 'shop', gracePeriodSeconds: 0 });
  await stage.pass(60_000);
  first.kill();
  await stage.passTo('2026-11-20T21:10:00Z');
  await stage.start(argv);
  await stage.passTo('2026-11-20T21:15:00Z');
  t.same(stage.deleted(), [], 'its age counts from when nobody used it any more');
  await stage.pass(1000);
  t.same(stage.deleted(), ['persistentvolumeclaims/shop/left'], 'and from then on, whoever counts');
});

t.test('a restart is no time in which nobody looked, however long ago the state was saved', async (t) => {
  const argv = [CLAIMS, '--leader-elect', `--rules-file=${fileOf(t, UNUSED.replace('10m', '1h'))}`];
  const stage = await openShop(t, [claim('left')], LATER);
  const first = await stage.start(argv);
  await stage.passTo('2026-11-20T21:30:00Z');
  first.kill();
  await stage.start(argv);
  await stage.passTo('2026-11-20T21:59:00Z');
  t.same(stage.deleted(), []);
  await stage.passTo('2026-11-20T22:01:00Z');
  t.same(stage.deleted(), ['persistentvolumeclaims/shop/left']);
});

t.test('after a time in which nobody looked, a claim has to be unused for as long again', async (t) => {
  const argv = [CLAIMS, `--rules-file=${fileOf(t, UNUSED.replace('10m', '1h'))}`];
  const stage = await openShop(t, [claim('left')], LATER);
  const first = await stage.start(argv);
  await stage.passTo('2026-11-20T21:20:00Z');
  first.kill();
  await stage.passTo('2026-11-20T21:59:00Z');
  await stage.start(argv);
  await stage.passTo('2026-11-20T22:59:00Z');
  t.same(stage.deleted(), []);
  await stage.pass(1000);
  t.same(stage.deleted(), ['persistentvolumeclaims/shop/left']);
});

t.test('who uses a claim is looked up once more before it is deleted', async (t) => {
  const stage = await openShop(t, [claim('left')], LATER);
  await stage.start([CLAIMS, `--rules-file=${fileOf(t, UNUSED)}`]);
  await stage.passTo('2026-11-20T21:09:00Z');
  stage.sandbox.watches.stall({ resource: 'pods' });
  stage.cluster.create(pods, mounting('new', 'left'));
  await passRestlessly(stage, 90);
  t.ok(stage.get(persistentVolumeClaims, 'left'), 'no watch has told of the pod');
  t.match(stage.writes({ verb: 'delete' }), []);
});

t.test('a claim that is put to use while its end is told of is kept', async (t) => {
  const stage = await openShop(t, [claim('left')], LATER);
  let isTold = false;
  stage.cluster.subscribe(RESOURCES.events, () => {
    if (!isTold) stage.cluster.create(pods, mounting('new', 'left'));
    isTold = true;
  });
  await stage.start([CLAIMS, `--rules-file=${fileOf(t, UNUSED)}`]);
  await stage.pass(20 * 60_000);
  t.ok(isTold);
  t.same(stage.deleted(), []);
});

t.test('a rule that is taken away while an end is told of deletes nothing', async (t) => {
  const file = fileOf(t, `[${UNLABELLED}]`);
  const stage = await openShop(t, [preview('web')], LATER);
  stage.sandbox.faults.add({
    match: { verbs: ['create'], resources: ['events'] },
    effect: { kind: 'latency', ms: 25_000 },
  });
  const actor = await stage.start([FEW, `--rules-file=${file}`]);
  await passRestlessly(stage, 5);
  writeFileSync(file, 'rules: []');
  await passRestlessly(stage, 60);
  t.ok(actor.logs().some(({ msg }) => msg === 'other rules are in force'));
  t.match(stage.eventsOn('web'), [{ reason: 'TimeToLiveExpired' }], 'it was told of');
  t.same(stage.deleted(), []);
});

t.test('a first match counts from when our clock and that of the server agree', async (t) => {
  const stage = await openShop(t, [claim('left')], LATER);
  stage.sandbox.skewClock(-2 * 60_000);
  await stage.start([CLAIMS, `--rules-file=${fileOf(t, UNUSED)}`]);
  await stage.passTo('2026-11-20T21:05:30Z');
  stage.sandbox.skewClock(0);
  await stage.passTo('2026-11-20T21:15:00Z');
  t.same(stage.deleted(), []);
  await stage.passTo('2026-11-20T21:17:00Z');
  t.same(stage.deleted(), ['persistentvolumeclaims/shop/left']);
});

t.test('a kind that may use claims and cannot be read keeps all claims', async (t) => {
  const stage = await openShop(t, [claim('left')], LATER);
  stage.sandbox.faults.add({ match: { resources: ['cronjobs'] }, effect: { kind: 'status', code: 403 } });
  await stage.start([CLAIMS, `--rules-file=${fileOf(t, UNUSED)}`]);
  await stage.pass(20 * 60_000);
  t.same(stage.deleted(), []);
  t.match(stage.eventsOn('left'), [{ type: 'Warning', reason: 'ReferencesUnknown', note: /cronjobs/ }]);
});

t.test('a kind that nobody knows of keeps the claims that it names', async (t) => {
  const render = customObject({ apiVersion: 'example.org/v1', kind: 'Render', namespace: 'shop', name: 'film' });
  const stage = await openShop(t, [claim('left'), RENDER_CRD], LATER);
  stage.cluster.load([{ ...render, spec: { suspended: true, scratch: { claimName: 'left' } } }]);
  await stage.start([CLAIMS, `--rules-file=${fileOf(t, UNUSED)}`]);
  await stage.pass(20 * 60_000);
  t.same(stage.deleted(), []);
});

const RENDER_CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'renders.example.org' },
  spec: {
    group: 'example.org',
    names: { plural: 'renders', singular: 'render', kind: 'Render', listKind: 'RenderList' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    ],
  },
};
