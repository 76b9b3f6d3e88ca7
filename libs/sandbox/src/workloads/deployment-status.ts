import { findCondition, setConditions, type ConditionNow } from './status.ts';
import { templateHash } from './template-hash.ts';
import type { Deployment, ReplicaCounts, ReplicaSet } from './wire.ts';

const total = (sets: readonly ReplicaSet[], value: (status: ReplicaCounts) => number | undefined): number =>
  sets.reduce((sum, set) => sum + (value(set.status ?? {}) ?? 0), 0);

interface Counts {
  readonly desired: number;
  readonly replicas: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
}

const countsOf = (deployment: Deployment, sets: readonly ReplicaSet[]): Counts => {
  const hash = templateHash(deployment.spec.template);
  const current = sets.filter((set) => templateHash(set.spec.template) === hash);
  return {
    desired: deployment.spec.replicas ?? 1,
    replicas: total(sets, (status) => status.replicas),
    updated: total(current, (status) => status.replicas),
    ready: total(sets, (status) => status.readyReplicas),
    available: total(sets, (status) => status.availableReplicas),
  };
};

const availability = (deployment: Deployment, { desired, available }: Counts): ConditionNow => {
  const bound = deployment.spec.strategy?.rollingUpdate?.maxUnavailable ?? '25%';
  const tolerated =
    typeof bound === 'number' ? bound : Math.floor((Number.parseInt(bound.replace('%', ''), 10) / 100) * desired);
  return available >= desired - tolerated
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
};

const isComplete = ({ desired, replicas, updated, available }: Counts): boolean =>
  updated === desired && replicas === desired && available === desired;

/** When a rollout that makes no progress is given up, in epoch milliseconds. */
const deadlineOf = (deployment: Deployment): number | undefined => {
  const since = findCondition(deployment.status?.conditions, 'Progressing')?.lastUpdateTime;
  return since ? Date.parse(since) + (deployment.spec.progressDeadlineSeconds ?? 600) * 1000 : undefined;
};

const progress = (deployment: Deployment, counts: Counts, now: number): ConditionNow => {
  const { name } = deployment.metadata;
  const before = findCondition(deployment.status?.conditions, 'Progressing');
  const was = deployment.status ?? {};
  if (isComplete(counts)) {
    const message = `Deployment "${name}" has successfully progressed.`;
    return { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message };
  }
  // A Deployment that was complete once and is only resized is not a rollout: its condition stays.
  const settled = before?.reason === 'NewReplicaSetAvailable' && was.observedGeneration !== undefined;
  if (settled && counts.updated === counts.replicas) return before;
  const moved = counts.updated !== (was.updatedReplicas ?? 0) || counts.available !== (was.availableReplicas ?? 0);
  if (!moved && before?.reason === 'ProgressDeadlineExceeded') return before;
  if (!moved && now >= (deadlineOf(deployment) ?? Infinity)) {
    const message = `Deployment "${name}" has timed out progressing.`;
    return { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message };
  }
  const message = `Deployment "${name}" is progressing: ${counts.available} of ${counts.desired} updated replicas are available.`;
  return { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message };
};

/** The status of a Deployment with these ReplicaSets, and when its progress deadline must be looked at. */
export const deploymentStatus = (
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  now: number,
): { status: ReplicaCounts; deadline: number | undefined } => {
  const counts = countsOf(deployment, sets);
  const wanted = [availability(deployment, counts), progress(deployment, counts, now)];
  const failure = sets.flatMap((set) => findCondition(set.status?.conditions, 'ReplicaFailure') ?? []);
  const before = (deployment.status?.conditions ?? []).filter(({ type }) => type !== 'ReplicaFailure');
  const conditions = [...setConditions(before, wanted, now, true), ...failure.slice(0, 1)];
  const status: ReplicaCounts = {
    observedGeneration: deployment.metadata.generation ?? 1,
    ...positive('replicas', counts.replicas),
    ...positive('updatedReplicas', counts.updated),
    ...positive('readyReplicas', counts.ready),
    ...positive('availableReplicas', counts.available),
    ...positive('unavailableReplicas', Math.max(counts.desired, counts.replicas) - counts.available),
    conditions,
  };
  const waiting = findCondition(conditions, 'Progressing')?.reason === 'ReplicaSetUpdated';
  return { status, deadline: waiting ? deadlineOf({ ...deployment, status }) : undefined };
};

/** Go's `omitempty`: a count of 0 is not there. */
const positive = (field: string, count: number): Record<string, number> => (count > 0 ? { [field]: count } : {});
