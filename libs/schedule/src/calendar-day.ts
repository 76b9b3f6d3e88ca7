import { DAY_MS } from './duration.ts';

/** A calendar day as the number of days since 1970-01-01. */
export type DayNumber = number;

/** The number of a day; `undefined` when there is no such day (30 February). */
export function dayNumberOf(year: number, month: number, day: number): DayNumber | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.getTime() / DAY_MS;
}

/** `YYYY-MM-DD` as a day number; `undefined` when it is not in that form or there is no such day. */
export function parseDay(text: string): DayNumber | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  return day === undefined ? undefined : dayNumberOf(Number(year), Number(month), Number(day));
}

/** Year, month (1 to 12), day of the month and weekday (0 is Sunday) of a day. */
export function fieldsOfDay(day: DayNumber): { year: number; month: number; monthDay: number; weekday: number } {
  const date = new Date(day * DAY_MS);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    monthDay: date.getUTCDate(),
    weekday: date.getUTCDay(),
  };
}

/** How many days the month (1 to 12) has. */
export function daysInMonth(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
}
