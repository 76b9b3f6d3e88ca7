import { DAY_MS, HOUR_MS } from '@kube-steward/schedule';
import t from 'tap';
import { simulate, type Outcome } from '../../src/backtest/synthetic/simulate.ts';
import { SUITE_START, WORKLOADS } from '../../src/backtest/synthetic/workloads.ts';
import { PROFILES } from '../../src/profiles/profiles.ts';

const MIB = 1024 * 1024;
const SEED = 7;
const workload = (name: string) => WORKLOADS.find((each) => each.name === name)!;
const run = (name: string, profile: keyof typeof PROFILES): Outcome =>
  simulate(workload(name), PROFILES[profile], SEED);
const cpuAt = ({ targets }: Outcome, day: number, hour: number): number =>
  targets.find(({ at }) => at === SUITE_START + day * DAY_MS + hour * HOUR_MS)?.cpu ?? NaN;

for (const { name } of WORKLOADS)
  t.test(`${name}: no more kills than with the VPA's numbers`, async (t) => {
    const kills = run(name, 'vpa').kills;
    for (const profile of ['balanced', 'guaranteed', 'burstable'] as const) {
      const outcome = run(name, profile);
      t.ok(outcome.kills <= kills, `${profile}: ${outcome.kills} of ${kills}`);
    }
  });

t.test('on Monday morning office hours find what they need, awake or asleep at night', async (t) => {
  for (const name of ['office hours', 'office hours, asleep']) {
    const outcome = run(name, 'balanced');
    for (const week of [1, 2, 3]) {
      const [monday, tuesday] = [cpuAt(outcome, 7 * week, 8), cpuAt(outcome, 7 * week + 1, 12)];
      t.ok(monday >= 0.9 * tuesday && tuesday >= 400, `${name}, week ${week}: ${monday}m of ${tuesday}m`);
    }
  }
  t.ok(cpuAt(run('office hours', 'vpa'), 14, 8) < 50, "where the VPA's number has forgotten them");
});

t.test('a leak is not chased', async (t) => {
  const highest = (profile: keyof typeof PROFILES) =>
    Math.max(...run('leak', profile).targets.map(({ memory }) => memory));
  t.ok(highest('balanced') <= 700 * MIB, 'what a day of it takes, and 15 %');
  t.ok(highest('vpa') >= 1000 * MIB);
});

t.test('bursts are seen, and start-up is not', async (t) => {
  t.ok(cpuAt(run('bursts, 5 %', 'balanced'), 20, 0) >= 800);
  t.ok(cpuAt(run('start-up spike', 'balanced'), 20, 0) <= 200);
});

t.test('the same seed gives the same weeks', async (t) => {
  t.strictSame(run('heavy tail', 'balanced'), run('heavy tail', 'balanced'));
});
