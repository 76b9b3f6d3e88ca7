import { RESOURCES, type Amounts, type Resource } from '../amounts.ts';
import { formatAmount } from '../profiles/format.ts';
import { shrink, totalOf, type Fitted, type PodAmounts, type Verdict } from './verdict.ts';

/** What the LimitRanges of a namespace allow, all of them together. */
export interface LimitRange {
  readonly containerMin?: Partial<Amounts>;
  readonly containerMax?: Partial<Amounts>;
  readonly podMax?: Partial<Amounts>;
}

/** Each container within its range (raised to the least without a word: that is no fault), then the pod within its own. */
export const fitLimitRange = (amounts: PodAmounts, range: LimitRange): Fitted => {
  const verdicts: Verdict[] = [];
  let fitted: PodAmounts = new Map(
    [...amounts].map(([name, each]) => [name, fitContainer(name, each, range, verdicts)] as const),
  );
  for (const resource of RESOURCES) {
    const most = range.podMax?.[resource] ?? Infinity;
    const total = totalOf(fitted)[resource];
    if (total <= most) continue;
    verdicts.push(exceeds(resource, `the pod's ${formatAmount(resource, total)}`, most));
    fitted = shrink(fitted, resource, most);
  }
  return { amounts: fitted, verdicts };
};

const fitContainer = (name: string, amounts: Amounts, range: LimitRange, verdicts: Verdict[]): Amounts => {
  const fitted = { ...amounts };
  for (const resource of RESOURCES) {
    const most = range.containerMax?.[resource] ?? Infinity;
    const least = Math.min(range.containerMin?.[resource] ?? 0, most);
    if (amounts[resource] > most)
      verdicts.push(exceeds(resource, `${name}'s ${formatAmount(resource, amounts[resource])}`, most));
    fitted[resource] = Math.max(least, Math.min(amounts[resource], most));
  }
  return fitted;
};

const exceeds = (resource: Resource, what: string, most: number): Verdict => ({
  kind: 'ExceedsLimitRange',
  resource,
  message: `${what} of ${resource} is above the LimitRange's ${formatAmount(resource, most)}`,
});
