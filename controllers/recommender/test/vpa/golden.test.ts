import { readFileSync } from 'node:fs';
import t from 'tap';
import { seededRandom } from '@kube-steward/schedule';
import { createVpaAggregate } from '../../src/vpa/aggregate.ts';
import { saveCheckpoint, type CheckpointStatus, type HistogramCheckpoint } from '../../src/vpa/checkpoint.ts';
import { estimatePod, type Estimate } from '../../src/vpa/estimate.ts';
import { START, aggregateOf } from './series.ts';

/** What the packages of VPA 1.8.1 themselves computed (Go 1.26, amd64), with the series that it was computed from. */
interface Golden {
  readonly name: string;
  readonly seed: number;
  readonly count: number;
  readonly stepSeconds: number;
  readonly start: number;
  readonly cpu: number;
  readonly memory: number;
  readonly spread: number;
  readonly oomEvery: number;
  readonly containers: number;
  readonly result: Estimate;
  readonly checkpoint: CheckpointStatus;
}

const GOLDEN = JSON.parse(readFileSync(new URL('golden/vpa-1.8.1.json', import.meta.url), 'utf8')) as readonly Golden[];

const replay = ({ seed, count, stepSeconds, start, cpu, memory, spread, oomEvery }: Golden) => {
  const next = seededRandom(seed);
  const samples = Array.from({ length: count }, () => {
    const [high, full] = [next() ** 4, next()];
    return { cpu: Math.floor(cpu * (1 + spread * high)), memory: Math.floor(memory * (1 + spread * full)) };
  });
  const killed = (i: number): boolean => oomEvery > 0 && i % oomEvery === oomEvery - 1;
  return aggregateOf(
    {
      count,
      stepMs: stepSeconds * 1000,
      cpu: (i) => samples[i]?.cpu ?? 0,
      memory: (i) => samples[i]?.memory ?? 0,
      oom: (i) => (killed(i) ? samples[i]?.memory : undefined),
    },
    start * 1000,
  );
};

const histogramOf = ({ referenceTimestamp = null, bucketWeights = {}, totalWeight = 0 }: HistogramCheckpoint = {}) => ({
  referenceTimestamp,
  bucketWeights,
  totalWeight,
});

for (const golden of GOLDEN) {
  t.test(`as VPA 1.8.1 has it: ${golden.name}`, async (t) => {
    const aggregate = replay(golden);
    const others = Array.from({ length: golden.containers - 1 }, (_, i) => [`${i}`, createVpaAggregate()] as const);
    t.strictSame(estimatePod(new Map([['a', aggregate], ...others])).get('a'), golden.result);
    const { cpuHistogram, memoryHistogram, totalSamplesCount } = saveCheckpoint(aggregate, START);
    t.equal(totalSamplesCount, golden.checkpoint.totalSamplesCount ?? 0);
    t.strictSame(histogramOf(cpuHistogram), histogramOf(golden.checkpoint.cpuHistogram));
    t.strictSame(histogramOf(memoryHistogram), histogramOf(golden.checkpoint.memoryHistogram));
  });
}
