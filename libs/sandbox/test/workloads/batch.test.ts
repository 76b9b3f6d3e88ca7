import t from 'tap';
import { RESOURCES } from '@kube-steward/kube';
import { cronJob, job, SANDBOX_ANNOTATIONS } from '../../src/index.ts';
import type { CronJob, Job } from '../../src/workloads/wire.ts';
import { world } from './world.ts';

const { cronJobs, jobs, pods } = RESOURCES;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const lasting = (time: string): { podAnnotations: Record<string, string> } => ({
  podAnnotations: { [SANDBOX_ANNOTATIONS.jobDuration]: time },
});

t.test('a Job runs as many pods as it asks for and is complete', (t) => {
  const { clock, get } = world([job({ name: 'load', completions: 3, parallelism: 2, ...lasting('10m') })]);
  t.match(get<Job>(jobs, 'load').status, { active: 2, ready: 2, startTime: '2026-11-16T05:00:00Z' });
  clock.advance(HOUR);
  const { status } = get<Job>(jobs, 'load');
  t.match(status, {
    active: undefined,
    succeeded: 3,
    conditions: [{ type: 'SuccessCriteriaMet' }, { type: 'Complete' }],
  });
  t.equal(status?.completionTime, '2026-11-16T05:20:10Z', 'two runs of ten minutes, each after five seconds to start');
  t.end();
});

t.test('a suspended Job loses its pods and its start time, and starts over when resumed', (t) => {
  const { clock, get, merge, pods: names } = world([job({ name: 'load', ...lasting('10m') })]);
  merge(jobs, 'load', { spec: { suspend: true } });
  clock.advance(MINUTE);
  t.same(names(), []);
  t.match(get<Job>(jobs, 'load').status, { startTime: undefined, conditions: [{ type: 'Suspended', status: 'True' }] });
  merge(jobs, 'load', { spec: { suspend: false } });
  clock.advance(MINUTE);
  t.equal(names().length, 1);
  t.match(get<Job>(jobs, 'load').status, { active: 1, conditions: [{ type: 'Suspended', status: 'False' }] });
  t.end();
});

t.test('a Job whose pods fail gives up after its backoffLimit', (t) => {
  const { clock, get } = world([
    job({ name: 'bad', podAnnotations: { [SANDBOX_ANNOTATIONS.fail]: 'crash' }, spec: { backoffLimit: 2 } }),
  ]);
  clock.advance(HOUR);
  const failed = { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' };
  t.match(get<Job>(jobs, 'bad').status, { failed: 3, active: undefined, conditions: [failed] });
  t.end();
});

t.test('a finished Job goes after ttlSecondsAfterFinished', (t) => {
  const { clock, cluster } = world([job({ name: 'short', spec: { ttlSecondsAfterFinished: 120 } })]);
  t.equal(cluster.count(jobs), 1);
  clock.advance(3 * MINUTE);
  t.equal(cluster.count(jobs), 0);
  t.equal(cluster.count(pods), 0);
  t.end();
});

t.test('a CronJob runs at its times in its zone and keeps the last three', (t) => {
  const { clock, cluster, get } = world([cronJob({ name: 'tick', schedule: '30 9 * * *', timeZone: 'Asia/Kolkata' })]);
  clock.advanceTo(Date.parse('2026-11-17T05:00:00Z'));
  const [run] = cluster.list(jobs) as Job[];
  t.equal(run?.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp'], '2026-11-17T04:00:00Z');
  t.equal(run?.metadata.name, `tick-${Date.parse('2026-11-17T04:00:00Z') / MINUTE}`);
  t.match(get<CronJob>(cronJobs, 'tick').status, { lastScheduleTime: '2026-11-17T04:00:00Z' });
  t.ok(get<CronJob>(cronJobs, 'tick').status?.lastSuccessfulTime);
  clock.advance(10 * 24 * HOUR);
  t.equal(cluster.count(jobs), 3);
  t.equal(cluster.count(pods), 3);
  t.end();
});

t.test('a resumed CronJob runs once for what it missed', (t) => {
  const { clock, cluster, merge } = world([cronJob({ name: 'hourly', suspend: true })]);
  clock.advance(12 * HOUR + 10 * MINUTE);
  t.equal(cluster.count(jobs), 0);
  merge(cronJobs, 'hourly', { spec: { suspend: false } });
  clock.advance(MINUTE);
  const runs = cluster.list(jobs) as Job[];
  t.same(
    runs.map(({ metadata }) => metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']),
    ['2026-11-16T17:00:00Z'],
    'for the latest',
  );
  t.end();
});

t.test('a resumed CronJob leaves a run alone that is past its startingDeadlineSeconds', (t) => {
  const { clock, cluster, merge } = world([cronJob({ name: 'hourly', suspend: true, startingDeadlineSeconds: 300 })]);
  clock.advance(12 * HOUR + 10 * MINUTE);
  merge(cronJobs, 'hourly', { spec: { suspend: false } });
  clock.advance(MINUTE);
  t.equal(cluster.count(jobs), 0);
  clock.advance(HOUR);
  t.equal(cluster.count(jobs), 1, 'the next one runs');
  t.end();
});

t.test('concurrencyPolicy: Allow runs beside, Forbid waits, Replace ends the one before', (t) => {
  const policies = ['Allow', 'Forbid', 'Replace'] as const;
  const { clock, cluster } = world(
    policies.map((policy) =>
      cronJob({ name: policy.toLowerCase(), schedule: '*/10 * * * *', concurrencyPolicy: policy, ...lasting('25m') }),
    ),
  );
  clock.advanceTo(Date.parse('2026-11-16T05:31:00Z'));
  const started = (name: string): string[] =>
    (cluster.list(jobs) as Job[])
      .filter(({ metadata }) => metadata.name.startsWith(name))
      .map(({ metadata }) => metadata.creationTimestamp?.slice(11, 16) ?? '');
  t.same(started('allow'), ['05:10', '05:20', '05:30']);
  t.same(started('forbid'), ['05:10']);
  t.same(started('replace'), ['05:30']);
  clock.advanceTo(Date.parse('2026-11-16T05:36:00Z'));
  t.same(started('forbid'), ['05:10', '05:35'], 'the one due while it was busy');
  t.end();
});

t.test('a schedule that cannot be read never runs', (t) => {
  const { clock, cluster } = world([
    cronJob({ name: 'nonsense', schedule: 'every day' }),
    cronJob({ name: 'nowhere', timeZone: 'Europe/Nowhere' }),
  ]);
  clock.advance(24 * HOUR);
  t.equal(cluster.count(jobs), 0);
  t.end();
});

t.test('the pods of a finished run are Succeeded and no longer take room', (t) => {
  const { clock, cluster } = world([job({ name: 'once' })]);
  clock.advance(MINUTE);
  t.match(cluster.list(pods), [{ status: { phase: 'Succeeded' } }]);
  t.end();
});
