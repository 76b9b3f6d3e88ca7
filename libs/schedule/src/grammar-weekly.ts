import type { ScheduleError } from './errors.ts';
import { didYouMean, nearest } from './nearest.ts';
import type { Scanner } from './scanner.ts';
import type { WeeklyHours } from './week.ts';

/** In the order of {@link WeeklyHours}: 0 is Monday. */
export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Blanks around the dash are free; the long dashes that word processors make are told apart to be named in the error. */
const DASH = /\s*-/;
const LONG_DASH = /[‐-―−]/;

function dayOf(word: string): number {
  return WEEKDAYS.findIndex((day) => day.toLowerCase() === word.toLowerCase());
}

/** The weekday a wrong word most likely means: `Monday` and `Mo` → `Mon`. */
export function suggestWeekday(word: string): string | undefined {
  return WEEKDAYS[dayOf(word.slice(0, 3))] ?? nearest(word, WEEKDAYS);
}

function takeWeekday(scanner: Scanner): number {
  const { position } = scanner;
  const word = scanner.take(/[^\s,\d:()-]+/) ?? '';
  const day = dayOf(word);
  if (day >= 0) return day;
  const what = word === '' ? 'a weekday is missing' : `${JSON.stringify(word)} is no weekday`;
  const hint = LONG_DASH.test(word)
    ? ' (it has a long dash; use the hyphen -)'
    : didYouMean(word === '' ? undefined : suggestWeekday(word));
  throw scanner.error('InvalidWeekday', `${what}${hint}; allowed are ${WEEKDAYS.join(', ')}`, position);
}

/** `Mon-Fri`, `Fri-Mon` (over the weekend), `Sat`. `Mon-Mon` is Monday alone. */
export function takeWeekframe(scanner: Scanner): number[] {
  const first = takeWeekday(scanner);
  if (!scanner.take(DASH)) return [first];
  const last = takeWeekday(scanner);
  return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, index) => (first + index) % 7);
}

function timeError(scanner: Scanner, token: string, position: number): ScheduleError {
  const allowed = 'write hours 00-24 and minutes 00-59 with two digits each, e.g. 08:00-20:00';
  const why = LONG_DASH.test(token)
    ? 'uses a long dash; use the hyphen -'
    : /^\d:\d\d$/.test(token)
      ? `needs two digits for the hour (did you mean 0${token}?)`
      : /^24:\d\d$/.test(token)
        ? 'is after midnight; 24 is allowed only as 24:00'
        : 'is no time of day';
  return scanner.error('InvalidTime', `${JSON.stringify(token)} ${why}; ${allowed}`, position);
}

function takeTime(scanner: Scanner): number {
  const { position } = scanner;
  const token = scanner.take(/[^\s-]+/);
  if (token === undefined) {
    throw scanner.error('InvalidTime', 'a time is missing; write both ends, e.g. 08:00-20:00', position);
  }
  const [, hour, minute] = /^(\d\d):([0-5]\d)$/.exec(token) ?? [];
  const minutes = Number(hour) * 60 + Number(minute);
  if (!(minutes <= 24 * 60)) throw timeError(scanner, token, position);
  return minutes;
}

function takeHours(scanner: Scanner): Pick<WeeklyHours, 'startMinute' | 'endMinute'> {
  if (!/^\d/.test(scanner.rest)) {
    const found = scanner.rest === '' ? 'the value ends' : `${JSON.stringify(scanner.rest)} stands`;
    throw scanner.error(
      'InvalidTime',
      `${found} where hours are needed, e.g. 08:00-20:00 (the whole day: 00:00-24:00)`,
    );
  }
  const startMinute = takeTime(scanner);
  if (!scanner.take(DASH)) {
    throw scanner.error('InvalidTime', 'a hyphen and the end of the hours are missing, e.g. 08:00-20:00');
  }
  return { startMinute, endMinute: takeTime(scanner) };
}

/** `[weekframe] HH:MM-HH:MM`; the zone after it is left to the caller. */
export function takeWeeklyHours(scanner: Scanner, defaultDays: (() => readonly number[]) | undefined): WeeklyHours {
  if (!/^\d/.test(scanner.rest)) {
    const days = takeWeekframe(scanner);
    return { days, ...takeHours(scanner) };
  }
  const { position } = scanner;
  const hours = takeHours(scanner);
  if (defaultDays) return { days: defaultDays(), ...hours };
  throw scanner.error(
    'MissingWeekframe',
    'weekdays are missing before the hours, e.g. Mon-Fri, and no default weekframe is set',
    position,
  );
}
