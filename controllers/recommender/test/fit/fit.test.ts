import fc from 'fast-check';
import t from 'tap';
import type { Amounts } from '../../src/amounts.ts';
import { fit, type Surroundings } from '../../src/fit/fit.ts';
import { memoryLimitOf, mostWithin } from '../../src/fit/limits.ts';
import { quantityOf, roundDown, roundUp } from '../../src/fit/rounding.ts';
import { totalOf, type PodAmounts } from '../../src/fit/verdict.ts';

const MIB = 1024 * 1024;
const pod = (...containers: readonly Amounts[]): PodAmounts =>
  new Map(containers.map((each, index) => [`c${index}`, each] as const));
const amounts = (cpu: number, memory = 0): Amounts => ({ cpu, memory });

/** What a pod of several containers would take, what is around it, and what is left of it. */
const ROWS: readonly (readonly [
  name: string,
  wanted: readonly Amounts[],
  around: Partial<Surroundings>,
  fitted: readonly Amounts[],
  verdicts: readonly string[],
])[] = [
  ['nothing is in the way', [amounts(100, 7)], {}, [amounts(100, 7)], []],
  [
    'one container is above its range',
    [amounts(900), amounts(100)],
    { limitRange: { containerMax: { cpu: 500 } } },
    [amounts(500), amounts(100)],
    ['ExceedsLimitRange'],
  ],
  [
    'one is below it',
    [amounts(10), amounts(100)],
    { limitRange: { containerMin: { cpu: 50 } } },
    [amounts(50), amounts(100)],
    [],
  ],
  [
    'the pod is above its range: all are cut alike',
    [amounts(300), amounts(100)],
    { limitRange: { podMax: { cpu: 200 } } },
    [amounts(150), amounts(50)],
    ['ExceedsLimitRange'],
  ],
  [
    'no node has so much',
    [amounts(3000, 8), amounts(1000, 8)],
    { largestNode: amounts(2000, 16) },
    [amounts(1500, 8), amounts(500, 8)],
    ['FitsNoNode'],
  ],
  [
    'a quota with room for all new pods and the surge',
    [amounts(200)],
    { quotas: [{ name: 'q', hard: { cpu: 600 }, used: { cpu: 200 } }], current: amounts(100) },
    [amounts(200)],
    [],
  ],
  [
    'a quota without it: others have a part of it',
    [amounts(200)],
    { quotas: [{ name: 'q', hard: { cpu: 600 }, used: { cpu: 350 } }], current: amounts(100) },
    [amounts(150)],
    ['ExceedsQuota'],
  ],
  [
    'a quota that is full: what is there stays',
    [amounts(200)],
    { quotas: [{ name: 'q', hard: { cpu: 100 }, used: { cpu: 200 } }], current: amounts(100) },
    [amounts(100)],
    ['ExceedsQuota'],
  ],
  [
    'to take less is always allowed',
    [amounts(50)],
    { quotas: [{ name: 'q', hard: { cpu: 10 }, used: { cpu: 200 } }], current: amounts(100) },
    [amounts(50)],
    [],
  ],
];

const AROUND: Surroundings = { current: amounts(0), pods: { replicas: 2, surge: 1 } };

t.test('what has to be cut, and by whom', async (t) => {
  for (const [name, wanted, around, fitted, verdicts] of ROWS) {
    const found = fit(pod(...wanted), { ...AROUND, ...around });
    t.strictSame([...found.amounts.values()], fitted, name);
    t.strictSame(
      found.verdicts.map(({ kind }) => kind),
      verdicts,
      name,
    );
  }
});

const amount = fc.integer({ min: 0, max: 10_000 });

t.test('what is left never exceeds a node, and without a verdict nothing is cut', async () => {
  fc.assert(
    fc.property(fc.array(amount, { minLength: 1, maxLength: 5 }), amount, (containers, node) => {
      const wanted = pod(...containers.map((cpu) => amounts(cpu)));
      const found = fit(wanted, { ...AROUND, largestNode: amounts(node, Infinity) });
      const isWhole = totalOf(found.amounts).cpu === totalOf(wanted).cpu;
      return totalOf(found.amounts).cpu <= node && isWhole === (found.verdicts.length === 0);
    }),
  );
});

/** The limit, the observed peak, what the profile wants, and what it becomes. */
const LIMITS: readonly (readonly [
  limit: number | undefined,
  peak: number,
  wanted: number | undefined,
  becomes: number | undefined,
])[] = [
  [undefined, 500, undefined, undefined],
  [700, 500, undefined, 700],
  [400, 500, undefined, 500],
  [undefined, 500, 600, 600],
  [700, 500, 600, 600],
  [700, 500, 300, 500],
];

t.test('a memory limit is never below the observed peak', async (t) => {
  for (const [memory, observedPeak, wanted, becomes] of LIMITS) {
    const limits = memory === undefined ? {} : { memory };
    t.equal(memoryLimitOf({ limits, observedPeak, wanted }), becomes);
  }
  t.strictSame(mostWithin({ cpu: 5 }, undefined), { cpu: 5, memory: Infinity });
});

t.test('rounding, and how it is written', async (t) => {
  t.equal(roundUp('memory', 5 * MIB + 1), 6 * MIB);
  t.equal(roundDown('memory', 6 * MIB - 1), 5 * MIB);
  t.equal(roundDown('memory', 5), 5);
  t.equal(roundUp('cpu', 0.2), 1);
  t.equal(roundDown('cpu', 1.8), 1);
  t.equal(quantityOf('memory', 1536 * MIB), '1536Mi');
  t.equal(quantityOf('memory', 764_046_746), '764046746');
  t.equal(quantityOf('cpu', 2000), '2');
});
