import type { Decision, Freed, Requests } from '@kube-steward/plan';
import { replicasOf } from './sizes.ts';
import type { Workload } from './workload.ts';

/** What a sleeping workload does not ask for just now: its requests, times the replicas it is short of its original. */
export const savedBy = (workload: Workload): Requests | undefined => {
  const original = Number(workload.original);
  const replicas = replicasOf(workload.row.size, workload.fields);
  if (!workload.requests || replicas === undefined || !(original > replicas)) return undefined;
  const asleep = original - replicas;
  return { cpuCores: workload.requests.cpuCores * asleep, memoryBytes: workload.requests.memoryBytes * asleep };
};

/** What a decision to go down frees, until the workload comes back. */
export const freedBy = (workload: Workload, decision: Decision): Freed | undefined => {
  const { size } = workload.row;
  if (decision.action !== 'scaleDown' || size.form !== 'replicas' || !workload.requests) return undefined;
  const to = decision.changes.find(({ path }) => path === size.path)?.to;
  const from = replicasOf(size, workload.fields);
  if (typeof to !== 'number' || from === undefined) return undefined;
  const until = decision.nextTransition === undefined ? undefined : Date.parse(decision.nextTransition);
  return { requests: workload.requests, replicas: from - to, ...(until !== undefined && { until }) };
};
