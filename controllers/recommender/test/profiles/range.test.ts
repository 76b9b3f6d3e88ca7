import t from 'tap';
import { PROFILES } from '../../src/profiles/profiles.ts';
import { rangeOf } from '../../src/profiles/range.ts';
import { createUsage } from '../../src/usage/usage.ts';
import { estimate, minimumOf } from '../../src/vpa/estimate.ts';
import { steadyUsage } from '../observations.ts';

const TARGET = { cpu: 1000, memory: 1000 };
const NODE = { cpu: 1150, memory: 1e12 };

t.test('the range narrows with the days that were seen, and ends at the largest node', async (t) => {
  const ranged = (days: number) => rangeOf(steadyUsage(300, 400, days), PROFILES.balanced, TARGET, 1, NODE);
  t.strictSame(ranged(1), { lowerBound: { cpu: 900, memory: 900 }, upperBound: { cpu: 1150, memory: 2100 } });
  t.strictSame(ranged(5), { lowerBound: { cpu: 900, memory: 900 }, upperBound: { cpu: 1150, memory: 1300 } });
  const unseen = rangeOf(createUsage(), PROFILES.balanced, TARGET, 1, NODE);
  t.strictSame(unseen.upperBound, NODE);
  t.strictSame(rangeOf(createUsage(), PROFILES.balanced, TARGET, 1, { cpu: 10, memory: 10 }).upperBound, TARGET);
});

t.test("the VPA's range is the VPA's", async (t) => {
  const usage = steadyUsage(300, 400);
  const { lowerBound, upperBound } = estimate(usage.vpa, minimumOf(2));
  t.match(rangeOf(usage, PROFILES.vpa, TARGET, 2, NODE), { lowerBound, upperBound });
});
