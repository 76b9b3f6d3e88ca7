import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { keyOf } from '../src/objects.ts';
import { compareResourceVersions, isOlder } from '../src/resource-version.ts';
import { createStore, type Delta, type StoredObject } from '../src/store.ts';

interface Thing extends StoredObject {
  shelf: string;
}

const thing = (name: string, resourceVersion: string | undefined, shelf = 'a', uid = `uid-${name}`): Thing => ({
  metadata: { namespace: 'ns', name, uid, resourceVersion },
  shelf,
});

/** `add a1`, `update a1 a2`, `delete a2`, `delete a2 (stale)`. */
const told = (deltas: Iterable<Delta<Thing>>): string[] =>
  Array.from(deltas, (delta) => {
    const nameOf = ({ metadata }: Thing): string => `${metadata.name}${metadata.resourceVersion ?? '?'}`;
    if (delta.type === 'update') return `update ${nameOf(delta.old)} ${nameOf(delta.object)}`;
    const isStale = delta.type === 'delete' && delta.stale;
    return `${delta.type} ${nameOf(delta.object)}${isStale ? ' (stale)' : ''}`;
  });

t.test('an object that was seen is compared with the one stored', async (t) => {
  const cases: [string, Thing | undefined, Thing, string[]][] = [
    ['nothing stored', undefined, thing('a', '5'), ['add a5']],
    ['newer', thing('a', '5'), thing('a', '7'), ['update a5 a7']],
    ['newer with more digits', thing('a', '9'), thing('a', '10'), ['update a9 a10']],
    [
      'newer beyond what a number holds',
      thing('a', '90071992547409930'),
      thing('a', '90071992547409931'),
      ['update a90071992547409930 a90071992547409931'],
    ],
    ['older: a late event', thing('a', '10'), thing('a', '9'), []],
    ['the same', thing('a', '5'), thing('a', '5'), []],
    ['not a number: only equality counts', thing('a', 'x9'), thing('a', 'x10'), ['update ax9 ax10']],
    ['no resourceVersion at all', thing('a', undefined), thing('a', undefined), ['update a? a?']],
    ['another uid: recreated', thing('a', '5'), thing('a', '7', 'a', 'other'), ['delete a5 (stale)', 'add a7']],
    ['another uid, but older', thing('a', '7'), thing('a', '5', 'a', 'other'), []],
  ];
  for (const [name, stored, seen, expected] of cases) {
    const store = createStore<Thing>();
    if (stored) store.apply(stored);
    t.same(told(store.apply(seen)), expected, name);
    t.equal(store.get('ns/a'), expected.length > 0 ? seen : stored, name);
  }
});

t.test('a removal tells the object as stored, unless a newer one is stored', async (t) => {
  const store = createStore<Thing>();
  const stored = thing('a', '5');
  store.apply(stored);
  t.same(store.remove(thing('a', '4')), []);
  t.same(store.remove(thing('b', '9')), []);
  t.same(store.remove(thing('a', '6', 'elsewhere')), [{ type: 'delete', key: 'ns/a', object: stored, stale: false }]);
  t.equal(store.size, 0);
});

t.test('a staged list takes effect at once, with stale deletes for what it lacks', async (t) => {
  const store = createStore<Thing>({ shelf: (each) => each.shelf });
  const [a, b, c, d] = [thing('a', '1'), thing('b', '2'), thing('c', '3'), thing('d', '4')];
  for (const each of [a, b, c, d]) store.apply(each);
  const staging = store.stage();
  for (const each of [thing('a', '1'), thing('c', '9', 'z'), thing('d', '9', 'a', 'other'), thing('e', '9')])
    staging.add(each);
  t.same([...store.list()], [a, b, c, d], 'nothing is seen before the commit');
  const deltas = staging.commit();
  t.same([...store.keys()], ['ns/a', 'ns/c', 'ns/d', 'ns/e'], 'all of it after');
  t.same(told(deltas), ['delete b2 (stale)', 'update c3 c9', 'delete d4 (stale)', 'add d9', 'add e9']);
  t.equal(store.get('ns/a'), a, 'what has not changed stays the same object');
  t.same(store.byIndex('shelf', 'z').map(keyOf), ['ns/c']);
  t.same(store.byIndex('shelf', 'a').map(keyOf), ['ns/a', 'ns/d', 'ns/e']);
});

t.test('a list is believed even where it is older: the server was restored', async (t) => {
  const store = createStore<Thing>();
  store.apply(thing('a', '10'));
  const staging = store.stage();
  staging.add(thing('a', '3'));
  t.same(told(staging.commit()), ['update a10 a3']);
});

