import { DAY_MS, HOUR_MS, MINUTE_MS } from '@kube-steward/schedule';
import t from 'tap';
import { createDays, knownDays, mostOfLast, noteCpu, noteMemory, sameWeekday } from '../../src/usage/days.ts';
import { median } from '../../src/usage/leak.ts';

/** 2026-01-05T00:00:00Z */
const MONDAY = Date.UTC(2026, 0, 5);

/** A day whose busiest hour takes so much. */
const note = (days: ReturnType<typeof createDays>, day: number, cores: number): void => {
  for (let minute = 0; minute < 120; minute += 5)
    noteCpu(days, minute < 60 ? cores : cores / 4, MONDAY + day * DAY_MS + 9 * HOUR_MS + minute * MINUTE_MS);
  noteCpu(days, 0, MONDAY + day * DAY_MS + 23 * HOUR_MS);
};

t.test('of each day the busiest hour and the highest sample are kept', async (t) => {
  const days = createDays();
  note(days, 0, 0.4);
  t.equal(mostOfLast(days, 'highestCpu', 7), 0.4);
  t.ok(Math.abs(mostOfLast(days, 'busiestHour', 7) - 0.4) < 1e-9);
  noteCpu(days, 9, MONDAY + 23.5 * HOUR_MS);
  t.equal(mostOfLast(days, 'highestCpu', 7), 9);
  t.ok(mostOfLast(days, 'busiestHour', 7) < 1, 'two samples are no hour');
});

t.test('the last days are those that were seen', async (t) => {
  const days = createDays();
  for (const [day, cores] of [
    [0, 0.9],
    [1, 0.1],
    [5, 0.2],
  ] as const)
    note(days, day, cores);
  t.equal(knownDays(days), 3);
  t.ok(Math.abs(mostOfLast(days, 'busiestHour', 3) - 0.9) < 1e-9, 'days of sleep do not count');
  t.ok(Math.abs(mostOfLast(days, 'busiestHour', 2) - 0.2) < 1e-9);
});

t.test('a weekday is compared with its own kind', async (t) => {
  const days = createDays();
  for (let day = 0; day < 27; day++) note(days, day, day % 7 === 0 ? 0.4 + day / 100 : 0.1);
  const mondays = sameWeekday(days, MONDAY + 28 * DAY_MS);
  t.equal(mondays.length, 4);
  t.ok(Math.abs(median(mondays) - 0.505) < 1e-9);
  t.equal(sameWeekday(days, MONDAY + 21 * DAY_MS).length, 3, 'without the day itself');
});

t.test('four weeks are kept, and weeks without samples are left out', async (t) => {
  const days = createDays();
  for (let day = 0; day < 40; day++) note(days, day, day === 0 ? 5 : 0.1);
  t.equal(knownDays(days), 28);
  t.ok(mostOfLast(days, 'highestCpu', 28) < 1);
  note(days, 39 + 7 * 50 + 1, 0.3);
  t.equal(knownDays(days), 28);
  t.equal(sameWeekday(days, MONDAY + (39 + 7 * 50 + 7) * DAY_MS).length, 4, 'the weekdays are what they were');
  noteMemory(days, 77, MONDAY + 100 * DAY_MS);
  t.equal(mostOfLast(days, 'highestMemory', 28), 0, 'what is older than all of it is nothing');
});
