import { readdirSync } from 'node:fs';
import { RESOURCES } from '@kube-steward/kube';
import type { Plan } from '@kube-steward/plan';
import { cronJob, deployment, job, namespace, replicaSet } from '@kube-steward/sandbox';
import t from 'tap';
import { openConfigMaps } from '../src/archive/config-maps.ts';
import { restorable } from '../src/archive/manifest.ts';
import { AT, FEW, OWN_NAMESPACE, openShop, preview } from './controller-stage.ts';

const { deployments, namespaces, cronJobs, jobs } = RESOURCES;
const LATER = '2026-11-20T21:00:00Z';
const HOUR = { 'janitor/ttl': '1h' };
const SECRET = {
  ...{ apiVersion: 'v1', kind: 'Secret' },
  metadata: { namespace: 'shop', name: 'login', creationTimestamp: AT, annotations: HOUR },
  data: { password: 'aHVudGVyMg==' },
};

t.test('once: what is due goes, and the figures of kube-janitor are told', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR), preview('api', { 'janitor/ttl': '9h' })], LATER);
  const actor = await stage.start([FEW, '--once']);
  t.equal(await actor.controller.done, 0);
  t.same(stage.deleted(), ['deployments/shop/web']);
  t.match(actor.logs().at(-1), {
    msg: /^Clean up run completed: deployments-deleted=1, deployments-with-ttl=2, resources-processed=\d+$/,
  });
});

t.test('once, in a dry run: the plan is the output, and nothing is written anywhere', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR), preview('api', { 'janitor/ttl': '9h' })], LATER);
  const actor = await stage.start([FEW, '--once', '--dry-run']);
  t.equal(await actor.controller.done, 0);
  t.same(stage.writes(), []);
  const plan = JSON.parse(actor.out.join('')) as Plan;
  t.same(plan.summary, { delete: 1, none: 1 });
  t.match(plan.decisions, [{ object: { name: 'web' }, action: 'delete', reason: 'TimeToLiveExpired' }]);
});

t.test('once: what could not be deleted is an exit code', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR)], LATER);
  stage.sandbox.faults.add({ match: { verbs: ['delete'] }, effect: { kind: 'status', code: 403 } });
  const actor = await stage.start([FEW, '--once']);
  t.equal(await actor.controller.done, 1);
});

t.test('bad options are told all at once, before anything is asked for', async (t) => {
  const stage = await openShop(t);
  const actor = await stage.start(['--include-resources=a/b/c/d', '--exclude-resources=x!', '--once']);
  t.equal(await actor.controller.done, 3);
  t.match(actor.err.join(''), /a\/b\/c\/d.*\n.*x!/);
  const refused = await stage.start(['--resource-context-hook=module.hook']);
  t.equal(await refused.controller.done, 64);
  t.match(refused.err.join(''), /--resource-context-hook.*_context/);
  t.same(stage.writes(), []);
});

t.test('flags of kube-janitor that mean nothing here are noticed, and those that do are heeded', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR)], LATER);
  const argv = ['--interval=60', '--debug', '--wait-after-delete=5', '--exclude-namespaces=shop', '--once'];
  const actor = await stage.start([FEW, ...argv]);
  t.equal(await actor.controller.done, 0);
  t.same(stage.deleted(), []);
  const notices = actor.logs().filter(({ msg }) => String(msg).includes('has no effect'));
  t.match(notices, [{ msg: /--interval/ }, { msg: /--wait-after-delete/ }, { msg: /--debug/ }]);
});

t.test('only the leader deletes, and whoever follows it knows what it has announced', async (t) => {
  const stage = await openShop(t, [preview('web', { 'janitor/ttl': '2m' })]);
  const argv = [FEW, '--leader-elect', '--delete-notification=1m'];
  const leader = await stage.start(argv);
  await leader.controller.ready;
  await stage.settle();
  const standby = await stage.start(argv);
  await standby.controller.ready;
  await stage.pass(70_000);
  t.same(stage.writes({ user: standby.user }), []);
  leader.kill();
  await stage.pass(51_000);
  t.same(stage.deleted(), ['deployments/shop/web']);
  t.same(
    stage.eventsOn('web').map(({ reason }) => reason),
    ['DeleteNotification', 'TimeToLiveExpired'],
    'announced once, by whoever led then',
  );
});

t.test('what is deleted is kept in ConfigMaps, without what is secret', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR), SECRET], LATER);
  await stage.start(['--include-resources=deployments,secrets', '--archive=configmap']);
  await stage.settle();
  t.equal(stage.deleted().length, 2);
  const kept = await openConfigMaps(stage.client('admin'), OWN_NAMESPACE).list();
  const web = kept.find(({ manifest }) => manifest.metadata.name === 'web');
  t.match(web, { reason: 'TimeToLiveExpired', manifest: { kind: 'Deployment', spec: { replicas: 2 } } });
  t.same(kept.find(({ manifest }) => manifest.kind === 'Secret')?.manifest['data'], { password: '' });
  if (web) stage.cluster.create(deployments, restorable(web, 'janitor'));
  await stage.pass(7_200_000);
  t.ok(stage.get(deployments, 'web'), 'what was restored stays');
});

t.test('the oldest of the archive make room', async (t) => {
  const stage = await openShop(t);
  const client = stage.client('admin');
  for (let minute = 10; minute < 15; minute += 1)
    await openConfigMaps(client, OWN_NAMESPACE, 3).keep({
      deletedAt: `2026-11-20T19:${minute}:00Z`,
      reason: 'TimeToLiveExpired',
      manifest: { ...preview('web'), metadata: { ...preview('web').metadata, uid: `uid-${minute}` } },
    });
  t.same(
    (await openConfigMaps(client, OWN_NAMESPACE).list()).map(({ deletedAt }) => deletedAt.slice(14, 16)),
    ['14', '13', '12'],
  );
});

