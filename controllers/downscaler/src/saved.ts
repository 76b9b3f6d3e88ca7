import type { Requests } from '@kube-steward/plan';
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
