import { RESOURCES, type Amounts } from '../amounts.ts';
import { formatAmount } from '../profiles/format.ts';
import { shrink, totalOf, type Fitted, type PodAmounts, type Verdict } from './verdict.ts';

/** A pod that is larger than what the largest node has to give would wait for ever. */
export const fitLargestNode = (amounts: PodAmounts, allocatable: Amounts | undefined): Fitted => {
  const verdicts: Verdict[] = [];
  let fitted = amounts;
  for (const resource of RESOURCES) {
    const most = allocatable?.[resource] ?? Infinity;
    const total = totalOf(fitted)[resource];
    if (total <= most) continue;
    verdicts.push({
      kind: 'FitsNoNode',
      resource,
      message: `the pod's ${formatAmount(resource, total)} of ${resource} is above the ${formatAmount(resource, most)} of the largest node`,
    });
    fitted = shrink(fitted, resource, most);
  }
  return { amounts: fitted, verdicts };
};
