import type { DayNumber } from './calendar-day.ts';
import type { CronTimes } from './cron.ts';
import { DAY_MS } from './duration.ts';
import type { Window } from './window.ts';
import type { Zone } from './zone.ts';

/** Starts that follow each other without a break: from the first start to the end of the last. */
interface Run {
  from: number;
  to: number;
}

/** How far a change is looked for. The rarest expression, 29 February, pauses for 8 years around 2100. */
const HORIZON_DAYS = 12 * 366;
const MOST_DAYS_KEPT = 64;

/** Puts instants in order together into runs. */
function runsOf(starts: readonly number[], durationMs: number): Run[] {
  const runs: Run[] = [];
  for (const start of starts) {
    const last = runs.at(-1);
    if (last && start <= last.to) last.to = start + durationMs;
    else runs.push({ from: start, to: start + durationMs });
  }
  return runs;
}

/** How many of the runs have begun by `at`. */
function countUntil(runs: readonly Run[], at: number): number {
  let low = 0;
  for (let high = runs.length; low < high;) {
    const middle = (low + high) >> 1;
    if ((runs[middle]?.from ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The instants that are at most `durationMs` (of real time) after a start of the cron expression, the end excluded. Starts
 * that overlap or touch make one run.
 *
 * | the clock | a start there | happens |
 * | --- | --- | --- |
 * | is set forward over the time | does not exist | at the instant of the switch |
 * | is set back over the time | occurs twice | the first time; both times when the hour field is `*` |
 */
export function cronWindow(cron: CronTimes, durationMs: number, zone: Zone): Window {
  const standard = runsOf(cron.timesOfDay, durationMs);
  const lookBackDays = Math.ceil(durationMs / DAY_MS) + 1;
  const kept = new Map<DayNumber, readonly Run[]>();

  const measure = (day: DayNumber): readonly Run[] => {
    if (!cron.isDay(day)) return [];
    const midnight = day * DAY_MS;
    const [start, second] = zone.instantsOf(midnight);
    const span = start === undefined ? undefined : zone.spanAt(start);
    if (span && second === undefined && midnight - span.offsetMs === start && start + DAY_MS <= span.to) {
      return standard.map((run) => ({ from: start + run.from, to: start + run.to }));
    }
    const starts = cron.timesOfDay.flatMap((time) => {
      const instants = zone.instantsOf(midnight + time);
      return cron.isEveryHour ? instants : instants.slice(0, 1);
    });
    return runsOf(
      starts.sort((left, right) => left - right),
      durationMs,
    );
  };
  const runsOn = (day: DayNumber): readonly Run[] => {
    let runs = kept.get(day);
    if (!runs) {
      if (kept.size >= MOST_DAYS_KEPT) kept.clear();
      kept.set(day, (runs = measure(day)));
    }
    return runs;
  };

  const dayOf = (at: number): DayNumber => Math.floor(zone.localAt(at) / DAY_MS);

  const matches = (at: number): boolean => {
    const today = dayOf(at);
    for (let day = today; day >= today - lookBackDays; day--) {
      const runs = runsOn(day);
      const run = runs[countUntil(runs, at) - 1];
      if (run) return at < run.to; // all last equally long, so the latest to begin is the latest to end
    }
    return false;
  };

  /** When the coverage around `at` ends: later runs may begin before the earlier are over. */
  const endOf = (at: number): number | undefined => {
    const today = dayOf(at);
    let end = at;
    for (let day = today - lookBackDays; day <= today + HORIZON_DAYS; day++) {
      if ((day - 1) * DAY_MS > end) return end; // no zone is a day ahead of UTC: everything from here on begins later
      const runs = runsOn(day);
      let begun = countUntil(runs, end);
      for (let last = runs[begun - 1]; last && last.to > end; last = runs[begun - 1]) {
        end = last.to;
        begun = countUntil(runs, end);
      }
      if (begun < runs.length) return end;
    }
    return undefined;
  };

  const startAfter = (at: number): number | undefined => {
    const today = dayOf(at);
    for (let day = today - 1; day <= today + HORIZON_DAYS; day++) {
      const runs = runsOn(day);
      const run = runs[countUntil(runs, at)];
      if (run) return run.from;
    }
    return undefined;
  };

  return { matches, nextChange: (at) => (matches(at) ? endOf(at) : startAfter(at)) };
}
