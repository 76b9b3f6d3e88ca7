import { DAY_MS } from '@kube-steward/schedule';
import { perResource, type Resource } from './amounts.ts';
import { disturbed, type AutoscalerMetric } from './autoscaler.ts';
import { memoryLimitOf, mostWithin } from './fit/limits.ts';
import { roundUp } from './fit/rounding.ts';
import type { ContainerObservation, Policy } from './observation.ts';
import { observedPeak } from './profiles/balanced.ts';
import { formatAmount } from './profiles/format.ts';
import type { Profile } from './profiles/profiles.ts';
import { atLeast, atMost, instead, type Reading } from './profiles/reading.ts';
import { recommend } from './profiles/recommend.ts';

/** What one container should request, before the pod as a whole has to fit. */
export interface ContainerNumber {
  readonly container: ContainerObservation;
  /** What its profile gives: to be remembered for the next time. */
  readonly given: Readonly<Record<Resource, Reading>>;
  /** The same, after everything that is set for this container. */
  readonly readings: Readonly<Record<Resource, Reading>>;
  /** Bytes; absent where there is none. */
  readonly memoryLimit: number | undefined;
  /** Less than a day was seen; of a Job, fewer than five runs. */
  readonly isLowConfidence: boolean;
}

/** What the numbers of a pod's containers have in common. */
export interface PodContext {
  readonly profile: Profile;
  readonly policy: Policy;
  readonly autoscaler: readonly AutoscalerMetric[];
  readonly containers: number;
  readonly at: number;
}

const CONFIDENT_MS = DAY_MS;
const CONFIDENT_RUNS = 5;

/**
 * In this order, the last one that changes something binds:
 *
 * ```
 *  the profile's number, at its pace
 *  not below what is requested now, while too little was seen (the VPA's numbers are given as they are)
 *  what is requested now, where an autoscaler scales by a percentage of it
 *  at least and at most what annotations and configuration say
 *  at most the limit
 * ```
 */
export const containerNumber = (container: ContainerObservation, context: PodContext): ContainerNumber => {
  const { profile, policy, containers, at } = context;
  const { usage, limits } = container;
  const given = recommend(usage, profile, at, containers);
  const isLowConfidence = usage.runs ? usage.runs.cpu.length < CONFIDENT_RUNS : usage.coveredMs < CONFIDENT_MS;
  const bounded = perResource((resource) => {
    const confident =
      isLowConfidence && profile.isPaced ? notLowered(given[resource], container, resource) : given[resource];
    return within(leftToAutoscaler(confident, container, resource, context), container, resource, policy);
  });
  const wanted = policy.changeLimits ? profile.memoryLimit?.(usage, bounded.memory.amount) : undefined;
  const limit = memoryLimitOf({ limits, observedPeak: observedPeak(usage), wanted });
  const isLeft = limit === undefined || limit === limits.memory;
  const memoryLimit = isLeft ? limit : roundUp('memory', limit);
  const most = mostWithin(limits, memoryLimit);
  const readings = perResource((resource) =>
    atMost(bounded[resource], 'Limit', most[resource], `its limit is ${formatAmount(resource, most[resource])}`),
  );
  return { container, given, readings, memoryLimit, isLowConfidence };
};

const notLowered = (reading: Reading, { requests }: ContainerObservation, resource: Resource): Reading => {
  const now = requests[resource] ?? 0;
  return atLeast(
    reading,
    'LowConfidence',
    now,
    `too little was seen: not below the ${formatAmount(resource, now)} of now`,
  );
};

const leftToAutoscaler = (
  reading: Reading,
  { requests }: ContainerObservation,
  resource: Resource,
  { autoscaler }: PodContext,
): Reading => {
  const metric = disturbed(autoscaler, resource);
  const now = requests[resource];
  if (!metric || now === undefined) return reading;
  return instead(reading, 'Autoscaler', now, `${metric.autoscaler} scales by ${metric.target} % of it`);
};

const within = (reading: Reading, container: ContainerObservation, resource: Resource, policy: Policy): Reading => {
  const least = container.least?.[resource];
  const most = container.most?.[resource] ?? Infinity;
  const floor = least ?? policy.least?.[resource] ?? 0;
  const rule = least === undefined ? 'Minimum' : 'Annotation';
  const raised = atLeast(reading, rule, floor, `not below ${formatAmount(resource, floor)}`);
  return atMost(raised, 'Annotation', most, `not above ${formatAmount(resource, most)}`);
};
