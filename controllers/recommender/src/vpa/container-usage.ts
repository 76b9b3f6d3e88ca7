import { DAY_MS } from '@kube-steward/schedule';
import { scaled } from '../amounts.ts';
import { addCpu, addMemoryPeak, subtractMemoryPeak, type VpaAggregate } from './aggregate.ts';

/** What is known of one container of one pod: where its samples stand, and its open day of memory. Changed in place. */
export interface ContainerUsage {
  /** Moments of the last samples; absent before the first. */
  lastCpuMs: number | undefined;
  lastMemoryMs: number | undefined;
  /** When the open day ends. It began with the container's first sample, not at midnight. */
  windowEndMs: number | undefined;
  /** The highest memory of the open day: as sampled, and as inferred from out-of-memory kills. 0 while there is none. */
  peak: number;
  oomPeak: number;
}

/** After an out-of-memory kill it is taken to need a fifth more, and 100 MiB more at least. */
const OOM_RATIO = 1.2;
const OOM_BYTES = 100 * 1024 * 1024;

export const createContainerUsage = (): ContainerUsage => ({
  lastCpuMs: undefined,
  lastMemoryMs: undefined,
  windowEndMs: undefined,
  peak: 0,
  oomPeak: 0,
});

/** A sample of CPU, in millicores. @returns false when it is dropped: negative, or no younger than the last one */
export const observeCpu = (c: ContainerUsage, a: VpaAggregate, millicores: number, at: number): boolean => {
  if (!(millicores >= 0) || (c.lastCpuMs !== undefined && at <= c.lastCpuMs)) return false;
  addCpu(a, millicores, at);
  c.lastCpuMs = at;
  return true;
};

/** A sample of memory, in bytes. @returns false when it is dropped: negative, or older than the last one */
export const observeMemory = (c: ContainerUsage, a: VpaAggregate, bytes: number, at: number): boolean => {
  if (c.lastMemoryMs !== undefined && at < c.lastMemoryMs) return false;
  return observePeak(c, a, bytes, at, 'peak');
};

/**
 * An out-of-memory kill of a container that requested so much. What it takes for needed is computed from the request and the sampled peak;
 * not from earlier kills of the same day, so that a loop of kills does not run away.
 *
 * @returns false when it is dropped: more than a day older than the last sample
 */
export const observeOomKill = (c: ContainerUsage, a: VpaAggregate, requestedBytes: number, at: number): boolean => {
  if (c.lastMemoryMs !== undefined && at < c.lastMemoryMs - DAY_MS) return false;
  const used = Math.max(requestedBytes, c.peak);
  return observePeak(c, a, Math.max(used + OOM_BYTES, scaled(used, OOM_RATIO)), at, 'oomPeak');
};

/**
 * | the moment | the value | |
 * | --- | --- | --- |
 * | in the open day | not above the highest of the day | nothing |
 * | | above it | replaces it in the histogram |
 * | after it | any | a new day is opened, with this as its highest |
 */
const observePeak = (
  c: ContainerUsage,
  a: VpaAggregate,
  bytes: number,
  at: number,
  kind: 'peak' | 'oomPeak',
): boolean => {
  if (!(bytes >= 0)) return false;
  c.lastMemoryMs = at;
  let end = c.windowEndMs ?? at;
  if (at < end) {
    const highest = Math.max(c.peak, c.oomPeak);
    if (highest === 0 || bytes <= highest) return true;
    subtractMemoryPeak(a, highest, end);
  } else {
    end += (Math.floor((at - end) / DAY_MS) + 1) * DAY_MS;
    c.peak = 0;
    c.oomPeak = 0;
  }
  c.windowEndMs = end;
  addMemoryPeak(a, bytes, end);
  c[kind] = bytes;
  return true;
};
