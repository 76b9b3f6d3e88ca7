import t from 'tap';
import { RESOURCES, getPointer, type Resource } from '@kube-steward/kube';
import {
  SANDBOX_ANNOTATIONS,
  cronJob,
  daemonSet,
  deployment,
  hpa,
  namespace,
  statefulSet,
} from '@kube-steward/sandbox';
import { DAY_MS, MINUTE_MS, WEEK_MS } from '@kube-steward/schedule';
import { startInProcess, type LogLine } from './in-process.ts';
import { startCluster, until } from './index.ts';
import type { Workload } from './shop.ts';

const { deployments, statefulSets, daemonSets, cronJobs, horizontalPodAutoscalers, events } = RESOURCES;
const QUOTAS: Resource = {
  group: '',
  version: 'v1',
  plural: 'resourcequotas',
  kind: 'ResourceQuota',
  namespaced: true,
};
const KINDS = [deployments, statefulSets, daemonSets, cronJobs, horizontalPodAutoscalers];
const FLAGS = [
  '--default-uptime=Mon-Fri 07:30-20:30 UTC',
  '--include-resources=deployments,statefulsets,daemonsets,cronjobs,horizontalpodautoscalers',
];
const WORKING_DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'];
/** It is yet to come: nothing of what the server dates is later. */
const MONDAY = (Math.ceil(Date.now() / WEEK_MS) * 7 + 4) * DAY_MS;
const MORNING = 7.5 * 60 * MINUTE_MS;
const EVENING = 20.5 * 60 * MINUTE_MS;
const JUST_BEFORE_MS = 100;
/** Nothing more of a morning moves. */
const QUIET_MS = 11_000;
const ORIGINAL = 'downscaler/original-replicas';

const cluster = await startCluster({ nodes: 2 });
t.teardown(() => cluster.stop());
const { admin } = cluster;

const patch = (resource: Resource, name: string, body: object): Promise<unknown> =>
  admin.patch(resource, { namespace: 'shop', name }, { type: 'merge', body });

const list = async (): Promise<readonly Workload[]> =>
  (await Promise.all(KINDS.map((kind) => admin.list<Workload>(kind, { namespace: 'shop' })))).flatMap(
    ({ items }) => items,
  );
/** All that a night could have changed. */
const specsOf = async (): Promise<unknown> =>
  (await list()).map(({ kind, metadata: { name, annotations = {} }, spec }) => {
    const ours = Object.entries(annotations).filter(([key]) => key.startsWith('downscaler/'));
    return { kind, name, annotations: Object.fromEntries(ours), spec };
  });

const inShop = { namespace: 'shop' };
await admin.create(RESOURCES.namespaces, namespace({ name: 'shop' }));
for (const [name, replicas] of [
  ['web', 3],
  ['search', 1],
  ['image', 1],
  ['node', 2],
] as const)
  await admin.create(deployments, deployment({ ...inShop, name, replicas }));
const containers = [{ name: 'bare', image: 'registry.example.com/bare:1.0.0' }];
await admin.create(deployments, deployment({ ...inShop, name: 'bare', replicas: 1, containers }));
/** More than the quota that comes in the second week leaves. */
const requests = { cpu: '8' };
await admin.create(deployments, deployment({ ...inShop, name: 'huge', replicas: 2, requests }));
await admin.create(statefulSets, statefulSet({ ...inShop, name: 'db', replicas: 2, requests }));
await admin.create(daemonSets, daemonSet({ ...inShop, name: 'agent', nodeSelector: { type: 'kwok' } }));
await admin.create(cronJobs, cronJob({ ...inShop, name: 'report' }));
const one = { 'downscaler/downtime-replicas': '1' };
await admin.create(deployments, deployment({ ...inShop, name: 'api', replicas: 3, annotations: one }));
await admin.create(
  horizontalPodAutoscalers,
  hpa({ ...inShop, name: 'api', minReplicas: 3, maxReplicas: 9, annotations: one }),
);
const byDay = await specsOf();
/** `api` itself is left to its autoscaler. */
const SLEEPERS = (await list()).length - 1;

const isReady = ({ kind, spec, status }: Workload): boolean =>
  kind === 'Deployment' || kind === 'StatefulSet'
    ? status?.readyReplicas === spec?.replicas
    : kind !== 'DaemonSet' || getPointer({ status }, '/status/numberReady') === 2;

const steward = await startInProcess(t, cluster, { argv: FLAGS, at: MONDAY - 60 * MINUTE_MS });

const isNight = async (): Promise<boolean> =>
  (await list()).filter(({ metadata }) => metadata.annotations?.[ORIGINAL] !== undefined).length === SLEEPERS;

/** @returns what is said about the morning of a day, once it is over */
const morningOf = async (day: number): Promise<LogLine> => {
  const before = mornings().length;
  await steward.passTo(MONDAY + day * DAY_MS + MORNING - JUST_BEFORE_MS);
  await until(async () => (await list()).every(isReady), 'all are back');
  await steward.pass(QUIET_MS);
  await until(() => mornings().length > before, 'the morning is told');
  return mornings().at(-1)!;
};
const nightOf = async (day: number): Promise<void> => {
  await steward.passTo(MONDAY + day * DAY_MS + EVENING - JUST_BEFORE_MS);
  await until(isNight, 'all asleep');
};
const mornings = (): readonly LogLine[] => steward.logs().filter(({ msg }) => / awake at /.test(msg));

