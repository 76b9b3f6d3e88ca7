import { DAY_MS } from '@kube-steward/schedule';
import { bucketOf } from '../histogram/layout.ts';
import { highestOf, readShare } from '../histogram/readings.ts';
import { knownDays, mostOfLast, sameWeekday } from '../usage/days.ts';
import { median, suspectedGrowth } from '../usage/leak.ts';
import { runPercentile, type Runs } from '../usage/runs.ts';
import type { Usage } from '../usage/usage.ts';
import { formatAmount, formatShare } from './format.ts';
import { atLeast, atMost, begin, instead, times, type Reading } from './reading.ts';

/** The share of the load that fits, and the share of the time: a spike that is rare and high needs no request of its own. */
const LOAD_SHARE = 0.96;
const TIME_SHARE = 0.99;
/** Of the last runs of a Job. */
const RUN_SHARE = 0.9;
const CPU_MARGIN = 0.1;
/** Above the highest sample: what is saturated stays saturated, and the margin would be slack. */
const HEADROOM = 0.07;
const MEMORY_MARGIN = 0.15;
/** Below this, weekdays say nothing yet. */
const WEEKLY_AFTER_DAYS = 10;
/** Peaks that are older than a week and a day are history. */
const PEAK_DAYS = 8;

/**
 * CPU, in millicores: what 96 % of the load fits in, at most what 99 % of the time fits in, and a tenth more, but not more than was ever
 * used in the last days; on a weekday known to be busier, what its busiest hour takes.
 */
export const balancedCpu = (usage: Usage, at: number): Reading => {
  if (usage.runs) return cpuOfRuns(usage.runs);
  const { cpu } = usage;
  const load = millicores(readShare(cpu, LOAD_SHARE, 'load'));
  const time = millicores(readShare(cpu, TIME_SHARE, 'time'));
  const base = atMost(
    begin('LoadPercentile', load, `${formatShare(LOAD_SHARE)} of the load is at or below ${formatAmount('cpu', load)}`),
    'TimePercentile',
    time,
    `${formatShare(TIME_SHARE)} of the time is at or below ${formatAmount('cpu', time)}`,
  );
  const withMargin = times(base, 'Margin', 1 + CPU_MARGIN, `${formatShare(CPU_MARGIN)} more`);
  return withWeekday(notAboveHighest(withMargin, usage), usage, at);
};

/** A run is short, and mostly coming up: of each only the highest counts, and runs count alike, long ones and short ones. */
const cpuOfRuns = ({ cpu }: Runs): Reading => {
  const peak = Math.ceil(runPercentile(cpu, RUN_SHARE));
  const detail = `${formatShare(RUN_SHARE)} of the last ${cpu.length} runs kept within ${formatAmount('cpu', peak)}`;
  return times(begin('RunPercentile', peak, detail), 'Margin', 1 + CPU_MARGIN, `${formatShare(CPU_MARGIN)} more`);
};

const notAboveHighest = (reading: Reading, { days }: Usage): Reading => {
  const highest = millicores(mostOfLast(days, 'highestCpu', PEAK_DAYS));
  if (highest === 0) return reading;
  const detail = `${formatShare(HEADROOM)} above the highest sample of the last ${PEAK_DAYS} days, ${formatAmount('cpu', highest)}`;
  return atMost(reading, 'HighestSample', Math.ceil(highest * (1 + HEADROOM)), detail);
};

const withWeekday = (reading: Reading, { days }: Usage, at: number): Reading => {
  if (knownDays(days) < WEEKLY_AFTER_DAYS) return reading;
  const hours = sameWeekday(days, at).map(millicores);
  const typical = Math.ceil(median(hours) * (1 + CPU_MARGIN));
  const shown = hours.map((hour) => formatAmount('cpu', hour)).join(', ');
  return atLeast(
    reading,
    'SameWeekday',
    typical,
    `busiest hours of this weekday: ${shown}; the median, and a tenth more`,
  );
};

const millicores = (cores: number): number => Math.ceil(cores * 1000 - 1e-9);

/** Of the last seven days the busiest hour, in millicores: CPU is not lowered below it. */
export const lastWeekCpu = ({ days }: Usage): number => millicores(mostOfLast(days, 'busiestHour', 7));

/**
 * Memory, in bytes: the highest of the last eight days and 15 % more, kills included. While a leak is suspected it is what it was:
 * a leak is not chased.
 */
export const balancedMemory = (usage: Usage): Reading => {
  const peak = Math.ceil(Math.max(mostOfLast(usage.days, 'highestMemory', PEAK_DAYS), ...(usage.runs?.memory ?? [])));
  const reading = times(
    begin(
      'HighestPeak',
      peak,
      `the highest of the last ${usage.runs ? `${usage.runs.memory.length} runs` : `${PEAK_DAYS} days`} is ${formatAmount('memory', peak)}`,
    ),
    'Margin',
    1 + MEMORY_MARGIN,
    `${formatShare(MEMORY_MARGIN)} more`,
  );
  const growth = suspectedGrowth(usage.minima);
  if (growth === undefined || usage.given.memory === 0) return reading;
  return instead(
    reading,
    'MemoryLeak',
    usage.given.memory,
    `its lowest memory grows by ${formatShare(growth)} an hour, as a leak does: left at ${formatAmount('memory', usage.given.memory)}`,
  );
};

/**
 * The highest memory that anything remembers, in bytes: what a limit is never below. The days know it exactly; what they were not told of, because a
 * leak was suspected, the histogram knows to within a bucket.
 */
export const observedPeak = ({ days, vpa: { memory } }: Usage): number => {
  const seen = mostOfLast(days, 'highestMemory', Infinity);
  return Math.ceil(bucketOf(memory.layout, seen) >= memory.max ? seen : highestOf(memory));
};

/** How many days a number stands on: time that was seen, not samples. */
export const coveredDays = ({ coveredMs }: Usage): number => coveredMs / DAY_MS;

/** The CPU of start-up against a target, where it is more: what a `startupBoost` would be. */
export const startUpBoost = ({ startUpPeak }: Usage, targetMillicores: number): number | undefined =>
  startUpPeak > targetMillicores && targetMillicores > 0 ? startUpPeak / targetMillicores : undefined;
