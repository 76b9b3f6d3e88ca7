import { DAY_MS, HOUR_MS } from '@kube-steward/schedule';
import t from 'tap';
import { createVpaAggregate, isExpired, mergeAggregate } from '../../src/vpa/aggregate.ts';
import { createContainerUsage, observeCpu, observeMemory, observeOomKill } from '../../src/vpa/container-usage.ts';
import { weightOf } from '../../src/histogram/histogram.ts';
import { bucketOf } from '../../src/histogram/layout.ts';
import { MIB, START, aggregateOf } from './series.ts';

const fresh = () => ({ container: createContainerUsage(), aggregate: createVpaAggregate() });

t.test('of a day only the highest memory counts, once', async (t) => {
  const { container, aggregate } = fresh();
  for (const [hour, mib] of [
    [0, 100],
    [1, 300],
    [2, 200],
    [3, 900],
  ] as const)
    observeMemory(container, aggregate, mib * MIB, START + hour * HOUR_MS);
  const { memory } = aggregate;
  t.equal(memory.min, memory.max);
  t.equal(memory.min, bucketOf(memory.layout, 900 * MIB));
  t.equal(weightOf(memory, memory.min), memory.total);
});

t.test('a sample after the day opens a new one, days apart included', async (t) => {
  const { container, aggregate } = fresh();
  observeMemory(container, aggregate, 500 * MIB, START);
  t.equal(container.windowEndMs, START + DAY_MS);
  observeMemory(container, aggregate, 100 * MIB, START + 3.5 * DAY_MS);
  t.equal(container.windowEndMs, START + 4 * DAY_MS);
  t.equal(container.peak, 100 * MIB);
  observeMemory(container, aggregate, 100 * MIB, START + 4 * DAY_MS);
  t.equal(container.windowEndMs, START + 5 * DAY_MS, 'the end belongs to the next day');
});

t.test('what is older, negative or no number is dropped', async (t) => {
  const { container, aggregate } = fresh();
  t.ok(observeCpu(container, aggregate, 100, START));
  t.notOk(observeCpu(container, aggregate, 100, START), 'twice the same moment');
  t.notOk(observeCpu(container, aggregate, 100, START - 1));
  t.notOk(observeCpu(container, aggregate, -1, START + 1));
  t.notOk(observeCpu(container, aggregate, NaN, START + 1));
  t.equal(aggregate.samples, 1);
  t.ok(observeMemory(container, aggregate, MIB, START));
  t.ok(observeMemory(container, aggregate, MIB, START), 'of memory the same moment is allowed');
  t.notOk(observeMemory(container, aggregate, MIB, START - 1));
  t.notOk(observeMemory(container, aggregate, NaN, START + 1));
});

/** What a killed container requested, its sampled peak, and what it is taken to need. */
const KILLS: readonly (readonly [requested: number, peak: number, needed: number])[] = [
  [300, 200, 400],
  [200, 300, 400],
  [1000, 200, 1200],
  [200, 1000, 1200],
  [500, 500, 600],
];

t.test('a kill counts as a fifth more, and 100 MiB more at least', async (t) => {
  for (const [requested, peak, needed] of KILLS) {
    const { container, aggregate } = fresh();
    observeMemory(container, aggregate, peak * MIB, START);
    t.ok(observeOomKill(container, aggregate, requested * MIB, START + 1));
    t.equal(container.oomPeak, needed * MIB);
    observeOomKill(container, aggregate, requested * MIB, START + 2);
    t.equal(container.oomPeak, needed * MIB, 'a second one of the day adds nothing');
  }
});

t.test('a kill that is a day older than the last sample is dropped', async (t) => {
  const { container, aggregate } = fresh();
  observeMemory(container, aggregate, MIB, START);
  t.ok(observeOomKill(container, aggregate, MIB, START - DAY_MS));
  t.notOk(observeOomKill(container, aggregate, MIB, START - 2 * DAY_MS - 1));
});

t.test('merged, two know what one would know of both', async (t) => {
  const steady = { count: 600, cpu: () => 100, memory: () => 50 * MIB };
  const into = aggregateOf(steady);
  mergeAggregate(into, aggregateOf({ ...steady, cpu: () => 900 }, START + 200 * DAY_MS));
  t.equal(into.samples, 1200);
  t.equal(into.firstSampleMs, START);
  t.equal(into.lastSampleMs, START + 200 * DAY_MS + 599 * 60_000);
  t.equal(into.cpu.max, bucketOf(into.cpu.layout, 0.9));
  t.equal(into.cpu.min, into.cpu.max, 'what is 200 half-lives old counts for nothing');
});

t.test('it is forgotten after eight days without samples', async (t) => {
  const aggregate = aggregateOf({ count: 1, cpu: () => 1, memory: () => 1 });
  t.notOk(isExpired(aggregate, 0, START + 8 * DAY_MS - 1));
  t.ok(isExpired(aggregate, 0, START + 8 * DAY_MS));
  t.ok(isExpired(createVpaAggregate(), START, START + 8 * DAY_MS), 'counted from its creation where it never had one');
});
