import { MINUTE_MS } from '@kube-steward/schedule';
import { addSample } from '../histogram/decaying-histogram.ts';
import { isEmpty, percentileOf, weightOf } from '../histogram/histogram.ts';
import type { VpaAggregate } from '../vpa/aggregate.ts';
import { noteCpu, noteMemory } from './days.ts';
import { createUsage, type Usage } from './usage.ts';

/** Of the daily peaks of memory. */
const PEAK_SHARE = 0.95;

/**
 * What is known from a checkpoint of the VPA's. Its profile gives the VPA's numbers at once; for the others each bucket counts as what lies in its
 * middle, as of the last sample; what was highest is the one day that is known.
 */
export const warmStart = (vpa: VpaAggregate): Usage => {
  const usage: Usage = { ...createUsage(), vpa };
  const { cpu, firstSampleMs, lastSampleMs } = vpa;
  if (firstSampleMs === undefined || lastSampleMs === undefined) return usage;
  for (let bucket = cpu.min; bucket <= cpu.max; bucket++)
    addSample(usage.cpu, middleOf(cpu, bucket), (weightOf(cpu, bucket) / cpu.total) * vpa.samples, lastSampleMs);
  noteCpu(usage.days, middleOf(cpu, cpu.max), lastSampleMs);
  if (!isEmpty(vpa.memory)) noteMemory(usage.days, percentileOf(vpa.memory, PEAK_SHARE), lastSampleMs);
  usage.coveredMs = Math.min(lastSampleMs - firstSampleMs, vpa.samples * MINUTE_MS);
  return usage;
};

const middleOf = ({ layout: { starts } }: Usage['cpu'], bucket: number): number => {
  const start = starts[bucket] ?? 0;
  return (start + (starts[bucket + 1] ?? start)) / 2;
};
