import type { DecidedBy, Decision } from '@kube-steward/plan';
import { perResource, type Amounts } from './amounts.ts';
import { changesOf, describeChanges, type ContainerTarget } from './changes.ts';
import { containerNumber, type ContainerNumber } from './container-number.ts';
import { fit } from './fit/fit.ts';
import { roundDown, roundUp } from './fit/rounding.ts';
import { totalOf, type PodAmounts, type Verdict } from './fit/verdict.ts';
import { NAME } from './names.ts';
import { notesOf } from './notes.ts';
import type { ContainerObservation, Observation, Policy } from './observation.ts';
import { PROFILES } from './profiles/profiles.ts';
import type { Reason } from './reasons.ts';

/** What a workload should request, and how that came about. */
export interface Recommendation {
  readonly decision: Decision;
  /** By container; none where nothing is recommended for. */
  readonly numbers: readonly ContainerNumber[];
  /** What is asked for, after everything had to fit: the only figures that may be written anywhere. */
  readonly targets: readonly ContainerTarget[];
  readonly verdicts: readonly Verdict[];
  /** One sentence each: what else somebody should know. */
  readonly notes: readonly string[];
}

/**
 * What one workload should request now. Pure: the same observation, policy and time give the same answer, whoever asks.
 *
 * | the workload | its number | answer |
 * | --- | --- | --- |
 * | is excluded | | none: Excluded |
 * | was never seen | | none: NoUsage |
 * | was seen | is what is requested | none: Fits (LowConfidence while little was seen) |
 * | | is above what LimitRange, nodes or quotas allow, and what they allow is what is requested | blocked, with the verdict |
 * | | is above it, and cutting it still changes something | recommend what they allow, with the verdict |
 * | | is another one | recommend |
 */
export const decide = (o: Observation, policy: Policy, now: number): Recommendation => {
  if (o.excludedBy) return nothing(o, 'Excluded', 'it is excluded', o.excludedBy);
  const seen = o.containers.filter(({ usage, isExcluded }) => !isExcluded && isSeen(usage));
  if (seen.length === 0) return nothing(o, 'NoUsage', 'no usage was seen yet');
  const profile = PROFILES[o.profile?.name ?? policy.profile];
  const autoscaler = o.autoscaler ?? [];
  const context = {
    profile,
    policy,
    autoscaler,
    containers: o.containers.filter(({ isExcluded }) => !isExcluded).length,
    at: now,
  };
  const numbers = seen.map((container) => containerNumber(container, context));
  const { amounts, verdicts } = fitted(o, numbers, policy);
  const highestLimit = o.limitRange?.containerMax?.memory ?? Infinity;
  const targets = numbers.map((number) => targetOf(number, amounts, highestLimit));
  return {
    decision: decisionOf(o, policy, numbers, targets, verdicts),
    numbers,
    targets,
    verdicts,
    notes: notesOf(numbers, targets, autoscaler),
  };
};

const isSeen = ({ vpa, cpu }: ContainerObservation['usage']): boolean =>
  vpa.samples > 0 || vpa.memory.total > 0 || cpu.total > 0;

const requestsOf = ({ requests }: ContainerObservation): Amounts => perResource((resource) => requests[resource] ?? 0);

/** The pod as it would be: containers without a number of their own stay as they are. */
const fitted = (o: Observation, numbers: readonly ContainerNumber[], policy: Policy) => {
  const current: PodAmounts = new Map(o.containers.map((container) => [container.name, requestsOf(container)]));
  const isExact = (o.profile?.name ?? policy.profile) === 'vpa';
  const wanted = new Map(current);
  for (const { container, readings, memoryLimit = Infinity } of numbers)
    wanted.set(
      container.name,
      perResource((resource) => {
        const { amount } = readings[resource];
        const rounded = isExact ? amount : roundUp(resource, amount);
        return Math.min(rounded, resource === 'memory' ? memoryLimit : (container.limits.cpu ?? Infinity));
      }),
    );
  const { limitRange, quotas, largestNode, pods } = o;
  return fit(wanted, { current: totalOf(current), pods, limitRange, quotas, largestNode });
};

/** A LimitRange's most is one for limits as well. */
const targetOf = (
  { container, readings, memoryLimit }: ContainerNumber,
  amounts: PodAmounts,
  highestLimit: number,
): ContainerTarget => {
  const fit = amounts.get(container.name);
  const requests = perResource((resource) => {
    const amount = fit?.[resource] ?? 0;
    return amount < readings[resource].amount ? roundDown(resource, amount) : amount;
  });
  const isLeft = memoryLimit === undefined || memoryLimit === container.limits.memory;
  return { container, requests, memoryLimit: isLeft ? memoryLimit : Math.min(memoryLimit, highestLimit) };
};

const decisionOf = (
  o: Observation,
  policy: Policy,
  numbers: readonly ContainerNumber[],
  targets: readonly ContainerTarget[],
  verdicts: readonly Verdict[],
): Decision => {
  const changes = changesOf(targets);
  const described = describeChanges(targets);
  const [verdict] = verdicts;
  const isLow = numbers.some(({ isLowConfidence }) => isLowConfidence);
  const profile = o.profile?.name ?? policy.profile;
  const decidedBy = o.profile?.decidedBy ?? { source: 'config', key: 'profile', value: profile };
  const base = { controller: NAME, object: o.object, decidedBy, changes } as const;
  if (described === '' && verdict)
    return { ...base, action: 'blocked', reason: verdict.kind, message: `${verdict.message}; it stays as it is` };
  const low = isLow ? ' (little was seen yet)' : '';
  if (described === '')
    return { ...base, action: 'none', reason: isLow ? 'LowConfidence' : 'Fits', message: `its requests fit${low}` };
  const reason: Reason = verdict?.kind ?? (isLow ? 'LowConfidence' : 'Recommended');
  const cut = verdict ? `; ${verdict.message}` : '';
  return { ...base, action: 'recommend', reason, message: `${described}${low}${cut}` };
};

const nothing = (o: Observation, reason: Reason, message: string, decidedBy?: DecidedBy): Recommendation => ({
  decision: {
    controller: NAME,
    object: o.object,
    action: 'none',
    reason,
    message,
    ...(decidedBy && { decidedBy }),
    changes: [],
  },
  numbers: [],
  targets: [],
  verdicts: [],
  notes: [],
});
