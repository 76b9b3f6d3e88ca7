import { DAY_MS } from '@kube-steward/schedule';
import { valueOf } from '../amounts.ts';
import {
  addSample,
  createDecayingHistogram,
  mergeHistogram,
  subtractSample,
  type DecayingHistogram,
} from '../histogram/decaying-histogram.ts';
import { VPA_CPU_LAYOUT, VPA_MEMORY_LAYOUT } from '../histogram/layout.ts';

/** What the VPA knows of all containers of one name: every CPU sample, and the highest memory of each day. Changed in place. */
export interface VpaAggregate {
  /** Cores. */
  readonly cpu: DecayingHistogram;
  /** Bytes. */
  readonly memory: DecayingHistogram;
  /** Of CPU samples, milliseconds since the epoch; absent while there are none. */
  firstSampleMs: number | undefined;
  lastSampleMs: number | undefined;
  /** CPU samples. */
  samples: number;
}

/** Since VPA 1.4 every sample weighs the same; before, a sample weighed as many cores as were requested. */
const CPU_SAMPLE_WEIGHT = 0.1;
const HALF_LIFE_MS = DAY_MS;

/** How many days the VPA keeps an aggregate that gets no samples. */
const KEPT_DAYS = 8;

export const createVpaAggregate = (): VpaAggregate => ({
  cpu: createDecayingHistogram(VPA_CPU_LAYOUT, HALF_LIFE_MS),
  memory: createDecayingHistogram(VPA_MEMORY_LAYOUT, HALF_LIFE_MS),
  firstSampleMs: undefined,
  lastSampleMs: undefined,
  samples: 0,
});

/** A CPU sample, in millicores. */
export const addCpu = (a: VpaAggregate, millicores: number, at: number): void => {
  addSample(a.cpu, valueOf('cpu', millicores), CPU_SAMPLE_WEIGHT, at);
  a.firstSampleMs = Math.min(a.firstSampleMs ?? at, at);
  a.lastSampleMs = Math.max(a.lastSampleMs ?? at, at);
  a.samples++;
};

/** The highest memory of a day, at the END of that day: an open day weighs up to twice as much as a closed one. */
export const addMemoryPeak = (a: VpaAggregate, bytes: number, windowEnd: number): void =>
  addSample(a.memory, bytes, 1, windowEnd);

export const subtractMemoryPeak = (a: VpaAggregate, bytes: number, windowEnd: number): void =>
  subtractSample(a.memory, bytes, 1, windowEnd);

/** Adds what another aggregate knows. Moves the references of both, as {@link mergeHistogram} does. */
export const mergeAggregate = (into: VpaAggregate, from: VpaAggregate): void => {
  mergeHistogram(into.cpu, from.cpu);
  mergeHistogram(into.memory, from.memory);
  into.firstSampleMs = least(into.firstSampleMs, from.firstSampleMs);
  into.lastSampleMs = most(into.lastSampleMs, from.lastSampleMs);
  into.samples += from.samples;
};

const least = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
const most = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);

/** Whether the VPA would have forgotten it by now. */
export const isExpired = ({ lastSampleMs }: VpaAggregate, createdMs: number, now: number): boolean =>
  now - (lastSampleMs ?? createdMs) >= KEPT_DAYS * DAY_MS;
