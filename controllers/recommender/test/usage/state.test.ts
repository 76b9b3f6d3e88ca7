import { DAY_MS, HOUR_MS, MINUTE_MS, seededRandom } from '@kube-steward/schedule';
import fc from 'fast-check';
import t from 'tap';
import { PROFILES, PROFILE_NAMES } from '../../src/profiles/profiles.ts';
import { recommend, remember } from '../../src/profiles/recommend.ts';
import { loadUsage, saveUsage, type SavedUsage } from '../../src/usage/state.ts';
import {
  createContainerUsage,
  createUsage,
  observe,
  observeKill,
  observeSleep,
  type ContainerUsage,
  type Usage,
} from '../../src/usage/usage.ts';
import { warmStart } from '../../src/usage/warm-start.ts';
import { loadCheckpoint, saveCheckpoint } from '../../src/vpa/checkpoint.ts';
import { MIB, START, aggregateOf } from '../vpa/series.ts';

/** A life with bursts, kills and sleep, from one moment to another. */
const live = (usage: Usage, container: ContainerUsage, from: number, to: number): void => {
  for (let at = from; at < to; at += 5 * MINUTE_MS) {
    const next = seededRandom(at / MINUTE_MS);
    if (at % DAY_MS < 4 * HOUR_MS) {
      observeSleep(usage, at);
      continue;
    }
    observe(
      usage,
      container,
      { at, cpu: Math.ceil(50 + 900 * next() ** 4), memory: Math.ceil((200 + 300 * next()) * MIB) },
      at,
    );
    if (next() < 0.005) observeKill(usage, container, { at, requested: 300 * MIB, limit: 600 * MIB });
    if (at % HOUR_MS === 0) remember(usage, recommend(usage, PROFILES.balanced, at, 1), at);
  }
};

const numbersOf = (usage: Usage, at: number) => PROFILE_NAMES.map((name) => recommend(usage, PROFILES[name], at, 2));
const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const BEGIN = Math.floor(START / DAY_MS) * DAY_MS;

t.test('stopped and started at any moment, it recommends the same, then and later', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 12 * 288 }), (step) => {
      const stop = BEGIN + step * 5 * MINUTE_MS;
      const [usage, container] = [createUsage(), createContainerUsage()];
      live(usage, container, BEGIN, stop);
      const again = loadUsage(throughJson(saveUsage(usage)));
      const containerAgain = { ...createContainerUsage(), ...throughJson(container) };
      const isSame = JSON.stringify(numbersOf(again, stop)) === JSON.stringify(numbersOf(usage, stop));
      const later = stop + 1.5 * DAY_MS;
      live(usage, container, stop, later);
      live(again, containerAgain, stop, later);
      return isSame && JSON.stringify(saveUsage(again)) === JSON.stringify(saveUsage(usage));
    }),
    { numRuns: 15 },
  );
});

const saved = saveUsage(createUsage());

/** What was never written, and what is said. */
const REFUSED: readonly (readonly [state: object, said: RegExp])[] = [
  [{ ...saved, version: 2 }, /version 2 of a state is not known \(known: 1\)/],
  [{}, /version undefined/],
  [
    { ...saved, cpu: { ...saved.cpu, offset: 500, weights: [1] } },
    /cpu: buckets 500 to 500 are not there \(allowed: 0 to \d+\)/,
  ],
  [{ ...saved, vpaMemory: { ...saved.vpaMemory, weights: [1, -1] } }, /vpaMemory: -1 is no weight/],
];

t.test('what was never written is refused', async (t) => {
  for (const [state, message] of REFUSED)
    t.throws(() => loadUsage(state as SavedUsage), { name: 'StateError', message });
});

t.test('a checkpoint of the VPA is a warm start for every profile', async (t) => {
  const known = aggregateOf({ count: 2880, cpu: (i) => (i % 60 < 6 ? 800 : 100), memory: () => 400 * MIB });
  const usage = warmStart(loadCheckpoint(saveCheckpoint(known, START)));
  const at = START + 2880 * MINUTE_MS;
  t.equal(
    recommend(usage, PROFILES.vpa, at, 1).cpu.amount,
    recommend(warmStart(known), PROFILES.vpa, at, 1).cpu.amount,
  );
  const { cpu, memory } = recommend(usage, PROFILES.balanced, at, 1);
  t.ok(cpu.amount >= 800 && cpu.amount <= 950, `${cpu.amount}m`);
  t.ok(memory.amount >= 400 * MIB && memory.amount <= 400 * MIB * 1.15 * 1.07);
  t.ok(usage.coveredMs > 1.9 * DAY_MS);
  t.equal(warmStart(loadCheckpoint({ version: 'v3' })).coveredMs, 0);
});
