/**
 * What is wrong with a time value:
 * - `InvalidDuration`, `InvalidTimestamp`: not a duration, not a moment (or one the calendar does not have)
 * - `InvalidSyntax`: a list member that is none of the forms a schedule knows
 * - `InvalidWeekday`, `InvalidTime`: that part of a weekly window
 * - `MissingWeekframe`, `MissingTimezone`: left out, and no default is configured
 * - `UnknownTimezone`: no IANA zone
 * - `InvalidCron`: the expression, or the duration after it
 * - `UnknownCalendar`: `calendar(NAME)` names none that is configured
 * - `InvalidCalendar`: the content of a calendar
 */
export type ScheduleErrorCode =
  | 'InvalidDuration'
  | 'InvalidTimestamp'
  | 'InvalidSyntax'
  | 'InvalidWeekday'
  | 'InvalidTime'
  | 'MissingWeekframe'
  | 'MissingTimezone'
  | 'UnknownTimezone'
  | 'InvalidCron'
  | 'UnknownCalendar'
  | 'InvalidCalendar';

/** Where in the text the fault is, as far as it is known. */
export interface ErrorPlace {
  /** Index of the first wrong character in the parsed text, from 0. */
  readonly position?: number;
  /** Line of a calendar file, from 1. */
  readonly line?: number;
  readonly cause?: unknown;
}

/** The one error of this library. The message says what is wrong, where, and what is allowed. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
  readonly code: ScheduleErrorCode;
  readonly position: number | undefined;
  readonly line: number | undefined;

  constructor(code: ScheduleErrorCode, message: string, place: ErrorPlace = {}) {
    super(message, 'cause' in place ? { cause: place.cause } : undefined);
    this.code = code;
    this.position = place.position;
    this.line = place.line;
  }
}
