import { DAY_MS, HOUR_MS } from '@kube-steward/schedule';
import t from 'tap';
import { POLICIES, type Policy } from '../../src/backtest/policies.ts';
import { quantile } from '../../src/backtest/quantile.ts';
import { replay } from '../../src/backtest/replay.ts';
import { backtest, type PolicyScores } from '../../src/backtest/scores.ts';
import type { Trace } from '../../src/backtest/trace.ts';
import { START, machines } from './traces.ts';

/** Hourly samples: half of the fifth day is above 1 core. */
const hourly: Trace = {
  name: 'hourly',
  at: Array.from({ length: 6 * 24 }, (_, hour) => START + hour * HOUR_MS),
  cores: Array.from({ length: 6 * 24 }, (_, hour) => (hour >= 4 * 24 && hour < 4 * 24 + 12 ? 2 : 0.5)),
};

const fixed = (...requests: readonly number[]): Policy => ({
  name: 'fixed',
  isProfile: false,
  start: () => ({ observe: () => undefined, recommend: (at) => requests[(at - START) / DAY_MS - 3] ?? 1 }),
});

t.test('the scores, as they are worked out by hand', async (t) => {
  const { policies, traces } = backtest([hourly], [fixed(1, 1, 2)]);
  t.match(policies, [{ name: 'fixed', profile: false, traces: 1 }]);
  const [scores] = policies;
  t.equal(scores?.samplesOver, 12 / 72);
  t.equal(scores?.badDays, 1 / 3);
  t.equal(scores?.overrun, 12 / (12 * 2 + 60 * 0.5));
  t.equal(scores?.slack, (1 - 0.5 + (1 - 2) + (2 - 0.5)) / 4);
  t.equal(scores?.slackOfMean, (1 - 0.5 + (1 - 1.25) + (2 - 0.5)) / 4);
  t.equal(scores?.daysChanged, 1 / 3);
  t.match(traces, [{ name: 'hourly', samples: 144, days: 3, policies: [{ name: 'fixed', badDays: 1 / 3 }] }]);
});

t.test('a recommender is asked after three days, and never sees the day that it is asked for', async (t) => {
  const seen: number[] = [];
  const asked: (readonly [at: number, seen: number])[] = [];
  const policy: Policy = {
    name: 'spy',
    isProfile: false,
    start: () => ({
      observe: (at) => void seen.push(at),
      recommend: (at) => {
        asked.push([at, seen.at(-1) ?? 0]);
        return 1;
      },
    }),
  };
  replay(hourly, policy);
  t.strictSame(
    asked,
    [3, 4, 5].map((day) => [START + day * DAY_MS, START + day * DAY_MS - HOUR_MS]),
  );
});

t.test('a day of which less than half is there is not scored', async (t) => {
  const broken = { ...hourly, at: hourly.at.slice(0, 5 * 24 + 11), cores: hourly.cores.slice(0, 5 * 24 + 11) };
  t.equal(replay(broken, fixed(1)).length, 2);
  t.equal(backtest([{ ...hourly, at: hourly.at.slice(0, 5) }], [fixed(1)]).policies[0]?.slack, 0);
});

t.test('a share of values', async (t) => {
  t.equal(quantile([3, 1, 2], 0.5), 2);
  t.equal(quantile([1, 2], 0.75), 1.75);
  t.equal(quantile([], 0.5), 0);
});

const byName = (policies: readonly PolicyScores[]) => new Map(policies.map((scores) => [scores.name, scores]));

t.test(
  'machines that it was never shown are above what balanced requests no more than with load-adjusted-p95, for about the slack',
  async (t) => {
    const policies = POLICIES.filter(({ name }) => ['load-adjusted-p95', 'balanced'].includes(name));
    const scores = byName(backtest([1, 1001, 2001, 3001, 4001, 5001].flatMap(machines), policies).policies);
    const [balanced, bar] = [scores.get('balanced')!, scores.get('load-adjusted-p95')!];
    t.ok(balanced.samplesOver <= bar.samplesOver, `samples over: ${balanced.samplesOver} of ${bar.samplesOver}`);
    t.ok(balanced.badDays <= bar.badDays, `bad days: ${balanced.badDays} of ${bar.badDays}`);
    t.ok(balanced.slack <= bar.slack + 0.02, `slack: ${balanced.slack} of ${bar.slack}`);
    t.ok(balanced.daysChanged <= bar.daysChanged, `days changed: ${balanced.daysChanged} of ${bar.daysChanged}`);
  },
);

t.test('every recommender has a row, and the profiles are ours', async (t) => {
  t.strictSame(
    POLICIES.map(({ name }) => name),
    [
      ...['vpa', 'vpa-p95', 'krr-simple', 'krr-simple-limit', 'kubecost-max', 'load-adjusted-p95', 'static'],
      ...['balanced', 'guaranteed', 'burstable'],
    ],
  );
  t.strictSame(
    POLICIES.filter(({ isProfile }) => isProfile).map(({ name }) => name),
    ['vpa', 'balanced', 'guaranteed', 'burstable'],
  );
  const flat = { ...hourly, cores: hourly.cores.map(() => 1) };
  const requests = new Map(POLICIES.map((policy) => [policy.name, replay(flat, policy).at(-1)?.request ?? NaN]));
  t.equal(requests.get('static'), 1);
  t.equal(requests.get('krr-simple'), 1);
  t.equal(requests.get('kubecost-max'), 1 / 0.65);
  t.ok(requests.get('vpa')! >= 1.15 && requests.get('vpa')! <= 1.15 * 1.06);
});