t.test('indexes follow every change, and take any number of values', async (t) => {
  const store = createStore<Thing>({ shelf: ({ shelf }) => shelf.split('+').filter(Boolean) });
  store.apply(thing('a', '1', 'x+y'));
  store.apply(thing('b', '2', ''));
  t.same(store.byIndex('shelf', 'x').map(keyOf), ['ns/a']);
  store.apply(thing('a', '3', 'y+z'));
  t.same(store.byIndex('shelf', 'x'), []);
  t.same([...store.indexValues('shelf')].sort(), ['y', 'z'], 'values without objects are gone');
  const byName = ({ metadata }: Thing): string => metadata.name;
  store.addIndex('name', byName);
  store.addIndex('name', byName);
  t.same(store.byIndex('name', 'b').map(keyOf), ['ns/b'], 'an index added later knows what is there');
  t.throws(() => store.addIndex('name', () => []), RangeError);
  t.throws(() => store.byIndex('nothing', 'x'), { message: 'there is no index "nothing", only: shelf, name' });
});

t.test('an index added while a list is staged survives it', async (t) => {
  const store = createStore<Thing>();
  const staging = store.stage();
  staging.add(thing('a', '1'));
  store.addIndex('name', ({ metadata }) => metadata.name);
  told(staging.commit());
  t.same(store.byIndex('name', 'a').map(keyOf), ['ns/a']);
});

t.test('resourceVersions are ordered as numbers of any length, or not at all', async (t) => {
  t.ok((compareResourceVersions('9', '10') ?? 0) < 0);
  t.ok((compareResourceVersions('10', '9') ?? 0) > 0);
  t.equal(compareResourceVersions('10', '10'), 0);
  t.equal(compareResourceVersions('a', 'a'), 0);
  for (const [a, b] of [
    ['a', 'b'],
    ['1', 'b'],
    ['', '1'],
    ['01', '2'],
    ['-1', '2'],
  ] as const) {
    t.equal(compareResourceVersions(a, b), undefined, `${a} and ${b}`);
    t.equal(isOlder(a, b), false);
  }
  t.equal(compareResourceVersions(undefined, '1'), undefined);
  const numbers = fc.property(fc.bigInt({ min: 1n }), fc.bigInt({ min: 1n }), (a, b) =>
    assert.equal(isOlder(String(a), String(b)), a < b),
  );
  fc.assert(numbers);
});

type Step = { kind: 'apply' | 'remove' | 'stage'; names: string[]; shelf: string };

t.test('deltas, replayed, give the store; indexes equal a search through it', async () => {
  const anyStep: fc.Arbitrary<Step> = fc.record({
    kind: fc.constantFrom('apply', 'remove', 'stage'),
    names: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 6 }),
    shelf: fc.constantFrom('x', 'y', 'x+y', ''),
  });
  const replay = (steps: readonly Step[]): void => {
    const shelves = (each: Thing): string[] => each.shelf.split('+');
    const store = createStore<Thing>({ shelves });
    const mirror = new Map<string, Thing>();
    let version = 0;
    const follow = (deltas: Iterable<Delta<Thing>>): void => {
      for (const delta of deltas) {
        assert.equal(
          mirror.get(delta.key),
          delta.type === 'add' ? undefined : delta.type === 'update' ? delta.old : delta.object,
        );
        if (delta.type === 'delete') mirror.delete(delta.key);
        else mirror.set(delta.key, delta.object);
      }
    };
    for (const { kind, names, shelf } of steps) {
      const seen = names.map((name) =>
        thing(name, String(++version), shelf, version % 3 ? `uid-${name}` : `new-${version}`),
      );
      if (kind === 'stage') {
        const staging = store.stage();
        for (const each of seen) staging.add(each);
        follow(staging.commit());
      } else for (const each of seen) follow(kind === 'apply' ? store.apply(each) : store.remove(each));
      assert.deepEqual(
        new Map([...mirror].sort()),
        new Map(Array.from(store.list(), (each) => [keyOf(each), each] as const).sort()),
      );
      for (const value of ['x', 'y', ''])
        assert.deepEqual(
          new Set(store.byIndex('shelves', value)),
          new Set([...store.list()].filter((each) => shelves(each).includes(value))),
        );
    }
  };
  fc.assert(fc.property(fc.array(anyStep, { maxLength: 12 }), replay), { numRuns: 300 });
});
