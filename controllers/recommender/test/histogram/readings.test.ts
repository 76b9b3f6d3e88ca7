import fc from 'fast-check';
import t from 'tap';
import { addWeight, createHistogram, type Histogram } from '../../src/histogram/histogram.ts';
import { CPU_LAYOUT } from '../../src/histogram/layout.ts';
import { highestOf, readShare } from '../../src/histogram/readings.ts';

const histogramOf = (...parts: readonly (readonly [cores: number, weight: number])[]): Histogram => {
  const h = createHistogram(CPU_LAYOUT);
  for (const [cores, weight] of parts) addWeight(h, cores, weight);
  return h;
};

const near = (found: number, expected: number): boolean => Math.abs(found - expected) <= expected * 0.06;

t.test('a burst that is little of the time is much of the load', async (t) => {
  const bursts = histogramOf([0.1, 55], [0.8, 5]);
  t.ok(near(readShare(bursts, 0.9, 'time'), 0.1), 'five minutes of an hour are no tenth of the time');
  t.ok(near(readShare(bursts, 0.9, 'load'), 0.8), 'but 42 % of the load');
  t.ok(near(readShare(bursts, 0.5, 'load'), 0.1));
  t.ok(near(highestOf(bursts), 0.8));
});

t.test('nothing is read from nothing', async (t) => {
  t.equal(readShare(histogramOf(), 0.9, 'time'), 0);
  t.equal(readShare(histogramOf(), 0.9, 'load'), 0);
  t.equal(highestOf(histogramOf()), 0);
});

const parts = fc.array(
  fc.tuple(fc.double({ min: 0.001, max: 100, noNaN: true }), fc.double({ min: 0.01, max: 10, noNaN: true })),
  {
    minLength: 1,
    maxLength: 30,
  },
);

t.test('a larger share is never a smaller value, and lies between the lowest and the highest', async () => {
  fc.assert(
    fc.property(parts, fc.constantFrom('time', 'load'), (values, measure) => {
      const h = histogramOf(...values);
      const read = [0.1, 0.5, 0.9, 0.95, 1].map((share) => readShare(h, share, measure));
      const rises = read.every((value, index) => index === 0 || value >= (read[index - 1] ?? 0));
      return rises && (read.at(-1) ?? 0) <= highestOf(h) + 1e-9 && (read[0] ?? 0) > 0;
    }),
  );
});
