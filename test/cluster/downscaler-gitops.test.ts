import t, { type Test } from 'tap';
import { RESOURCES, type KubeObject, type Resource } from '@kube-steward/kube';
import { customObject, customResourceDefinition, deployment, namespace, statefulSet } from '@kube-steward/sandbox';
import { HOUR_MS, MINUTE_MS } from '@kube-steward/schedule';
import { isServed } from './is-served.ts';
import { createGitOpsTool, createOperator, type GitOpsToolOptions } from '../players/index.ts';
import { startInProcess, type InProcess } from './in-process.ts';
import { DOWNSCALER_RULES, startCluster, until, usernameOf } from './index.ts';
import { SCALE } from './rights.ts';
import type { Workload } from './shop.ts';
import { refusedIn } from './used-rights.ts';

const { deployments, statefulSets, namespaces, customResourceDefinitions } = RESOURCES;
const CACHES: Resource = { group: 'example.org', version: 'v1', plural: 'caches', kind: 'Cache', namespaced: true };
const RULES = [
  ...DOWNSCALER_RULES,
  { apiGroups: ['apps'], resources: ['statefulsets'], verbs: SCALE },
  { apiGroups: ['example.org'], resources: ['caches'], verbs: SCALE },
];
const OURS = 'kube-steward-downscaler';
const ORIGINAL = 'downscaler/original-replicas';
/** By then nobody is waited for who changed a size by hand. */
const A_MINUTE = MINUTE_MS + 1000;

const cluster = await startCluster();
t.teardown(() => cluster.stop());
const { admin } = cluster;

/** A namespace, and the downscaler that sees to it alone. */
interface Place {
  readonly namespace: string;
  readonly steward: InProcess;
  readonly setDowntime: (downtime: 'always' | null) => Promise<unknown>;
  readonly size: (name: string, resource?: Resource) => Promise<unknown>;
  readonly original: (name: string) => Promise<string | undefined>;
  /** How many patches of objects of this kind went through. */
  readonly patches: (plural: string) => number;
}

const open = async (t: Test, name: string, ...argv: readonly string[]): Promise<Place> => {
  await admin.create(namespaces, namespace({ name }));
  const account = { namespace: `${name}-steward`, name };
  const user = await cluster.addServiceAccount(account, RULES);
  const flags = [`--include-namespaces=${name}`, '--upscale-target-only', '--grace-period=0', ...argv];
  const steward = await startInProcess(t, cluster, { argv: flags, user });
  const get = (resource: Resource, of: string): Promise<Workload> =>
    admin.get<Workload>(resource, { namespace: name, name: of });
  return {
    namespace: name,
    steward,
    setDowntime: (downtime) =>
      admin.patch(
        namespaces,
        { name },
        { type: 'merge', body: { metadata: { annotations: { 'downscaler/downtime': downtime } } } },
      ),
    size: async (of, resource = deployments) => (await get(resource, of)).spec?.replicas,
    original: async (of) => (await get(deployments, of)).metadata.annotations?.[ORIGINAL],
    patches: (plural) =>
      cluster
        .audit(usernameOf(account))
        .filter(
          ({ verb, objectRef, responseStatus }) =>
            verb === 'patch' && objectRef?.resource === plural && responseStatus?.code === 200,
        ).length,
  };
};

const warningsOf = async (namespace: string): Promise<string[]> =>
  (await admin.list<Event>(RESOURCES.events, { namespace })).items
    .filter(({ type }) => type === 'Warning')
    .map(({ reason, note }) => `${reason}: ${note}`);
interface Event extends KubeObject {
  readonly type: string;
  readonly reason: string;
  readonly note: string;
}

