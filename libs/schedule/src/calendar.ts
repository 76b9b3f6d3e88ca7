import { type DayNumber, fieldsOfDay, parseDay } from './calendar-day.ts';
import { DAY_MS } from './duration.ts';
import { ScheduleError } from './errors.ts';
import { type CalendarEvent, parseICalendar } from './icalendar.ts';
import type { LocalPattern } from './window.ts';
import { occurrencesIn, type YearlyRule } from './yearly-rule.ts';

/** A set of days, without a zone: the same day begins at other instants in other zones. */
export interface Calendar {
  /** Whether no day is in it. */
  readonly isEmpty: boolean;
  /** Whether the day (days since 1970-01-01) is in it. */
  has(day: DayNumber): boolean;
  /** The first day after `day` for which `has` gives the other answer; `undefined` when there is none. */
  nextChange(day: DayNumber): DayNumber | undefined;
}

/** An event that recurs; its occurrences are worked out year by year, because there may be no last one. */
interface RecurringEvent extends CalendarEvent {
  readonly rule: YearlyRule;
}

/** Leap years repeat within 8 years even where a century skips one; five rounds leave room for any weekday. */
const SEARCH_YEARS = 40;
/** A stretch of days longer than this is taken for endless. */
const LONGEST_STRETCH_DAYS = 10_000;

function spread(start: DayNumber, length: number, into: Set<DayNumber>): void {
  for (let day = start; day < start + length; day++) into.add(day);
}

const isRecurring = (event: CalendarEvent): event is RecurringEvent => event.rule !== undefined;

/** The days on which a recurring event that is in `year` lasts, including those begun in the years before. */
function daysAround(event: RecurringEvent, year: number, into: Set<DayNumber>): void {
  const yearsBack = Math.ceil(event.length / 365);
  for (let begun = year - yearsBack; begun <= year; begun++) {
    for (const start of occurrencesIn(event.rule, begun)) {
      if (!event.excluded.includes(start)) spread(start, event.length, into);
    }
  }
}

class EventCalendar implements Calendar {
  readonly #fixed = new Set<DayNumber>();
  readonly #fixedInOrder: readonly DayNumber[];
  readonly #recurring: readonly RecurringEvent[];
  readonly #years = new Map<number, ReadonlySet<DayNumber>>();

  constructor(events: readonly CalendarEvent[]) {
    this.#recurring = events.filter(isRecurring);
    for (const event of events) {
      const starts = new Set([event.start, ...event.added]);
      for (const start of starts) if (!event.excluded.includes(start)) spread(start, event.length, this.#fixed);
    }
    this.#fixedInOrder = [...this.#fixed].sort((left, right) => left - right);
  }

  get isEmpty(): boolean {
    return this.#fixed.size === 0 && this.#recurring.length === 0;
  }

  has(day: DayNumber): boolean {
    if (this.#fixed.has(day)) return true;
    return this.#recurring.length > 0 && this.#recurringIn(fieldsOfDay(day).year).has(day);
  }

  nextChange(day: DayNumber): DayNumber | undefined {
    return this.has(day) ? this.#nextOutside(day) : this.#nextInside(day);
  }

  #recurringIn(year: number): ReadonlySet<DayNumber> {
    let days = this.#years.get(year);
    if (!days) {
      const found = new Set<DayNumber>();
      for (const event of this.#recurring) daysAround(event, year, found);
      this.#years.set(year, (days = found));
    }
    return days;
  }

  #nextOutside(day: DayNumber): DayNumber | undefined {
    for (let next = day + 1; next <= day + LONGEST_STRETCH_DAYS; next++) if (!this.has(next)) return next;
    return undefined;
  }

  #nextInside(day: DayNumber): DayNumber | undefined {
    const fixed = this.#fixedInOrder.find((candidate) => candidate > day) ?? Infinity;
    const recurring = this.#nextRecurring(day) ?? Infinity;
    const next = Math.min(fixed, recurring);
    return next === Infinity ? undefined : next;
  }

  #nextRecurring(day: DayNumber): DayNumber | undefined {
    const { year } = fieldsOfDay(day);
    const first = Math.min(...this.#recurring.map(({ start }) => fieldsOfDay(start).year));
    const widest = Math.max(...this.#recurring.map(({ rule }) => rule.interval));
    const lastYear = Math.max(
      ...this.#recurring.map(({ rule }) => (rule.until === Infinity ? Infinity : fieldsOfDay(rule.until).year + 1)),
    );
    const from = Math.max(year, first);
    for (let candidate = from; candidate <= Math.min(lastYear, from + SEARCH_YEARS * widest); candidate++) {
      const after = [...this.#recurringIn(candidate)].filter((found) => found > day);
      if (after.length > 0) return Math.min(...after);
    }
    return undefined;
  }
}

function singleDay(start: DayNumber): CalendarEvent {
  return { start, length: 1, added: [], excluded: [] };
}

/**
 * A calendar of single days.
 *
 * @param dates `YYYY-MM-DD`
 * @throws ScheduleError `InvalidCalendar`
 */
export function calendarOfDates(dates: readonly string[]): Calendar {
  const events = dates.map((date) => {
    const day = parseDay(date.trim());
    if (day !== undefined) return singleDay(day);
    throw new ScheduleError('InvalidCalendar', `${JSON.stringify(date)} is no day (example: 2026-12-25)`);
  });
  return new EventCalendar(events);
}

/** A day, then nothing, or a blank, comma, semicolon or `#` and any text. */
const DATE_LINE = /^(\d{4}-\d\d-\d\d)(?:[\s,;#].*)?$/;

function eventsOfLines(text: string): CalendarEvent[] {
  return text.split(/\r\n|\n|\r/).flatMap((line, index) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const date = DATE_LINE.exec(trimmed)?.[1];
    const day = date === undefined ? undefined : parseDay(date);
    if (day !== undefined) return [singleDay(day)];
    const what = `${JSON.stringify(trimmed)} does not start with a day of the calendar (example: 2026-12-25 Christmas Day)`;
    throw new ScheduleError('InvalidCalendar', `line ${index + 1}: ${what}`, { line: index + 1 });
  });
}

/**
 * Reads a calendar: either one day a line (`2026-12-25`, optionally followed by text; `#` starts a comment), or an iCalendar
 * file, whose events count as whole days (see `parseICalendar` for what is understood).
 *
 * @throws ScheduleError `InvalidCalendar` with the line
 */
export function parseCalendar(text: string): Calendar {
  const content = text.replace(/^\uFEFF/, '');
  const isICalendar = /^BEGIN:(?:VCALENDAR|VEVENT)\s*$/im.test(content);
  return new EventCalendar(isICalendar ? parseICalendar(content) : eventsOfLines(content));
}

/** The days of a calendar as readings of a wall clock. */
export function calendarPattern(calendar: Calendar): LocalPattern {
  return {
    matches: (local) => calendar.has(Math.floor(local / DAY_MS)),
    nextChange(local) {
      const day = calendar.nextChange(Math.floor(local / DAY_MS));
      return day === undefined ? undefined : day * DAY_MS;
    },
  };
}
