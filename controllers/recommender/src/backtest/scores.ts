import { POLICIES, type Policy } from './policies.ts';
import { replay, type ScoredDay } from './replay.ts';
import type { Trace } from './trace.ts';

/** How good the requests of one recommender were. Shares are between 0 and 1. */
export interface Scores {
  /** Of all samples, those above the request. */
  readonly samplesOver: number;
  /** Of all days, those with more than a tenth of their samples above it. */
  readonly badDays: number;
  /** What was used above the request, against all that was used. */
  readonly overrun: number;
  /** `Σ (request − p95 of the day) / Σ request` of a trace; of several traces, the mean. */
  readonly slack: number;
  /** The same against all that was used, instead of the 95th percentile. */
  readonly slackOfMean: number;
  /** Of all days, those whose request is more than 10 % away from the one before. */
  readonly daysChanged: number;
}

export interface PolicyScores extends Scores {
  readonly name: string;
  readonly profile: boolean;
  readonly traces: number;
}

export interface TraceScores {
  readonly name: string;
  readonly samples: number;
  readonly days: number;
  readonly policies: readonly (Scores & { readonly name: string })[];
}

export interface Backtest {
  readonly policies: readonly PolicyScores[];
  readonly traces: readonly TraceScores[];
}

const BAD_DAY = 0.1;

/** Replays every trace to every recommender. Samples and days of all traces count alike; slack is the mean over traces. */
export const backtest = (traces: readonly Trace[], policies: readonly Policy[] = POLICIES): Backtest => {
  const replayed = traces.map((trace) => policies.map((policy) => replay(trace, policy)));
  return {
    policies: policies.map(({ name, isProfile }, index) => ({
      name,
      profile: isProfile,
      ...scoresOf(replayed.map((days) => days[index] ?? [])),
      traces: traces.length,
    })),
    traces: traces.map(({ name, at }, index) => ({
      name,
      samples: at.length,
      days: replayed[index]?.[0]?.length ?? 0,
      policies: policies.map((policy, p) => ({ name: policy.name, ...scoresOf([replayed[index]?.[p] ?? []]) })),
    })),
  };
};

const scoresOf = (traces: readonly (readonly ScoredDay[])[]): Scores => {
  const days = traces.flat();
  const scored = traces.filter((trace) => trace.length > 0);
  return {
    samplesOver: ratio(
      sumOf(days, ({ over }) => over),
      sumOf(days, ({ samples }) => samples),
    ),
    badDays: ratio(days.filter(({ over, samples }) => over > samples * BAD_DAY).length, days.length),
    overrun: ratio(
      sumOf(days, ({ overrun }) => overrun),
      sumOf(days, ({ used }) => used),
    ),
    slack: ratio(
      sumOf(scored, (trace) => slackOf(trace, ({ request, p95 }) => request - p95)),
      scored.length,
    ),
    slackOfMean: ratio(
      sumOf(scored, (trace) => slackOf(trace, unused)),
      scored.length,
    ),
    daysChanged: ratio(days.filter(({ isChanged }) => isChanged).length, days.length),
  };
};

const unused = ({ request, used, samples }: ScoredDay): number => request - used / samples;

const slackOf = (days: readonly ScoredDay[], of: (day: ScoredDay) => number): number =>
  ratio(
    sumOf(days, of),
    sumOf(days, ({ request }) => request),
  );

const sumOf = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0);

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
