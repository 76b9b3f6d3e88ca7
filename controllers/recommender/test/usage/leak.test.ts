import { HOUR_MS } from '@kube-steward/schedule';
import t from 'tap';
import { createMinima, median, noteMinimum, suspectedGrowth } from '../../src/usage/leak.ts';

/** The memory of a container at each hour of its life, and for how long it is looked at. */
const LIVES: readonly (readonly [
  name: string,
  hours: number,
  memory: (hour: number) => number,
  growth: number | undefined,
])[] = [
  ['2 % an hour', 48, (hour) => 100 + 2 * hour, 0.02],
  ['2 % an hour, for less than a day', 20, (hour) => 100 + 2 * hour, undefined],
  ['2 % an hour with garbage on top of it', 48, (hour) => 100 + 2 * hour + 50 * (hour % 3), 0.02],
  ['flat', 48, () => 100, undefined],
  ['a little, slowly', 48, (hour) => 100 + 0.1 * hour, undefined],
  ['a cache that fills and is full', 48, (hour) => 100 + Math.min(60, 6 * hour), undefined],
  ['load that swings', 48, (hour) => 200 + 100 * Math.sin((hour * Math.PI) / 12), undefined],
];

t.test('a leak is what grows for a day, and does not stop', async (t) => {
  for (const [name, hours, memory, growth] of LIVES) {
    const minima = createMinima();
    for (let hour = 0; hour < hours; hour++) noteMinimum(minima, memory(hour), hour * HOUR_MS);
    const found = suspectedGrowth(minima);
    if (growth === undefined) t.equal(found, undefined, name);
    else t.ok(found !== undefined && Math.abs(found - growth) < growth / 2, name);
  }
});

t.test('a new container, or a gap, begins anew', async (t) => {
  const minima = createMinima();
  for (let hour = 0; hour < 48; hour++) noteMinimum(minima, 100 + 2 * hour, hour * HOUR_MS, 1);
  t.ok(suspectedGrowth(minima));
  noteMinimum(minima, 200, 48 * HOUR_MS, 48 * HOUR_MS);
  t.equal(suspectedGrowth(minima), undefined);
  noteMinimum(minima, 200, 70 * HOUR_MS, 48 * HOUR_MS);
  t.equal(minima.bytes.length, 1);
});

t.test('the middle one', async (t) => {
  t.equal(median([3, 1, 2]), 2);
  t.equal(median([4, 1, 2, 3]), 2.5);
  t.equal(median([]), 0);
});
