import { VirtualClock } from '@kube-steward/schedule';
import t from 'tap';
import { createInformer, type Informer, type InformerHandler, type InformerOptions } from '../src/informer.ts';
import { createInformerSet } from '../src/informer-set.ts';
import { keyOf, type KubeObject } from '../src/objects.ts';
import { RESOURCES, type Resource } from '../src/resources.ts';
import { createSharing } from '../src/sharing.ts';
import {
  added,
  createScriptedClient,
  deleted,
  gone,
  initialEventsEnd,
  modified,
  refused,
  settle,
  status,
  thing,
} from './scripted-client.ts';

const things: Resource = { group: 'example.com', version: 'v1', plural: 'things', kind: 'Thing', namespaced: true };

const setup = (options: Partial<InformerOptions<KubeObject>> = {}) => {
  const clock = new VirtualClock('2026-11-20T19:00:00Z');
  const scripted = createScriptedClient();
  const errors: string[] = [];
  const informer = createInformer<KubeObject>({
    client: scripted.client,
    resource: things,
    clock,
    random: () => 0,
    strategy: { streaming: false },
    onError: (error, key) => errors.push(`${key}: ${(error as Error).message}`),
    ...options,
  });
  const pass = async (ms: number): Promise<void> => clock.advanceSettled(clock.now() + ms, settle);
  const relist = async (items: readonly KubeObject[], resourceVersion: string): Promise<void> => {
    await (await scripted.watch()).refuse(gone());
    await pass(30_000);
    await (await scripted.list()).reply(items, { resourceVersion });
  };
  return { ...scripted, clock, informer, errors, pass, relist };
};

const nameOf = ({ metadata }: KubeObject): string => `${metadata.name}${metadata.resourceVersion}`;

/** Writes down what it is told: `add a1 initial`, `update a1 a2`, `delete a2 stale`, `synced`. */
const logging = (log: string[]): InformerHandler<KubeObject> => ({
  add: (object, { initial }) => void log.push(`add ${nameOf(object)}${initial ? ' initial' : ''}`),
  update: (old, object) => void log.push(`update ${nameOf(old)} ${nameOf(object)}`),
  delete: (last, { stale }) => void log.push(`delete ${nameOf(last)}${stale ? ' stale' : ''}`),
  synced: () => void log.push('synced'),
});

t.test('handlers are told of the list, then of every change; the store is ahead of them', async (t) => {
  const { informer, list, watch } = setup();
  const log: string[] = [];
  informer.addHandler(logging(log));
  informer.start();
  await (await list()).reply([thing('a', 1), thing('b', 2)], { resourceVersion: '10' });
  t.same(log.splice(0), ['add a1 initial', 'add b2 initial', 'synced']);
  await (await watch()).accept(added('c', 11), modified('a', 12), deleted('b', 13));
  t.same(log, ['add c11', 'update a1 a12', 'delete b2']);
  t.same([...informer.store.keys()], ['ns/a', 'ns/c']);
  t.match(informer.status, { phase: 'watching', synced: true, objects: 2, resourceVersion: '13', handlerErrors: 0 });
  await informer.stop();
});

t.test(
  'a new list replaces the old one: stale deletes, recreations as delete and add, nothing for what stayed',
  async (t) => {
    const { informer, list, relist } = setup();
    const log: string[] = [];
    informer.start();
    await (await list()).reply([thing('a', 1), thing('b', 2), thing('c', 3)], { resourceVersion: '10' });
    informer.addHandler(logging(log));
    log.length = 0;
    await relist([thing('a', 1), thing('c', 20, {}, 'uid-new'), thing('d', 21)], '30');
    t.same(log, ['delete b2 stale', 'delete c3 stale', 'add c20', 'add d21']);
    t.equal(informer.status.relists, 1);
    await informer.stop();
  },
);

t.test('a first page that breaks half-way is forgotten: the next try is a newer list', async (t) => {
  const { informer, list, pass } = setup();
  const log: string[] = [];
  informer.addHandler(logging(log));
  informer.start();
  await (await list()).fail(refused(), thing('gone-by-then', 1), thing('a', 2));
  await pass(800);
  const again = await list();
  t.equal(again.options.continue, undefined);
  await again.reply([thing('a', 2)], { resourceVersion: '20' });
  t.same(log, ['add a2 initial', 'synced']);
  await informer.stop();
});

