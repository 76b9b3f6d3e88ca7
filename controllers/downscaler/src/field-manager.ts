import type { Decision } from '@kube-steward/plan';
import { directionOf } from './direction.ts';
import type { Policy } from './policy.ts';
import type { Workload } from './workload.ts';

/**
 * Whose the changed fields are from now on. Asleep, they are ours, under the name that GitOps tools are told to ignore. Awake,
 * they are handed over to another name: else a tool that ignores ours would never set a new size again.
 */
export const fieldManagerOf = (
  fieldManager: string,
  { original }: Workload,
  decision: Decision,
  { stored }: Policy,
): string => {
  const isForgotten = decision.changes.some(({ path, to }) => path === stored.original && to === undefined);
  const isBack = directionOf(decision) === 'wake' && (original === undefined || isForgotten);
  return isBack ? `${fieldManager}-wake` : fieldManager;
};
