import type { Resource } from '@kube-steward/kube';
import fc from 'fast-check';
import t from 'tap';
import { type ClusterEvent } from '../../src/index.ts';
import { State } from '../../src/state.ts';
import { KindRegistry } from '../../src/registry.ts';
import { BUILTIN_KINDS } from '../../src/builtin-kinds.ts';
import { configMap, deployment, makeCluster, names, R } from './world.ts';

t.test('one resourceVersion counts all changes of the cluster, each resource keeps its last', (t) => {
  const { cluster } = makeCluster();
  const first = cluster.create(R.configMaps, configMap('a'));
  const second = cluster.create(R.deployments, deployment('web'));
  t.equal(Number(second.metadata.resourceVersion), Number(first.metadata.resourceVersion) + 1);
  t.equal(cluster.resourceVersion(R.configMaps), first.metadata.resourceVersion);
  t.equal(cluster.resourceVersion(), second.metadata.resourceVersion);
  t.equal(cluster.resourceVersion(R.leases), '0', 'nothing ever happened to leases');
  t.end();
});

t.test('a new object gets uid, creationTimestamp and, if its kind counts them, generation 1', (t) => {
  const { cluster } = makeCluster();
  const web = cluster.create(R.deployments, deployment('web'));
  t.match(web.metadata.uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  t.equal(web.metadata.creationTimestamp, '2026-11-20T10:00:00Z');
  t.equal(web.metadata.generation, 1);
  t.equal(cluster.create(R.configMaps, configMap('a')).metadata.generation, undefined);
  t.end();
});

t.test('generation counts changes of the spec, of Deployments also of annotations, and nothing else', (t) => {
  const { cluster } = makeCluster();
  cluster.create(R.deployments, deployment('web'));
  cluster.create(R.statefulSets, deployment('db'));
  const patch = (resource: Resource, name: string, body: object, subresource?: 'status') =>
    cluster.patch(resource, name, { namespace: 'shop', type: 'merge', body, ...(subresource ? { subresource } : {}) })
      .metadata.generation;
  t.equal(patch(R.deployments, 'web', { spec: { replicas: 3 } }), 2);
  t.equal(patch(R.deployments, 'web', { metadata: { labels: { a: 'b' } } }), 2);
  t.equal(patch(R.deployments, 'web', { metadata: { annotations: { a: 'b' } } }), 3);
  t.equal(patch(R.deployments, 'web', { status: { replicas: 3 } }, 'status'), 3);
  t.equal(patch(R.statefulSets, 'db', { metadata: { annotations: { a: 'b' } } }), 1);
  t.end();
});

t.test('an update that changes nothing keeps the resourceVersion and tells nobody', (t) => {
  const { cluster } = makeCluster();
  const before = cluster.create(R.configMaps, configMap('a', { data: { x: '1' } }));
  const events: ClusterEvent[] = [];
  cluster.subscribe('all', (event) => void events.push(event));
  const same = cluster.patch(R.configMaps, 'a', { namespace: 'shop', type: 'merge', body: { data: { x: '1' } } });
  const put = cluster.update(R.configMaps, configMap('a', { data: { x: '1' } }));
  t.equal(same.metadata.resourceVersion, before.metadata.resourceVersion);
  t.equal(put.metadata.resourceVersion, before.metadata.resourceVersion);
  t.same(events, []);
  t.end();
});

t.test('subscribers are told every change in one order, with the object before; their own changes come after', (t) => {
  const { cluster } = makeCluster();
  const seen: string[] = [];
  cluster.subscribe(R.configMaps, (event) => {
    if (event.type === 'ADDED' && event.object.metadata.name === 'a') cluster.create(R.configMaps, configMap('b'));
  });
  const stop = cluster.subscribe(
    'all',
    ({ type, object, previous }) =>
      void seen.push(`${type} ${object.metadata.name} ${previous ? 'was there' : 'is new'}`),
  );
  cluster.create(R.configMaps, configMap('a'));
  cluster.delete(R.configMaps, 'b', { namespace: 'shop' });
  stop();
  cluster.create(R.configMaps, configMap('c'));
  t.same(seen, ['ADDED a is new', 'ADDED b is new', 'DELETED b was there']);
  t.end();
});

t.test('a deleted object is told as it last was, under the resourceVersion of its removal', (t) => {
  const { cluster } = makeCluster();
  const before = cluster.create(R.configMaps, configMap('a', { data: { x: '1' } }));
  const removed = cluster.delete(R.configMaps, 'a', { namespace: 'shop' });
  t.same(removed['data'], { x: '1' });
  t.ok(Number(removed.metadata.resourceVersion) > Number(before.metadata.resourceVersion));
  t.end();
});

t.test('manifests load in the order they need each other, lists included, with what they bring', (t) => {
  const { cluster } = makeCluster();
  cluster.load([
    { apiVersion: 'example.io/v1', kind: 'Thing', metadata: { name: 'x', namespace: 'far' } },
    {
      apiVersion: 'apps/v1',
      kind: 'DeploymentList',
      metadata: { name: '' },
      items: [{ ...deployment('web'), status: { replicas: 2 } }],
    },
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.example.io' },
      spec: {
        group: 'example.io',
        scope: 'Namespaced',
        names: { plural: 'things', kind: 'Thing' },
        versions: [{ name: 'v1', served: true, storage: true }],
      },
    },
  ]);
  const things = cluster.registry.findKind('example.io/v1', 'Thing');
  t.ok(things);
  t.same(names(cluster.list(things!)), ['x']);
  t.ok(cluster.get(R.namespaces, { name: 'far' }), 'a namespace that is only mentioned exists');
  t.match(cluster.get(R.deployments, { namespace: 'shop', name: 'web' }), {
    status: { replicas: 2 },
    spec: { replicas: 1 },
  });
  t.throws(
    () => cluster.load([{ apiVersion: 'nope/v1', kind: 'Nope', metadata: { name: 'x' } }]),
    /no matches for kind/,
  );
  t.end();
});

