import t from 'tap';
import { RESOURCES, type Unstructured } from '@kube-steward/kube';
import { parseSchedule, VirtualClock } from '@kube-steward/schedule';
import {
  createCluster,
  isScenarioName,
  scenario,
  SCENARIOS,
  simulateWorkloads,
  type Cluster,
} from '../../src/index.ts';
import { isReady } from '../../src/workloads/pod-state.ts';
import type { Deployment, Pod, StatefulSet } from '../../src/workloads/wire.ts';

const { deployments, statefulSets, pods, cronJobs } = RESOURCES;
const HOUR = 3600_000;

const load = (
  name: (typeof SCENARIOS)[number],
): { clock: VirtualClock; cluster: Cluster; objects: readonly Unstructured[] } => {
  const { startAt, objects } = scenario(name);
  const clock = new VirtualClock(startAt);
  const cluster = createCluster({ clock, seed: 1 });
  cluster.load(objects);
  return { clock, cluster, objects };
};

const rethrow = (error: unknown): never => {
  throw error;
};
const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout', 'CronJob', 'Job'];

for (const name of SCENARIOS) {
  t.test(`${name}: everything that can start does, on the nodes it has`, (t) => {
    const { clock, cluster } = load(name);
    const simulation = simulateWorkloads(cluster, { onError: rethrow });
    clock.advance(HOUR * 0.8);
    const unready = (cluster.list(pods) as Pod[]).filter((pod) => !isReady(pod) && pod.status?.phase !== 'Succeeded');
    const without = unready.filter(({ metadata }) => metadata.labels?.['app'] !== 'wishlist');
    t.same(
      without.map(({ metadata }) => metadata.name),
      [],
    );
    simulation.stop();
    t.end();
  });
}

t.test('names are checked', (t) => {
  t.ok(isScenarioName('office'));
  t.notOk(isScenarioName('toString'));
  t.end();
});

t.test('office: six teams, three zones, and the mistakes people make', (t) => {
  const { objects } = scenario('office');
  const workloads = objects.filter(({ kind = '' }) => WORKLOADS.includes(kind));
  t.ok(workloads.length >= 60 && workloads.length <= 90, `${workloads.length} workloads`);
  const teams = new Set(objects.flatMap(({ metadata }) => metadata.labels?.['team'] ?? []));
  t.same([...teams].sort(), ['data-science', 'mobile', 'payments', 'platform', 'sales', 'shop', 'support']);
  const annotations = objects.flatMap(({ metadata }) => Object.entries(metadata.annotations ?? {}));
  const values = annotations.map(([key, value]) => `${key}: ${value}`);
  for (const zone of ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata']) {
    t.ok(
      values.some((value) => value.includes(zone)),
      zone,
    );
  }
  for (const mistake of [
    'downscaler/uptime: Mon-Fry 08:00-18:00 Europe/Berlin',
    'downscaler/uptme: Mon-Sun 00:00-24:00 America/New_York',
    'downscaler/exclude: true',
    'downscaler/exclude-until: 2026-12-01T00:00:00Z',
    'downscaler/force-uptime: true',
    'downscaler/original-replicas: 1',
  ]) {
    t.ok(values.includes(mistake), mistake);
  }
  t.end();
});

t.test('of all hours in the scenarios one cannot be read', (t) => {
  const hours = SCENARIOS.flatMap((name) => scenario(name).objects).flatMap(({ metadata: { annotations = {} } }) =>
    ['downscaler/uptime', 'downscaler/downtime'].flatMap((key) => annotations[key] ?? []),
  );
  const unreadable = hours.filter((text) => {
    try {
      return parseSchedule(text).lint.length > 0;
    } catch {
      return true;
    }
  });
  t.same(unreadable, ['Mon-Fry 08:00-18:00 Europe/Berlin']);
  t.end();
});

t.test('office: a week settles, nights and mornings included', (t) => {
  const { clock, cluster, objects } = load('office');
  const simulation = simulateWorkloads(cluster, { onError: rethrow });
  const sleepers = objects.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet') as (
    Deployment | StatefulSet
  )[];
  const resourceOf = { Deployment: deployments, StatefulSet: statefulSets } as const;
  const scaleAll = (size: (original: number) => number): void => {
    for (const { kind, metadata, spec } of sleepers) {
      cluster.patch(resourceOf[kind as keyof typeof resourceOf], metadata.name, {
        type: 'merge',
        namespace: metadata.namespace ?? '',
        body: { spec: { replicas: size(spec.replicas ?? 1) } },
      });
    }
  };
  for (let day = 0; day < 7; day++) {
    clock.advance(14 * HOUR);
    scaleAll(() => 0);
    clock.advance(HOUR / 2);
    const left = (cluster.list(pods) as Pod[]).filter(
      ({ metadata }) => metadata.ownerReferences?.[0]?.kind === 'StatefulSet' && !metadata.deletionTimestamp,
    );
    t.same(left, [], `night ${day}`);
    clock.advance(9.5 * HOUR);
    scaleAll((original) => original);
  }
  clock.advance(12 * HOUR);
  for (const { kind, metadata, spec } of sleepers) {
    if (metadata.name === 'wishlist') continue;
    const object = cluster.get(resourceOf[kind as keyof typeof resourceOf], metadata) as Deployment;
    t.equal(object.status?.readyReplicas, object.spec.replicas, metadata.name);
    t.ok((object.spec.replicas ?? 0) >= (spec.replicas ?? 1) || metadata.name === 'storefront');
  }
  t.ok(cluster.list(cronJobs).length > 0);
  simulation.stop();
  t.equal(clock.pendingTimers, 0);
  t.end();
});
