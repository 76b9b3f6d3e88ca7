import { RESOURCES, type Amounts, type Resource } from '../amounts.ts';
import { formatAmount } from '../profiles/format.ts';
import { shrink, totalOf, type Fitted, type PodAmounts, type Verdict } from './verdict.ts';

/** `requests.cpu` and `requests.memory` of a ResourceQuota: what is allowed, and what all pods of the namespace take now. */
export interface Quota {
  readonly name: string;
  readonly hard: Partial<Amounts>;
  readonly used: Partial<Amounts>;
}

/** How many pods of a workload there are, and how many more there may be while it is rolled out. */
export interface Pods {
  readonly replicas: number;
  readonly surge: number;
}

/**
 * During a rollout all new pods and the surge stand at once, so this is what one pod may take:
 *
 * ```
 *  (hard − (used − current × replicas)) / (replicas + surge)
 * ```
 * A pod that takes no more than it does now is always left as it is: it was allowed once.
 */
export const fitQuotas = (
  amounts: PodAmounts,
  current: Amounts,
  { replicas, surge }: Pods,
  quotas: readonly Quota[],
): Fitted => {
  const verdicts: Verdict[] = [];
  let fitted = amounts;
  for (const { name, hard, used } of quotas)
    for (const resource of RESOURCES) {
      const allowed = hard[resource];
      if (allowed === undefined) continue;
      const others = Math.max(0, (used[resource] ?? 0) - current[resource] * replicas);
      const each = Math.floor((allowed - others) / Math.max(1, replicas + surge));
      const total = totalOf(fitted)[resource];
      if (total <= each || total <= current[resource]) continue;
      verdicts.push(exceeds(resource, name, total, replicas + surge, allowed - others));
      fitted = shrink(fitted, resource, Math.max(each, current[resource]));
    }
  return { amounts: fitted, verdicts };
};

const exceeds = (resource: Resource, quota: string, total: number, pods: number, left: number): Verdict => ({
  kind: 'ExceedsQuota',
  resource,
  message: `${pods} × ${formatAmount(resource, total)} of ${resource} is above the ${formatAmount(resource, Math.max(0, left))} that quota ${quota} leaves`,
});
