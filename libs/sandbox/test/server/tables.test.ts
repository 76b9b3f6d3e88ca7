import t from 'tap';
import { startSandbox } from '../../src/index.ts';
import { at, call, configMap, DEPLOYMENTS, deployment, type Ending, makeCluster, MERGE, R, watch } from './world.ts';

const TABLE = {
  accept:
    'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json',
};

const serve = async (t: Ending) => {
  const { cluster, clock } = makeCluster();
  const sandbox = await startSandbox({ clock, cluster });
  t.teardown(() => sandbox.stop());
  return { cluster, clock, sandbox };
};

const names = (columns: unknown): unknown[] => (columns as { name: string }[]).map(({ name }) => name);

t.test('a list as a table has its pages and its columns, and rows with metadata', async (t) => {
  const { cluster, clock, sandbox } = await serve(t);
  for (const name of ['a', 'b', 'c']) cluster.create(R.deployments, deployment(name, { replicas: 2 }));
  clock.advance(5 * 3_600_000);
  const { body } = await call(sandbox, 'GET', `${DEPLOYMENTS}?limit=2`, undefined, TABLE);
  t.match(body, {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: cluster.resourceVersion(), continue: /./, remainingItemCount: 1 },
    rows: [
      {
        cells: ['a', '0/2', 0, 0, '5h', 'main', 'web:1', 'app=a'],
        object: { kind: 'PartialObjectMetadata', metadata: { name: 'a', namespace: 'shop' } },
      },
      { cells: ['b', '0/2'] },
    ],
  });
  t.same(names(at(body, 'columnDefinitions')), [
    'Name',
    'Ready',
    'Up-to-date',
    'Available',
    'Age',
    'Containers',
    'Images',
    'Selector',
  ]);
  t.match(at(body, 'columnDefinitions', 0), { type: 'string', format: 'name', priority: 0 });
  t.match(at(body, 'columnDefinitions', 7), { priority: 1 }, 'only with -o wide');
});

t.test('the query says what rows carry of their objects', async (t) => {
  const { cluster, sandbox } = await serve(t);
  cluster.create(R.deployments, deployment('web'));
  const object = async (include: string): Promise<unknown> =>
    at(
      (await call(sandbox, 'GET', `${DEPLOYMENTS}/web?includeObject=${include}`, undefined, TABLE)).body,
      'rows',
      0,
      'object',
    );
  t.match(await object('Object'), { kind: 'Deployment', spec: { replicas: 1 } });
  t.match(await object('Metadata'), { kind: 'PartialObjectMetadata' });
  t.equal(await object('None'), null);
  t.match(await call(sandbox, 'GET', `${DEPLOYMENTS}?includeObject=All`, undefined, TABLE), {
    code: 400,
    body: { message: /includeObject: Invalid value: "All": must be 'Metadata', 'Object', 'None', or empty/ },
  });
});

t.test('kinds that are one stored object print alike; kinds without a table show when they were made', async (t) => {
  const { cluster, sandbox } = await serve(t);
  cluster.load([
    {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'shop' },
      involvedObject: { kind: 'Pod', name: 'p' },
      reason: 'Killed',
      message: 'gone',
    },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'r', namespace: 'shop' } },
  ]);
  const cells = async (path: string): Promise<unknown> =>
    at((await call(sandbox, 'GET', path, undefined, TABLE)).body, 'rows', 0, 'cells');
  const event = await cells('/api/v1/namespaces/shop/events/e');
  t.match(event, ['<unknown>', '', 'Killed', 'pod/p', '', '', 'gone']);
  t.same(await cells('/apis/events.k8s.io/v1/namespaces/shop/events/e'), event);
  t.same(await cells('/apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles/r'), ['r', '2026-11-20T10:00:00Z']);
});

t.test('only the first event of a watch says what the columns are', async (t) => {
  const { cluster, sandbox } = await serve(t);
  cluster.create(R.configMaps, configMap('a', { data: { x: '1' } }));
  const path = '/api/v1/namespaces/shop/configmaps';
  const open = await watch(sandbox, `${path}?watch=1&allowWatchBookmarks=true`, TABLE);
  const first = await open.next();
  t.match(first, { type: 'ADDED', object: { kind: 'Table', rows: [{ cells: ['a', 1, '0s'] }] } });
  t.same(names(first?.object['columnDefinitions']), ['Name', 'Data', 'Age']);
  const bookmark = await open.next();
  t.match(bookmark, {
    type: 'BOOKMARK',
    object: { metadata: { resourceVersion: cluster.resourceVersion() }, columnDefinitions: null },
  });
  t.ok(at(bookmark?.object['rows'], 0, 'object', 'metadata', 'annotations', 'k8s.io/initial-events-end'));
  await call(sandbox, 'PATCH', `${path}/a`, { data: { y: '2' } }, MERGE);
  t.match(await open.next(), { type: 'MODIFIED', object: { columnDefinitions: null, rows: [{ cells: ['a', 2] }] } });
  cluster.delete(R.configMaps, 'a', { namespace: 'shop' });
  t.match(await open.next(), { type: 'DELETED', object: { rows: [{ cells: ['a', 2] }] } });
});
