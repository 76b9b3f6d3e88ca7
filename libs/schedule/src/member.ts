import type { Calendar } from './calendar.ts';
import type { WeeklyHours } from './week.ts';
import type { Zone } from './zone.ts';

/** `always`, `never`. */
export interface ConstantMember {
  readonly kind: 'constant';
  readonly value: boolean;
}

/** `Mon-Fri 08:00-20:00 Europe/Berlin`. */
export interface WeeklyMember extends WeeklyHours {
  readonly kind: 'weekly';
  readonly zone: Zone;
}

/** A range between two instants, `from` or `until`; milliseconds since the epoch, infinite where open. */
export interface AbsoluteMember {
  readonly kind: 'absolute';
  readonly from: number;
  readonly to: number;
}

/** `cron(0 8 * * 1-5) for 10h Europe/Berlin`. */
export interface CronMember {
  readonly kind: 'cron';
  readonly expression: string;
  readonly durationMs: number;
  readonly zone: Zone;
}

/** `calendar(holidays)`. */
export interface CalendarMember {
  readonly kind: 'calendar';
  readonly name: string;
  readonly calendar: Calendar;
  readonly zone: Zone;
}

/** What a member stands for, without a `!` before it. */
export type MemberKind = ConstantMember | WeeklyMember | AbsoluteMember | CronMember | CalendarMember;

/** One member of the comma list. */
export type Member = MemberKind & {
  /** A `!` stands before it. */
  readonly negated: boolean;
  /** As it was written, without the blanks around it. */
  readonly text: string;
  /** Where it begins in the value. */
  readonly position: number;
};

/** Calendars by name: a Map, or what looks them up by other means. */
export interface NamedCalendars {
  keys(): Iterable<string>;
  /** @throws ScheduleError `InvalidCalendar` for one that cannot be read just now */
  get(name: string): Calendar | undefined;
}

/** What a schedule takes from the configuration. */
export interface ScheduleContext {
  /** Zone for members without one. */
  readonly defaultTimezone?: string | undefined;
  /** Weekdays (`Mon-Fri`) for hours without them. */
  readonly defaultWeekframe?: string | undefined;
  /** Calendars by the name that `calendar(NAME)` uses. */
  readonly calendars?: NamedCalendars | undefined;
}
