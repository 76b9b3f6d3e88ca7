import t from 'tap';
import { RESOURCES } from '@kube-steward/kube';
import { watchChanges } from './changes.ts';
import { freePorts } from './free-ports.ts';
import { DOWNSCALER_RULES, grant, startCluster, until, usernameOf, type Rule } from './index.ts';
import { SCALE } from './rights.ts';
import { openShop, type Shop } from './shop.ts';

const { deployments } = RESOURCES;
const cluster = await startCluster();
t.teardown(() => cluster.stop());

/** Slow enough to be interrupted. */
const FLAGS = ['--qps=20', '--burst=1', '--no-leader-elect'];

const sweepsOf = (shop: Shop) => [
  { begin: () => shop.sleep(), isDone: () => shop.isAsleep() },
  { begin: () => shop.wake(), isDone: () => shop.isAwake() },
];

const refused = (shop: Shop): number =>
  cluster.audit(usernameOf(shop.account)).filter(({ responseStatus }) => responseStatus?.code === 403).length;

t.test('the API server restarts and forgets its history in the middle of a sweep, down and up', async (t) => {
  const shop = await openShop(cluster, 'outage', { deployments: 60 });
  const [port = 0] = await freePorts(1);
  const program = shop.run(t, { flags: [...FLAGS, `--health-port=${port}`, '--health-address=127.0.0.1'] });
  for (const { begin, isDone } of sweepsOf(shop)) {
    const changes = await watchChanges(cluster.admin, deployments, shop.namespace);
    await begin();
    await changes.seen(10);
    await cluster.stopApiServer();
    await cluster.compact();
    await cluster.startApiServer();
    t.notOk(await isDone(), 'the sweep was not over');
    await until(isDone, 'the sweep is over');
  }
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  t.match(metrics, /^informer_relists_total\{.*reason="expired"\} [1-9]/m, '410 was met');
  program.child.kill('SIGTERM');
  t.match(await program.outcome, { code: 0 }, 'it is the same process');
});

/** The rights without some to Deployments. */
const without = (taken: readonly string[]): readonly Rule[] =>
  DOWNSCALER_RULES.flatMap((rule) => {
    const verbs = rule.verbs.filter((verb) => !taken.includes(verb));
    if (!rule.resources.includes('deployments')) return [rule];
    return verbs.length > 0 ? [{ ...rule, verbs }] : [];
  });

t.test('the right to patch is taken away in the middle of a sweep and given back: it goes on by itself', async (t) => {
  const shop = await openShop(cluster, 'rights', { deployments: 60 });
  const program = shop.run(t, { flags: FLAGS });
  for (const { begin, isDone } of sweepsOf(shop)) {
    const changes = await watchChanges(cluster.admin, deployments, shop.namespace);
    await begin();
    await changes.seen(10);
    const before = refused(shop);
    await grant(cluster.admin, shop.account, without(['patch']));
    await until(() => refused(shop) > before, 'it is refused something');
    t.notOk(await isDone(), 'the sweep was not over');
    await grant(cluster.admin, shop.account, DOWNSCALER_RULES);
    await until(isDone, 'the sweep is over');
  }
  program.child.kill('SIGTERM');
  t.match(await program.outcome, { code: 0 }, 'it is the same process');
});

t.test('a kind that may not be read at first is put to sleep once it may', async (t) => {
  const shop = await openShop(cluster, 'late', { rules: without(SCALE) });
  const program = shop.run(t, { flags: FLAGS });
  await shop.sleep();
  await program.says(/no permission for deployments/);
  await grant(cluster.admin, shop.account, DOWNSCALER_RULES);
  await until(() => shop.isAsleep(), 'all asleep');
  program.child.kill('SIGTERM');
  t.match(await program.outcome, { code: 0 }, 'it is the same process');
});
