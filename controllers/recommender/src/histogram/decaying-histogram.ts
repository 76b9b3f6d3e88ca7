import { goExp2 } from './go-math.ts';
import { addWeight, createHistogram, mergeWeights, scaleWeights, subtractWeight, type Histogram } from './histogram.ts';
import type { Layout } from './layout.ts';

/**
 * A histogram in which a sample weighs half as much as one that is a half-life younger. Nothing is ever decayed in place: younger
 * samples weigh more, by `2^((t − referenceMs) / halfLifeMs)`, and the reference moves on before that grows out of bounds.
 */
export interface DecayingHistogram extends Histogram {
  readonly halfLifeMs: number;
  /** The moment at which a sample weighs what it was given; milliseconds since the epoch. */
  referenceMs: number;
}

/** Go's zero time, the first of January of year 1: where a reference begins, and what it is rounded from. */
export const YEAR_ONE_MS = -62_135_596_800_000;
/** In half-lives. */
const MOST_DECAY = 100;
/** Go's durations end at 2^63 nanoseconds. */
const LONGEST_MS = 2 ** 63 / 1e6;

export const createDecayingHistogram = (layout: Layout, halfLifeMs: number): DecayingHistogram => {
  const { weights, offset, total, min, max } = createHistogram(layout);
  return { layout, halfLifeMs, referenceMs: YEAR_ONE_MS, weights, offset, total, min, max };
};

export const addSample = (h: DecayingHistogram, value: number, weight: number, at: number): void =>
  addWeight(h, value, weight * decayFactor(h, at));

export const subtractSample = (h: DecayingHistogram, value: number, weight: number, at: number): void =>
  subtractWeight(h, value, weight * decayFactor(h, at));

/** What a sample of that moment weighs. Moves the reference when the moment is too far from it. */
const decayFactor = (h: DecayingHistogram, at: number): number => {
  if (at > h.referenceMs + MOST_DECAY * h.halfLifeMs) shiftReference(h, at);
  return goExp2((at - h.referenceMs) / h.halfLifeMs);
};

/** To the nearest multiple of the half-life since year 1, which may lie after `at`. */
const shiftReference = (h: DecayingHistogram, at: number): void => {
  const { halfLifeMs } = h;
  const reference = YEAR_ONE_MS + Math.floor((at - YEAR_ONE_MS) / halfLifeMs + 0.5) * halfLifeMs;
  const moved = Math.max(h.referenceMs - reference, -LONGEST_MS);
  scaleWeights(h, 2 ** Math.floor(moved / halfLifeMs + 0.5));
  h.referenceMs = reference;
};

/** Adds another one of the same layout and half-life. The older of the two is moved to the reference of the younger first. */
export const mergeHistogram = (into: DecayingHistogram, from: DecayingHistogram): void => {
  if (into.referenceMs < from.referenceMs) shiftReference(into, from.referenceMs);
  else if (from.referenceMs < into.referenceMs) shiftReference(from, into.referenceMs);
  mergeWeights(into, from);
};
