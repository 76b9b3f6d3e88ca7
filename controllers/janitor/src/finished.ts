import { getPointer, type KubeObject, type Resource } from '@kube-steward/kube';

/** Whether a pod or a Job has run to its end, whichever: nothing of it will run again. */
export const isFinished = ({ group, plural }: Resource, object: KubeObject): boolean => {
  if (group === '' && plural === 'pods') return ENDED.has(getPointer(object, '/status/phase'));
  return group === 'batch' && plural === 'jobs' && conditionsOf(object).some(isEnd);
};

const ENDED: ReadonlySet<unknown> = new Set(['Succeeded', 'Failed']);

interface Condition {
  readonly type?: unknown;
  readonly status?: unknown;
}

const conditionsOf = (object: KubeObject): readonly (Condition | null)[] => {
  const conditions = getPointer(object, '/status/conditions');
  return Array.isArray(conditions) ? (conditions as (Condition | null)[]) : [];
};

const isEnd = (condition: Condition | null): boolean =>
  condition?.status === 'True' && (condition.type === 'Complete' || condition.type === 'Failed');
