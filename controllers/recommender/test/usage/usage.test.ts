import { DAY_MS, HOUR_MS, MINUTE_MS } from '@kube-steward/schedule';
import t from 'tap';
import { balancedCpu } from '../../src/profiles/balanced.ts';
import { mostOfLast } from '../../src/usage/days.ts';
import {
  createContainerUsage,
  createUsage,
  observe,
  observeKill,
  observeSleep,
  type Sample,
} from '../../src/usage/usage.ts';

const START = Date.UTC(2026, 0, 5);
const MIB = 1024 * 1024;

const fresh = () => {
  const [usage, container] = [createUsage(), createContainerUsage()];
  return { usage, container, see: (sample: Sample, now = sample.at) => observe(usage, container, sample, now) };
};

const SAMPLE = { at: START, cpu: 100, memory: 100 * MIB };

/** A second sample after one at START, and whether it counts. */
const SECOND: readonly (readonly [
  name: string,
  sample: Partial<Sample>,
  now: number,
  cpu: boolean,
  memory: boolean,
])[] = [
  ['a minute later', { at: START + MINUTE_MS }, START + MINUTE_MS, true, true],
  ['the same moment again', { memory: 200 * MIB }, START, false, true],
  ['older', { at: START - 1 }, START, false, false],
  ['from the future', { at: START + HOUR_MS }, START, false, false],
  ['a little ahead', { at: START + 5 * MINUTE_MS }, START, true, true],
  ['negative', { at: START + 1, cpu: -1, memory: -1 }, START + 1, false, false],
  ['no number', { at: START + 1, cpu: NaN, memory: NaN }, START + 1, false, false],
];

t.test('what cannot be true is dropped', async (t) => {
  for (const [name, sample, now, cpu, memory] of SECOND) {
    const { usage, container, see } = fresh();
    see(SAMPLE);
    see({ ...SAMPLE, memory: 150 * MIB, ...sample }, now);
    t.equal(usage.vpa.samples, cpu ? 2 : 1, `${name}: CPU`);
    t.equal(container.peak > 100 * MIB, memory, `${name}: memory`);
  }
});

t.test('start-up is kept apart', async (t) => {
  const { usage, see } = fresh();
  const starting = (minute: number, ready: boolean) =>
    see({ at: START + minute * MINUTE_MS, cpu: 2000, memory: MIB, startedAt: START, ready });
  starting(1, true);
  starting(3, false);
  starting(9, false);
  t.equal(usage.vpa.samples, 0);
  t.equal(usage.startUpPeak, 2000);
  starting(11, false);
  t.equal(usage.vpa.samples, 1, 'what is not ready for longer is no start-up');
  see({ at: START + 12 * MINUTE_MS, cpu: 100, memory: MIB });
  t.equal(usage.vpa.samples, 2, 'nor what nobody knows the start of');
});

t.test('while it sleeps nothing is forgotten', async (t) => {
  const [asleep, awake] = [fresh(), fresh()];
  for (const { see } of [asleep, awake])
    for (let minute = 0; minute < 600; minute += 5) see({ at: START + minute * MINUTE_MS, cpu: 400 });
  const wake = START + 30 * DAY_MS;
  observeSleep(asleep.usage, START + 10 * HOUR_MS);
  observeSleep(asleep.usage, START + 11 * HOUR_MS);
  for (const { see } of [asleep, awake])
    for (let minute = 0; minute < 60; minute += 5) see({ at: wake + minute * MINUTE_MS, cpu: 20 });
  t.ok(balancedCpu(asleep.usage, wake).amount >= 400, 'of 400m for ten hours');
  t.ok(balancedCpu(awake.usage, wake).amount <= 30, 'where it could have run for a month');
});

t.test('covered time has no gaps in it', async (t) => {
  const { usage, see } = fresh();
  see({ at: START, cpu: 1 });
  see({ at: START + 5 * MINUTE_MS, cpu: 1 });
  see({ at: START + DAY_MS, cpu: 1 });
  t.equal(usage.coveredMs, 11 * MINUTE_MS);
});

t.test('a kill counts from the limit, three times a day', async (t) => {
  const { usage, container, see } = fresh();
  see(SAMPLE);
  const kill = (at: number) => observeKill(usage, container, { at, requested: 200 * MIB, limit: 1000 * MIB });
  t.ok(kill(START + 1));
  t.equal(mostOfLast(usage.days, 'highestMemory', 1), 1200 * MIB);
  t.equal(container.oomPeak, 300 * MIB, "the VPA's histogram takes it from the request");
  t.strictSame([kill(START + 2), kill(START + 3), kill(START + 4)], [true, true, false]);
  t.ok(kill(START + DAY_MS), 'the next day is another one');
});
