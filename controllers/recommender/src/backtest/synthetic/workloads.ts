import { DAY_MS, HOUR_MS, MINUTE_MS, WEEK_MS } from '@kube-steward/schedule';
import type { Moment, Workload } from './workload.ts';

const MIB = 1024 * 1024;
/** A Monday, 00:00 UTC. */
export const SUITE_START = Date.UTC(2026, 0, 5);

const one = (): number => 1;
const sinceMonday = (at: number): number => (((at - SUITE_START) % WEEK_MS) + WEEK_MS) % WEEK_MS;
const hourOf = (at: number): number => (sinceMonday(at) % DAY_MS) / HOUR_MS;
const isOffice = (at: number): boolean => sinceMonday(at) < 5 * DAY_MS && hourOf(at) >= 9 && hourOf(at) < 18;
const isWeeklyJob = (at: number): boolean => sinceMonday(at) >= 2 * DAY_MS && sinceMonday(at) < 2 * DAY_MS + HOUR_MS;
const isBurst = (at: number, share: number): boolean => (at % HOUR_MS) / HOUR_MS < share;
const noisy = (value: number, { random }: Moment, spread = 0.05): number =>
  value * (1 + spread * (random() + random() - 1));
const steadily =
  (mib: number) =>
  (moment: Moment): number =>
    noisy(mib * MIB, moment, 0.02);

/** Log-normal: most values near the middle, a few far above. */
const heavyTail = ({ random }: Moment): number =>
  Math.exp(0.6 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));

const row = (name: string, rest: Partial<Workload> & Pick<Workload, 'cpu'>): Workload => ({
  name,
  stepMs: 5 * MINUTE_MS,
  memoryLimit: 1024 * MIB,
  pods: one,
  memory: steadily(400),
  ...rest,
});

const DEPLOY = SUITE_START + 14 * DAY_MS;

/** Every kind of workload that recommenders are known to get wrong, and some that they get right. */
export const WORKLOADS: readonly Workload[] = [
  row('steady', { cpu: (m) => noisy(300, m) }),
  row('diurnal', { cpu: (m) => noisy(300 + 250 * Math.sin(((hourOf(m.at) - 8) * Math.PI) / 12), m) }),
  row('office hours', { cpu: (m) => noisy(isOffice(m.at) ? 400 : 20, m) }),
  row('office hours, asleep', { pods: (at) => (isOffice(at) ? 1 : 0), cpu: (m) => noisy(400, m) }),
  row('weekly peak', {
    cpu: (m) => noisy(isWeeklyJob(m.at) ? 900 : 100, m),
    memory: (m) => noisy((isWeeklyJob(m.at) ? 900 : 300) * MIB, m, 0.02),
  }),
  row('bursts, 5 %', { stepMs: MINUTE_MS, cpu: (m) => noisy(isBurst(m.at, 0.05) ? 800 : 100, m) }),
  row('bursts, 1 %', { stepMs: MINUTE_MS, cpu: (m) => noisy(isBurst(m.at, 0.01) ? 800 : 100, m) }),
  row('start-up spike', {
    stepMs: MINUTE_MS,
    restarts: (at) => at % DAY_MS === 4 * HOUR_MS,
    cpu: (m) => noisy(m.ageMs < 2 * MINUTE_MS ? 1500 : 150, m),
  }),
  row('heap plateau', {
    cpu: (m) => noisy(500, m),
    memory: (m) => Math.min(1, 0.5 + m.ageMs / (6 * HOUR_MS)) * 800 * MIB,
  }),
  row('garbage-collected', {
    cpu: (m) => noisy(250, m),
    memory: (m) => (300 + 300 * ((m.at % HOUR_MS) / HOUR_MS)) * MIB,
  }),
  row('leak', {
    restarts: (at) => sinceMonday(at) === 0,
    memoryLimit: 2048 * MIB,
    cpu: (m) => noisy(200, m),
    memory: (m) => 400 * MIB * (1 + (0.02 * m.ageMs) / HOUR_MS),
  }),
  row('doubled by a deploy', {
    restarts: (at) => at === DEPLOY,
    cpu: (m) => noisy(m.at < DEPLOY ? 200 : 400, m),
    memory: (m) => noisy((m.at < DEPLOY ? 300 : 600) * MIB, m, 0.02),
  }),
  row('nightly job, 20 minutes', {
    pods: (at) => (hourOf(at) >= 2 && hourOf(at) < 2 + 1 / 3 ? 1 : 0),
    restarts: (at) => hourOf(at) === 2,
    cpu: (m) => noisy(1200, m),
    memory: (m) => Math.min(1, 0.3 + m.ageMs / (10 * MINUTE_MS)) * 700 * MIB,
  }),
  row('leader and followers', {
    pods: () => 5,
    cpu: (m) => noisy(m.pod === 0 ? 800 : 200, m),
    memory: (m) => noisy((m.pod === 0 ? 800 : 200) * MIB, m, 0.02),
  }),
  row('autoscaled, 1 to 20', {
    pods: (at) => 1 + Math.round(19 * Math.max(0, Math.sin(((hourOf(at) - 6) * Math.PI) / 12))),
    cpu: (m) => noisy(350, m, 0.2),
  }),
  row('heavy tail', { cpu: (m) => 200 * heavyTail(m), memory: (m) => noisy(500 * MIB, m, 0.1) }),
  row('page cache', {
    restarts: (at) => sinceMonday(at) === 3 * DAY_MS,
    cpu: (m) => noisy(150, m),
    memory: (m) => (300 + 500 * (1 - Math.exp(-m.ageMs / DAY_MS))) * MIB,
  }),
  row('three samples', { pods: (at) => (at < SUITE_START + 15 * MINUTE_MS ? 1 : 0), cpu: (m) => noisy(300, m) }),
];
