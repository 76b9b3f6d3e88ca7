import { DAY_MS, MINUTE_MS } from '@kube-steward/schedule';
import { amountOf, perResource, scaled, type Amounts, type Resource } from '../amounts.ts';
import { goPow } from '../histogram/go-math.ts';
import { percentileOf } from '../histogram/histogram.ts';
import type { VpaAggregate } from './aggregate.ts';

/** What a container should request, and the range in which the VPA's updater leaves it alone. */
export interface Estimate {
  readonly target: Amounts;
  readonly lowerBound: Amounts;
  readonly upperBound: Amounts;
}

/** The three numbers, each a percentile, and how a short history widens the range: `(1 + factor / confidence) ^ exponent`. */
export const BOUNDS = {
  target: { share: 0.9 },
  lowerBound: { share: 0.5, widening: { factor: 0.001, exponent: -2 } },
  upperBound: { share: 0.95, widening: { factor: 1, exponent: 1 } },
} as const satisfies Record<keyof Estimate, Bound>;

interface Bound {
  readonly share: number;
  readonly widening?: { readonly factor: number; readonly exponent: number };
}

/** Above the percentile. */
export const MARGIN = 0.15;
/** What a pod gets at least, shared by its containers: 25m and 250 MiB. */
export const POD_MINIMUM: Amounts = { cpu: 25, memory: 250 * 1024 * 1024 };

/** How many days are known; a minute of every day counts once, however many containers there are. 0 without samples. */
export const confidenceOf = ({ firstSampleMs = 0, lastSampleMs = 0, samples }: VpaAggregate): number =>
  Math.min((lastSampleMs - firstSampleMs) / DAY_MS, samples / (DAY_MS / MINUTE_MS));

/** The least for one of so many containers of a pod. */
export const minimumOf = (containers: number): Amounts =>
  perResource((resource) => scaled(POD_MINIMUM[resource], 1 / containers));

/**
 * The numbers of the VPA's recommender, to the last unit. Each step cuts to whole millicores or bytes:
 *
 * ```
 *  percentile  P90 for the target, P50 and P95 for the range; of all CPU samples, of the daily peaks of memory
 *  + margin    15 %
 *  × widening  (1 + 0.001 / confidence)^-2 for the lower bound, (1 + 1 / confidence) for the upper one
 *  ≥ minimum   25m and 250 MiB, divided by the containers of the pod
 * ```
 */
export const estimate = (aggregate: VpaAggregate, minimum: Amounts): Estimate => {
  const confidence = confidenceOf(aggregate);
  const of = (bound: Bound): Amounts =>
    perResource((resource) => Math.max(boundOf(aggregate, resource, bound, confidence), minimum[resource]));
  return { target: of(BOUNDS.target), lowerBound: of(BOUNDS.lowerBound), upperBound: of(BOUNDS.upperBound) };
};

const boundOf = (
  aggregate: VpaAggregate,
  resource: Resource,
  { share, widening }: Bound,
  confidence: number,
): number => {
  const base = amountOf(resource, percentileOf(aggregate[resource], share));
  const withMargin = base + scaled(base, MARGIN);
  if (!widening) return withMargin;
  return scaled(withMargin, goPow(1 + widening.factor / confidence, widening.exponent));
};

/** For each container of a pod, by name. The minimum is shared by all that are given, so one that is switched off is left out. */
export const estimatePod = (containers: ReadonlyMap<string, VpaAggregate>): ReadonlyMap<string, Estimate> => {
  const minimum = minimumOf(containers.size);
  const names = [...containers.keys()].sort();
  return new Map(
    names.flatMap((name) => {
      const aggregate = containers.get(name);
      return aggregate ? [[name, estimate(aggregate, minimum)] as const] : [];
    }),
  );
};
