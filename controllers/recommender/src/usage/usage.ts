import { DAY_MS, HOUR_MS, MINUTE_MS } from '@kube-steward/schedule';
import { scaled, valueOf } from '../amounts.ts';
import { addSample, createDecayingHistogram, type DecayingHistogram } from '../histogram/decaying-histogram.ts';
import { CPU_LAYOUT } from '../histogram/layout.ts';
import { createRuns, noteRun, type Runs } from './runs.ts';
import { createVpaAggregate, type VpaAggregate } from '../vpa/aggregate.ts';
import {
  createContainerUsage,
  observeCpu,
  observeMemory,
  observeOomKill,
  type ContainerUsage,
} from '../vpa/container-usage.ts';
import { awakeTime, createAwakeClock, fallAsleep, wakeUp, type AwakeClock } from './awake-clock.ts';
import { createDays, noteCpu, noteMemory, type Days } from './days.ts';
import { createMinima, noteMinimum, suspectedGrowth, type Minima } from './leak.ts';

/** What is known of one container of a workload, over all its pods: one of it a topmost owner and container name. Changed in place. */
export interface Usage {
  /** The VPA's histograms: its profile reads nothing else. */
  readonly vpa: VpaAggregate;
  /** Cores, finer and forgotten faster than the VPA's. */
  readonly cpu: DecayingHistogram;
  readonly days: Days;
  readonly minima: Minima;
  readonly clock: AwakeClock;
  /** Of a Job or CronJob, its runs; absent for what just runs. */
  runs: Runs | undefined;
  /** Time that samples stand for; gaps and sleep do not count. */
  coveredMs: number;
  /** The highest CPU while starting, in millicores: no part of the histogram. */
  startUpPeak: number;
  /** Out-of-memory kills that were counted on the day, and that day's number. */
  killDay: number;
  kills: number;
  /** What was recommended last, and when it was last lowered. */
  readonly given: Given;
}

/** A recommendation that was given, per resource. 0 before the first. */
export interface Given {
  cpu: number;
  memory: number;
  cpuLoweredMs: number;
  memoryLoweredMs: number;
}

/** One look at one container of one pod. */
export interface Sample {
  /** The end of the window it was measured in. */
  readonly at: number;
  /** Millicores; absent where only memory was seen. */
  readonly cpu?: number;
  /** Bytes; absent where only CPU was seen. */
  readonly memory?: number;
  /** When the container started; absent when that is not known. */
  readonly startedAt?: number;
  /** Whether it was ready. */
  readonly ready?: boolean;
  /** Of a Job: when the run began that it belongs to. */
  readonly runStartedAt?: number;
}

/** How long a container counts as starting: ready or not, and while it is not ready. */
const START_UP_MS = 2 * MINUTE_MS;
const LONGEST_START_UP_MS = 10 * MINUTE_MS;
/** A sample stands for the time since the one before, up to this: what is longer is a gap. */
const LONGEST_STEP_MS = 6 * MINUTE_MS;
/** A sample from further ahead than this comes from a clock that is wrong. */
const CLOCK_SKEW_MS = 5 * MINUTE_MS;
const CPU_HALF_LIFE_MS = 12 * HOUR_MS;
const OOM_RATIO = 1.2;
const OOM_BYTES = 100 * 1024 * 1024;
/** Kills of a day that raise the number: each by a fifth or more. After them raising does not help. */
export const KILLS_PER_DAY = 3;

export const createUsage = (): Usage => ({
  vpa: createVpaAggregate(),
  cpu: createDecayingHistogram(CPU_LAYOUT, CPU_HALF_LIFE_MS),
  days: createDays(),
  minima: createMinima(),
  clock: createAwakeClock(),
  runs: undefined,
  coveredMs: 0,
  startUpPeak: 0,
  killDay: 0,
  kills: 0,
  given: { cpu: 0, memory: 0, cpuLoweredMs: 0, memoryLoweredMs: 0 },
});
export { createContainerUsage, type ContainerUsage };

/**
 * Takes in one sample. What is invalid, doubled, older than the last one or from the future is dropped.
 *
 * | the container | CPU | memory |
 * | --- | --- | --- |
 * | starting (its first 2 minutes, or 10 while it is not ready) | apart: the highest of start-up | counts |
 * | running | counts | counts |
 */
export const observe = (usage: Usage, container: ContainerUsage, sample: Sample, now: number): void => {
  if (sample.at > now + CLOCK_SKEW_MS) return;
  wakeUp(usage.clock, sample.at);
  const at = awakeTime(usage.clock, sample.at);
  if (sample.cpu !== undefined) takeCpu(usage, container, sample, sample.cpu, at);
  if (sample.memory !== undefined) takeMemory(usage, container, sample, sample.memory, at);
  if (sample.runStartedAt !== undefined) noteRun((usage.runs ??= createRuns()), sample.runStartedAt, sample);
};

const takeCpu = (usage: Usage, container: ContainerUsage, sample: Sample, cpu: number, at: number): void => {
  if (isStarting(sample)) {
    usage.startUpPeak = Math.max(usage.startUpPeak, cpu);
    return;
  }
  const before = container.lastCpuMs ?? at;
  if (!observeCpu(container, usage.vpa, cpu, at)) return;
  addSample(usage.cpu, valueOf('cpu', cpu), 1, at);
  noteCpu(usage.days, valueOf('cpu', cpu), sample.at);
  usage.coveredMs += Math.min(at - before, LONGEST_STEP_MS);
};

const takeMemory = (usage: Usage, container: ContainerUsage, sample: Sample, memory: number, at: number): void => {
  if (!observeMemory(container, usage.vpa, memory, at)) return;
  noteMinimum(usage.minima, memory, sample.at, sample.startedAt);
  if (suspectedGrowth(usage.minima) === undefined) noteMemory(usage.days, memory, sample.at);
};

const isStarting = ({ at, startedAt, ready }: Sample): boolean =>
  startedAt !== undefined && at - startedAt < (ready === false ? LONGEST_START_UP_MS : START_UP_MS);

/**
 * An out-of-memory kill. The VPA's histogram takes it as the VPA does, from what was requested; the days take it from the limit that
 * killed: what was sampled last may be far below. After three kills of a day no more is added, because more memory does not help.
 *
 * @returns whether it still raised the number
 */
export const observeKill = (
  usage: Usage,
  container: ContainerUsage,
  { at, requested, limit = requested }: { readonly at: number; readonly requested: number; readonly limit?: number },
): boolean => {
  observeOomKill(container, usage.vpa, requested, awakeTime(usage.clock, at));
  const day = Math.floor(at / DAY_MS);
  if (day !== usage.killDay) Object.assign(usage, { killDay: day, kills: 0 });
  if (usage.kills >= KILLS_PER_DAY) return false;
  usage.kills++;
  const killedAt = Math.max(limit, container.peak);
  noteMemory(usage.days, Math.max(killedAt + OOM_BYTES, scaled(killedAt, OOM_RATIO)), at);
  return true;
};

/** The downscaler keeps it asleep: nothing is seen, and nothing is forgotten. */
export const observeSleep = (usage: Usage, at: number): void => fallAsleep(usage.clock, at);
