import t from 'tap';
import { estimate, minimumOf } from '../../src/vpa/estimate.ts';
import { loadCheckpoint, saveCheckpoint, type CheckpointStatus } from '../../src/vpa/checkpoint.ts';
import { createVpaAggregate } from '../../src/vpa/aggregate.ts';
import { MIB, START, aggregateOf } from './series.ts';

const day = aggregateOf({ count: 1440, cpu: () => 300, memory: () => 600 * MIB });

t.test('what the VPA would store', async (t) => {
  t.strictSame(saveCheckpoint(day, START), {
    lastUpdateTime: '2024-03-09T16:00:00Z',
    version: 'v3',
    firstSampleStart: '2024-03-09T16:00:00Z',
    lastSampleStart: '2024-03-10T15:59:00Z',
    totalSamplesCount: 1440,
    cpuHistogram: {
      referenceTimestamp: '2024-03-10T00:00:00Z',
      bucketWeights: { 18: 10000 },
      totalWeight: 164.85008319895056,
    },
    memoryHistogram: {
      referenceTimestamp: '2024-03-11T00:00:00Z',
      bucketWeights: { 29: 10000 },
      totalWeight: 0.7937005259840997,
    },
  });
});

t.test('nothing is stored as nothing, and read as nothing', async (t) => {
  const stored = saveCheckpoint(createVpaAggregate(), START);
  t.match(stored, {
    firstSampleStart: null,
    cpuHistogram: { referenceTimestamp: null, bucketWeights: {}, totalWeight: 0 },
  });
  t.strictSame(loadCheckpoint(stored), createVpaAggregate());
  t.strictSame(loadCheckpoint({ version: 'v3' }), createVpaAggregate());
});

t.test('a warm start gives the numbers from before', async (t) => {
  const wild = aggregateOf({
    count: 2880,
    cpu: (i) => 200 + 3 * ((31 * i) % 97),
    memory: (i) => 7e8 + 2e6 * ((31 * i) % 97),
  });
  for (const known of [day, wild]) {
    const again = loadCheckpoint(saveCheckpoint(known, START));
    t.strictSame(estimate(again, minimumOf(1)), estimate(known, minimumOf(1)));
  }
});

/** A field of a status, and what is said. */
const REFUSED: readonly (readonly [status: CheckpointStatus, said: RegExp])[] = [
  [{ version: 'v2' }, /version "v2" of a checkpoint is not known \(known: v3\)/],
  [{}, /version ""/],
  [
    { version: 'v3', cpuHistogram: { bucketWeights: { 176: 1 } } },
    /cpuHistogram: there is no bucket 176 \(allowed: 0 to 175\)/,
  ],
  [{ version: 'v3', memoryHistogram: { bucketWeights: { '-1': 1 } } }, /memoryHistogram: there is no bucket -1/],
  [{ version: 'v3', memoryHistogram: { totalWeight: -1 } }, /memoryHistogram: total weight -1 is below 0/],
];

t.test('what the VPA never stores is refused', async (t) => {
  for (const [status, said] of REFUSED) t.throws(() => loadCheckpoint(status), { message: said });
});