t.test('a later page that breaks half-way is read again by its token: it is the same list', async (t) => {
  const { informer, list, pass } = setup();
  informer.start();
  await (await list()).reply([thing('a', 1)], { resourceVersion: '10', continue: 'x' });
  await (await list()).fail(refused(), thing('b', 2));
  await pass(800);
  const again = await list();
  t.equal(again.options.continue, 'x');
  await again.reply([thing('b', 2), thing('c', 3)], { resourceVersion: '10' });
  t.same([...informer.store.keys()], ['ns/a', 'ns/b', 'ns/c']);
  await informer.stop();
});

t.test('a handler that comes late is told of everything at once, and may leave', async (t) => {
  const { informer, list, watch } = setup();
  informer.start();
  const early: string[] = [];
  const remove = informer.addHandler(logging(early));
  t.same(early, [], 'nothing before the list');
  await (await list()).reply([thing('a', 1)], { resourceVersion: '10' });
  const late: string[] = [];
  informer.addHandler(logging(late));
  t.same(late, ['add a1 initial', 'synced']);
  remove();
  early.length = 0;
  await (await watch()).accept(added('b', 11));
  t.same(late.at(-1), 'add b11');
  t.same(early, []);
  await informer.stop();
});

t.test('a handler added by a handler is told of each object once', async (t) => {
  const { informer, list } = setup();
  const inner: string[] = [];
  let isAdded = false;
  informer.addHandler({
    add: () => {
      if (!isAdded) informer.addHandler(logging(inner));
      isAdded = true;
    },
  });
  informer.start();
  await (await list()).reply([thing('a', 1), thing('b', 2)], { resourceVersion: '10' });
  t.same(inner, ['add a1 initial', 'add b2 initial', 'synced']);
  await informer.stop();
});

t.test('the changes of a long list are told some at a time, so that others get a turn', async (t) => {
  const { informer, list } = setup();
  let count = 0;
  informer.addHandler({ add: () => count++ });
  informer.start();
  const items = Array.from({ length: 2500 }, (_, i) => thing(`t${i}`, i + 1));
  const replied = (await list()).reply(items, { resourceVersion: '9999' });
  const counts = new Set<number>();
  for (let turn = 0; turn < 10; turn++) {
    await settle();
    counts.add(count);
  }
  await replied;
  t.ok(counts.size >= 3, `told in steps: ${[...counts].join(', ')}`);
  t.equal(count, 2500);
  t.ok(informer.hasSynced());
  await informer.stop();
});

t.test('handlers that throw or reject are reported and disturb nobody', async (t) => {
  const { informer, list, watch, errors } = setup();
  const rejecting: () => unknown = () => Promise.reject(new Error('from update'));
  const log: string[] = [];
  informer.addHandler({
    add: () => {
      throw new Error('from add');
    },
    update: () => rejecting() as undefined,
  });
  informer.addHandler(logging(log));
  informer.start();
  await (await list()).reply([thing('a', 1)], { resourceVersion: '10' });
  await (await watch()).accept(modified('a', 11));
  t.same(log, ['add a1 initial', 'synced', 'update a1 a11']);
  t.same(errors, ['ns/a: from add', 'ns/a: from update']);
  t.match(informer.status, { phase: 'watching', handlerErrors: 2 });
  await informer.stop();
});

