import { type DayNumber, dayNumberOf, daysInMonth, fieldsOfDay } from './calendar-day.ts';

/** `4TH` is {ordinal: 4, weekday: 4}; `-1MO` the last Monday; without an ordinal every such weekday. */
export interface RuleWeekday {
  readonly ordinal?: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

/** A recurrence with FREQ=YEARLY, as far as holidays need it (RFC 5545, 3.3.10). */
export interface YearlyRule {
  /** The first occurrence; nothing recurs before it. */
  readonly start: DayNumber;
  readonly interval: number;
  /** 1 to 12; empty: see {@link occurrencesIn}. */
  readonly months: readonly number[];
  /** 1 to 31, or -1 (the last day) to -31. */
  readonly monthDays: readonly number[];
  readonly weekdays: readonly RuleWeekday[];
  /** The last day on which an occurrence may start; Infinity: for ever. */
  readonly until: DayNumber;
}

/**
 * The days in `year` on which the rule starts an occurrence, in order.
 *
 * | given | occurrences |
 * | --- | --- |
 * | nothing | the month and day of the start |
 * | BYMONTH | the day of the start in those months |
 * | BYMONTHDAY | those days in every month (of BYMONTH, if given) |
 * | BYDAY | those weekdays in the months of BYMONTH |
 * | BYMONTHDAY and BYDAY | days that are both |
 */
export function occurrencesIn(rule: YearlyRule, year: number): DayNumber[] {
  const start = fieldsOfDay(rule.start);
  const elapsed = year - start.year;
  if (elapsed < 0 || elapsed % rule.interval !== 0) return [];
  const found: DayNumber[] = [];
  for (const month of monthsOf(rule, start.month)) {
    const length = daysInMonth(year, month);
    for (let monthDay = 1; monthDay <= length; monthDay++) {
      const day = dayNumberOf(year, month, monthDay) ?? 0;
      const isInside = day >= rule.start && day <= rule.until;
      if (isInside && isOccurrence(rule, day, monthDay, length, start.monthDay)) found.push(day);
    }
  }
  return found;
}

function monthsOf(rule: YearlyRule, startMonth: number): readonly number[] {
  if (rule.months.length > 0) return [...rule.months].sort((left, right) => left - right);
  return rule.monthDays.length > 0 ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] : [startMonth];
}

function isOccurrence(
  rule: YearlyRule,
  day: DayNumber,
  monthDay: number,
  monthLength: number,
  startMonthDay: number,
): boolean {
  const fromEnd = monthDay - monthLength - 1;
  if (rule.monthDays.length === 0 && rule.weekdays.length === 0) return monthDay === startMonthDay;
  if (rule.monthDays.length > 0 && !rule.monthDays.some((wanted) => wanted === monthDay || wanted === fromEnd)) {
    return false;
  }
  if (rule.weekdays.length === 0) return true;
  const { weekday } = fieldsOfDay(day);
  return rule.weekdays.some((wanted) => {
    if (wanted.weekday !== weekday) return false;
    if (wanted.ordinal === undefined) return true;
    return wanted.ordinal > 0
      ? Math.ceil(monthDay / 7) === wanted.ordinal
      : Math.ceil(-fromEnd / 7) === -wanted.ordinal;
  });
}

/** The day on which the `count`-th occurrence starts: COUNT said as UNTIL. Infinity when it is beyond the year 9999. */
export function untilOfCount(rule: YearlyRule, count: number): DayNumber {
  let left = count;
  for (let year = fieldsOfDay(rule.start).year; year <= 9999; year += rule.interval) {
    const days = occurrencesIn(rule, year);
    const last = days[left - 1];
    if (last !== undefined) return last;
    left -= days.length;
  }
  return Infinity;
}
