import t from 'tap';
import { listPage, type ListQuery } from '../../src/list.ts';
import { stateOf } from '../../src/create-cluster.ts';
import { StatusError } from '../../src/index.ts';
import { configMap, makeCluster, names, R, refusal } from './world.ts';

const world = (count = 5, options = {}) => {
  const { cluster, clock } = makeCluster(options);
  for (let index = 1; index <= count; index++)
    cluster.create(R.configMaps, configMap(`c${index}`, {}, index % 2 ? { labels: { odd: 'yes' } } : {}));
  const state = stateOf(cluster);
  const kind = state.registry.find('', 'v1', 'configmaps')!;
  const list = (query: ListQuery) => {
    const page = listPage(state, kind, query);
    return { ...page, items: page.items.map((stored) => stored.name) };
  };
  return { cluster, clock, list };
};

t.test('pages are pinned to the revision of the first, whatever changes meanwhile', (t) => {
  const { cluster, list } = world();
  const first = list({ limit: 2 });
  t.match(first, { items: ['c1', 'c2'], remainingItemCount: 3 });
  cluster.delete(R.configMaps, 'c3', { namespace: 'shop' });
  cluster.create(R.configMaps, configMap('c31'));
  const second = list({ limit: 2, continue: first.continue! });
  t.match(second, { items: ['c3', 'c4'], remainingItemCount: 1, resourceVersion: first.resourceVersion });
  const third = list({ limit: 2, continue: second.continue! });
  t.same(third, { items: ['c5'], resourceVersion: first.resourceVersion });
  t.end();
});

t.test('an expired continue token is a 410 that offers an inconsistent way on', (t) => {
  const { cluster, list } = world();
  const first = list({ limit: 2 });
  cluster.delete(R.configMaps, 'c3', { namespace: 'shop' });
  cluster.compact();
  const status = refusal(() => list({ limit: 2, continue: first.continue! }));
  t.match(status, { code: 410, reason: 'Expired' });
  const rest = list({ continue: status.metadata.continue! });
  t.same(rest.items, ['c4', 'c5'], 'goes on after the last item, at the newest revision');
  t.equal(rest.resourceVersion, cluster.resourceVersion());
  t.end();
});

t.test('remainingItemCount is left out when a selector is set', (t) => {
  const { list } = world();
  const page = list({ limit: 1, labelSelector: 'odd' });
  t.same(page.items, ['c1']);
  t.ok(page.continue);
  t.notOk('remainingItemCount' in page);
  t.end();
});

t.test('resourceVersion and resourceVersionMatch choose the state that is shown', (t) => {
  const { cluster, list } = world(2);
  const then = cluster.resourceVersion();
  cluster.create(R.configMaps, configMap('c3'));
  const now = cluster.resourceVersion();
  const cases: [query: ListQuery, items: string[], resourceVersion: string][] = [
    [{}, ['c1', 'c2', 'c3'], now],
    [{ resourceVersion: '0' }, ['c1', 'c2', 'c3'], now],
    [{ resourceVersion: '0', limit: 1 }, ['c1', 'c2', 'c3'], now],
    [{ resourceVersion: then }, ['c1', 'c2', 'c3'], now],
    [{ resourceVersion: then, resourceVersionMatch: 'NotOlderThan' }, ['c1', 'c2', 'c3'], now],
    [{ resourceVersion: then, resourceVersionMatch: 'Exact' }, ['c1', 'c2'], then],
    [{ resourceVersion: then, limit: 5 }, ['c1', 'c2'], then],
  ];
  for (const [query, items, resourceVersion] of cases)
    t.match(list(query), { items, resourceVersion }, JSON.stringify(query));
  t.end();
});

t.test('what cannot be listed is refused in the words of the server', (t) => {
  const { cluster, list } = world(2);
  cluster.compact();
  const cases: [query: ListQuery, code: number, message: RegExp][] = [
    [{ resourceVersion: '99' }, 504, /^Timeout: Too large resource version: 99, current: \d+$/],
    [{ resourceVersion: '1', resourceVersionMatch: 'Exact' }, 410, /too old/],
    [{ resourceVersion: 'x' }, 400, /^invalid resource version: .*strconv.ParseUint/],
    [{ resourceVersionMatch: 'Exact' }, 422, /forbidden unless resourceVersion is provided/],
    [{ resourceVersion: '0', resourceVersionMatch: 'Exact' }, 422, /"exact" is forbidden for resourceVersion "0"/],
    [{ resourceVersion: '1', resourceVersionMatch: 'Foo' }, 422, /supported values: "Exact", "NotOlderThan", ""/],
    [{ continue: 'nonsense' }, 400, /^invalid continue token: continue key is not valid/],
    [{ sendInitialEvents: true }, 422, /sendInitialEvents is forbidden for list/],
    [
      { fieldSelector: 'data.x=1' },
      400,
      /^"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"$/,
    ],
    [{ fieldSelector: 'oops' }, 400, /^invalid selector: 'oops'; can't understand 'oops'$/],
    [{ labelSelector: 'a===b' }, 400, /./],
  ];
  for (const [query, code, message] of cases)
    t.match(
      refusal(() => list(query)),
      { code, message },
      JSON.stringify(query),
    );
  t.end();
});

t.test('label selectors are equality- and set-based, field selectors are those of the kind', (t) => {
  const { cluster } = world(3);
  const select = (labelSelector: string) => names(cluster.list(R.configMaps, { labelSelector }));
  t.same(select('odd=yes'), ['c1', 'c3']);
  t.same(select('odd in (yes, no)'), ['c1', 'c3']);
  t.same(select('!odd'), ['c2']);
  t.same(select('odd notin (yes)'), ['c2']);
  t.same(names(cluster.list(R.configMaps, { fieldSelector: 'metadata.name!=c2' })), ['c1', 'c3']);
  const pod = (name: string, nodeName?: string) =>
    cluster.create(R.pods, {
      metadata: { name, namespace: 'shop' },
      spec: { containers: [{ name: 'a', image: 'b' }], ...(nodeName ? { nodeName } : {}) },
    });
  pod('p1', 'n1');
  pod('p2');
  t.same(names(cluster.list(R.pods, { fieldSelector: 'spec.nodeName=n1' })), ['p1']);
  t.same(names(cluster.list(R.pods, { fieldSelector: 'status.phase=Pending,spec.nodeName=' })), ['p2']);
  t.throws(
    () => cluster.list(R.pods, { fieldSelector: 'spec.foo=1' }),
    new StatusError({ message: 'field label not supported: spec.foo' }),
  );
  t.end();
});

t.test('lists go by namespace and name, as keys sort', (t) => {
  const { cluster } = makeCluster();
  for (const name of ['a-b', 'a', 'a.b']) {
    cluster.load([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }]);
    cluster.create(R.leases, { metadata: { name: 'x', namespace: name } });
  }
  t.same(
    cluster.list(R.leases).map((lease) => lease.metadata.namespace),
    ['a-b', 'a.b', 'a'],
  );
  t.same(cluster.list(R.leases, { namespace: 'a' }).length, 1);
  t.end();
});
