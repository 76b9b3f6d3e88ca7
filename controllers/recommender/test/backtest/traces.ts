import { DAY_MS, HOUR_MS, MINUTE_MS, seededRandom } from '@kube-steward/schedule';
import type { Trace } from '../../src/backtest/trace.ts';

/** 2024-03-04T00:00:00Z, a Monday. */
export const START = 1_709_510_400_000;

/** Cores at a moment, given how far it is into the trace and random numbers. */
type Shape = (ms: number, next: () => number) => number;

const trace = (name: string, seed: number, days: number, shape: Shape): Trace => {
  const next = seededRandom(seed);
  const at = Array.from({ length: (days * DAY_MS) / (5 * MINUTE_MS) }, (_, index) => START + index * 5 * MINUTE_MS);
  return { name, at, cores: at.map((moment) => Math.max(0, shape(moment - START, next))) };
};

/** Noise that has a memory: each value stays near the one before. */
const drifting = (next: () => number, pull: number, spread: number): (() => number) => {
  let value = 0;
  return () => (value = value * pull + spread * (next() + next() - 1));
};

const hour = (ms: number): number => (ms % DAY_MS) / HOUR_MS;

/** Machines as they are met: each shape with other random numbers for each seed. */
export const machines = (seed: number): readonly Trace[] => {
  const noise = drifting(seededRandom(seed + 100), 0.9, 0.03);
  let [burst, level] = [0, 1];
  return [
    trace('plateau', seed, 14, () => 1.7 * (1 + noise())),
    trace('idle with spikes', seed + 1, 14, (_, next) =>
      next() < 0.01 ? 0.05 + 0.05 * next() : 0.005 + 0.001 * next(),
    ),
    trace('wave', seed + 2, 28, (ms) => 1 + 0.6 * Math.sin(((hour(ms) - 9) * Math.PI) / 12) + 0.5 * noise()),
    trace('batches, saturated', seed + 3, 28, (_, next) => {
      if (next() < 0.01) burst = burst > 0 ? 0 : 2.6 + 2 * next();
      return Math.min(4, 0.3 + burst + 0.2 * next());
    }),
    trace('changing levels', seed + 4, 28, (ms, next) => {
      if (ms % DAY_MS === 0 && next() < 0.2) level = 0.5 + 2 * next();
      return level * (1 + noise());
    }),
  ];
};
