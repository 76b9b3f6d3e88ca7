import { CronExpressionParser } from 'cron-parser';
import { keyOf, RESOURCES } from '@kube-steward/kube';
import { controllerReference } from '../builders/meta.ts';
import type { Context, Reconciler } from './engine.ts';
import { jobOutcome } from './job.ts';
import { MANAGER, timestamp, writeStatus } from './status.ts';
import type { CronJob, Job } from './wire.ts';

/**
 * Starts a Job at each time of the schedule. Of the runs missed while it was suspended (or nobody was there to start them)
 * only the latest is made up for, and only within `startingDeadlineSeconds`. A schedule or zone that cannot be read never
 * runs.
 */
export const cronJobReconciler: Reconciler = {
  resource: RESOURCES.cronJobs,
  owns: [RESOURCES.jobs],
  reconcile(object, context) {
    const cronJob = object as CronJob;
    if (cronJob.metadata.deletionTimestamp) return undefined;
    const times = cronJob.spec.suspend ? undefined : timesAround(cronJob, context.now);
    const started = times ? startMissed(cronJob, times.previous, context) : undefined;
    const after = context.view.get<CronJob>(RESOURCES.cronJobs, keyOf(cronJob)) ?? cronJob;
    cleanUp(after, context);
    writeStatus(context, RESOURCES.cronJobs, after, statusOf(after, started, context));
    return times?.next;
  },
};

/** Two neighbouring times of a schedule, in epoch milliseconds. */
interface Gap {
  readonly previous: number;
  readonly next: number;
}

const gaps = new Map<string, Gap>();

/** The last time of the schedule not after `now`, and the first one after it: kept, as it is asked for far more often than it changes. */
const timesAround = ({ spec: { schedule, timeZone = 'UTC' } }: CronJob, now: number): Gap | undefined => {
  const id = `${schedule} ${timeZone}`;
  const known = gaps.get(id);
  if (known && known.previous <= now && now < known.next) return known;
  try {
    const next = CronExpressionParser.parse(schedule, { currentDate: new Date(now), tz: timeZone })
      .next()
      .getTime();
    const previous = CronExpressionParser.parse(schedule, { currentDate: new Date(now + 1), tz: timeZone })
      .prev()
      .getTime();
    const gap = { previous, next };
    gaps.set(id, gap);
    return gap;
  } catch {
    return undefined;
  }
};

/** Starts the latest time that is due and was not started; returns it. */
const startMissed = (cronJob: CronJob, scheduled: number, context: Context): number | undefined => {
  const { metadata, spec, status } = cronJob;
  const since = Date.parse(status?.lastScheduleTime ?? metadata.creationTimestamp ?? timestamp(context.now));
  if (scheduled <= since) return undefined;
  const deadline = spec.startingDeadlineSeconds;
  if (deadline !== undefined && context.now > scheduled + deadline * 1000) return undefined;
  const active = jobsOf(cronJob, context).filter((job) => !jobOutcome(job));
  if (active.length > 0 && spec.concurrencyPolicy === 'Forbid') return undefined;
  if (spec.concurrencyPolicy === 'Replace') for (const job of active) remove(job, context);
  const body = jobOf(cronJob, scheduled);
  const exists = context.view.get(RESOURCES.jobs, keyOf(body));
  if (!exists) context.cluster.create(RESOURCES.jobs, body, { fieldManager: MANAGER });
  return scheduled;
};

const MINUTE_MS = 60_000;

const jobOf = (cronJob: CronJob, scheduled: number): Job => {
  const { metadata, spec } = cronJob.spec.jobTemplate;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${cronJob.metadata.name}-${scheduled / MINUTE_MS}`,
      namespace: cronJob.metadata.namespace ?? '',
      ...(metadata?.labels ? { labels: metadata.labels } : {}),
      annotations: {
        ...metadata?.annotations,
        'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(scheduled),
      },
      ownerReferences: [controllerReference({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: cronJob.metadata })],
    },
    spec,
  };
};

const jobsOf = (cronJob: CronJob, { view }: Context): Job[] =>
  view.children<Job>(RESOURCES.jobs, cronJob).filter(({ metadata }) => !metadata.deletionTimestamp);

const remove = ({ metadata }: Job, { cluster }: Context): void => {
  const options = { namespace: metadata.namespace ?? '', propagationPolicy: 'Background' } as const;
  cluster.delete(RESOURCES.jobs, metadata.name, options);
};

/** Finished Jobs beyond the history limits go, the oldest first. */
const cleanUp = (cronJob: CronJob, context: Context): void => {
  const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cronJob.spec;
  const jobs = jobsOf(cronJob, context).sort((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
  for (const [outcome, limit] of [
    ['Complete', successfulJobsHistoryLimit],
    ['Failed', failedJobsHistoryLimit],
  ] as const) {
    const finished = jobs.filter((job) => jobOutcome(job) === outcome);
    for (const job of finished.slice(0, Math.max(0, finished.length - limit))) remove(job, context);
  }
};

const startOf = (job: Job): string => job.status?.startTime ?? job.metadata.creationTimestamp ?? '';

const statusOf = (cronJob: CronJob, started: number | undefined, context: Context): CronJob['status'] & object => {
  const jobs = jobsOf(cronJob, context);
  const active = jobs
    .filter((job) => !jobOutcome(job))
    .map(({ metadata: { name, namespace = '', uid = '' } }) => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      namespace,
      name,
      uid,
    }));
  const ends = jobs.flatMap((job) => (jobOutcome(job) === 'Complete' ? (job.status?.completionTime ?? []) : []));
  const lastSuccess = [...ends, cronJob.status?.lastSuccessfulTime ?? ''].sort().at(-1);
  const lastScheduleTime = started === undefined ? cronJob.status?.lastScheduleTime : timestamp(started);
  return {
    ...(active.length > 0 ? { active } : {}),
    ...(lastScheduleTime ? { lastScheduleTime } : {}),
    ...(lastSuccess ? { lastSuccessfulTime: lastSuccess } : {}),
  };
};