t.test('only projections are kept; an object that is projected no longer is deleted', async (t) => {
  const project = ({ metadata }: KubeObject): KubeObject | undefined => {
    if (metadata.labels?.['broken']) throw new Error('cannot be projected');
    const { namespace, name, uid, resourceVersion } = metadata;
    return metadata.labels?.['hidden'] ? undefined : { metadata: { namespace, name, uid, resourceVersion } as never };
  };
  const { informer, list, watch, errors, pass, relist } = setup({ project });
  const log: string[] = [];
  informer.addHandler(logging(log));
  informer.start();
  const hidden = { labels: { hidden: 'x' } };
  const items = [thing('a', 1), thing('b', 2, hidden), thing('c', 3), thing('d', 4, { labels: { broken: 'x' } })];
  await (await list()).reply(items, { resourceVersion: '10' });
  t.same(log.splice(0), ['add a1 initial', 'add c3 initial', 'synced']);
  t.same(errors, ['ns/d: cannot be projected']);
  t.notOk('kind' in informer.store.get('ns/a')!, 'not the object it was given');
  const stream = await watch();
  await stream.accept(modified('a', 11, hidden), modified('b', 12), modified('a', 13, hidden), deleted('a', 14));
  t.same(log.splice(0), ['delete a1', 'add b12']);
  await stream.reset();
  await pass(800);
  await relist([thing('b', 20, hidden)], '30');
  t.same(log, ['delete c3 stale', 'delete b12 stale']);
  await informer.stop();
});

t.test('an object that changes while a list is streamed is known as it was last', async (t) => {
  const project = (object: KubeObject): KubeObject | undefined => (object.metadata.labels ? undefined : object);
  const { informer, watch } = setup({ strategy: { streaming: true }, project });
  informer.start();
  const hide = modified('b', 4, { labels: {} });
  await (
    await watch()
  ).accept(added('a', 1), added('b', 2), added('c', 3), modified('a', 5), hide, deleted('c', 6), initialEventsEnd(9));
  t.same(Array.from(informer.store.list(), nameOf), ['a5']);
  await informer.stop();
});

t.test('waitForSync resolves with the first list, and else says what is wrong', async (t) => {
  const good = setup();
  const waiting = good.informer.waitForSync();
  good.informer.start();
  await (await good.list()).reply([], { resourceVersion: '1' });
  await waiting;
  await good.informer.waitForSync();
  await good.informer.stop();
  t.equal(good.clock.pendingTimers, 0);

  const { informer, list, clock, pass } = setup({ namespace: 'team-a' });
  const failed = t.rejects(informer.waitForSync(undefined, 5000), {
    code: 'Timeout',
    message:
      'not synced after 5 s: the list of things (example.com/v1) is not there: no permission for things.example.com: grant apiGroups ["example.com"], resources ["things"], verbs ["list", "watch"] in namespace team-a (Role)',
  });
  informer.start();
  await (await list()).fail(status(403, 'Forbidden'));
  await pass(5000);
  await failed;
  const stopping = new AbortController();
  const aborted = t.rejects(informer.waitForSync(stopping.signal), { code: 'Aborted' });
  stopping.abort();
  await aborted;
  const stopped = t.rejects(informer.waitForSync(), { code: 'Aborted', message: /stopped/ });
  await informer.stop();
  await stopped;
  t.equal(clock.pendingTimers, 0, 'no timer is left');
});

t.test('status listeners hear of failures and recoveries', async (t) => {
  const { informer, list, pass } = setup();
  const heard: string[] = [];
  informer.onStatus(() => {
    throw new Error('a bad listener');
  });
  const remove = informer.onStatus(({ phase, problem }) => heard.push(problem ? `${phase}: ${problem}` : phase));
  informer.start();
  await (await list()).fail(status(404, 'NotFound'));
  t.equal(
    heard.at(-1),
    'waiting: things.example.com v1 is not served: install its CustomResourceDefinition or API server',
  );
  await pass(800);
  await (await list()).reply([], { resourceVersion: '1' });
  t.notMatch(heard.at(-1), /not served/);
  remove();
  heard.length = 0;
  await informer.stop();
  t.same(heard, []);
});

