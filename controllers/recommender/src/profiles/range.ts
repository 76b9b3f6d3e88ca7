import { DAY_MS } from '@kube-steward/schedule';
import { MOST, perResource, type Amounts } from '../amounts.ts';
import type { Usage } from '../usage/usage.ts';
import { estimate, minimumOf, type Estimate } from '../vpa/estimate.ts';
import type { Profile } from './profiles.ts';

/** What is nearer to the target than this is left alone. */
const LOWER = 0.9;
const UPPER = 1.1;

/**
 * The range in which the VPA's updater leaves a pod alone, for targets that were worked out already.
 *
 * | profile | lower bound | upper bound |
 * | --- | --- | --- |
 * | `vpa` | the VPA's | the VPA's |
 * | others | 10 % below the target | 10 % above it, and as much again as one day is of the days that were seen; never above the largest node |
 *
 * The VPA counts samples, so after a start from hourly history its upper bound is many times the target; these count time.
 */
export const rangeOf = (
  usage: Usage,
  profile: Profile,
  target: Amounts,
  containers: number,
  largestNode: Amounts = { cpu: MOST, memory: MOST },
): Omit<Estimate, 'target'> => {
  if (profile.name === 'vpa') return estimate(usage.vpa, minimumOf(containers));
  const doubt = usage.coveredMs === 0 ? Infinity : DAY_MS / usage.coveredMs;
  return {
    lowerBound: perResource((resource) => Math.floor(target[resource] * LOWER)),
    upperBound: perResource((resource) =>
      Math.max(target[resource], Math.min(Math.ceil(target[resource] * (UPPER + doubt)), largestNode[resource])),
    ),
  };
};
