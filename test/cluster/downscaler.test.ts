import t from 'tap';
import { RESOURCES, type Resource } from '@kube-steward/kube';
import {
  ROLLOUT_CRD,
  cronJob,
  daemonSet,
  deployment,
  hpa,
  job,
  pdb,
  rollout,
  statefulSet,
  ROLLOUTS,
} from '@kube-steward/sandbox';
import { DAY_MS, formatTimestamp } from '@kube-steward/schedule';
import { isServed } from './is-served.ts';
import { startCluster, until, usernameOf, type Rule } from './index.ts';
import { DOWNSCALER_RULES, SCALE, calendarRule } from './rights.ts';
import { openShop, type Workload } from './shop.ts';
import { refusedIn, unusedOf } from './used-rights.ts';

const { deployments, statefulSets, daemonSets, podDisruptionBudgets, cronJobs, jobs, pods, namespaces } = RESOURCES;
const { horizontalPodAutoscalers, configMaps } = RESOURCES;
const FLAGS = ['--include-resources=deployments,statefulsets,daemonsets,poddisruptionbudgets,cronjobs,rollouts'];
/** The README's table of rights, for these kinds. */
const RULES: readonly Rule[] = [
  ...DOWNSCALER_RULES,
  { apiGroups: ['apps'], resources: ['statefulsets', 'daemonsets'], verbs: SCALE },
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: SCALE },
  { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: SCALE },
  calendarRule('holidays'),
];

const cluster = await startCluster({ nodes: 2 });
t.teardown(() => cluster.stop());
const { admin } = cluster;
const shop = await openShop(cluster, 'shop', { rules: RULES });
const { namespace } = shop;

const named = async (resource: Resource, name: string): Promise<Workload> =>
  admin.get<Workload>(resource, { namespace, name });
const sizeOf = async (resource: Resource, name: string): Promise<unknown> => {
  const { spec } = await named(resource, name);
  return spec?.minReplicas ?? spec?.replicas ?? spec?.suspend;
};
const isReady = ({ spec, status }: Workload): boolean => (status?.readyReplicas ?? 0) === spec?.replicas;
const isOpen = async (): Promise<boolean> =>
  (await shop.isAwake()) && [...(await shop.list(deployments)), ...(await shop.list(statefulSets))].every(isReady);

t.test('pods go in the evening and come back in the morning', async (t) => {
  await admin.create(horizontalPodAutoscalers, hpa({ namespace, name: 'web-2', minReplicas: 3, maxReplicas: 9 }));
  await admin.create(statefulSets, statefulSet({ namespace, name: 'db', replicas: 2 }));
  await until(isOpen, 'all pods run');
  const program = shop.run(t, { flags: FLAGS });
  await shop.sleep();
  await until(async () => (await shop.isAsleep()) && (await shop.list(pods)).length === 0, 'no pod is left');
  t.equal(await sizeOf(statefulSets, 'db'), 0);
  t.equal(await sizeOf(horizontalPodAutoscalers, 'web-2'), 3, 'an autoscaler is switched off by its target');
  await shop.wake();
  await until(isOpen, 'all pods run again');
  t.equal(await sizeOf(statefulSets, 'db'), 2);
  program.child.kill('SIGTERM');
  t.match(await program.outcome, { code: 0 });
});

t.test('an autoscaler is lowered where its target should not sleep, a CronJob sleeps with its Job', async (t) => {
  const annotations = { 'downscaler/downtime-replicas': '1' };
  await admin.create(deployments, deployment({ namespace, name: 'api', replicas: 2, annotations }));
  await admin.create(horizontalPodAutoscalers, hpa({ namespace, name: 'api', minReplicas: 2, maxReplicas: 5 }));
  const report = await admin.create(
    cronJobs,
    cronJob({ namespace, name: 'report', annotations: { 'downscaler/scale-children': 'true' } }),
  );
  // It never ends: there is no such node.
  const nodeSelector = { disk: 'huge' };
  await admin.create(jobs, job({ namespace, name: 'report-1', owner: report, nodeSelector }));
  const program = shop.run(t, { flags: FLAGS });
  await shop.sleep();
  await until(async () => (await sizeOf(horizontalPodAutoscalers, 'api')) === 1, 'the lower bound is lowered');
  await until(async () => (await sizeOf(jobs, 'report-1')) === true, 'the Job is suspended');
  await until(async () => (await sizeOf(cronJobs, 'report')) === true, 'the CronJob is suspended');
  t.equal(await sizeOf(deployments, 'api'), 2, 'the target is left to its autoscaler');
  await shop.wake();
  await until(async () => (await sizeOf(horizontalPodAutoscalers, 'api')) === 2, 'the lower bound is back');
  await until(async () => (await sizeOf(jobs, 'report-1')) === false, 'the Job goes on');
  await until(async () => (await sizeOf(cronJobs, 'report')) === false, 'the CronJob goes on');
  await until(isOpen, 'all awake');
  program.child.kill('SIGTERM');
  t.match(await program.outcome, { code: 0 });
});

