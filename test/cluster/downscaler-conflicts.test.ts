import t from 'tap';
import { RESOURCES, isConflict, type Client, type Unstructured } from '@kube-steward/kube';
import { startCluster, until, usernameOf } from './index.ts';
import { openShop, type Shop } from './shop.ts';

const { deployments } = RESOURCES;
const WRITERS = 4;
/** Sweeps are repeated until there was a conflict in each direction: often enough for any machine. */
const MOST_NIGHTS = 20;
const COUNTER = 'other/writes';

/** Rewrites the objects of a shop whole, one after the other, as fast as it can: each time it counts one up. */
interface OtherWriter {
  /** Ends it, and says how often it wrote each of them. */
  stop(): Promise<ReadonlyMap<string, number>>;
}

const startWriting = ({ cluster: { admin }, namespace }: Shop, names: readonly string[]): OtherWriter => {
  const written = new Map(names.map((name) => [name, 0]));
  let isOver = false;
  let turn = 0;
  const write = async (): Promise<void> => {
    while (!isOver) {
      const name = names[turn++ % names.length] ?? '';
      if (await rewrite(admin, namespace, name)) written.set(name, (written.get(name) ?? 0) + 1);
    }
  };
  const writers = Array.from({ length: WRITERS }, write);
  return {
    stop: async () => {
      isOver = true;
      await Promise.all(writers);
      return written;
    },
  };
};

/** Reads it, changes what is its own, puts all of it back. @returns false: somebody else was faster */
const rewrite = async (admin: Client, namespace: string, name: string): Promise<boolean> => {
  const object = await admin.get<Unstructured>(deployments, { namespace, name });
  const count = Number(object.metadata.annotations?.[COUNTER] ?? 0) + 1;
  const annotations = { ...object.metadata.annotations, [COUNTER]: String(count) };
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
  const body = { ...object, metadata: { ...object.metadata, annotations } };
  try {
    await admin.request({ method: 'PUT', path, query: { fieldManager: 'other' }, body });
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
};

t.test(
  'somebody else rewrites all of it all the time: every size comes back, and nothing of theirs is lost',
  async (t) => {
    const cluster = await startCluster();
    t.teardown(() => cluster.stop());
    const shop = await openShop(cluster, 'market', { deployments: 20 });
    const names = (await shop.list(deployments)).map(({ metadata }) => metadata.name);
    const program = shop.run(t);
    const other = startWriting(shop, names);
    const conflicts = (): number =>
      cluster.audit(usernameOf(shop.account)).filter(({ responseStatus }) => responseStatus?.code === 409).length;

    const seen = { down: 0, up: 0 };
    for (let night = 0; night < MOST_NIGHTS && (seen.down === 0 || seen.up === 0); night += 1) {
      const before = conflicts();
      await shop.sleep();
      await until(() => shop.isAsleep(), 'all asleep');
      const atNight = conflicts();
      await shop.wake();
      await until(() => shop.isAwake(), 'all awake');
      seen.down += atNight - before;
      seen.up += conflicts() - atNight;
    }
    t.ok(seen.down > 0, `${seen.down} conflicts while going down`);
    t.ok(seen.up > 0, `${seen.up} conflicts while coming up`);

    const written = await other.stop();
    const counted = (await shop.list(deployments)).map(
      ({ metadata }) => [metadata.name, Number(metadata.annotations?.[COUNTER] ?? 0)] as const,
    );
    t.same(new Map(counted), written, 'each of their writes is there');
    t.ok(await shop.isAwake());
    t.equal(program.child.exitCode, null);
  },
);
