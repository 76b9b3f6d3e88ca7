import type { Decision } from '@kube-steward/plan';
import { directionOf } from './direction.ts';
import type { Policy } from './policy.ts';
import type { Workload } from './workload.ts';

/** Who fields of a workload belong to that we brought back. */
export const wakeManagerOf = (fieldManager: string): string => `${fieldManager}-wake`;

/**
 * Whose the changed fields are from now on. Asleep, they are ours, under the name that GitOps tools are told to ignore. Awake,
 * they are handed over to another name: else a tool that ignores ours would never set a new size again.
 */
export const fieldManagerOf = (workload: Workload, decision: Decision, policy: Policy): string =>
  isWake(decision, workload, policy) ? wakeManagerOf(policy.fieldManager) : policy.fieldManager;

/** Whether a decision brings something back: whatever it was before it went to sleep, it is again. */
export const isWake = (decision: Decision, { original }: Workload, { stored }: Policy): boolean =>
  directionOf(decision) === 'wake' &&
  (original === undefined || decision.changes.some(({ path, to }) => path === stored.original && to === undefined));
