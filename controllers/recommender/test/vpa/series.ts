import { SECOND_MS } from '@kube-steward/schedule';
import { createVpaAggregate, type VpaAggregate } from '../../src/vpa/aggregate.ts';
import { createContainerUsage, observeCpu, observeMemory, observeOomKill } from '../../src/vpa/container-usage.ts';

export const MIB = 1024 * 1024;
/** 2024-03-09T16:00:00Z */
export const START = 1_710_000_000_000;

/** What a container used, and what it was killed for. */
export interface Series {
  readonly count: number;
  readonly stepMs?: number;
  readonly cpu: (index: number) => number;
  readonly memory: (index: number) => number;
  /** What it requested when it was killed 5 s after a sample. */
  readonly oom?: (index: number) => number | undefined;
}

/** What the VPA knows after a series. */
export const aggregateOf = ({ count, stepMs = 60_000, cpu, memory, oom }: Series, start = START): VpaAggregate => {
  const aggregate = createVpaAggregate();
  const container = createContainerUsage();
  for (let index = 0; index < count; index++) {
    const at = start + index * stepMs;
    observeCpu(container, aggregate, cpu(index), at);
    observeMemory(container, aggregate, memory(index), at);
    const requested = oom?.(index);
    if (requested !== undefined) observeOomKill(container, aggregate, requested, at + 5 * SECOND_MS);
  }
  return aggregate;
};
