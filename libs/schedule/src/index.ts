/**
 * Time, without Kubernetes: clocks, durations, moments, zones, calendars, and schedules made of time windows; and random numbers that repeat.
 *
 * Everything is a number of milliseconds since the epoch and a pure function of it; only {@link systemClock} knows what time
 * it is. A schedule is parsed once from what a user wrote, and then answers whether a moment is inside, and exactly when
 * that will change. The grammar and the rules for daylight-saving switches are in this package's README.
 *
 * @example
 * const office = parseSchedule('Mon-Fri 08:00-20:00 Europe/Berlin, !calendar(holidays)', { calendars });
 * const { matches, until } = office.at(clock.now());
 * if (until !== undefined) clock.setTimer(until - clock.now(), reconcile);
 * log(`${matches ? 'up' : 'down'} until ${until ? formatLocal(until, office.zone, clock.now()) : 'further notice'}`);
 */
export { type CancelTimer, type Clock, systemClock, VirtualClock } from './clock.ts';
export { seededRandom } from './seeded-random.ts';
export { ScheduleError, type ScheduleErrorCode } from './errors.ts';
export {
  DAY_MS,
  formatDuration,
  formatDurationSpec,
  HOUR_MS,
  MINUTE_MS,
  parseDuration,
  SECOND_MS,
  WEEK_MS,
} from './duration.ts';
export { formatTimestamp, parseRfc3339, parseTimestamp } from './timestamp.ts';
export { formatLocal, type FormatLocalOptions, zoneAbbreviation } from './format-time.ts';
export { findZone, UTC, type Zone, type ZoneSpan } from './zone.ts';
export { suggestZone } from './zone-names.ts';
export type { DayNumber } from './calendar-day.ts';
export { type Calendar, calendarOfDates, parseCalendar } from './calendar.ts';
export type {
  AbsoluteMember,
  CalendarMember,
  ConstantMember,
  CronMember,
  Member,
  NamedCalendars,
  ScheduleContext,
  WeeklyMember,
} from './member.ts';
export { parseWeekframe } from './grammar.ts';
export { ALWAYS, NEVER, parseSchedule, type Schedule, type ScheduleState } from './schedule.ts';
