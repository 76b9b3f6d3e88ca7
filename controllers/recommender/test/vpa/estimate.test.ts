import t from 'tap';
import { createVpaAggregate } from '../../src/vpa/aggregate.ts';
import { estimate, estimatePod, minimumOf, type Estimate } from '../../src/vpa/estimate.ts';
import { MIB, aggregateOf, type Series } from './series.ts';

type Pair = readonly [cpu: number, memory: number];

const CONSTANT = { cpu: () => 300, memory: () => 600 * MIB };
const saw = (i: number): number => (31 * i) % 97;

/** What VPA 1.8.1 recommends for a pod of one container. */
const WORKED: readonly (readonly [name: string, series: Series, target: Pair, lower: Pair, upper: Pair])[] = [
  ['a day of minutes', { ...CONSTANT, count: 1440 }, [350, 764046746], [349, 762519882], [700, 1528624448]],
  ['an hour of minutes', { ...CONSTANT, count: 60 }, [350, 764046746], [333, 728073195], [8892, 19411967326]],
  ['six minutes', { ...CONSTANT, count: 6 }, [350, 764046746], [210, 460562108], [101150, 220809509594]],
  [
    'two days of ups and downs',
    { count: 2880, cpu: (i) => 200 + 3 * saw(i), memory: (i) => 7e8 + 2e6 * saw(i) },
    [548, 1038683533],
    [409, 1037645267],
    [822, 1558205689],
  ],
  [
    'a kill for 700 MiB',
    { count: 60, cpu: () => 300, memory: () => 300 * MIB, oom: (i) => (i === 30 ? 700 * MIB : undefined) },
    [350, 1038683533],
    [333, 989779280],
    [8892, 26389603660],
  ],
  ['nothing', { ...CONSTANT, count: 0 }, [25, 262144000], [25, 262144000], [25, 262144000]],
  ['a single sample, which has no length', { ...CONSTANT, count: 1 }, [350, 764046746], [25, 262144000], [1e14, 1e14]],
];

const numbersOf = ({ target, lowerBound, upperBound }: Estimate): Pair[] =>
  [target, lowerBound, upperBound].map(({ cpu, memory }) => [cpu, memory]);

t.test('the numbers of the VPA, to the last unit', async (t) => {
  for (const [name, series, ...expected] of WORKED) {
    t.strictSame(numbersOf(estimate(aggregateOf(series), minimumOf(1))), expected, name);
  }
});

t.test('the minimum of a pod is shared by its containers, those without samples included', async (t) => {
  const small = aggregateOf({ count: 1440, cpu: () => 2, memory: () => 20 * MIB });
  const pod = estimatePod(
    new Map([
      ['b', aggregateOf({ ...CONSTANT, count: 1440 })],
      ['a', small],
    ]),
  );
  t.strictSame([...pod.keys()], ['a', 'b']);
  t.strictSame(numbersOf(pod.get('a')!), [
    [12, 131072000],
    [12, 131072000],
    [22, 131072000],
  ]);
  t.strictSame(pod.get('b')?.target, { cpu: 350, memory: 764046746 });
  t.strictSame(minimumOf(3), { cpu: 8, memory: 87381333 });
  t.equal(estimatePod(new Map()).size, 0);
});

t.test('usage beyond the last bucket ends at the last bucket', async (t) => {
  const runaway = aggregateOf({ count: 1440, cpu: () => 2e6, memory: () => 5e13 });
  t.strictSame(estimate(runaway, minimumOf(1)).target, { cpu: 1174275, memory: 1174275820239 });
});

t.test('an aggregate knows nothing before its first sample', async (t) => {
  t.match(createVpaAggregate(), { samples: 0, firstSampleMs: undefined, lastSampleMs: undefined });
});