t.test('a set shares one informer for one selection', async (t) => {
  const { client, clock, ...scripted } = setup();
  const relists: string[] = [];
  const set = createInformerSet({
    client,
    clock,
    random: () => 0,
    streamLists: false,
    onRelist: ({ plural }, reason) => relists.push(`${plural}: ${reason}`),
  });
  const project = (object: KubeObject): KubeObject => ({ metadata: object.metadata });
  const first = set.get({ resource: things, project, indexes: { name: ({ metadata }) => metadata.name } });
  const second = set.get({ resource: things, project, indexes: { uid: ({ metadata }) => metadata.uid } });
  t.equal(first, second);
  t.throws(() => set.get({ resource: things, project: (object: KubeObject) => object }), /another projection/);
  t.throws(() => set.get({ resource: things }), RangeError);
  const others = [
    { namespace: 'ns' },
    { labelSelector: 'a=b' },
    { fieldSelector: 'x=y' },
    { metadataOnly: true },
    { purpose: 'names' },
  ];
  for (const selection of others) t.not(set.get({ resource: things, project, ...selection }), first);
  t.equal(set.statuses().length, 6);

  const synced = set.waitForSync();
  set.start();
  for (let i = 0; i < 6; i++) await (await scripted.list()).reply([thing('a', 1)], { resourceVersion: '10' });
  await synced;
  t.ok(set.hasSynced());
  t.same(first.store.byIndex('uid', 'uid-a').map(keyOf), ['ns/a']);
  t.same(
    set.statuses().map(({ objects }) => objects),
    [1, 1, 1, 1, 1, 1],
  );
  await (await scripted.watch()).refuse(gone());
  await scripted.pass(800);
  t.same(relists, ['things: expired']);
  const late: Informer<KubeObject> = set.get<KubeObject>({ resource: RESOURCES.pods });
  t.equal(late.status.phase, 'listing', 'one that comes late is started');
  await set.stop();
  t.equal(clock.pendingTimers, 0);
  t.same(new Set(set.statuses().map(({ phase }) => phase)), new Set(['stopped']));
});

t.test('informers of one set learn from each other that the server does not stream lists', async (t) => {
  const { client, clock, list, watch, pass, waiting } = setup();
  const set = createInformerSet({ client, clock, random: () => 0 });
  set.get({ resource: things });
  set.get({ resource: RESOURCES.pods });
  set.start();
  const asked = [await watch(), await watch()];
  for (const each of asked) await each.refuse(status(422, 'Invalid'));
  for (const each of [await list(), await list()]) await each.reply([], { resourceVersion: '1' });
  t.ok(set.hasSynced(), 'neither had to wait');
  set.get({ resource: RESOURCES.nodes });
  await list();
  t.equal(await waiting(), 2, 'a third does not ask');
  await pass(0);
  await set.stop();
});

t.test('a released informer stops, and is a new one when asked for again', async (t) => {
  const { client, clock, list, watch, pass } = setup();
  const set = createInformerSet({ client, clock, random: () => 0, streamLists: false });
  const first = set.get({ resource: things });
  set.start();
  await (await list()).reply([thing('a', 1)], { resourceVersion: '10' });
  await watch();
  await set.release(first);
  t.equal(first.status.phase, 'stopped');
  t.same(set.statuses(), []);
  const second = set.get({ resource: things, project: (object: KubeObject) => ({ metadata: object.metadata }) });
  t.not(second, first);
  await (await list()).reply([thing('a', 1)], { resourceVersion: '11' });
  t.ok(second.hasSynced());
  await pass(0);
  await set.stop();
});

t.test('a set that does not sync names every informer that has not', async (t) => {
  const { client, clock, pass } = setup();
  const set = createInformerSet({ client, clock });
  set.get({ resource: things });
  set.get({ resource: RESOURCES.pods });
  set.start();
  const failed = t.rejects(set.waitForSync(undefined, 1000), {
    code: 'Timeout',
    message: /things \(example.com\/v1\).*pods \(v1\)/,
  });
  await pass(1000);
  await failed;
  await set.stop();
});

t.test('siblings share what is equal', async (t) => {
  const sharing = createSharing({ maxGroups: 2 });
  const labels = (): object => ({ app: 'web', list: [1, { a: 2 }] });
  const first = sharing.group('rs')('labels', labels());
  t.equal(sharing.group('rs')('labels', labels()), first, 'the same object');
  t.not(sharing.group('rs')('labels', { app: 'other' }), first);
  t.not(sharing.group('other')('labels', labels()), first, 'not across groups');
  t.not(sharing.group(undefined)('labels', labels()), sharing.group(undefined)('labels', labels()));
  const before = sharing.group('rs')('owner', labels());
  sharing.group('a')('owner', labels());
  sharing.group('b')('owner', labels());
  t.not(sharing.group('rs')('owner', labels()), before, 'the group used least recently is forgotten');
});
