import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { RESOURCES, isConflict, isNotFound } from '@kube-steward/kube';
import { seededRandom } from '@kube-steward/schedule';
import { startCluster, until } from './index.ts';
import { openYard, settings, type Yard } from './yard.ts';

const { configMaps } = RESOURCES;
const SEED = 20_261_128;
const OBJECTS = 1200;
/** More than that are not due: a mass delete is another matter. */
const OTHERS = 1300;
const WRITERS = 16;
const TTL_S = 15;
/** How far from the deadline an object is changed, at most: around the moment of the delete. */
const AROUND_MS = { before: 50, after: 1200 };

/** Does each of these things, so many at once. */
const inParallel = async <T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> => {
  const left = items.values();
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      for (const item of left) await work(item);
    }),
  );
};

/** What somebody does to an object about to be deleted. @returns whether it was done: then the object must stay */
type Change = (yard: Yard, name: string) => Promise<boolean>;

const done = async (change: () => Promise<unknown>): Promise<boolean> => {
  try {
    await change();
    return true;
  } catch (error) {
    if (isNotFound(error) || isConflict(error)) return false;
    throw error;
  }
};

const CHANGES: readonly Change[] = [
  (yard, name) => done(() => yard.annotate(configMaps, name, { 'janitor/ttl': '9h' })),
  (yard, name) => done(() => yard.annotate(configMaps, name, { 'janitor/ttl': null })),
  (yard, name) => done(() => yard.annotate(configMaps, name, { 'janitor/protect': 'true' })),
  async (yard, name) => {
    const { admin } = yard.cluster;
    await done(() => admin.delete(configMaps, { namespace: yard.namespace, name }));
    return done(() => yard.create(configMaps, settings(name, { 'janitor/ttl': '9h' })));
  },
];

t.test(
  `${OBJECTS} objects are changed around the moment of their delete: what was saved in time is there`,
  async (t) => {
    const cluster = await startCluster();
    t.teardown(() => cluster.stop());
    const yard = await openYard(cluster, 'races');
    const random = seededRandom(SEED);
    const others = Array.from({ length: OTHERS }, (_, index) => `other-${index}`);
    await inParallel(others, (name) => yard.create(configMaps, settings(name)));
    const program = yard.run(t, ['--include-resources=configmaps']);
    await program.says(/caches are filled/);

    const saved = new Set<string>();
    const changing: Promise<void>[] = [];
    const names = Array.from({ length: OBJECTS }, (_, index) => `due-${index}`);
    await inParallel(names, async (name) => {
      const { metadata } = await yard.create(configMaps, settings(name, { 'janitor/ttl': `${TTL_S}s` }));
      const change = CHANGES[Math.floor(random() * CHANGES.length)] ?? (() => Promise.resolve(false));
      const due = Date.parse(metadata.creationTimestamp ?? '') + TTL_S * 1000;
      const at = due - AROUND_MS.before + random() * (AROUND_MS.before + AROUND_MS.after);
      changing.push(
        sleep(at - Date.now())
          .then(() => change(yard, name))
          .then((isSaved) => {
            if (isSaved) saved.add(name);
          }),
      );
    });
    await Promise.all(changing);
    const there = async (): Promise<Set<string>> => {
      const { items } = await cluster.admin.list(configMaps, { namespace: yard.namespace });
      return new Set(items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('due-')));
    };
    await until(async () => (await there()).size <= saved.size, 'all that was due is gone');
    await sleep(2000);
    const left = await there();
    t.same(
      [...saved].filter((name) => !left.has(name)),
      [],
      'nothing that was saved is gone',
    );
    t.equal(left.size, saved.size, 'and nothing else is left');
    const codes = yard.deletes('configmaps').map(({ responseStatus }) => responseStatus?.code);
    const refused = codes.filter((code) => code === 409).length;
    t.ok(refused > 0, `${refused} deletes were refused; ${saved.size} of ${OBJECTS} were saved`);
    program.child.kill('SIGTERM');
    t.match(await program.outcome, { code: 0 });
  },
);
