import t, { type Test } from 'tap';
import { RESOURCES, applyMergePatch, isConflict, type KubeObject, type Resource } from '@kube-steward/kube';
import { cronJob, daemonSet, deployment, hpa, pdb, statefulSet } from '@kube-steward/sandbox';
import { seededRandom } from '@kube-steward/schedule';
import { runBundle, startBundle } from '../e2e/programs.ts';
import { watchChanges } from './changes.ts';
import { DOWNSCALER_RULES, startCluster, usernameOf } from './index.ts';
import { SCALE } from './rights.ts';
import { openShop, type Shop, type Workload } from './shop.ts';

const { deployments, statefulSets, cronJobs, daemonSets, horizontalPodAutoscalers, podDisruptionBudgets } = RESOURCES;
const KINDS: readonly Resource[] = [
  ...[deployments, statefulSets, cronJobs],
  ...[daemonSets, horizontalPodAutoscalers, podDisruptionBudgets],
];
const SEEDS = [20_261_128, 20_261_129];
const SWEEPS = 5;
const EDITS_A_SWEEP = 8;
const FLAGS = [
  `--include-resources=${KINDS.map(({ plural }) => plural).join()}`,
  // Slow enough to be caught at work, and free to begin at once where the one before was killed.
  ...['--qps=50', '--burst=1', '--no-leader-elect'],
];
const RULES = [
  ...DOWNSCALER_RULES,
  { apiGroups: ['apps'], resources: ['statefulsets', 'daemonsets'], verbs: SCALE },
  { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: SCALE },
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: SCALE },
];
const ORIGINAL = 'downscaler/original-replicas';

const cluster = await startCluster();
t.teardown(() => cluster.stop());
const { admin } = cluster;

/** All kinds, with what is special about each: an autoscaler that is lowered, a CronJob that somebody has suspended. */
const fill = async (namespace: string): Promise<void> => {
  const few = { 'downscaler/downtime-replicas': '1' };
  for (let index = 0; index < 4; index += 1) {
    const at = (kind: string) => ({ namespace, name: `${kind}-${index}` });
    await admin.create(statefulSets, statefulSet({ ...at('db'), replicas: index + 1 }));
    await admin.create(cronJobs, cronJob(at('report')));
    await admin.create(daemonSets, daemonSet({ ...at('agent'), nodeSelector: { type: 'kwok' } }));
    await admin.create(podDisruptionBudgets, pdb({ ...at('web'), minAvailable: index + 1 }));
    await admin.create(deployments, deployment({ ...at('api'), replicas: 3, annotations: few }));
    await admin.create(
      horizontalPodAutoscalers,
      hpa({ ...at('api'), minReplicas: 3, maxReplicas: 9, annotations: few }),
    );
  }
  await admin.patch(cronJobs, { namespace, name: 'report-0' }, { type: 'merge', body: { spec: { suspend: true } } });
};

/** What somebody does to an object, whether it sleeps or not. */
interface Edit {
  readonly kind: Resource;
  readonly prefix: string;
  /** `set` is forgotten where it sleeps; what is `applied` (from Git) is the size to come back to; the rest is no size. */
  readonly size?: 'set' | 'applied';
  readonly body: (o: Workload, random: () => number) => object;
}

/** No more than it had. */
const fewer = ({ spec, metadata }: Workload, random: () => number): object => {
  const had = Number(metadata.annotations?.[ORIGINAL] ?? spec?.replicas ?? 1);
  return { spec: { replicas: 1 + Math.floor(random() * had) } };
};

const EDITS: readonly Edit[] = [
  { kind: deployments, prefix: 'web', size: 'set', body: fewer },
  { kind: deployments, prefix: 'web', size: 'applied', body: fewer },
  { kind: deployments, prefix: 'web', body: () => ({ metadata: { labels: { team: 'red' } } }) },
  { kind: deployments, prefix: 'web', body: () => ({ spec: { template: { metadata: { annotations: { v: '2' } } } } }) },
  { kind: statefulSets, prefix: 'db', size: 'set', body: fewer },
  { kind: daemonSets, prefix: 'agent', body: () => ({ spec: { template: { spec: { nodeSelector: { a: 'b' } } } } }) },
  { kind: cronJobs, prefix: 'report', body: () => ({ spec: { schedule: '5 4 * * *' } }) },
  { kind: horizontalPodAutoscalers, prefix: 'api', body: () => ({ spec: { maxReplicas: 12 } }) },
];

type Objects = Map<string, KubeObject>;

