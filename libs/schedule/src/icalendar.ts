import { type DayNumber } from './calendar-day.ts';
import { ScheduleError } from './errors.ts';
import { type ContentLine, contentLinesOf } from './icalendar-lines.ts';
import { durationMsOf, momentOf, momentsOf, yearlyRuleOf } from './icalendar-values.ts';
import type { YearlyRule } from './yearly-rule.ts';
import { DAY_MS } from './duration.ts';

/** One VEVENT, in whole days. */
export interface CalendarEvent {
  readonly start: DayNumber;
  /** How many days it lasts, at least 1. */
  readonly length: number;
  readonly rule?: YearlyRule;
  /** Starts of further occurrences (RDATE), and of those that are left out (EXDATE). */
  readonly added: readonly DayNumber[];
  readonly excluded: readonly DayNumber[];
}

/** A longer one is a mistake, and would be expanded day by day. */
const LONGEST_EVENT_DAYS = 3660;

interface RawEvent {
  readonly begin: ContentLine;
  readonly properties: Map<string, ContentLine[]>;
}

function fail(line: ContentLine, what: string): ScheduleError {
  return new ScheduleError('InvalidCalendar', `line ${line.number}: ${what}`, { line: line.number });
}

/** The VEVENTs with their own properties; those of alarms inside them and of time zones beside them are passed over. */
function rawEventsOf(text: string): RawEvent[] {
  const events: RawEvent[] = [];
  const open: ContentLine[] = [];
  let event: RawEvent | undefined;
  for (const line of contentLinesOf(text)) {
    const component = line.value.trim().toUpperCase();
    if (line.name === 'BEGIN') {
      open.push(line);
      if (component === 'VEVENT') event = { begin: line, properties: new Map() };
    } else if (line.name === 'END') {
      const begun = open.pop()?.value.trim().toUpperCase();
      if (begun !== component) throw fail(line, `END:${component} closes ${begun ? `BEGIN:${begun}` : 'nothing'}`);
      if (component === 'VEVENT' && event) events.push(event);
    } else if (event && open.at(-1) === event.begin) {
      event.properties.set(line.name, [...(event.properties.get(line.name) ?? []), line]);
    }
  }
  const unclosed = open.at(-1);
  if (unclosed) throw fail(unclosed, `BEGIN:${unclosed.value} is never closed`);
  return events;
}

function endDayOf(event: RawEvent, start: { ms: number; hasTime: boolean }): DayNumber {
  const [end] = event.properties.get('DTEND') ?? [];
  const [duration] = event.properties.get('DURATION') ?? [];
  const instant = end ? momentOf(end).ms : duration ? start.ms + durationMsOf(duration) : start.ms;
  if (instant < start.ms) throw fail(end ?? event.begin, 'the event ends before it starts');
  return Math.max(Math.floor(start.ms / DAY_MS) + 1, Math.ceil(instant / DAY_MS));
}

function eventOf(raw: RawEvent, overridden: readonly DayNumber[]): CalendarEvent {
  const [startLine] = raw.properties.get('DTSTART') ?? [];
  if (!startLine) throw fail(raw.begin, 'the VEVENT has no DTSTART');
  const moment = momentOf(startLine);
  const start = Math.floor(moment.ms / DAY_MS);
  const length = endDayOf(raw, moment) - start;
  if (length > LONGEST_EVENT_DAYS)
    throw fail(startLine, `the event lasts ${length} days; at most ${LONGEST_EVENT_DAYS}`);

  const [ruleLine, second] = raw.properties.get('RRULE') ?? [];
  if (second) throw fail(second, 'the VEVENT has a second RRULE; one is allowed');
  const daysOf = (name: string): DayNumber[] => (raw.properties.get(name) ?? []).flatMap(momentsOf);
  return {
    start,
    length,
    ...(ruleLine ? { rule: yearlyRuleOf(ruleLine, start) } : {}),
    added: daysOf('RDATE'),
    excluded: [...daysOf('EXDATE'), ...overridden],
  };
}

const isCancelled = (event: RawEvent): boolean =>
  event.properties.get('STATUS')?.[0]?.value.toUpperCase() === 'CANCELLED';
const uidOf = (event: RawEvent): string | undefined => event.properties.get('UID')?.[0]?.value;

/**
 * Reads the events of an iCalendar file (RFC 5545): VEVENT with DTSTART, DTEND or DURATION, RRULE with FREQ=YEARLY, RDATE,
 * EXDATE, RECURRENCE-ID (which replaces one occurrence) and STATUS:CANCELLED. Times count as the whole day they are written on.
 *
 * @throws ScheduleError `InvalidCalendar` with the line
 */
export function parseICalendar(text: string): CalendarEvent[] {
  const raw = rawEventsOf(text);
  return raw
    .filter((event) => !isCancelled(event))
    .map((event) => {
      const isOverride = event.properties.has('RECURRENCE-ID');
      const overrides = raw.filter((other) => !isOverride && other !== event && uidOf(other) === uidOf(event));
      return eventOf(
        event,
        overrides.flatMap((other) => other.properties.get('RECURRENCE-ID') ?? []).flatMap(momentsOf),
      );
    });
}
