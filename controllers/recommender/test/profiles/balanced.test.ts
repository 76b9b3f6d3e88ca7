import { DAY_MS, HOUR_MS, MINUTE_MS } from '@kube-steward/schedule';
import t from 'tap';
import { balancedCpu, balancedMemory, observedPeak, startUpBoost } from '../../src/profiles/balanced.ts';
import { PROFILES } from '../../src/profiles/profiles.ts';
import { boundBy, type Rule } from '../../src/profiles/reading.ts';
import { createContainerUsage, createUsage, observe, observeKill, type Usage } from '../../src/usage/usage.ts';

/** A Monday. */
const START = Date.UTC(2026, 0, 5);
const MIB = 1024 * 1024;

interface Life {
  readonly days: number;
  readonly cpu?: (at: number) => number;
  readonly memory?: (at: number) => number;
}

const usageOf = ({ days, cpu = () => 300, memory = () => 400 * MIB }: Life): Usage => {
  const [usage, container] = [createUsage(), createContainerUsage()];
  for (let at = START; at < START + days * DAY_MS; at += 5 * MINUTE_MS)
    observe(usage, container, { at, cpu: cpu(at), memory: memory(at), startedAt: START - DAY_MS }, at);
  return usage;
};

const hourOf = (at: number): number => (at % DAY_MS) / HOUR_MS;
const isMonday = (at: number): boolean => Math.floor((at - START) / DAY_MS) % 7 === 0;

/** What a container used, and the range and rule of its CPU. */
const CPU: readonly (readonly [name: string, life: Life, least: number, most: number, rule: Rule])[] = [
  ['steady', { days: 2 }, 318, 321, 'HighestSample'],
  [
    'bursts of a tenth',
    { days: 2, cpu: (at) => (at % HOUR_MS < 6 * MINUTE_MS ? 800 : 100) },
    800,
    856,
    'HighestSample',
  ],
  ['one spike a day', { days: 3, cpu: (at) => (hourOf(at) === 12 ? 5000 : 100) }, 105, 120, 'Margin'],
  ['next to nothing', { days: 2, cpu: () => 3 }, 3, 4, 'HighestSample'],
  [
    'on a Monday that is busier',
    { days: 28, cpu: (at) => (isMonday(at) && hourOf(at) >= 9 && hourOf(at) < 18 ? 900 : 100) },
    985,
    995,
    'SameWeekday',
  ],
];

t.test('CPU, and the rule that bound', async (t) => {
  for (const [name, life, least, most, rule] of CPU) {
    const reading = balancedCpu(usageOf(life), START + life.days * DAY_MS);
    t.ok(reading.amount >= least && reading.amount <= most, `${name}: ${reading.amount}`);
    t.equal(boundBy(reading), rule, name);
  }
});

t.test('memory is the highest of eight days and 15 % more', async (t) => {
  const weekly = usageOf({ days: 14, memory: (at) => (at === START + 7 * DAY_MS ? 900 : 300) * MIB });
  t.equal(balancedMemory(weekly).amount, Math.ceil(900 * MIB * 1.15));
  const forgotten = usageOf({ days: 14, memory: (at) => (at === START + 4 * DAY_MS ? 900 : 300) * MIB });
  t.equal(balancedMemory(forgotten).amount, Math.ceil(300 * MIB * 1.15));
  t.ok(observedPeak(forgotten) >= 900 * MIB, 'a limit remembers for longer');
});

t.test('a leak is not chased', async (t) => {
  const leak = (at: number): number => 400 * MIB * (1 + (0.02 * (at - START)) / HOUR_MS);
  const usage = usageOf({ days: 1.5, memory: leak });
  usage.given.memory = 500 * MIB;
  const reading = balancedMemory(usage);
  t.equal(reading.amount, 500 * MIB);
  t.equal(boundBy(reading), 'MemoryLeak');
  t.match(
    reading.steps.at(-1)?.detail,
    /its lowest memory grows by [12](\.\d+)? % an hour, as a leak does: left at 500 MiB/,
  );
  t.ok(PROFILES.guaranteed.memory(usage, START, 1).amount > 600 * MIB, 'where the request is the limit, it is');
});

t.test('a kill raises memory from the limit', async (t) => {
  const usage = usageOf({ days: 2 });
  observeKill(usage, createContainerUsage(), { at: START + 2 * DAY_MS, requested: 500 * MIB, limit: 1000 * MIB });
  t.equal(balancedMemory(usage).amount, Math.ceil(1200 * MIB * 1.15));
});

t.test('of a CronJob runs count, each once', async (t) => {
  const [usage, pod] = [createUsage(), createContainerUsage()];
  for (let run = 0; run < 20; run++)
    for (let minute = 0; minute < (run === 5 ? 300 : 3); minute++) {
      const runStartedAt = START + run * DAY_MS;
      const [cpu, memory] = run === 19 ? [4000, 900 * MIB] : [run === 5 ? 100 : 1000, 300 * MIB];
      const at = runStartedAt + minute * MINUTE_MS;
      observe(usage, pod, { at, cpu, memory, startedAt: runStartedAt, runStartedAt }, at);
    }
  t.match(balancedCpu(usage, START), {
    amount: 1100,
    steps: [{ rule: 'RunPercentile', amount: 1000 }, { rule: 'Margin' }],
  });
  t.match(balancedMemory(usage), {
    amount: Math.ceil(900 * MIB * 1.15),
    steps: [{ detail: 'the highest of the last 20 runs is 900 MiB' }, {}],
  });
});

t.test('limits, by profile', async (t) => {
  const usage = usageOf({ days: 3 });
  t.equal(PROFILES.guaranteed.memoryLimit?.(usage, 7), 7);
  t.ok((PROFILES.burstable.memoryLimit?.(usage, 7) ?? 0) >= 400 * MIB * 1.2);
  t.notOk('memoryLimit' in PROFILES.vpa);
});

t.test('start-up is told as a boost', async (t) => {
  const usage = createUsage();
  usage.startUpPeak = 900;
  t.equal(startUpBoost(usage, 300), 3);
  t.equal(startUpBoost(usage, 900), undefined);
  t.equal(startUpBoost(usage, 0), undefined);
});
