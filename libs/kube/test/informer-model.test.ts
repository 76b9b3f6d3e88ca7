import assert from 'node:assert/strict';
import { VirtualClock, seededRandom } from '@kube-steward/schedule';
import t from 'tap';
import { createInformer, type Informer } from '../src/informer.ts';
import { keyOf } from '../src/objects.ts';
import type { Resource } from '../src/resources.ts';
import { ModelServer, NO_FAULTS, type Faults, type Item } from './model-server.ts';

/** `INFORMER_SEEDS=5000 npx tap test/informer-model.test.ts` looks further; `INFORMER_SEED=17` repeats one. */
const SEEDS = Number(process.env['INFORMER_SEEDS'] ?? 80);
const ONLY_SEED = process.env['INFORMER_SEED'];

const MINUTE = 60_000;
const things: Resource = { group: '', version: 'v1', plural: 'things', kind: 'Thing', namespaced: true };

type View = Pick<Item, 'metadata' | 'value'>;
const project = ({ metadata, value, hidden }: Item): View | undefined => (hidden ? undefined : { metadata, value });

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Rebuilds the state from what a handler is told, and holds the telling to its rules. */
const mirror = (informer: Informer<View>): ReadonlyMap<string, View> => {
  const told = new Map<string, View>();
  informer.addHandler({
    add: (object) => {
      assert.equal(told.get(keyOf(object)), undefined, `added twice: ${keyOf(object)}`);
      told.set(keyOf(object), object);
    },
    update: (old, object) => {
      assert.equal(told.get(keyOf(object)), old, `the old object is not the one told before: ${keyOf(object)}`);
      assert.equal(old.metadata.uid, object.metadata.uid, `another uid: ${keyOf(object)}`);
      const isNewer = Number(object.metadata.resourceVersion) > Number(old.metadata.resourceVersion);
      assert.ok(isNewer, `back in time: ${keyOf(object)}`);
      told.set(keyOf(object), object);
    },
    delete: (last) => {
      assert.equal(told.get(keyOf(last)), last, `deleted what was not told: ${keyOf(last)}`);
      told.delete(keyOf(last));
    },
  });
  return told;
};

const faultsFrom = (random: () => number): Faults => {
  const some = (most: number): number => (random() < 0.5 ? random() * most : 0);
  return {
    request: some(0.3),
    reset: some(0.05),
    truncate: some(0.05),
    halfOpen: some(0.02),
    errorEvent: some(0.02),
    bookmarksOff: random() < 0.3,
    overlap: Math.floor(some(5)),
    slowness: some(5000),
  };
};

const act = (server: ModelServer, random: () => number, compactions: boolean): void => {
  const key = `ns/${Math.floor(random() * 25)}`;
  const dice = random();
  if (dice < 0.55) server.write(key, { value: random(), shelf: random() < 0.8 ? 'a' : 'b', hidden: random() < 0.15 });
  else if (dice < 0.75) server.remove(key);
  else if (dice < 0.85) {
    server.remove(key);
    server.write(key, { value: random(), shelf: 'a', hidden: false });
  } else if (dice < 0.9 && compactions) server.compact(random() < 0.5);
  else if (dice < 0.91) server.restart(random() * 20_000);
};

const run = async (seed: number): Promise<void> => {
  const random = seededRandom(seed);
  const clock = new VirtualClock(0);
  const streamedLists = (['yes', '422', 'silent'] as const)[Math.floor(random() * 3)]!;
  const goneAs = random() < 0.5 ? 'status' : 'event';
  const server = new ModelServer({ clock, random, streamedLists, goneAs, faults: faultsFrom(random) });
  const compactions = random() < 0.7;
  for (let i = 0; i < 20; i++) act(server, random, false);
  const failures: unknown[] = [];
  const informer = createInformer<Item, View>({
    client: server.client,
    resource: things,
    clock,
    random,
    project,
    pageSize: 1 + Math.floor(random() * 10),
    indexes: { first: ({ metadata }) => metadata.name.slice(0, 1) },
    onError: (error) => failures.push(error),
  });
  const told = mirror(informer);
  informer.start();
  for (let i = 0; i < 60; i++) {
    await clock.advanceSettled(clock.now() + random() * random() * 2 * MINUTE, settle);
    for (let writes = Math.floor(random() * 5); writes > 0; writes--) act(server, random, compactions);
  }
  server.faults = NO_FAULTS;
  const late = mirror(informer);
  await clock.advanceSettled(clock.now() + 30 * MINUTE, settle);
  for (const failure of failures) throw failure;
  check(server, informer, [told, late]);
  assert.ok(informer.status.relists <= server.reasonsToRelist, 'listed again without a reason');
  await informer.stop();
  assert.equal(server.streams.size, 0, 'streams left behind');
  assert.equal(clock.pendingTimers, 0, 'timers left behind');
};

const check = (server: ModelServer, informer: Informer<View>, views: readonly ReadonlyMap<string, View>[]): void => {
  assert.ok(informer.hasSynced(), 'never synced');
  const expected = new Map([...server.expected()].map(([key, item]) => [key, project(item)]));
  const { store } = informer;
  const stored = new Map(Array.from(store.keys(), (key) => [key, store.get(key)]));
  const sorted = (map: ReadonlyMap<string, unknown>): unknown => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  assert.deepEqual(sorted(stored), sorted(expected), 'the store differs from the server');
  for (const view of views) assert.deepEqual(sorted(view), sorted(stored), 'a handler differs from the store');
  const indexed = Array.from(store.indexValues('first')).flatMap((value) => store.byIndex('first', value));
  assert.deepEqual(new Set(indexed), new Set(store.list()), 'the index differs from the store');
};

t.test(
  `the store equals the server after any run of writes and faults (${ONLY_SEED ?? `${SEEDS} seeds`})`,
  async () => {
    const seeds = ONLY_SEED ? [Number(ONLY_SEED)] : Array.from({ length: SEEDS }, (_, i) => i + 1);
    for (const seed of seeds) {
      try {
        await run(seed);
      } catch (cause) {
        throw new Error(`INFORMER_SEED=${seed}: ${(cause as Error).message}`, { cause });
      }
    }
  },
);
