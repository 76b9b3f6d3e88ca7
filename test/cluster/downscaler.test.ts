import t, { type Test } from 'tap';
import { RESOURCES, isNotFound, type Resource, type Unstructured } from '@kube-steward/kube';
import { deployment, hpa, namespace } from '@kube-steward/sandbox';
import { startBundle, type Program } from '../e2e/programs.ts';
import { startCluster, until, type RealCluster } from './index.ts';
import { DOWNSCALER_RULES, grant } from './rights.ts';
import { usernameOf } from './service-account.ts';

const { deployments, horizontalPodAutoscalers, namespaces, pods } = RESOURCES;
const ACCOUNT = { namespace: 'kube-steward', name: 'downscaler' };
const USER = usernameOf(ACCOUNT);
const DOWNTIME = 'downscaler/downtime';
const NAMES = Array.from({ length: 12 }, (_, index) => `web-${index}`);

interface Sized extends Unstructured {
  readonly spec?: { readonly replicas?: number; readonly minReplicas?: number };
  readonly status?: { readonly readyReplicas?: number };
}

/** A namespace of Deployments of 1, 2, 3, 1, … replicas, one with an autoscaler. */
const stage = async (t: Test): Promise<RealCluster> => {
  const cluster = await startCluster({ nodes: 2 });
  t.teardown(() => cluster.stop());
  const { admin } = cluster;
  await cluster.addServiceAccount(ACCOUNT, DOWNSCALER_RULES);
  await admin.create(namespaces, namespace({ name: 'shop' }));
  for (const [index, name] of NAMES.entries())
    await admin.create(deployments, deployment({ namespace: 'shop', name, replicas: sizeOf(index) }));
  await admin.create(
    horizontalPodAutoscalers,
    hpa({ namespace: 'shop', name: 'web-2', minReplicas: 3, maxReplicas: 9 }),
  );
  await until(() => allAwake(cluster), 'all pods run');
  return cluster;
};

const sizeOf = (index: number): number => (index % 3) + 1;

const FLAGS = ['--grace-period=0', '--include-resources=deployments,rollouts', '--health-port=0'];

const run = (t: Test, cluster: RealCluster, pod = 'downscaler-0', flags: readonly string[] = []): Program =>
  startBundle(t, 'downscaler', [`--kubeconfig=${cluster.kubeconfig(USER)}`, ...FLAGS, ...flags], {
    env: { POD_NAMESPACE: 'kube-steward', POD_NAME: pod },
  });

const sleep = ({ admin }: RealCluster, downtime: string | null): Promise<unknown> =>
  admin.patch(
    namespaces,
    { name: 'shop' },
    { type: 'merge', body: { metadata: { annotations: { [DOWNTIME]: downtime } } } },
  );

const all = async ({ admin }: RealCluster, resource: Resource): Promise<readonly Sized[]> =>
  (await admin.list<Sized>(resource, { namespace: 'shop' })).items;

const allAsleep = async (cluster: RealCluster): Promise<boolean> =>
  (await all(cluster, deployments)).every(({ spec }) => spec?.replicas === 0) &&
  (await all(cluster, pods)).length === 0;

const allAwake = async (cluster: RealCluster): Promise<boolean> => {
  const found = new Map((await all(cluster, deployments)).map((each) => [each.metadata.name, each]));
  return NAMES.every((name, index) => {
    const { spec, status } = found.get(name) ?? {};
    return spec?.replicas === sizeOf(index) && status?.readyReplicas === sizeOf(index);
  });
};

const isForgotten = ({ metadata }: Unstructured): boolean => !metadata.annotations?.['downscaler/original-replicas'];

t.test('pods go in the evening and come back in the morning, with the rights of the README and no more', async (t) => {
  const cluster = await stage(t);
  const program = run(t, cluster);
  await sleep(cluster, 'always');
  await until(
    () => allAsleep(cluster),
    'all asleep',
    () => (program.child.exitCode === null ? '' : 'the downscaler ended'),
  );
  await sleep(cluster, null);
  await until(() => allAwake(cluster), 'all awake');
  t.ok((await all(cluster, deployments)).every(isForgotten), 'every original is taken off');
  t.equal((await all(cluster, horizontalPodAutoscalers))[0]?.spec?.minReplicas, 3, 'the autoscaler is as it was');
  const refused = cluster.audit(USER).filter(({ responseStatus }) => responseStatus?.code === 403);
  t.same(refused, [], 'nothing was asked for that it may not do');
});

