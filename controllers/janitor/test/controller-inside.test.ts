import { RESOURCES, type Resource, type Unstructured } from '@kube-steward/kube';
import { pod } from '@kube-steward/sandbox';
import t from 'tap';
import { AT, FEW, openShop, until, type Actor, type Stage } from './controller-stage.ts';

const { namespaces, pods } = RESOURCES;
const SECRETS: Resource = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true };
const LATER = '2026-11-20T21:00:00Z';
const DUE = { metadata: { annotations: { 'janitor/ttl': '1h' } } };
const PROTECT = { 'janitor/protect': 'true' };
const LONGEST_WAIT = 11 * 60_000;

const secret = (annotations: Record<string, string>): Unstructured => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace: 'shop', name: 'key', creationTimestamp: AT, annotations },
});

const messages = (actor: Actor, reason: string): readonly unknown[] =>
  actor
    .logs()
    .filter((line) => line['reason'] === reason)
    .map(({ msg }) => msg);

const openDueShop = async (t: Parameters<typeof openShop>[0], objects: readonly Unstructured[]): Promise<Stage> => {
  const stage = await openShop(t, objects, LATER);
  stage.edit(namespaces, 'shop', DUE);
  return stage;
};

for (const flags of [[FEW], ['--exclude-resources=secrets']])
  t.test(`what is protected keeps its namespace, looked at or not: ${flags.join(' ')}`, async (t) => {
    const stage = await openDueShop(t, [secret(PROTECT)]);
    const actor = await stage.start([...flags, '--log-level=debug']);
    await stage.pass(LONGEST_WAIT);
    t.same(stage.deleted(), []);
    t.match(messages(actor, 'HoldsProtected'), [/Secret\/key/, /Secret\/key/]);
    stage.edit(SECRETS, 'key', { metadata: { annotations: { 'janitor/protect': null } } });
    await stage.pass(LONGEST_WAIT);
    t.same(stage.deleted(), ['namespaces/shop']);
  });

t.test('what was protected a moment ago keeps its namespace, though no watch has told of it', async (t) => {
  const stage = await openShop(t, [pod({ namespace: 'shop', name: 'db', creationTimestamp: AT })], LATER);
  const actor = await stage.start(['--log-level=debug']);
  await stage.settle();
  stage.sandbox.watches.stall({ resource: 'pods' });
  stage.edit(pods, 'db', { metadata: { annotations: PROTECT } });
  stage.edit(namespaces, 'shop', DUE);
  await until(() => messages(actor, 'HoldsProtected').length > 0);
  t.match(messages(actor, 'HoldsProtected'), [/Pod\/db/]);
  t.same(stage.deleted(), []);
});

t.test('a kind that may not be listed may hold what is protected', async (t) => {
  const stage = await openDueShop(t, []);
  const denied = stage.sandbox.faults.add({
    match: { resources: ['secrets'] },
    effect: { kind: 'status', code: 403 },
  });
  await stage.start();
  await stage.pass(LONGEST_WAIT);
  t.same(stage.deleted(), []);
  t.match(stage.eventsOn('shop').at(-1), { reason: 'InsideUnknown', note: /secrets cannot be listed/ });
  denied.remove();
  await stage.pass(LONGEST_WAIT);
  t.same(stage.deleted(), ['namespaces/shop'], 'it is asked again');
});

t.test('a kind that is said to be no matter is not asked', async (t) => {
  const stage = await openDueShop(t, []);
  stage.sandbox.faults.add({ match: { resources: ['secrets'] }, effect: { kind: 'status', code: 403 } });
  await stage.start(['--unchecked-resources=events,secrets']);
  await stage.settle();
  t.same(stage.deleted(), ['namespaces/shop']);
});