t.test('a working week: each morning all are awake, and nothing else moves', async (t) => {
  await until(isNight, 'all asleep');
  for (const [day, name] of WORKING_DAYS.entries()) {
    // As its autoscaler does at night where nobody calls.
    await patch(deployments, 'api', { spec: { replicas: 1 } });
    const { level, msg } = await morningOf(day);
    t.equal(level, 'info');
    t.match(msg, new RegExp(`^${SLEEPERS} of ${SLEEPERS} awake at 07:30, slowest shop/`), `${name}: ${msg}`);
    t.same(await specsOf(), byDay, 'as it was on Sunday');
    await nightOf(day);
  }
  const before = cluster.audit('admin').filter(({ verb }) => verb === 'patch').length;
  await steward.passTo(MONDAY + 6 * DAY_MS + EVENING);
  await steward.settled();
  t.equal(cluster.audit('admin').filter(({ verb }) => verb === 'patch').length, before, 'nobody wakes at the weekend');
  t.equal(mornings().length, WORKING_DAYS.length);
});

const template = (metadata: object, spec: object = {}): object => ({ spec: { template: { metadata, spec } } });
const failsFor = (image: 'image' | null): object => template({ annotations: { [SANDBOX_ANNOTATIONS.fail]: image } });

const warningsOf = async (): Promise<string[]> =>
  (await admin.list<Event>(events, { namespace: 'shop' })).items
    .filter(({ reason }) => reason === 'WakeIncomplete')
    .map(({ regarding, note }) => `${regarding.kind}/${regarding.name}: ${note}`)
    .sort();
interface Event extends Workload {
  readonly reason: string;
  readonly note: string;
  readonly regarding: { readonly kind: string; readonly name: string };
}

t.test('a morning on which some do not come back: each is named with its cause, until it is back', async (t) => {
  const quota = { namespace: 'shop', name: 'compute' };
  await admin.create(QUOTAS, {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: quota,
    spec: { hard: { 'requests.cpu': '4' } },
  });
  await until(async () => getPointer(await admin.get(QUOTAS, quota), '/status/hard') !== undefined, 'it is counted');
  await patch(deployments, 'image', failsFor('image'));
  await patch(deployments, 'node', template({}, { nodeSelector: { disk: 'fast' } }));
  const late = ['bare', 'db', 'huge', 'image', 'node'];
  const day = MONDAY + WEEK_MS;
  await steward.passTo(day + MORNING - JUST_BEFORE_MS);
  await until(
    async () => (await list()).every((each) => late.includes(each.metadata.name) || isReady(each)),
    'the others are back',
  );
  t.same(await warningsOf(), [], 'nothing is said before it is due');
  await steward.passTo(day + MORNING + 10 * MINUTE_MS);
  await until(async () => (await warningsOf()).length >= late.length, 'all are told');
  t.match(await warningsOf(), [
    /^Deployment\/bare: woken 10m ago, 0 of 1 pods ready \(quota: pods "bare-.*" is forbidden: failed quota: compute: must specify requests.cpu for: bare\)$/,
    /^Deployment\/huge: woken 10m ago, 0 of 2 pods ready \(quota: pods "huge-.*" is forbidden: exceeded quota: compute, requested: requests.cpu=8, used: requests.cpu=\S+, limited: requests.cpu=4\)$/,
    /^Deployment\/image: woken 10m ago, 0 of 1 pods ready \(image: pod image-\S+: ImagePullBackOff: Back-off pulling image "registry.example.com\/image:1.0.0": ErrImagePull: .*not found\)$/,
    /^Deployment\/node: woken 10m ago, 0 of 2 pods ready \(unschedulable: pod node-\S+: 0\/2 nodes are available: 2 node\(s\) didn't match Pod's node affinity\/selector/,
    /^StatefulSet\/db: woken 10m ago, 0 of 2 pods ready \(quota: Create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: exceeded quota: compute/,
  ]);
  await steward.pass(QUIET_MS);
  await until(() => mornings().length > WORKING_DAYS.length, 'the morning is told');
  const { level, msg } = mornings().at(-1)!;
  t.equal(level, 'warn');
  t.match(
    msg,
    new RegExp(
      `^${SLEEPERS - late.length} of ${SLEEPERS} awake at 07:40, slowest \\S+ .*; ${late.length} incomplete: `,
    ),
  );
  for (const each of ['bare (quota)', 'db (quota)', 'huge (quota)', 'image (image)', 'node (unschedulable)'])
    t.ok(msg.includes(`shop/${each}`), each);

  await admin.delete(QUOTAS, quota);
  await patch(deployments, 'image', failsFor(null));
  await patch(deployments, 'node', template({}, { nodeSelector: null }));
  const back = (): readonly string[] =>
    steward.logs().flatMap(({ msg, name = '' }) => (/^back \S+ .*after it was woken$/.test(msg) ? [name] : []));
  await until(() => back().length === late.length, 'all of them are back');
  t.same([...back()].sort(), late);
  await nightOf(7);
  t.match((await morningOf(8)).msg, new RegExp(`^${SLEEPERS} of ${SLEEPERS} awake at 07:30`), 'as if nothing had been');
  t.same(await specsOf(), byDay);
});
