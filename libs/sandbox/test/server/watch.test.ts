import t from 'tap';
import { type SandboxOptions, startSandbox } from '../../src/index.ts';
import { type Ending, type ToldEvent, CONFIG_MAPS, configMap, makeCluster, METADATA, R, watch } from './world.ts';

const serve = async (t: Ending, options: Partial<SandboxOptions> = {}, clusterOptions = {}) => {
  const { cluster, clock } = makeCluster(clusterOptions);
  const sandbox = await startSandbox({ clock, cluster, ...options });
  t.teardown(() => sandbox.stop());
  const create = (name: string, labels?: Record<string, string>) =>
    cluster.create(R.configMaps, configMap(name, {}, labels ? { labels } : {}));
  const patch = (name: string, body: object) =>
    cluster.patch(R.configMaps, name, { namespace: 'shop', type: 'merge', body });
  return { cluster, clock, sandbox, create, patch };
};

const told = (event: ToldEvent | undefined): string | undefined =>
  event && `${event.type} ${event.object.metadata.name}`;

t.test('a watch from N tells every change after N', async (t) => {
  const { cluster, sandbox, create, patch } = await serve(t);
  create('a');
  const from = cluster.resourceVersion();
  create('b');
  const events = await watch(sandbox, `${CONFIG_MAPS}?watch=1&resourceVersion=${from}`);
  patch('a', { data: { x: '1' } });
  cluster.delete(R.configMaps, 'b', { namespace: 'shop' });
  t.equal(told(await events.next()), 'ADDED b');
  const modified = await events.next();
  t.match(modified, { type: 'MODIFIED', object: { kind: 'ConfigMap', apiVersion: 'v1', data: { x: '1' } } });
  const deleted = await events.next();
  t.equal(told(deleted), 'DELETED b');
  t.equal(deleted?.object.metadata.resourceVersion, cluster.resourceVersion());
});

t.test('a watch without a revision, or from 0, begins with what is there', async (t) => {
  const { sandbox, create } = await serve(t);
  create('b');
  create('a');
  for (const query of ['', '&resourceVersion=0']) {
    const events = await watch(sandbox, `${CONFIG_MAPS}?watch=1${query}`);
    t.same([told(await events.next()), told(await events.next())], ['ADDED a', 'ADDED b']);
    create(`c${query.length}`);
    t.match(await events.next(), { type: 'ADDED' });
    events.close();
  }
});

t.test(
  'sendInitialEvents ends the initial events with an annotated bookmark; without them it starts from now',
  async (t) => {
    const { cluster, sandbox, create } = await serve(t);
    create('a');
    const base = `${CONFIG_MAPS}?watch=1&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`;
    const events = await watch(sandbox, `${base}&sendInitialEvents=true`);
    t.equal(told(await events.next()), 'ADDED a');
    t.same(await events.next(), {
      type: 'BOOKMARK',
      object: {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: { resourceVersion: cluster.resourceVersion(), annotations: { 'k8s.io/initial-events-end': 'true' } },
      },
    });
    const fromNow = await watch(sandbox, `${base}&sendInitialEvents=false`);
    create('b');
    t.equal(told(await fromNow.next()), 'ADDED b');
    const tooNew = await watch(sandbox, `${base}&sendInitialEvents=true&resourceVersion=999999`);
    t.match(await tooNew.next(), {
      type: 'ERROR',
      object: { code: 504, details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } },
    });
  },
);

t.test('a server without streaming lists refuses sendInitialEvents with 422, as 1.33 does', async (t) => {
  const { sandbox } = await serve(t, {}, { version: { major: 1, minor: 33 } });
  const path = `${CONFIG_MAPS}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`;
  t.equal((await watch(sandbox, path)).code, 422);
});

t.test('bookmarks come only to those who ask: on the clock, on request, and before the watch times out', async (t) => {
  const { cluster, clock, sandbox, create } = await serve(t, { bookmarkIntervalMs: 60_000 });
  const now = cluster.resourceVersion();
  const asked = await watch(
    sandbox,
    `${CONFIG_MAPS}?watch=1&resourceVersion=${now}&allowWatchBookmarks=true&timeoutSeconds=90`,
  );
  const plain = await watch(sandbox, `${CONFIG_MAPS}?watch=1&resourceVersion=${now}&timeoutSeconds=90`);
  cluster.create(R.leases, { metadata: { name: 'elsewhere', namespace: 'shop' } });
  clock.advance(60_000);
  t.match(await asked.next(), {
    type: 'BOOKMARK',
    object: { metadata: { resourceVersion: cluster.resourceVersion() } },
  });
  sandbox.watches.bookmark();
  t.match(await asked.next(), { type: 'BOOKMARK' });
  create('a');
  clock.advance(30_000);
  t.equal(told(await asked.next()), 'ADDED a');
  t.match(await asked.next(), { type: 'BOOKMARK' });
  t.equal(await asked.next(), undefined, 'the watch has ended in order');
  t.equal(told(await plain.next()), 'ADDED a');
  t.equal(await plain.next(), undefined);
  t.equal(clock.pendingTimers, 0, 'no timer is left without watches');
});

