import t, { type Test } from 'tap';
import { RESOURCES } from '@kube-steward/kube';
import { watchChanges } from './changes.ts';
import { DOWNSCALER_RULES, startCluster, until, usernameOf, type ServiceAccount } from './index.ts';
import { openShop, type Shop } from './shop.ts';

const cluster = await startCluster();
t.teardown(() => cluster.stop());
// These wait for leases to run out, each for its own.
t.jobs = 2;

const COUNT = 30;
/** Slow enough to be caught at work. */
const FLAGS = ['--qps=10', '--burst=1'];

/** A shop and two accounts that stand by for each other. */
const openWithTwo = async (name: string): Promise<{ shop: Shop; second: ServiceAccount }> => {
  const shop = await openShop(cluster, name, { deployments: COUNT });
  const second = { ...shop.account, name: `${name}-second` };
  await cluster.addServiceAccount(second, DOWNSCALER_RULES);
  return { shop, second };
};

/** Whose patches went through, in order, and how often each in a row: `[['killed', 7], ['killed-second', 23]]`. */
const turnsOf = (shop: Shop): [account: string, patches: number][] => {
  const turns: [string, number][] = [];
  for (const { user } of shop.patches()) {
    const last = turns.at(-1);
    if (last?.[0] === user.username) last[1] += 1;
    else turns.push([user.username, 1]);
  }
  return turns;
};

/** Each of them changed every Deployment once, and no two at the same time. */
const sharedTheWork = async (t: Test, shop: Shop, accounts: readonly ServiceAccount[]): Promise<void> => {
  await until(() => shop.patches().length >= COUNT, 'the audit log has all of it');
  const turns = turnsOf(shop);
  t.same(
    turns.map(([account]) => account),
    accounts.map(usernameOf),
    'one after the other, never two at once',
  );
  t.equal(
    turns.reduce((sum, [, patches]) => sum + patches, 0),
    COUNT,
    'nothing was changed twice',
  );
};

t.test('a leader that is killed at work is followed by the one that stands by', async (t) => {
  const { shop, second } = await openWithTwo('killed');
  const first = shop.run(t, { flags: FLAGS });
  await first.says(/became the leader/);
  const standby = shop.run(t, { flags: FLAGS, account: second });
  await standby.says(/caches are filled/);
  const changes = await watchChanges(cluster.admin, RESOURCES.deployments, shop.namespace);
  await shop.sleep();
  await changes.seen(5);
  first.child.kill('SIGKILL');
  await until(() => shop.isAsleep(), 'all asleep');
  await sharedTheWork(t, shop, [shop.account, second]);
});

t.test('a leader that is held up at work loses the lease, and writes nothing once it goes on', async (t) => {
  const { shop, second } = await openWithTwo('paused');
  const first = shop.run(t, { flags: FLAGS });
  await first.says(/became the leader/);
  const standby = shop.run(t, { flags: FLAGS, account: second });
  await standby.says(/caches are filled/);
  const changes = await watchChanges(cluster.admin, RESOURCES.deployments, shop.namespace);
  await shop.sleep();
  await changes.seen(5);
  first.child.kill('SIGSTOP');
  await standby.says(/became the leader/);
  first.child.kill('SIGCONT');
  t.match(await first.outcome, { code: 1 }, 'it ends');
  await until(() => shop.isAsleep(), 'all asleep');
  await sharedTheWork(t, shop, [shop.account, second]);
});

t.test('a leader that is told to end hands over at once', async (t) => {
  const { shop, second } = await openWithTwo('ended');
  const first = shop.run(t, { flags: FLAGS });
  await first.says(/became the leader/);
  const standby = shop.run(t, { flags: FLAGS, account: second });
  await standby.says(/caches are filled/);
  await shop.sleep();
  await until(() => shop.isAsleep(), 'all asleep');
  first.child.kill('SIGTERM');
  t.match(await first.outcome, { code: 0 });
  await shop.wake();
  await until(() => shop.isAwake(), 'all awake');
  await until(() => shop.patches().length >= 2 * COUNT, 'the audit log has all of it');
  t.same(turnsOf(shop), [
    [usernameOf(shop.account), COUNT],
    [usernameOf(second), COUNT],
  ]);
});
