import { HOUR_MS } from '@kube-steward/schedule';

/** The lowest memory of each four hours since a container started, at most two days of it. Changed in place. */
export interface Minima {
  /** Number of the open window, in windows since the epoch. */
  window: number;
  bytes: number[];
  /** Of the youngest container; 0 where that is not known. */
  startedMs: number;
  /** What {@link suspectedGrowth} says, worked out once a window. */
  growth: number | undefined;
}

const WINDOW_MS = 4 * HOUR_MS;
const KEPT = 12;
/** Closed ones, of a day: what is warm after it has come up is no leak. */
const NEEDED = 6;
/** In an hour, of the lowest: 0.5 % doubles in little more than a week. */
const SUSPECT_GROWTH = 0.005;
/** Of all steps. Caches that fill and load that swings go down now and then. */
const SUSPECT_RISES = 0.8;

export const createMinima = (): Minima => ({ window: 0, bytes: [], startedMs: 0, growth: undefined });

/** A sample of memory. A container that was started anew begins anew. */
export const noteMinimum = (m: Minima, bytes: number, at: number, startedAt = 0): void => {
  if (startedAt > m.startedMs) Object.assign(m, { bytes: [], growth: undefined, startedMs: startedAt });
  const window = Math.floor(at / WINDOW_MS);
  if (m.bytes.length > 0 && window === m.window) {
    m.bytes[m.bytes.length - 1] = Math.min(m.bytes.at(-1) ?? bytes, bytes);
    return;
  }
  if (window !== m.window + 1) m.bytes = [];
  m.window = window;
  m.growth = growthOf(m.bytes);
  m.bytes = [...m.bytes, bytes].slice(-KEPT);
};

/**
 * How fast the lowest memory grows, as a share of the lowest of all an hour, where that looks like a leak: the median of the slopes
 * between any two windows (Theil and Sen's, which outliers do not move). Absent: no leak is suspected.
 */
export const suspectedGrowth = ({ growth }: Minima): number | undefined => growth;

const growthOf = (bytes: readonly number[]): number | undefined => {
  if (bytes.length < NEEDED) return undefined;
  const steps = bytes.slice(1).map((value, index) => value - (bytes[index] ?? 0));
  const rises = steps.filter((step) => step > 0).length / steps.length;
  const growth = medianSlope(bytes) / (WINDOW_MS / HOUR_MS) / Math.min(...bytes);
  return rises >= SUSPECT_RISES && growth >= SUSPECT_GROWTH ? growth : undefined;
};

const medianSlope = (values: readonly number[]): number => {
  const slopes = values.flatMap((value, i) => values.slice(i + 1).map((later, k) => (later - value) / (k + 1)));
  return median(slopes);
};

/** The middle one; of two, their average. 0 of none. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
};
