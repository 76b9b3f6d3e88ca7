import type { Amounts } from '../amounts.ts';
import { fitLimitRange, type LimitRange } from './limit-range.ts';
import { fitLargestNode } from './node.ts';
import { fitQuotas, type Pods, type Quota } from './quota.ts';
import type { Fitted, PodAmounts } from './verdict.ts';

/** What the pods of a workload have to fit into. */
export interface Surroundings {
  /** What one pod requests now. */
  readonly current: Amounts;
  readonly pods: Pods;
  readonly quotas?: readonly Quota[] | undefined;
  readonly limitRange?: LimitRange | undefined;
  readonly largestNode?: Amounts | undefined;
}

/** Through the LimitRange, the largest node and the quotas, in the order in which the cluster would say no. */
export const fit = (amounts: PodAmounts, surroundings: Surroundings): Fitted => {
  const inRange = fitLimitRange(amounts, surroundings.limitRange ?? {});
  const onNode = fitLargestNode(inRange.amounts, surroundings.largestNode);
  const { current, pods, quotas = [] } = surroundings;
  const inQuota = fitQuotas(onNode.amounts, current, pods, quotas);
  return {
    amounts: inQuota.amounts,
    verdicts: [...inRange.verdicts, ...onNode.verdicts, ...inQuota.verdicts],
  };
};