t.test('killed in the middle of a sweep, and again: every original comes back', async (t) => {
  const cluster = await stage(t);
  await sleep(cluster, 'always');
  // Slow enough to be caught at work, and free to begin at once where the one before was killed.
  const flags = ['--qps=10', '--burst=1', '--no-leader-elect'];
  for (const patches of [3, 6]) {
    const program = run(t, cluster, 'downscaler-0', flags);
    await until(() => patched(cluster) >= patches, `${patches} patches`);
    program.child.kill('SIGKILL');
    await program.outcome;
  }
  t.notOk(await allAsleep(cluster), 'the sweep was not over');
  run(t, cluster, 'downscaler-0', flags);
  await until(() => allAsleep(cluster), 'all asleep');
  await sleep(cluster, null);
  await until(() => allAwake(cluster), 'all awake');
  t.ok((await all(cluster, deployments)).every(isForgotten));
});

const patched = (cluster: RealCluster): number =>
  cluster.audit(USER).filter(({ verb, objectRef }) => verb === 'patch' && objectRef?.resource === 'deployments').length;

t.test('the API server restarts and forgets its history: nothing is missed', async (t) => {
  const cluster = await stage(t);
  const program = run(t, cluster);
  await program.says(/became the leader/);
  await cluster.stopApiServer();
  await cluster.compact();
  await cluster.startApiServer();
  await sleep(cluster, 'always');
  await until(() => allAsleep(cluster), 'all asleep');
  await cluster.stopApiServer();
  await cluster.startApiServer();
  await sleep(cluster, null);
  await until(() => allAwake(cluster), 'all awake');
  t.equal(program.child.exitCode, null, 'it is the same process');
});

t.test('a leader that is killed is followed by the one that stands by', async (t) => {
  const cluster = await stage(t);
  const first = run(t, cluster, 'downscaler-0');
  await first.says(/became the leader/);
  const second = run(t, cluster, 'downscaler-1');
  first.child.kill('SIGKILL');
  await sleep(cluster, 'always');
  await until(() => allAsleep(cluster), 'all asleep');
  t.equal(second.child.exitCode, null);
});

t.test('rights taken away and given back: it goes on by itself', async (t) => {
  const cluster = await stage(t);
  const program = run(t, cluster);
  await program.says(/became the leader/);
  await grant(
    cluster.admin,
    ACCOUNT,
    DOWNSCALER_RULES.filter(({ resources }) => !resources.includes('deployments')),
  );
  await sleep(cluster, 'always');
  await until(
    () => cluster.audit(USER).some(({ responseStatus }) => responseStatus?.code === 403),
    'it is refused something',
  );
  t.notOk(await allAsleep(cluster));
  await grant(cluster.admin, ACCOUNT, DOWNSCALER_RULES);
  await until(() => allAsleep(cluster), 'all asleep');
  t.equal(program.child.exitCode, null);
});

const ROLLOUTS: Resource = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'rollouts',
  kind: 'Rollout',
  namespaced: true,
};
const ROLLOUT_DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'rollouts.argoproj.io' },
  spec: {
    group: 'argoproj.io',
    scope: 'Namespaced',
    names: { plural: 'rollouts', singular: 'rollout', kind: 'Rollout', listKind: 'RolloutList' },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

t.test('a kind that appears is put to sleep too, and one that goes away troubles nobody', async (t) => {
  const cluster = await stage(t);
  const { admin } = cluster;
  const program = run(t, cluster);
  await sleep(cluster, 'always');
  await until(() => allAsleep(cluster), 'all asleep');
  await admin.create(RESOURCES.customResourceDefinitions, ROLLOUT_DEFINITION);
  const canary = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { namespace: 'shop', name: 'canary' },
    spec: { replicas: 4 },
  };
  await until(() => created(() => admin.create(ROLLOUTS, canary)), 'the kind is served');
  await until(async () => (await all(cluster, ROLLOUTS))[0]?.spec?.replicas === 0, 'the rollout sleeps');
  await admin.delete(RESOURCES.customResourceDefinitions, { name: 'rollouts.argoproj.io' });
  await sleep(cluster, null);
  await until(() => allAwake(cluster), 'all awake');
  t.equal(program.child.exitCode, null);
});

const created = async (create: () => Promise<unknown>): Promise<boolean> => {
  try {
    await create();
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
};
