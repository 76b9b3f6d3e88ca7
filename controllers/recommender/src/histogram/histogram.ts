import { bucketOf, type Layout } from './layout.ts';

/**
 * Weights by bucket, with the VPA's rules for what counts as empty. Changed in place: there is one a container and resource, and a
 * sample a minute for each.
 *
 * `weights` holds the buckets from `offset` on that were ever touched: a container uses about 20 of 176.
 */
export interface Histogram {
  readonly layout: Layout;
  weights: number[];
  offset: number;
  total: number;
  /** Lowest and highest bucket with a weight that counts; the last and the first bucket while there is none. */
  min: number;
  max: number;
}

export const createHistogram = (layout: Layout): Histogram => ({
  layout,
  weights: [],
  offset: 0,
  total: 0,
  min: layout.starts.length - 1,
  max: 0,
});

/** The weight of one bucket. */
export const weightOf = (h: Histogram, bucket: number): number => h.weights[bucket - h.offset] ?? 0;

export const addWeight = (h: Histogram, value: number, weight: number): void =>
  addToBucket(h, bucketOf(h.layout, value), weight);

/** Adds to a bucket that is known already, as when a checkpoint is read. */
export const addToBucket = (h: Histogram, bucket: number, weight: number): void => {
  setWeight(h, bucket, weightOf(h, bucket) + weight);
  h.total += weight;
  if (weightOf(h, bucket) < h.layout.epsilon) return;
  h.min = Math.min(h.min, bucket);
  h.max = Math.max(h.max, bucket);
};

export const subtractWeight = (h: Histogram, value: number, weight: number): void => {
  const bucket = bucketOf(h.layout, value);
  h.total = subtractSafely(h.total, weight, h.layout.epsilon);
  setWeight(h, bucket, subtractSafely(weightOf(h, bucket), weight, h.layout.epsilon));
  tighten(h);
};

const subtractSafely = (from: number, weight: number, epsilon: number): number =>
  from - weight < epsilon ? 0 : from - weight;

const setWeight = (h: Histogram, bucket: number, weight: number): void => {
  if (h.weights.length === 0) h.offset = bucket;
  if (bucket < h.offset || bucket >= h.offset + h.weights.length) makeRoom(h, bucket);
  h.weights[bucket - h.offset] = weight;
};

/** Exactly as large as is needed, and filled with a fraction first: V8 then keeps bare doubles, 8 bytes each. */
const makeRoom = (h: Histogram, bucket: number): void => {
  const offset = Math.min(h.offset, bucket);
  const end = Math.max(h.offset + h.weights.length, bucket + 1);
  const grown = new Array<number>(end - offset).fill(0.5).fill(0);
  h.weights.forEach((weight, index) => (grown[h.offset - offset + index] = weight));
  h.weights = grown;
  h.offset = offset;
};

/** Multiplies all weights, and forgets buckets that no longer count. */
export const scaleWeights = (h: Histogram, factor: number): void => {
  for (let i = Math.max(0, h.min - h.offset); i <= h.max - h.offset; i++) h.weights[i] = (h.weights[i] ?? 0) * factor;
  h.total *= factor;
  tighten(h);
};

/** Moves the ends inwards, past buckets that do not count. */
export const tighten = (h: Histogram): void => {
  const { epsilon, starts } = h.layout;
  while (weightOf(h, h.min) < epsilon && h.min < starts.length - 1) h.min++;
  while (weightOf(h, h.max) < epsilon && h.max > 0) h.max--;
};

/** Adds the weights of another one of the same layout. */
export const mergeWeights = (into: Histogram, from: Histogram): void => {
  for (let bucket = from.min; bucket <= from.max; bucket++)
    setWeight(into, bucket, weightOf(into, bucket) + weightOf(from, bucket));
  into.total += from.total;
  into.min = Math.min(into.min, from.min);
  into.max = Math.max(into.max, from.max);
};

export const isEmpty = (h: Histogram): boolean => weightOf(h, h.min) < h.layout.epsilon;

/**
 * The value that a share of all weight does not exceed: the END of the bucket in which the sum of weights reaches it, so it is over
 * the true value by up to one bucket. 0 when there is nothing.
 */
export const percentileOf = (h: Histogram, share: number): number => {
  if (isEmpty(h)) return 0;
  const bucket = bucketAtShare(h, share);
  return h.layout.starts[Math.min(bucket + 1, h.layout.starts.length - 1)] ?? 0;
};

const bucketAtShare = (h: Histogram, share: number): number => {
  const threshold = share * h.total;
  let sum = 0;
  for (let bucket = h.min; bucket < h.max; bucket++) {
    sum += weightOf(h, bucket);
    if (sum >= threshold) return bucket;
  }
  return Math.max(h.min, h.max);
};
