import { goPow } from './go-math.ts';

/**
 * How values are sorted into buckets that grow exponentially: bucket `i` begins at `first · (ratio^i − 1) / (ratio − 1)`, so each is
 * `ratio` times as wide as the one before, and a value is known to within `ratio − 1` of itself (above a few buckets).
 */
export interface Layout {
  /** Width of the first bucket, in the unit of the values. */
  readonly first: number;
  readonly ratio: number;
  /** Weights below this count as nothing. */
  readonly epsilon: number;
  /** Where each bucket begins; one array a process, however many histograms. */
  readonly starts: Float64Array;
}

/** A layout that reaches up to `max`; what is larger falls into the last bucket. */
export const createLayout = (first: number, max: number, ratio: number, epsilon: number): Layout => {
  const count = Math.ceil(logOf(ratio, (max * (ratio - 1)) / first + 1)) + 1;
  const starts = Float64Array.from({ length: count }, (_, bucket) =>
    bucket === 0 ? 0 : (first * (goPow(ratio, bucket) - 1)) / (ratio - 1),
  );
  return { first, ratio, epsilon, starts };
};

const logOf = (base: number, value: number): number => Math.log(value) / Math.log(base);

/** The bucket that a value falls into. */
export const bucketOf = ({ first, ratio, starts }: Layout, value: number): number =>
  value < first ? 0 : Math.min(Math.trunc(logOf(ratio, (value * (ratio - 1)) / first + 1)), starts.length - 1);

/** The VPA's buckets for CPU, in cores: from 10m up to 1000 cores, 5 % apart. */
export const VPA_CPU_LAYOUT = createLayout(0.01, 1000, 1.05, 0.0001);
/** The VPA's buckets for memory, in bytes: from 10 MB up to 1 TB, 5 % apart. */
export const VPA_MEMORY_LAYOUT = createLayout(1e7, 1e12, 1.05, 0.0001);
/** Our own for CPU, in cores: from 1m up, because many a container uses less than 10m. */
export const CPU_LAYOUT = createLayout(0.001, 1000, 1.05, 1e-9);
