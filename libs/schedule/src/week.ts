import { DAY_MS, MINUTE_MS, WEEK_MS } from './duration.ts';
import type { LocalPattern } from './window.ts';

const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;

/** 1970-01-01 was a Thursday: three days into a week that starts on Monday. */
const EPOCH_IN_WEEK_MS = 3 * DAY_MS;

/** The minutes of a week of wall time, Monday 00:00 first: 1 inside, 0 outside. */
export type WeekMinutes = Uint8Array;

/** Hours on some days of the week. */
export interface WeeklyHours {
  /** 0 is Monday. */
  readonly days: readonly number[];
  /** Minutes from midnight, 0 to 1440. An end before the start is on the next day; equal: no time at all. */
  readonly startMinute: number;
  readonly endMinute: number;
}

/** The minutes from start (inclusive) to end (exclusive) on each of the days, past midnight and past Sunday where needed. */
export function weekMinutesOf({ days, startMinute, endMinute }: WeeklyHours): WeekMinutes {
  const minutes = new Uint8Array(WEEK_MINUTES);
  const length = endMinute - startMinute + (endMinute < startMinute ? DAY_MINUTES : 0);
  for (const day of days) {
    const start = day * DAY_MINUTES + startMinute;
    minutes.fill(1, start, start + length);
    minutes.fill(1, 0, Math.max(0, start + length - WEEK_MINUTES));
  }
  return minutes;
}

/** The minutes in at least one of the two weeks. */
export function weekUnion(week: WeekMinutes, other: WeekMinutes): WeekMinutes {
  return week.map((inside, minute) => (other[minute] === 1 ? 1 : inside));
}

/** The minutes of `week` that are not in `without`. */
export function weekDifference(week: WeekMinutes, without: WeekMinutes): WeekMinutes {
  return week.map((inside, minute) => (without[minute] === 1 ? 0 : inside));
}

/** A week that repeats for ever, kept as the few moments of the week at which it flips. */
export function weekPattern(week: WeekMinutes): LocalPattern {
  const flips: number[] = [];
  const atEndOfWeek = week.at(-1) === 1;
  let before = week.at(-1);
  for (let minute = 0; minute < WEEK_MINUTES; minute++) {
    const inside = week[minute];
    if (inside !== before) flips.push(minute * MINUTE_MS);
    before = inside;
  }

  const timeOfWeek = (local: number): number => {
    const remainder = (local + EPOCH_IN_WEEK_MS) % WEEK_MS;
    return remainder < 0 ? remainder + WEEK_MS : remainder;
  };
  const flipsUpTo = (time: number): number => {
    let count = 0;
    while (count < flips.length && (flips[count] ?? 0) <= time) count++;
    return count;
  };
  return {
    matches: (local) => (flipsUpTo(timeOfWeek(local)) % 2 === 1) !== atEndOfWeek,
    nextChange(local) {
      const time = timeOfWeek(local);
      const next = flips[flipsUpTo(time)] ?? (flips[0] === undefined ? undefined : flips[0] + WEEK_MS);
      return next === undefined ? undefined : local - time + next;
    },
  };
}