t.test('what cannot be kept is not deleted', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR)], LATER);
  const folder = `${t.testdir({ archive: 'a file, and no folder' })}/archive`;
  const actor = await stage.start([FEW, `--archive=${folder}`, '--once']);
  t.equal(await actor.controller.done, 1);
  t.same(stage.deleted(), []);
});

t.test('a folder keeps what is deleted', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR)], LATER);
  const folder = `${t.testdir({})}/archive`;
  const actor = await stage.start([FEW, `--archive=${folder}`, '--once']);
  t.equal(await actor.controller.done, 0);
  t.equal(readdirSync(folder).length, 1);
});

const quarantined = (t: { testdir(files: Record<string, string>): string }, resources: string): string => {
  const rule = `{id: old, resources: [${resources}], jmespath: 'metadata.labels.preview', ttl: 1h, quarantine: 10m}`;
  return `--rules-file=${t.testdir({ 'rules.yaml': `rules: [${rule}]` })}/rules.yaml`;
};
const labels = { preview: 'yes' };

t.test('what is in quarantine is stopped first, and deleted when that is over', async (t) => {
  const web = deployment({ namespace: 'shop', name: 'web', replicas: 3, creationTimestamp: AT, labels });
  const stage = await openShop(t, [web], LATER);
  await stage.start([FEW, quarantined(t, 'deployments')]);
  await stage.settle();
  t.match(stage.get(deployments, 'web'), {
    spec: { replicas: 0 },
    metadata: { annotations: { 'janitor/quarantined': '2026-11-20T21:00:00Z replicas=3' } },
  });
  await stage.passTo('2026-11-20T21:10:00Z');
  t.same(stage.deleted(), []);
  await stage.pass(1000);
  t.same(stage.deleted(), ['deployments/shop/web']);
  t.same(
    stage.eventsOn('web').map(({ reason }) => reason),
    ['Quarantined', 'TimeToLiveExpired'],
  );
});

t.test('whoever is no longer due in quarantine is brought back', async (t) => {
  const web = deployment({ namespace: 'shop', name: 'web', replicas: 3, creationTimestamp: AT, labels });
  const stage = await openShop(t, [web], LATER);
  await stage.start([FEW, quarantined(t, 'deployments')]);
  await stage.settle();
  stage.edit(deployments, 'web', { metadata: { labels: { preview: null } } });
  await stage.settle();
  const found = stage.get(deployments, 'web');
  t.match(found, { spec: { replicas: 3 } });
  t.notOk(found?.metadata.annotations?.['janitor/quarantined']);
});

t.test('whoever is protected in quarantine is brought back too', async (t) => {
  const web = deployment({ namespace: 'shop', name: 'web', replicas: 3, creationTimestamp: AT, labels });
  const stage = await openShop(t, [web], LATER);
  await stage.start([FEW, quarantined(t, 'deployments')]);
  await stage.settle();
  stage.edit(deployments, 'web', { metadata: { annotations: { 'janitor/protect': 'true' } } });
  await stage.pass(20 * 60_000);
  const found = stage.get(deployments, 'web');
  t.match(found, { spec: { replicas: 3 } });
  t.notOk(found?.metadata.annotations?.['janitor/quarantined']);
  t.same(stage.deleted(), []);
});

t.test('of a namespace everything in it is stopped, and brought back if it may stay', async (t) => {
  const shop = namespace({ name: 'shop', creationTimestamp: AT, labels });
  const stage = await openShop(
    t,
    [shop, preview('web'), preview('api'), cronJob({ namespace: 'shop', name: 'report' })],
    LATER,
  );
  const owner = stage.get(deployments, 'web');
  stage.cluster.load([
    replicaSet({ namespace: 'shop', name: 'web-1', replicas: 2, ...(owner && { owner }) }),
    job({ namespace: 'shop', name: 'paused', suspend: true }),
  ]);
  await stage.start([
    '--include-resources=namespaces,deployments,cronjobs,jobs,replicasets',
    quarantined(t, 'namespaces'),
  ]);
  await stage.settle();
  t.match(stage.get(deployments, 'web'), { spec: { replicas: 0 } });
  t.match(stage.get(cronJobs, 'report'), { spec: { suspend: true } });
  t.match(stage.get(RESOURCES.replicaSets, 'web-1'), { spec: { replicas: 2 } }, 'its size is its owner’s');
  stage.edit(deployments, 'api', { metadata: { annotations: { 'kube-steward.io/stopped-with-namespace': 'by me' } } });
  stage.edit(namespaces, 'shop', { metadata: { labels: { preview: null } } });
  await stage.settle();
  t.match(stage.get(deployments, 'web'), { spec: { replicas: 2 } });
  t.match(
    stage.get(deployments, 'api'),
    { spec: { replicas: 0 } },
    'whose mark was rewritten: nobody knows what it was',
  );
  t.match(stage.get(cronJobs, 'report'), { spec: { suspend: false } });
  t.match(stage.get(jobs, 'paused'), { spec: { suspend: true } }, 'what was stopped before stays so');
  t.same(stage.deleted(), []);
});

t.test('a namespace in quarantine goes when that is over', async (t) => {
  const stage = await openShop(t, [namespace({ name: 'shop', creationTimestamp: AT, labels }), preview('web')], LATER);
  await stage.start([FEW, quarantined(t, 'namespaces')]);
  await stage.passTo('2026-11-20T21:10:01Z');
  t.same(stage.deleted(), ['namespaces/shop']);
});