t.test('seeded objects are text until somebody looks, and behave as all others', (t) => {
  const { cluster } = makeCluster();
  let texts = 0;
  const text = (name: string) => (resourceVersion: string) => {
    texts++;
    return `{"metadata":{"name":"${name}","namespace":"shop","uid":"u-${name}","resourceVersion":"${resourceVersion}"},"data":{}}`;
  };
  cluster.seed(
    R.configMaps,
    ['a', 'b'].map((name) => ({ namespace: 'shop', name, text: text(name), labels: { at: name } })),
  );
  t.equal(cluster.count(R.configMaps), 2);
  t.same(cluster.list(R.configMaps, { labelSelector: 'at=none' }), []);
  t.equal(texts, 0);
  t.equal(
    cluster.patch(R.configMaps, 'b', { namespace: 'shop', type: 'merge', body: { data: { x: 'y' } } }).kind,
    'ConfigMap',
  );
  t.same(names(cluster.list(R.configMaps)), ['a', 'b']);
  t.end();
});

t.test('the state at any revision can be read back as long as the history reaches', (t) => {
  const operation = fc.record({ name: fc.constantFrom('a', 'a-b', 'b', 'c'), remove: fc.boolean() });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 30 }), fc.integer({ min: 1, max: 12 }), (operations, historySize) => {
      const { clock } = makeCluster();
      const state = new State(clock, new KindRegistry(BUILTIN_KINDS), () => 0.5, historySize);
      const kind = state.registry.find('', 'v1', 'configmaps')!;
      const table = state.table(kind);
      const snapshots: [revision: number, content: string[]][] = [];
      const content = (revision?: number) =>
        [...table.scan('', '', revision)].map((stored) => `${stored.key}@${stored.revision}`);
      for (const { name, remove } of operations) {
        const known = table.get(`shop/${name}`);
        const object = {
          kind: 'ConfigMap',
          apiVersion: 'v1',
          metadata: { name, namespace: 'shop', resourceVersion: '' },
        };
        if (!remove) state.commit(kind, known ? 'MODIFIED' : 'ADDED', object);
        else if (known) state.commit(kind, 'DELETED', object);
        snapshots.push([state.revision, content()]);
      }
      const readable = snapshots.filter(([revision]) => revision >= table.oldestRevision);
      return readable.every(([revision, then]) => then.join() === content(revision).join());
    }),
  );
  t.end();
});