t.test('what begins or ceases to be selected is ADDED or DELETED to those who select', async (t) => {
  const { cluster, sandbox, create, patch } = await serve(t);
  create('a', { team: 'x' });
  const events = await watch(
    sandbox,
    `${CONFIG_MAPS}?watch=1&resourceVersion=${cluster.resourceVersion()}&labelSelector=team%3Dx`,
  );
  const all = await watch(
    sandbox,
    `/api/v1/configmaps?watch=1&resourceVersion=${cluster.resourceVersion()}&fieldSelector=metadata.name%3Db`,
  );
  patch('a', { metadata: { labels: { team: 'y' } } });
  patch('a', { data: { x: '1' } });
  patch('a', { metadata: { labels: { team: 'x' } } });
  create('b', { team: 'z' });
  cluster.delete(R.configMaps, 'a', { namespace: 'shop' });
  const left = await events.next();
  t.match(
    left,
    { type: 'DELETED', object: { metadata: { labels: { team: 'x' } } } },
    'as it was when it was last selected',
  );
  t.match(await events.next(), { type: 'ADDED', object: { data: { x: '1' } } });
  t.equal(told(await events.next()), 'DELETED a');
  t.equal(told(await all.next()), 'ADDED b');
});

t.test('a revision that is forgotten is an ERROR event with code 410', async (t) => {
  const { cluster, sandbox, create } = await serve(t, {}, { historySize: 2 });
  const from = create('a').metadata.resourceVersion ?? '';
  for (const name of ['b', 'c', 'd']) create(name);
  const old = await watch(sandbox, `${CONFIG_MAPS}?watch=1&resourceVersion=${from}`);
  t.equal(old.code, 200);
  t.match(await old.next(), {
    type: 'ERROR',
    object: { code: 410, reason: 'Expired', message: /^too old resource version: \d+ \(\d+\)$/ },
  });
  t.equal(await old.next(), undefined);
  const before = cluster.resourceVersion();
  const open = await watch(sandbox, `${CONFIG_MAPS}?watch=1&resourceVersion=${before}`);
  cluster.compact();
  create('e');
  t.equal(told(await open.next()), 'ADDED e', 'a watch that is open does not mind a compaction');
});

t.test('events can be of the metadata alone', async (t) => {
  const { cluster, sandbox, create, patch } = await serve(t);
  create('a');
  const path = `${CONFIG_MAPS}?watch=1&resourceVersion=${cluster.resourceVersion()}`;
  const [whole, partial] = [await watch(sandbox, path), await watch(sandbox, path, METADATA)];
  patch('a', { data: { x: '1' } });
  t.match(await whole.next(), { object: { kind: 'ConfigMap', data: { x: '1' } } });
  const object = (await partial.next())?.object ?? {};
  t.match(object, { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'a' } });
  t.notOk('data' in object);
});

t.test('a watcher that does not take its events is cut off; the others hear them all', async (t) => {
  const { cluster, sandbox, create, patch } = await serve(t, { watchBufferBytes: 64 * 1024 });
  create('a');
  const path = `${CONFIG_MAPS}?watch=1&resourceVersion=${cluster.resourceVersion()}`;
  await watch(sandbox, path);
  t.equal(sandbox.watches.count(), 1);
  for (let index = 0; sandbox.watches.count() > 0 && index < 10_000; index++) {
    patch('a', { data: { x: String(index).padEnd(100_000, 'x') } });
  }
  t.equal(sandbox.watches.count(), 0);
  const next = await watch(sandbox, `${CONFIG_MAPS}?watch=1&resourceVersion=${cluster.resourceVersion()}`);
  create('b');
  t.equal(told(await next.next()), 'ADDED b');
});

t.test('watches end when their kind is no longer served, and when the server stops', async (t) => {
  const { cluster, sandbox } = await serve(t);
  cluster.load([
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.x.io' },
      spec: {
        group: 'x.io',
        scope: 'Namespaced',
        names: { plural: 'things', kind: 'Thing' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    },
  ]);
  const things = await watch(sandbox, '/apis/x.io/v1/things?watch=1');
  cluster.create(cluster.registry.find('x.io', 'v1', 'things')!, { metadata: { name: 'a', namespace: 'shop' } });
  cluster.delete(R.customResourceDefinitions, 'things.x.io');
  t.equal(told(await things.next()), 'ADDED a');
  t.equal(told(await things.next()), 'DELETED a');
  t.equal(await things.next(), undefined);
  const rest = await watch(sandbox, `${CONFIG_MAPS}?watch=1`);
  sandbox.watches.end();
  t.equal(await rest.next(), undefined);
});
