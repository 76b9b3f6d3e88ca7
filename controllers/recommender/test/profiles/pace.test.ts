import { DAY_MS } from '@kube-steward/schedule';
import t from 'tap';
import { pace } from '../../src/profiles/pace.ts';
import { begin, boundBy, type Rule } from '../../src/profiles/reading.ts';

const NOW = Date.UTC(2026, 0, 5);

const ROWS: readonly (readonly [
  name: string,
  number: number,
  before: number,
  loweredAgo: number,
  floor: number,
  expected: number,
  rule: Rule,
])[] = [
  ['the first one', 500, 0, Infinity, 0, 500, 'LoadPercentile'],
  ['a raise, at once', 510, 500, 0, 0, 510, 'LoadPercentile'],
  ['the same', 500, 500, 0, 0, 500, 'LoadPercentile'],
  ['a little less', 485, 500, Infinity, 0, 500, 'DeadBand'],
  ['less', 460, 500, Infinity, 0, 460, 'LoadPercentile'],
  ['much less', 100, 500, Infinity, 0, 450, 'SlowLowering'],
  ['less, lowered an hour ago', 400, 500, DAY_MS / 24, 0, 500, 'SlowLowering'],
  ['less, lowered a day ago', 460, 500, DAY_MS, 0, 460, 'LoadPercentile'],
  ['less than the last week took', 100, 500, Infinity, 480, 480, 'LastWeek'],
  ['the last week took more than that', 100, 500, Infinity, 900, 500, 'LastWeek'],
];

t.test('up at once, down slowly, and not for a little', async (t) => {
  for (const [name, number, amount, loweredAgo, floor, expected, rule] of ROWS) {
    const before = { amount, loweredMs: Number.isFinite(loweredAgo) ? NOW - loweredAgo : 0 };
    const paced = pace(begin('LoadPercentile', number, ''), before, floor, NOW, 'cpu');
    t.equal(paced.amount, expected, name);
    t.equal(boundBy(paced), expected === amount && number === amount ? 'LoadPercentile' : rule, name);
  }
});
