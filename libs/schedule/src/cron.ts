import { CronExpressionParser } from 'cron-parser';
import { type DayNumber, fieldsOfDay } from './calendar-day.ts';
import { DAY_MS } from './duration.ts';
import { ScheduleError } from './errors.ts';

/** A cron expression taken apart into the days it runs on and the times on such a day, both in wall time. */
export interface CronTimes {
  /** Milliseconds from midnight, in order. */
  readonly timesOfDay: readonly number[];
  /** The hour field is `*`: the expression means "every hour", so it also runs in an hour that occurs twice. */
  readonly isEveryHour: boolean;
  isDay(day: DayNumber): boolean;
}

const MACROS = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

function invalid(expression: string, why: string, cause?: unknown): ScheduleError {
  const allowed = 'write minute hour day-of-month month day-of-week (example: 0 8 * * 1-5)';
  return new ScheduleError('InvalidCron', `${JSON.stringify(expression)} is no cron expression: ${why}; ${allowed}`, {
    cause,
  });
}

function fieldsOf(expression: string): readonly string[] {
  const fields = (MACROS.get(expression.toLowerCase()) ?? expression).split(/\s+/);
  if (fields[0]?.startsWith('@')) throw invalid(expression, `known macros are ${[...MACROS.keys()].join(' ')}`);
  if (fields.length !== 5 && fields.length !== 6) {
    throw invalid(expression, `it has ${fields.length} fields instead of 5 (or 6 with seconds first)`);
  }
  if (/H/.test(fields.join(' ').replaceAll(/[a-z]{3}/gi, '')))
    throw invalid(expression, 'H (a random time) is not supported');
  return fields.length === 6 ? fields : ['0', ...fields];
}

function parse(expression: string, fields: readonly string[]): ReturnType<typeof CronExpressionParser.parse> {
  try {
    return CronExpressionParser.parse(fields.join(' '), { tz: 'UTC', currentDate: new Date(0) });
  } catch (cause) {
    throw invalid(expression, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** Answers for whole years at a time, because the library needs microseconds for each. */
function rememberedDays(isDay: (day: DayNumber) => boolean): (day: DayNumber) => boolean {
  const years = new Map<number, Map<DayNumber, boolean>>();
  return (day) => {
    const { year } = fieldsOfDay(day);
    let days = years.get(year);
    if (!days) {
      if (years.size >= 16) years.clear();
      years.set(year, (days = new Map<DayNumber, boolean>()));
    }
    let answer = days.get(day);
    if (answer === undefined) days.set(day, (answer = isDay(day)));
    return answer;
  };
}

/**
 * Parses a cron expression of five fields, or six with seconds first, or a macro such as `@daily`. When day-of-month and
 * day-of-week are both given, one of them is enough, as in every cron.
 *
 * @throws ScheduleError `InvalidCron`
 */
export function parseCron(expression: string): CronTimes {
  const raw = fieldsOf(expression.trim());
  const { second, minute, hour } = parse(expression, raw).fields;
  const days = parse(expression, ['0', '0', '0', ...raw.slice(3)]);
  const timesOfDay = hour.values.flatMap((h) =>
    minute.values.flatMap((m) => second.values.map((s) => ((h * 60 + m) * 60 + s) * 1000)),
  );
  return {
    timesOfDay,
    isEveryHour: hour.values.length === 24,
    isDay: rememberedDays((day) => days.includesDate(new Date(day * DAY_MS))),
  };
}
