import { weightOf, type Histogram } from './histogram.ts';

/** How much a bucket counts for: its weight is time, and time × the middle of the bucket is load. */
export type Measure = 'time' | 'load';

/**
 * The value below which a share of all time was spent, or of all load was carried, in proportion within its bucket. 0 when there is
 * nothing.
 *
 * A percentile of load sees what one of time does not: five minutes of an hour at 800m over 100m are 8 % of the time, and 42 % of the
 * load.
 */
export const readShare = (h: Histogram, share: number, measure: Measure): number => {
  const threshold = share * measuredTotal(h, measure);
  let sum = 0;
  for (let bucket = h.min; bucket <= h.max; bucket++) {
    const measured = measuredOf(h, bucket, measure);
    if (measured > 0 && sum + measured >= threshold) return within(h, bucket, (threshold - sum) / measured);
    sum += measured;
  }
  return h.max < h.min ? 0 : endOf(h, h.max);
};

/** Where the highest bucket with any weight ends: nothing that still counts was above. */
export const highestOf = (h: Histogram): number => (h.max < h.min || weightOf(h, h.max) === 0 ? 0 : endOf(h, h.max));

const measuredTotal = (h: Histogram, measure: Measure): number => {
  let total = 0;
  for (let bucket = h.min; bucket <= h.max; bucket++) total += measuredOf(h, bucket, measure);
  return total;
};

const measuredOf = (h: Histogram, bucket: number, measure: Measure): number =>
  weightOf(h, bucket) * (measure === 'load' ? within(h, bucket, 0.5) : 1);

const within = (h: Histogram, bucket: number, part: number): number => {
  const start = h.layout.starts[bucket] ?? 0;
  return start + (endOf(h, bucket) - start) * part;
};

const endOf = ({ layout: { starts } }: Histogram, bucket: number): number =>
  starts[Math.min(bucket + 1, starts.length - 1)] ?? 0;