for (const apply of ['server-side', 'client-side'] as const) {
  const web = (namespace: string, replicas: number): KubeObject =>
    deployment({ namespace, name: 'web', replicas, requests: { cpu: '500m', memory: '1Gi' } });
  const argo = (namespace: string, ignoredManagers: readonly string[] = []) => {
    const options: GitOpsToolOptions = {
      client: admin,
      resource: deployments,
      manager: 'argocd-controller',
      apply,
      ignoredManagers,
    };
    return createGitOpsTool(options, web(namespace, 3));
  };

  t.test(`a tool that heals by ${apply} apply: left alone for an hour, and the cost is told`, async (t) => {
    const { namespace, steward, setDowntime, size, patches } = await open(t, `heals-${apply}`);
    const tool = argo(namespace);
    await tool.sync();
    await setDowntime('always');
    for (let revert = 0; revert < 3; revert += 1) {
      await until(async () => (await size('web')) === 0, 'it sleeps');
      t.equal(await tool.sync(), true, 'the tool finds something to heal');
      await steward.pass(A_MINUTE);
    }
    await until(async () => (await warningsOf(namespace)).length > 0, 'a Warning is written');
    t.same(await warningsOf(namespace), [
      'LeftToOtherManager: set back to 3 by argocd-controller 3 times in 10m: left awake for 1h, which costs 1.5 vCPU-hours and 3.0 GiB-hours. steward plan prints what makes GitOps tools leave /spec/replicas alone',
    ]);
    t.equal(await tool.sync(), false);
    t.equal(await size('web'), 3);
    t.equal(patches('deployments'), 3);
    await steward.pass(HOUR_MS);
    await until(async () => (await size('web')) === 0, 'an hour later it is tried again');
    await setDowntime(null);
    await until(async () => (await size('web')) === 3, 'it is awake');
  });

  t.test(
    `a tool that ignores our fields, by ${apply} apply: no fight, and by day it says what the size is`,
    async (t) => {
      const { namespace, steward, setDowntime, size, patches } = await open(t, `ignores-${apply}`);
      const tool = argo(namespace, [OURS]);
      await tool.sync();
      await setDowntime('always');
      await until(async () => (await size('web')) === 0, 'it sleeps');
      t.equal(await tool.sync(), false, 'it has nothing to heal');
      await setDowntime(null);
      await until(async () => (await size('web')) === 3, 'it is awake');
      t.equal(await tool.sync(), false, 'nor in the morning');
      tool.push(web(namespace, 5));
      t.equal(await tool.sync(), true);
      t.equal(await size('web'), 5, 'awake, the size is not ours any more');
      await steward.settled();
      await setDowntime('always');
      await until(async () => (await size('web')) === 0, 'it sleeps again');
      tool.push(web(namespace, 6));
      await tool.sync();
      await steward.settled();
      t.equal(await size('web'), 0, 'a size that is pushed at night has time');
      await setDowntime(null);
      await until(async () => (await size('web')) === 5, 'it is awake');
      await tool.sync();
      t.equal(await size('web'), 6, 'until the morning');
      await steward.settled();
      t.equal(patches('deployments'), 4);
      t.same(await warningsOf(namespace), []);
    },
  );

  t.test(`a new size in Git, by ${apply} apply, is the one to come back to`, async (t) => {
    const { namespace, steward, setDowntime, size, original } = await open(t, `pushes-${apply}`);
    const tool = argo(namespace);
    await tool.sync();
    await setDowntime('always');
    await until(async () => (await size('web')) === 0, 'it sleeps');
    tool.push(web(namespace, 2));
    await tool.sync();
    await steward.pass(A_MINUTE);
    await until(async () => (await size('web')) === 0, 'it sleeps again');
    t.equal(await original('web'), '2');
    await setDowntime(null);
    await until(async () => (await size('web')) === 2, 'it is awake');
    t.equal(await original('web'), undefined);
  });
}

/** An operator that has made a StatefulSet of a custom resource. */
const operated = async (namespace: string) => {
  const cache = customObject({
    apiVersion: 'example.org/v1',
    kind: 'Cache',
    namespace,
    name: 'main',
    spec: { replicas: 2 },
  });
  await until(() => isServed(() => admin.create(CACHES, cache)), 'the kind is served');
  const operator = createOperator({
    client: admin,
    manager: 'cache-operator',
    owner: { resource: CACHES, namespace, name: 'main' },
    child: { resource: statefulSets, object: statefulSet({ namespace, name: 'main-cache' }) },
  });
  await operator.reconcile();
  return operator;
};

await admin.create(
  customResourceDefinitions,
  customResourceDefinition({ group: 'example.org', version: 'v1', kind: 'Cache', plural: 'caches' }),
);
const STATEFUL_SETS = '--include-resources=statefulsets';
const OWNER = '--scale-target=example.org/v1/caches:/spec/replicas=0';

t.test('an owner in the table of kinds: the owner sleeps, and its operator sees to the child', async (t) => {
  const { namespace, steward, setDowntime, size, patches } = await open(t, 'owned', STATEFUL_SETS, OWNER);
  const operator = await operated(namespace);
  await setDowntime('always');
  await until(async () => (await size('main', CACHES)) === 0, 'the owner sleeps');
  t.equal(await operator.reconcile(), true);
  await steward.settled();
  t.equal(await size('main-cache', statefulSets), 0);
  await setDowntime(null);
  await until(async () => (await size('main', CACHES)) === 2, 'the owner is awake');
  await operator.reconcile();
  await steward.settled();
  t.equal(await size('main-cache', statefulSets), 2);
  t.equal(patches('caches'), 2);
  t.equal(patches('statefulsets'), 0, 'the child is not touched');
});

t.test('an owner of an unknown kind: the child is left awake after its first revert', async (t) => {
  const { namespace, steward, setDowntime, size, patches } = await open(t, 'unknown', STATEFUL_SETS);
  const operator = await operated(namespace);
  await setDowntime('always');
  await until(async () => (await size('main-cache', statefulSets)) === 0, 'the child sleeps');
  await operator.reconcile();
  await until(async () => (await warningsOf(namespace)).length > 0, 'a Warning is written');
  t.same(await warningsOf(namespace), [
    `ManagedByOperator: set back to 2 by cache-operator; left awake. To put the owner to sleep instead: ${OWNER.replace('=', ' ')}`,
  ]);
  await steward.pass(HOUR_MS);
  await steward.settled();
  t.equal(await operator.reconcile(), false);
  t.equal(patches('statefulsets'), 1, 'put to sleep once');
  await setDowntime(null);
  await until(async () => {
    const { metadata } = await admin.get(statefulSets, { namespace, name: 'main-cache' });
    return metadata.annotations?.[ORIGINAL] === undefined;
  }, 'nothing reminds of the night');
  t.equal(await size('main-cache', statefulSets), 2);
});

t.test('nothing of that was more than the README says it may', (t) => {
  t.same(refusedIn(cluster.audit().filter(({ user }) => user.username.startsWith('system:serviceaccount:'))), []);
  t.end();
});