t.test('a kind that appears is put to sleep too, and one that goes away troubles nobody', async (t) => {
  const program = shop.run(t, { flags: FLAGS });
  await shop.sleep();
  await until(() => shop.isAsleep(), 'all asleep');
  await admin.create(RESOURCES.customResourceDefinitions, ROLLOUT_CRD);
  const canary = rollout({ namespace, name: 'canary', replicas: 4 });
  await until(() => isServed(() => admin.create(ROLLOUTS, canary)), 'the kind is served');
  await until(async () => (await sizeOf(ROLLOUTS, 'canary')) === 0, 'the rollout sleeps');
  await admin.delete(RESOURCES.customResourceDefinitions, { name: 'rollouts.argoproj.io' });
  await shop.wake();
  await until(isOpen, 'all awake');
  program.child.kill('SIGTERM');
  t.match(await program.outcome, { code: 0 }, 'it is the same process');
});

t.test('a DaemonSet is sent to nodes that are not there, a budget allows every eviction', async (t) => {
  await admin.create(daemonSets, daemonSet({ namespace, name: 'agent', nodeSelector: { type: 'kwok' } }));
  await admin.create(podDisruptionBudgets, pdb({ namespace, name: 'agent', minAvailable: 1 }));
  const before = await specsOf();
  const program = shop.run(t, { flags: FLAGS });
  await shop.sleep();
  await until(async () => (await specsOf()).every((now, kind) => now !== before[kind]), 'both are down');
  t.match(await specsOf(), [
    /"nodeSelector":{"kube-downscaler-non-existent":"true","type":"kwok"}/,
    /"minAvailable":0/,
  ]);
  await shop.wake();
  await until(async () => (await specsOf()).join() === before.join(), 'both are as they were');
  program.child.kill('SIGTERM');
  t.match(await program.outcome, { code: 0 });
});

const specsOf = async (): Promise<string[]> => {
  const both = await Promise.all([named(daemonSets, 'agent'), named(podDisruptionBudgets, 'agent')]);
  return both.map(({ spec }) => JSON.stringify(spec));
};

t.test('what does not come back in the morning is told, with the cause', async (t) => {
  const key = { namespace, name: 'huge' };
  const huge = deployment({ ...key, replicas: 2, nodeSelector: { disk: 'huge' } });
  await admin.create(deployments, huge);
  const program = shop.run(t, { flags: [...FLAGS, '--wake-timeout=3s'] });
  await shop.sleep();
  await until(async () => (await shop.isAsleep()) && (await sizeOf(deployments, 'huge')) === 0, 'all asleep');
  await shop.wake();
  const [said] = await program.says(/.*WakeIncomplete.*unschedulable.*/);
  t.match(JSON.parse(said), { name: 'huge', msg: /didn't match/i });
  await admin.delete(deployments, key);
  program.child.kill('SIGTERM');
  t.match(await program.outcome, { code: 0 });
});

t.test('an exception that is over is taken off the namespace', async (t) => {
  const program = shop.run(t, { flags: FLAGS });
  const over = { 'downscaler/force-uptime': 'until 2026-01-01T00:00:00Z' };
  await admin.patch(namespaces, { name: namespace }, { type: 'merge', body: { metadata: { annotations: over } } });
  await until(async () => {
    const { metadata } = await admin.get(namespaces, { name: namespace });
    return metadata.annotations?.['downscaler/force-uptime'] === undefined;
  }, 'it is gone');
  program.child.kill('SIGTERM');
  t.match(await program.outcome, { code: 0 });
});

t.test('a holiday that is declared in a ConfigMap begins when it is declared', async (t) => {
  const key = { namespace: shop.account.namespace, name: 'holidays' };
  const days = [-1, 0, 1].map((day) => formatTimestamp(Date.now() + day * DAY_MS).slice(0, 10));
  const calendar = (dates: readonly string[]) => ({ data: { days: dates.join('\n') } });
  await admin.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: key, ...calendar(['2020-01-01']) });
  const config = `downscaler: { calendars: { holidays: { configMap: ${key.namespace}/${key.name} } } }`;
  const folder = t.testdir({ 'steward.yaml': config });
  const program = shop.run(t, { flags: [...FLAGS, `--config=${folder}/steward.yaml`] });
  await shop.sleep('calendar(holidays) UTC');
  await program.says(/caches are filled/);
  t.ok(await shop.isAwake());
  await admin.patch(configMaps, key, { type: 'merge', body: calendar(days) });
  await until(() => shop.isAsleep(), 'all asleep');
  await shop.wake();
  await until(() => shop.isAwake(), 'all awake');
  program.child.kill('SIGTERM');
  t.match(await program.outcome, { code: 0 });
});

t.test('all of that was done with the rights of the README, and each of them was needed', (t) => {
  const asked = cluster.audit(usernameOf(shop.account));
  t.same(refusedIn(asked), [], 'nothing was asked for that it may not do');
  // This server streams lists, which is a watch to it; and not everything was late in the morning, to be looked at again.
  const unused = unusedOf(RULES, asked).filter((right) => !/^(list|get) /.test(right));
  // An event is counted up where it comes again after two minutes.
  t.same(unused, ['patch events.events.k8s.io'], 'nothing else may be done');
  t.end();
});