/** All that a person would miss, by kind and name. */
const contentOf = async (shop: Shop): Promise<Objects> => {
  const lists = await Promise.all(KINDS.map((kind) => shop.list(kind)));
  return new Map(lists.flat().map((object) => [idOf(object), contentOfOne(object)]));
};
const idOf = ({ kind, metadata }: KubeObject): string => `${kind ?? ''}/${metadata.name}`;
const contentOfOne = ({ metadata: { name, labels, annotations = {} }, spec }: Workload): KubeObject => {
  const kept = Object.entries(annotations).filter(([key]) => !key.startsWith('deprecated.'));
  return { metadata: { name, labels, annotations: Object.fromEntries(kept) }, spec } as KubeObject;
};

/** Somebody changes some objects that nobody has changed yet; `expected` is what they are to be once all are awake. */
const editSome = async (shop: Shop, expected: Objects, untouched: Set<string>, random: () => number): Promise<void> => {
  for (let count = 0; count < EDITS_A_SWEEP; count += 1) {
    const edit = EDITS[Math.floor(random() * EDITS.length)]!;
    const found = (await shop.list(edit.kind)).filter(
      (object) => object.metadata.name.startsWith(edit.prefix) && untouched.has(idOf(object)),
    );
    const object = found[Math.floor(random() * found.length)];
    if (!object) continue;
    const body = await edited(edit, object, random);
    if (!body) continue;
    const id = idOf(object);
    untouched.delete(id);
    const isForgotten = edit.size === 'set' && object.metadata.annotations?.[ORIGINAL] !== undefined;
    if (!isForgotten) expected.set(id, applyMergePatch(expected.get(id), body) as KubeObject);
  }
};

/** @returns `undefined` where a patch of the downscaler that was killed was faster */
const edited = async (
  { kind, size, body }: Edit,
  object: Workload,
  random: () => number,
): Promise<object | undefined> => {
  const { apiVersion, metadata, spec } = object;
  const { name, namespace, resourceVersion } = metadata;
  const change = body(object, random);
  const said = { metadata: { name, namespace, resourceVersion }, ...change };
  try {
    if (size === 'applied')
      await admin.patch(kind, metadata, {
        ...{ type: 'apply', fieldManager: 'argocd-controller', force: true },
        body: { apiVersion, kind: kind.kind, ...said, spec: { ...spec, ...(change as Workload).spec } },
      });
    else
      await admin.patch(kind, metadata, {
        type: 'merge',
        fieldManager: 'kubectl-edit',
        body: applyMergePatch(said, change),
      });
    return change;
  } catch (error) {
    if (isConflict(error)) return undefined;
    throw error;
  }
};

/** Kills it when some Deployments have changed, at most half of those that should. */
const sweepInPart = async (t: Test, shop: Shop, direction: 'sleep' | 'wake', random: () => number): Promise<void> => {
  const due = (await shop.list(deployments)).filter(
    ({ metadata: { name, annotations } }) =>
      name.startsWith('web') && (annotations?.[ORIGINAL] === undefined) === (direction === 'sleep'),
  ).length;
  if (due === 0) return;
  await shop[direction]();
  const changes = await watchChanges(admin, deployments, shop.namespace);
  const program = shop.run(t, { flags: FLAGS });
  await changes.seen(1 + Math.floor((random() * due) / 2));
  program.child.kill('SIGKILL');
  await program.outcome;
};

for (const [index, seed] of SEEDS.entries())
  t.test(`every original comes back after partial sweeps, kills and edits (seed ${seed})`, async (t) => {
    const random = seededRandom(seed);
    const shop = await openShop(cluster, `fair-${index}`, { deployments: 24, rules: RULES });
    await fill(shop.namespace);
    const expected = await contentOf(shop);
    const untouched = new Set(expected.keys());
    for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
      await sweepInPart(t, shop, sweep % 2 === 0 ? 'sleep' : 'wake', random);
      await editSome(shop, expected, untouched, random);
    }
    const sleeping = [...(await contentOf(shop)).values()].filter(({ metadata }) => metadata.annotations?.[ORIGINAL]);
    t.ok(sleeping.length > 0 && sleeping.length < expected.size, `${sleeping.length} of ${expected.size} sleep`);

    const argv = ['restore', '--all', `--kubeconfig=${cluster.kubeconfig(usernameOf(shop.account))}`];
    const changes = await watchChanges(admin, deployments, shop.namespace);
    const first = startBundle(t, 'downscaler', [...argv, '--qps=20', '--burst=1', `--namespace=${shop.namespace}`]);
    await changes.seen(1);
    first.child.kill('SIGKILL');
    await first.outcome;
    t.match(await runBundle(t, 'downscaler', argv), { code: 0, out: /\d+ brought back\.\n$/ });
    t.same(await contentOf(shop), expected, 'all is as it was, but for the edits');
    t.match(await runBundle(t, 'downscaler', argv), { code: 0, out: /Nothing sleeps/ });
  });
