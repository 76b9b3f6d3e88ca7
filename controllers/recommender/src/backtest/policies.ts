import { DAY_MS, HOUR_MS } from '@kube-steward/schedule';
import { addSample, createDecayingHistogram } from '../histogram/decaying-histogram.ts';
import { percentileOf } from '../histogram/histogram.ts';
import { VPA_CPU_LAYOUT } from '../histogram/layout.ts';
import { readShare } from '../histogram/readings.ts';
import { PROFILES, type Profile } from '../profiles/profiles.ts';
import { recommend, remember } from '../profiles/recommend.ts';
import { createContainerUsage, createUsage, observe } from '../usage/usage.ts';
import { quantile } from './quantile.ts';

/** Something that says how much CPU to request, knowing only what it was shown. */
export interface Forecaster {
  observe(at: number, cores: number): void;
  /** Cores. */
  recommend(at: number): number;
}

export interface Policy {
  readonly name: string;
  /** One of ours. */
  readonly isProfile: boolean;
  start(): Forecaster;
}

const decayed = (
  halfLifeMs: number,
  margin: number,
  read: (h: ReturnType<typeof createDecayingHistogram>) => number,
): Forecaster => {
  const h = createDecayingHistogram(VPA_CPU_LAYOUT, halfLifeMs);
  return {
    observe: (at, cores) => addSample(h, cores, 0.1, at),
    recommend: () => read(h) * (1 + margin),
  };
};

const remembered = (keptMs: number, read: (cores: readonly number[]) => number): Forecaster => {
  let samples: (readonly [at: number, cores: number])[] = [];
  return {
    observe: (at, cores) => void samples.push([at, cores]),
    recommend: (now) => {
      samples = samples.filter(([at]) => at >= now - keptMs);
      return read(samples.map(([, cores]) => cores));
    },
  };
};

/** The highest of the first three days, for ever: what somebody does who measures once. */
const measuredOnce = (): Forecaster => {
  let [start, highest] = [NaN, 0];
  return {
    observe: (at, cores) => {
      if (Number.isNaN(start)) start = at;
      if (at < start + 3 * DAY_MS) highest = Math.max(highest, cores);
    },
    recommend: () => highest,
  };
};

const ofProfile = (profile: Profile): Forecaster => {
  const usage = createUsage();
  const container = createContainerUsage();
  return {
    observe: (at, cores) => observe(usage, container, { at, cpu: cores * 1000 }, at),
    recommend: (at) => {
      const given = recommend(usage, profile, at, 1);
      remember(usage, given, at);
      return given.cpu.amount / 1000;
    },
  };
};

const baseline = (name: string, start: () => Forecaster): Policy => ({ name, isProfile: false, start });
const ours = (profile: Profile): Policy => ({
  name: profile.name,
  isProfile: true,
  start: () => ofProfile(profile),
});

/**
 * The recommenders that are compared, none with its floor (25m of the VPA, 10m of KRR and Kubecost): a floor says nothing of how good a
 * forecast is.
 */
export const POLICIES: readonly Policy[] = [
  { name: 'vpa', isProfile: true, start: () => decayed(DAY_MS, 0.15, (h) => percentileOf(h, 0.9)) },
  baseline('vpa-p95', () => decayed(DAY_MS, 0.15, (h) => percentileOf(h, 0.95))),
  baseline('krr-simple', () => remembered(14 * DAY_MS, (cores) => quantile(cores, 0.95))),
  baseline('krr-simple-limit', () => remembered(14 * DAY_MS, (cores) => quantile(cores, 0.66))),
  baseline('kubecost-max', () => remembered(3 * DAY_MS, (cores) => Math.max(0, ...cores) / 0.65)),
  baseline('load-adjusted-p95', () => decayed(12 * HOUR_MS, 0.1, (h) => readShare(h, 0.95, 'load'))),
  baseline('static', measuredOnce),
  ours(PROFILES.balanced),
  ours(PROFILES.guaranteed),
  ours(PROFILES.burstable),
];
