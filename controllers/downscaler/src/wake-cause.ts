import { getPointer, type KubeObject } from '@kube-steward/kube';
import { conditionsOf, type PodState } from './pod-state.ts';

/** Why a workload that was brought back is not ready. The label of a metric: the list is short and fixed. */
export type WakeCause =
  | 'quota'
  | 'refused'
  | 'image'
  | 'config'
  | 'crash'
  | 'unschedulable'
  | 'readiness'
  | 'starting'
  | 'paused'
  | 'asleep'
  | 'unknown';

/** What was found out about a workload that is late. */
export interface Evidence {
  /** The workload whose pods these are, and what scales it, as they are now. */
  readonly objects: readonly KubeObject[];
  readonly pods: readonly PodState[];
  /** Why pods could not be made, where the workload itself does not say it. */
  readonly refusal: string | undefined;
  /** What could not be read. */
  readonly unread: string | undefined;
}

/** A cause, and the evidence in a few words. */
export interface Finding {
  readonly cause: WakeCause;
  readonly message: string;
}

/**
 * The cause, from the evidence.
 *
 * | asked in this order | cause |
 * | --- | --- |
 * | pods are refused: by a quota, or by anything else | quota, refused |
 * | a container waits for its image, or for its configuration, or ended | image, config, crash |
 * | no node takes a pod | unschedulable |
 * | a pod runs and is not ready, or is being created | readiness, starting |
 * | nothing of that, and it is paused | paused |
 * | nothing of that | unknown |
 */
export const causeOf = ({ objects, pods, refusal, unread }: Evidence): Finding => {
  const refused = refusalIn(objects) ?? refusal;
  if (refused !== undefined) return { cause: QUOTA.test(refused) ? 'quota' : 'refused', message: refused };
  const findings = pods.filter(({ isReady }) => !isReady).map(findingOf);
  for (const cause of BY_POD) {
    const found = findings.find((finding) => finding.cause === cause);
    if (found) return found;
  }
  if (unread !== undefined) return { cause: 'unknown', message: `${unread} could not be read` };
  return pausedBy(objects) ?? { cause: 'unknown', message: 'nothing says why' };
};

/** What the API server says of quotas: used up, asking for requests that the pods do not state, not counted yet. */
const QUOTA = /\b(?:exceeded|failed|insufficient|status unknown for) quota\b/;

/** A Deployment shows what its ReplicaSet could not create. */
export const refusalIn = (objects: readonly KubeObject[]): string | undefined =>
  objects.flatMap(conditionsOf).find(({ type, status }) => type === 'ReplicaFailure' && status === 'True')?.message;

/** Where pods differ, what a person must act on comes before what may pass by itself. */
const BY_POD: readonly WakeCause[] = ['image', 'config', 'crash', 'unschedulable', 'readiness', 'starting'];

/** What a container waits for. */
const WAITING: Readonly<Record<string, WakeCause>> = {
  ImagePullBackOff: 'image',
  ErrImagePull: 'image',
  InvalidImageName: 'image',
  ErrImageNeverPull: 'image',
  ImageInspectError: 'image',
  RegistryUnavailable: 'image',
  CreateContainerConfigError: 'config',
  CreateContainerError: 'config',
  RunContainerError: 'config',
  CrashLoopBackOff: 'crash',
};

const findingOf = ({ name, unschedulable, waiting, isRunning, restarts }: PodState): Finding => {
  for (const { reason, message } of waiting) {
    const cause = WAITING[reason];
    if (cause) return { cause, message: `pod ${name}: ${reason}${message === undefined ? '' : `: ${message}`}` };
  }
  if (unschedulable !== undefined) return { cause: 'unschedulable', message: `pod ${name}: ${unschedulable}` };
  if (restarts > 0) return { cause: 'crash', message: `pod ${name} ended ${restarts} times` };
  if (isRunning) return { cause: 'readiness', message: `pod ${name} runs and is not ready` };
  return { cause: 'starting', message: `pod ${name} is being created` };
};

/** What holds a workload, by where it is written: Deployments and Rollouts, Jobs, ScaledObjects. */
const HOLDS: readonly (readonly [field: string, path: string])[] = [
  ['spec.paused', '/spec/paused'],
  ['spec.suspend', '/spec/suspend'],
  ['autoscaling.keda.sh/paused', '/metadata/annotations/autoscaling.keda.sh~1paused'],
  ['autoscaling.keda.sh/paused-replicas', '/metadata/annotations/autoscaling.keda.sh~1paused-replicas'],
];

const pausedBy = (objects: readonly KubeObject[]): Finding | undefined => {
  for (const object of objects)
    for (const [field, path] of HOLDS) {
      const value = getPointer(object, path);
      if (value !== undefined && value !== false && value !== 'false')
        return { cause: 'paused', message: `${object.kind ?? ''}/${object.metadata.name} is paused (${field})` };
    }
  return undefined;
};
