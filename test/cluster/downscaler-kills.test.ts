import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { RESOURCES, type Resource } from '@kube-steward/kube';
import { cronJob, statefulSet } from '@kube-steward/sandbox';
import { seededRandom } from '@kube-steward/schedule';
import { watchChanges } from './changes.ts';
import { startCluster, until } from './index.ts';
import { DOWNSCALER_RULES, SCALE } from './rights.ts';
import { openShop, type Shop } from './shop.ts';

const { deployments, statefulSets, cronJobs } = RESOURCES;
const KINDS: readonly Resource[] = [deployments, statefulSets, cronJobs];
const SEED = 20_261_128;
const KILLS_A_SWEEP = 8;
const FLAGS = [
  '--include-resources=deployments,statefulsets,cronjobs',
  // Slow enough to be caught at work, and free to begin at once where the one before was killed.
  ...['--qps=50', '--burst=1', '--no-leader-elect'],
];

/** All that a person would miss, object by object. */
const contentOf = async (shop: Shop): Promise<readonly unknown[]> => {
  const lists = await Promise.all(KINDS.map((kind) => shop.list(kind)));
  return lists.flat().map(({ kind, metadata: { name, labels, annotations }, spec }) => ({
    ...{ kind, name, labels, spec },
    annotations: { ...annotations },
  }));
};

t.test(`killed ${2 * KILLS_A_SWEEP} times at random moments, it ends where it would have ended`, async (t) => {
  const cluster = await startCluster();
  t.teardown(() => cluster.stop());
  const rules = [
    ...DOWNSCALER_RULES,
    { apiGroups: ['apps'], resources: ['statefulsets'], verbs: SCALE },
    { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: SCALE },
  ];
  const shop = await openShop(cluster, 'fair', { deployments: 100, rules });
  const { namespace } = shop;
  for (let index = 0; index < 5; index += 1) {
    await cluster.admin.create(statefulSets, statefulSet({ namespace, name: `db-${index}`, replicas: index + 1 }));
    await cluster.admin.create(cronJobs, cronJob({ namespace, name: `report-${index}` }));
  }
  const sweep = async (begin: () => Promise<unknown>, isDone: () => Promise<boolean>): Promise<readonly unknown[]> => {
    const program = shop.run(t, { flags: FLAGS });
    await begin();
    await until(isDone, 'the sweep is over');
    program.child.kill('SIGTERM');
    t.match(await program.outcome, { code: 0 });
    return contentOf(shop);
  };
  const asleep = async (): Promise<boolean> =>
    (await shop.isAsleep()) &&
    (await shop.list(statefulSets)).every(({ spec }) => spec?.replicas === 0) &&
    (await shop.list(cronJobs)).every(({ spec }) => spec?.suspend === true);
  const awake = async (): Promise<boolean> =>
    (await shop.isAwake()) &&
    (await shop.list(statefulSets)).every(({ spec }) => spec?.replicas !== 0) &&
    (await shop.list(cronJobs)).every(({ spec }) => spec?.suspend === false);

  const night = await sweep(() => shop.sleep(), asleep);
  const morning = await sweep(() => shop.wake(), awake);

  const random = seededRandom(SEED);
  const killed = async (begin: () => Promise<unknown>, isDone: () => Promise<boolean>): Promise<readonly unknown[]> => {
    await begin();
    for (let kill = 0; kill < KILLS_A_SWEEP; kill += 1) {
      const changes = await watchChanges(cluster.admin, deployments, namespace);
      const program = shop.run(t, { flags: FLAGS });
      await changes.seen(1 + Math.floor(random() * 10));
      await sleep(random() * 20);
      program.child.kill('SIGKILL');
      t.match(await program.outcome, { signal: 'SIGKILL' });
    }
    t.notOk(await isDone(), 'the sweep was not over');
    return sweep(() => Promise.resolve(), isDone);
  };
  t.same(await killed(() => shop.sleep(), asleep), night, 'asleep as without the kills');
  t.same(await killed(() => shop.wake(), awake), morning, 'awake as without the kills');
});
