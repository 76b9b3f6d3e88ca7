import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { RESOURCES, type Resource } from '@kube-steward/kube';
import { ROLLOUT_CRD, deployment, rollout, ROLLOUTS } from '@kube-steward/sandbox';
import { isServed } from './is-served.ts';
import { JANITOR_RULES, startCluster, until, usernameOf } from './index.ts';
import { refusedIn } from './used-rights.ts';
import { openYard, settings, type Yard } from './yard.ts';

const { configMaps, deployments, namespaces, replicaSets, customResourceDefinitions, apiServices } = RESOURCES;
const SOON = { 'janitor/ttl': '3s' };
const SECRETS: Resource = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true };
/** Longer than anything here lives. */
const A_WHILE_MS = 6000;

const cluster = await startCluster({
  controllers: [
    'garbage-collector-controller',
    'namespace-controller',
    'deployment-controller',
    'replicaset-controller',
  ],
});
t.teardown(() => cluster.stop());
const { admin } = cluster;

const isGone = async (yard: Yard, resource: Resource, name: string): Promise<boolean> =>
  (await yard.find(resource, name)) === undefined;
const end = async (program: ReturnType<Yard['run']>): Promise<number | null> => {
  program.child.kill('SIGTERM');
  return (await program.outcome).code;
};

t.test('the real garbage collector takes what a deleted object owned', async (t) => {
  const yard = await openYard(cluster, 'owned');
  const program = yard.run(t);
  await yard.create(deployments, deployment({ name: 'web', replicas: 2, annotations: SOON }));
  await yard.create(deployments, deployment({ name: 'stays', replicas: 1 }));
  await until(() => isGone(yard, deployments, 'web'), 'the Deployment is gone');
  const left = async () =>
    (await admin.list(replicaSets, { namespace: yard.namespace })).items.map(({ metadata }) => metadata);
  await until(async () => (await left()).length === 1, 'its ReplicaSet is gone');
  t.match(await left(), [{ name: /^stays-/ }]);
  t.same(await yard.told('web'), ['TimeToLiveExpired']);
  t.equal(yard.deletes('deployments').length, 1);
  t.same(yard.deletes('replicasets'), [], 'it is left to the collector');
  t.equal(await end(program), 0);
});

t.test('an annotation that its Deployment has lost does not kill a ReplicaSet', async (t) => {
  const yard = await openYard(cluster, 'copies');
  const program = yard.run(t);
  await yard.create(deployments, deployment({ name: 'web', replicas: 1, annotations: { 'janitor/ttl': '8s' } }));
  const copies = async () => (await admin.list(replicaSets, { namespace: yard.namespace })).items;
  await until(
    async () => (await copies()).some(({ metadata }) => metadata.annotations?.['janitor/ttl']),
    'it is copied',
  );
  await yard.annotate(deployments, 'web', { 'janitor/ttl': null });
  await sleep(8000 + A_WHILE_MS);
  t.match(await copies(), [{ metadata: { annotations: { 'janitor/ttl': '8s' } } }]);
  t.ok(await yard.find(deployments, 'web'));
  t.equal(await end(program), 0);
});

t.test('a namespace that takes long to go is deleted once', async (t) => {
  const yard = await openYard(cluster, 'slow');
  await yard.create(configMaps, {
    ...settings('held'),
    metadata: { ...settings('held').metadata, finalizers: ['example.org/held'] },
  });
  const program = yard.run(t);
  await yard.annotate(namespaces, yard.namespace, SOON);
  const phase = async () => (await yard.find(namespaces, yard.namespace))?.['status'] as { phase?: string } | undefined;
  await until(async () => (await phase())?.phase === 'Terminating', 'it is terminating');
  await sleep(A_WHILE_MS);
  t.equal(yard.deletes('namespaces').length, 1);
  t.same(await yard.told(yard.namespace), ['TimeToLiveExpired']);
  const body = { metadata: { finalizers: null } };
  await admin.patch(configMaps, { namespace: yard.namespace, name: 'held' }, { type: 'merge', body });
  await until(() => isGone(yard, namespaces, yard.namespace), 'it is gone');
  t.equal(await end(program), 0);
});

t.test('kinds that may not be read or deleted stop nothing else', async (t) => {
  const [everything, ...rest] = JANITOR_RULES;
  const rules = [
    { apiGroups: [''], resources: ['configmaps'], verbs: everything?.verbs ?? [] },
    { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list', 'watch'] },
    ...rest,
  ];
  const yard = await openYard(cluster, 'little', { rules });
  await yard.create(deployments, deployment({ name: 'web', replicas: 0, annotations: SOON }));
  const program = yard.run(t);
  await yard.create(configMaps, settings('old', SOON));
  await yard.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'old', annotations: SOON } });
  await until(() => isGone(yard, configMaps, 'old'), 'what it may delete is gone');
  await program.says(/cannot delete resource \\"deployments\\"/);
  t.ok(await yard.find(SECRETS, 'old'));
  t.ok(await yard.find(deployments, 'web'));
  t.equal(await end(program), 0);
});

t.test('kinds come and go while it runs, and one whose server does not answer troubles nobody', async (t) => {
  const yard = await openYard(cluster, 'kinds');
  const program = yard.run(t);
  await program.says(/caches are filled/);
  await admin.create(apiServices, {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.broken.example.com' },
    spec: {
      ...{ group: 'broken.example.com', version: 'v1', groupPriorityMinimum: 1000, versionPriority: 15 },
      service: { namespace: 'default', name: 'nobody', port: 443 },
    },
  });
  await program.says(/broken\.example\.com\/v1/);
  await admin.create(customResourceDefinitions, ROLLOUT_CRD);
  const canary = rollout({ name: 'old', replicas: 1, annotations: SOON });
  await until(() => isServed(() => yard.create(ROLLOUTS, canary)), 'the kind is served');
  await until(() => isGone(yard, ROLLOUTS, 'old'), 'an object of the new kind goes');
  await admin.delete(customResourceDefinitions, { name: ROLLOUT_CRD.metadata.name });
  await yard.create(configMaps, settings('old', SOON));
  await until(() => isGone(yard, configMaps, 'old'), 'all else goes on');
  await sleep(A_WHILE_MS);
  const asked = () =>
    cluster.audit(usernameOf(yard.account)).filter(({ objectRef }) => objectRef?.resource === 'rollouts').length;
  const before = asked();
  await sleep(A_WHILE_MS);
  t.equal(asked(), before, 'nobody asks for a kind that is gone');
  t.same(refusedIn(cluster.audit(usernameOf(yard.account))), [], 'the rights of the README are enough');
  await admin.delete(apiServices, { name: 'v1.broken.example.com' });
  t.equal(await end(program), 0);
});

t.test('a notice stands over a restart of the process', async (t) => {
  const yard = await openYard(cluster, 'notices');
  const flags = ['--delete-notification=20s'];
  await yard.create(configMaps, settings('old', { 'janitor/ttl': '20s' }));
  const first = yard.run(t, flags);
  await until(async () => (await yard.told('old')).length > 0, 'it is announced');
  t.equal(await end(first), 0);
  const second = yard.run(t, flags);
  await until(() => isGone(yard, configMaps, 'old'), 'it is gone');
  t.same(await yard.told('old'), ['DeleteNotification', 'TimeToLiveExpired'], 'announced once');
  t.equal(await end(second), 0);
});
