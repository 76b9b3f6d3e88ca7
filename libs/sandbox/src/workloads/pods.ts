import { keyOf, RESOURCES } from '@kube-steward/kube';
import { failureOf, SANDBOX_ANNOTATIONS, spanOf } from './annotations.ts';
import type { Context, Reconciler } from './engine.ts';
import { isFinished } from './pod-state.ts';
import { Scheduler, unschedulableStatus } from './scheduler.ts';
import { KUBELET, setConditions, timestamp, wholeSecond, writeStatus, type ConditionNow } from './status.ts';
import type { ContainerStatus, Pod, PodStatus } from './wire.ts';

/** How long things take, in milliseconds. */
export interface PodTimes {
  /** From bound to Ready. */
  readonly podStartMs: number;
  /** From being told to end to being gone, if the grace period is longer. */
  readonly podStopMs: number;
  /** How long a pod of a Job runs. */
  readonly jobDurationMs: number;
}

/**
 * Scheduler and kubelet in one: what a pod becomes next.
 *
 * | the pod is | next | when |
 * | --- | --- | --- |
 * | terminating | gone | after the shorter of `podStopMs` and its grace period |
 * | not bound | bound, Pending | when a node has room |
 * | bound, Pending | Running, Ready | after its start time; never with a failing image |
 * | Running, of a Job | Succeeded, or Failed if it is to crash | after its duration |
 */
export const podReconciler = (times: PodTimes): Reconciler => {
  const scheduler = new Scheduler();
  return {
    resource: RESOURCES.pods,
    watches: [RESOURCES.pods, RESOURCES.nodes],
    transient: true,
    wakes: (event) => scheduler.observe(event),
    forget: (key) => scheduler.forget(key),
    reconcile(object, context) {
      const pod = object as Pod;
      if (pod.metadata.deletionTimestamp) return terminate(pod, times, context);
      if (isFinished(pod)) return undefined;
      if (!pod.spec.nodeName) return schedule(pod, scheduler, times, context);
      return run(pod, times, context);
    },
  };
};

const terminate = (pod: Pod, times: PodTimes, { cluster, now }: Context): number | undefined => {
  const graceMs = (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  const since = Date.parse(pod.metadata.deletionTimestamp ?? '') - graceMs;
  const due = wholeSecond(since + Math.min(times.podStopMs, graceMs));
  if (now < due) return due;
  const { name, namespace = '' } = pod.metadata;
  cluster.delete(RESOURCES.pods, name, { namespace, gracePeriodSeconds: 0 });
  return undefined;
};

const schedule = (pod: Pod, scheduler: Scheduler, times: PodTimes, context: Context): number | undefined => {
  const placement = failureOf(pod) === 'unschedulable' ? { reason: 'node selector' } : scheduler.place(pod);
  if (!('node' in placement)) {
    scheduler.wait(keyOf(pod));
    writeStatus(
      context,
      RESOURCES.pods,
      pod,
      unschedulableStatus(pod, placement.reason, context.now),
      'kube-scheduler',
    );
    return undefined;
  }
  const { name, namespace = '' } = pod.metadata;
  context.cluster.bind({ namespace, name }, placement.node);
  const bound = context.view.get<Pod>(RESOURCES.pods, keyOf(pod));
  return bound && run(bound, times, context);
};

const run = (pod: Pod, times: PodTimes, context: Context): number | undefined => {
  const { now } = context;
  if (pod.status?.phase === 'Running') return isJobPod(pod) ? finish(pod, times, context) : undefined;
  const startTime = pod.status?.startTime ?? timestamp(now);
  const due = wholeSecond(Date.parse(startTime) + spanOf(pod, SANDBOX_ANNOTATIONS.podStart, times.podStartMs));
  const failure = failureOf(pod);
  if (now < due) {
    writeStatus(
      context,
      RESOURCES.pods,
      pod,
      statusOf(pod, 'Pending', startTime, { waiting: { reason: 'ContainerCreating' } }, now),
      KUBELET,
    );
    return due;
  }
  const state =
    failure === 'image' ? IMAGE_PULL : failure === 'crash' ? CRASH_LOOP : { running: { startedAt: timestamp(now) } };
  const phase = failure === 'image' ? 'Pending' : 'Running';
  writeStatus(context, RESOURCES.pods, pod, statusOf(pod, phase, startTime, state, now), KUBELET);
  return phase === 'Running' && isJobPod(pod) ? endOf(now, pod, times) : undefined;
};

const IMAGE_PULL = { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image' } };
const CRASH_LOOP = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' } };

const isJobPod = (pod: Pod): boolean => pod.spec.restartPolicy === 'Never' || pod.spec.restartPolicy === 'OnFailure';

const endOf = (since: number, pod: Pod, times: PodTimes): number =>
  wholeSecond(since + spanOf(pod, SANDBOX_ANNOTATIONS.jobDuration, times.jobDurationMs));

const finish = (pod: Pod, times: PodTimes, context: Context): number | undefined => {
  const running = pod.status?.containerStatuses?.[0]?.state['running'] as { startedAt?: string } | undefined;
  const since = Date.parse(running?.startedAt ?? pod.status?.startTime ?? timestamp(context.now));
  const due = endOf(since, pod, times);
  if (context.now < due) return due;
  const failed = failureOf(pod) === 'crash';
  const finishedAt = timestamp(context.now);
  const state = { terminated: { exitCode: failed ? 1 : 0, reason: failed ? 'Error' : 'Completed', finishedAt } };
  const status = statusOf(
    pod,
    failed ? 'Failed' : 'Succeeded',
    pod.status?.startTime ?? finishedAt,
    state,
    context.now,
  );
  writeStatus(context, RESOURCES.pods, pod, status, KUBELET);
  return undefined;
};

const statusOf = (
  pod: Pod,
  phase: PodStatus['phase'],
  startTime: string,
  state: ContainerStatus['state'],
  now: number,
): PodStatus => {
  const ready = phase === 'Running' && 'running' in state;
  const because = ready ? {} : { reason: phase === 'Succeeded' ? 'PodCompleted' : 'ContainersNotReady' };
  const flag = (type: string, on: boolean): ConditionNow => ({ type, status: on ? 'True' : 'False' });
  return {
    phase,
    conditions: setConditions(
      pod.status?.conditions,
      [
        flag('PodScheduled', true),
        flag('Initialized', true),
        { ...flag('ContainersReady', ready), ...because },
        { ...flag('Ready', ready), ...because },
      ],
      now,
    ),
    containerStatuses: pod.spec.containers.map(({ name, image }) => ({
      name,
      image,
      ready,
      started: ready,
      restartCount: state === CRASH_LOOP ? 5 : 0,
      state,
    })),
    startTime,
  };
};
