import { type DayNumber, dayNumberOf } from './calendar-day.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, WEEK_MS } from './duration.ts';
import { ScheduleError } from './errors.ts';
import type { ContentLine } from './icalendar-lines.ts';
import { type RuleWeekday, untilOfCount, type YearlyRule } from './yearly-rule.ts';

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const RULE_PARTS = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYMONTH', 'BYMONTHDAY', 'BYDAY', 'WKST'];

function fail(line: ContentLine, what: string): ScheduleError {
  return new ScheduleError('InvalidCalendar', `line ${line.number}: ${line.name} ${what}`, { line: line.number });
}

/** A date or date-time as it is written, whatever its zone: the wall clock, in ms. */
export interface Moment {
  readonly ms: number;
  readonly hasTime: boolean;
}

function parseMoment(line: ContentLine, text: string): Moment {
  const [, year, month, day, hour, minute = '0', second = '0'] =
    /^(\d{4})(\d\d)(\d\d)(?:T([01]\d|2[0-3])([0-5]\d)([0-5]\d|60)Z?)?$/.exec(text) ?? [];
  const number = day === undefined ? undefined : dayNumberOf(Number(year), Number(month), Number(day));
  if (number === undefined)
    throw fail(line, `${JSON.stringify(text)} is no date (examples: 20261225, 20261225T000000Z)`);
  const time = Number(hour ?? 0) * HOUR_MS + Number(minute) * MINUTE_MS + Number(second) * SECOND_MS;
  return { ms: number * DAY_MS + time, hasTime: hour !== undefined };
}

/** The value of DTSTART or DTEND. */
export function momentOf(line: ContentLine): Moment {
  return parseMoment(line, line.value.trim());
}

/** The days in a comma list: EXDATE, RDATE. */
export function momentsOf(line: ContentLine): DayNumber[] {
  return line.value.split(',').map((text) => Math.floor(parseMoment(line, text.trim()).ms / DAY_MS));
}

/** The value of DURATION, `P1D`, `P2W`, `PT36H`. */
export function durationMsOf(line: ContentLine): number {
  const [match, weeks, days, hours, minutes, seconds] =
    /^\+?P(?=\w)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(line.value.trim()) ?? [];
  if (match === undefined) throw fail(line, `${JSON.stringify(line.value)} is no duration (examples: P1D, P2W, PT36H)`);
  const amounts = [weeks, days, hours, minutes, seconds].map((digits: string | undefined) => Number(digits ?? 0));
  return [WEEK_MS, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS].reduce((sum, unit, i) => sum + unit * (amounts[i] ?? 0), 0);
}

function rulePartsOf(line: ContentLine): Map<string, string> {
  const parts = new Map<string, string>();
  for (const part of line.value.trim().split(';').filter(Boolean)) {
    const [name = '', value] = part.toUpperCase().split('=');
    if (value === undefined || !RULE_PARTS.includes(name)) {
      throw fail(line, `part ${JSON.stringify(part)} is not supported; only ${RULE_PARTS.join(', ')}`);
    }
    parts.set(name, value);
  }
  if (parts.get('FREQ') !== 'YEARLY') throw fail(line, `has FREQ=${parts.get('FREQ') ?? ''}; only YEARLY is supported`);
  return parts;
}

/** A comma list of whole numbers whose size is between 1 and `largest`. */
function numbersOf(line: ContentLine, name: string, text: string | undefined, largest: number): number[] {
  return (text ?? '')
    .split(',')
    .filter(Boolean)
    .map((item) => {
      const value = Number(item);
      const isAllowed = /^[+-]?\d+$/.test(item) && value !== 0 && Math.abs(value) <= largest;
      if (!isAllowed || (value < 0 && name !== 'BYMONTHDAY')) throw fail(line, `part ${name} cannot be ${item}`);
      return value;
    });
}

function weekdaysOf(line: ContentLine, text: string | undefined): RuleWeekday[] {
  return (text ?? '')
    .split(',')
    .filter(Boolean)
    .map((item) => {
      const [, ordinal, name = ''] = /^([+-]?[1-5])?(SU|MO|TU|WE|TH|FR|SA)$/.exec(item) ?? [];
      if (name === '') throw fail(line, `part BYDAY cannot be ${item} (examples: MO, 4TH, -1FR)`);
      const weekday = WEEKDAYS.indexOf(name);
      return ordinal === undefined ? { weekday } : { weekday, ordinal: Number(ordinal) };
    });
}

/**
 * The value of RRULE, for an event that starts on `start`.
 *
 * @throws ScheduleError `InvalidCalendar` for anything but a yearly rule by month, day of the month and weekday
 */
export function yearlyRuleOf(line: ContentLine, start: DayNumber): YearlyRule {
  const parts = rulePartsOf(line);
  const months = numbersOf(line, 'BYMONTH', parts.get('BYMONTH'), 12);
  const monthDays = numbersOf(line, 'BYMONTHDAY', parts.get('BYMONTHDAY'), 31);
  const weekdays = weekdaysOf(line, parts.get('BYDAY'));
  const [interval = 1] = numbersOf(line, 'INTERVAL', parts.get('INTERVAL'), 100);
  const [count] = numbersOf(line, 'COUNT', parts.get('COUNT'), 10_000);
  if (weekdays.length > 0 && months.length === 0) throw fail(line, 'has BYDAY without BYMONTH, which is not supported');

  const untilText = parts.get('UNTIL');
  const until = untilText === undefined ? Infinity : Math.floor(parseMoment(line, untilText).ms / DAY_MS);
  const rule = { start, interval, months, monthDays, weekdays, until };
  return count === undefined ? rule : { ...rule, until: Math.min(until, untilOfCount(rule, count)) };
}
