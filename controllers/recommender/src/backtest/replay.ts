import { DAY_MS } from '@kube-steward/schedule';
import type { Policy } from './policies.ts';
import { quantile } from './quantile.ts';
import type { Trace } from './trace.ts';

/** One day of a trace against what was recommended for it before it began. */
export interface ScoredDay {
  /** Cores. */
  readonly request: number;
  readonly samples: number;
  /** Samples above the request. */
  readonly over: number;
  /** By how much they were above, and how much was used: sums of cores. */
  readonly overrun: number;
  readonly used: number;
  /** What 95 % of the day's samples were at or below. */
  readonly p95: number;
  /** The request is more than 10 % away from the day's before. */
  readonly isChanged: boolean;
}

/** A recommender is asked for the first time after three days. */
const WARM_UP_MS = 3 * DAY_MS;
/** Exactly a tenth, as a slow lowering takes, is not more than a tenth, whatever floating point makes of it. */
const CHANGE = 0.1 + 1e-9;

interface Span {
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Shows a trace to a recommender day by day: at each midnight (UTC) it is asked for a request for the day that begins, then scored on that
 * day, then shown it. It never sees what is to come, and what it says changes nothing of the trace.
 */
export const replay = (trace: Trace, policy: Policy): readonly ScoredDay[] => {
  const forecaster = policy.start();
  const days: ScoredDay[] = [];
  let shown = 0;
  for (const { start, from, to } of spansOf(trace)) {
    for (; shown < from; shown++) forecaster.observe(trace.at[shown] ?? 0, trace.cores[shown] ?? 0);
    days.push(score(trace.cores.slice(from, to), forecaster.recommend(start), days.at(-1)?.request));
  }
  return days;
};

/** The days that are scored: whole ones, and a last or broken one of which at least half is there. */
export const spansOf = ({ at }: Trace): readonly Span[] => {
  const [first = 0, last = 0] = [at[0], at.at(-1)];
  const wanted = DAY_MS / stepOf(at) / 2;
  const spans: Span[] = [];
  let from = 0;
  for (let start = Math.ceil((first + WARM_UP_MS) / DAY_MS) * DAY_MS; start <= last; start += DAY_MS) {
    while (from < at.length && (at[from] ?? 0) < start) from++;
    let to = from;
    while (to < at.length && (at[to] ?? 0) < start + DAY_MS) to++;
    if (to - from >= wanted) spans.push({ start, from, to });
  }
  return spans;
};

const stepOf = (at: readonly number[]): number =>
  Math.max(
    1,
    quantile(
      at.slice(1).map((moment, index) => moment - (at[index] ?? 0)),
      0.5,
    ),
  );

const score = (cores: readonly number[], request: number, before: number | undefined): ScoredDay => {
  const over = cores.filter((used) => used > request);
  return {
    request,
    samples: cores.length,
    over: over.length,
    overrun: over.reduce((sum, used) => sum + used - request, 0),
    used: cores.reduce((sum, used) => sum + used, 0),
    p95: quantile(cores, 0.95),
    isChanged: before !== undefined && Math.abs(request - before) > CHANGE * before,
  };
};
