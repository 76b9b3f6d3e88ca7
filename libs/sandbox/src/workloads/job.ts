import { keyOf, RESOURCES } from '@kube-steward/kube';
import { controllerReference } from '../builders/meta.ts';
import type { Context, Reconciler } from './engine.ts';
import { isActive, isReady, podFromTemplate } from './pod-state.ts';
import { findCondition, MANAGER, setConditions, timestamp, writeStatus, type ConditionNow } from './status.ts';
import type { Job, JobStatus, Pod } from './wire.ts';

/** How a Job ended, if it did. */
export const jobOutcome = (job: Job): 'Complete' | 'Failed' | undefined =>
  (['Complete', 'Failed'] as const).find((type) => findCondition(job.status?.conditions, type)?.status === 'True');

/**
 * Runs pods until `completions` of them succeeded or more than `backoffLimit` failed. A suspended Job loses its pods and its
 * start time; resumed, it starts over with what is left. A finished one goes after `ttlSecondsAfterFinished`.
 */
export const jobReconciler: Reconciler = {
  resource: RESOURCES.jobs,
  owns: [RESOURCES.pods],
  reconcile(object, context) {
    const job = object as Job;
    if (job.metadata.deletionTimestamp) return undefined;
    if (jobOutcome(job)) return expire(job, context);
    runPods(job, context);
    const after = context.view.get<Job>(RESOURCES.jobs, keyOf(job)) ?? job;
    writeStatus(context, RESOURCES.jobs, after, statusOf(after, podsOf(after, context), context.now));
    return undefined;
  },
};

const podsOf = (job: Job, { view }: Context): Pod[] => view.children<Pod>(RESOURCES.pods, job);
const phaseCount = (pods: readonly Pod[], phase: string): number =>
  pods.filter((pod) => pod.status?.phase === phase).length;
const isOver = (job: Job, pods: readonly Pod[]): boolean =>
  phaseCount(pods, 'Succeeded') >= (job.spec.completions ?? 1) || hasFailed(job, pods);
const hasFailed = (job: Job, pods: readonly Pod[]): boolean =>
  phaseCount(pods, 'Failed') > (job.spec.backoffLimit ?? 6);

const runPods = (job: Job, context: Context): void => {
  const pods = podsOf(job, context);
  const active = pods.filter(isActive);
  const left = (job.spec.completions ?? 1) - phaseCount(pods, 'Succeeded');
  const wanted = job.spec.suspend || isOver(job, pods) ? 0 : Math.min(job.spec.parallelism ?? 1, left);
  const owner = controllerReference({ apiVersion: 'batch/v1', kind: 'Job', metadata: job.metadata });
  const labels = { 'batch.kubernetes.io/job-name': job.metadata.name, 'job-name': job.metadata.name };
  for (let missing = wanted - active.length; missing > 0; missing--) {
    const body = podFromTemplate(job, job.spec.template, owner, { labels });
    context.cluster.create(RESOURCES.pods, body, { fieldManager: MANAGER });
  }
  for (const { metadata } of active.slice(wanted)) {
    context.cluster.delete(RESOURCES.pods, metadata.name, { namespace: metadata.namespace ?? '' });
  }
};

const statusOf = (job: Job, pods: readonly Pod[], now: number): JobStatus => {
  const active = pods.filter(isActive);
  const succeeded = phaseCount(pods, 'Succeeded');
  const failed = phaseCount(pods, 'Failed');
  const complete = succeeded >= (job.spec.completions ?? 1);
  const startTime = job.spec.suspend ? undefined : (job.status?.startTime ?? timestamp(now));
  const conditions = setConditions(job.status?.conditions, conditionsOf(job, complete, hasFailed(job, pods)), now);
  return {
    ...(active.length > 0 ? { active: active.length } : {}),
    ready: active.filter(isReady).length,
    ...(succeeded > 0 ? { succeeded } : {}),
    ...(failed > 0 ? { failed } : {}),
    ...(startTime ? { startTime } : {}),
    ...(complete ? { completionTime: timestamp(now) } : {}),
    ...(conditions.length > 0 ? { conditions } : {}),
  };
};

const conditionsOf = (job: Job, complete: boolean, failed: boolean): ConditionNow[] => {
  if (complete) {
    return [
      { type: 'SuccessCriteriaMet', status: 'True', reason: 'CompletionsReached' },
      { type: 'Complete', status: 'True', reason: 'CompletionsReached' },
    ];
  }
  const message = 'Job has reached the specified backoff limit';
  if (failed) return [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message }];
  if (job.spec.suspend)
    return [{ type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' }];
  if (!findCondition(job.status?.conditions, 'Suspended')) return [];
  return [{ type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' }];
};

const expire = (job: Job, { cluster, now }: Context): number | undefined => {
  const ttl = job.spec.ttlSecondsAfterFinished;
  if (ttl === undefined) return undefined;
  const type = jobOutcome(job) ?? 'Complete';
  const ended = findCondition(job.status?.conditions, type)?.lastTransitionTime ?? timestamp(now);
  const due = Date.parse(ended) + ttl * 1000;
  if (now < due) return due;
  const { name, namespace = '' } = job.metadata;
  cluster.delete(RESOURCES.jobs, name, { namespace, propagationPolicy: 'Background' });
  return undefined;
};
