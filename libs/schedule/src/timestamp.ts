import { MINUTE_MS } from './duration.ts';
import { ScheduleError } from './errors.ts';

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/;

/** The UTC forms, which also take numbers of one digit. */
const UTC_FORMS = [
  /^(\d{4})-(\d\d?)-(\d\d?)T(\d\d?):(\d\d?):(\d\d?)Z$/,
  /^(\d{4})-(\d\d?)-(\d\d?)[T ](\d\d?):(\d\d?)$/,
  /^(\d{4})-(\d\d?)-(\d\d?)$/,
];

const RFC_EXAMPLES = '2026-12-01T22:00:00Z or 2026-12-01T22:00:00+01:00';

interface DateTimeFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

function fieldsOf(match: RegExpExecArray): DateTimeFields {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((digits: string | undefined) => Number(digits ?? 0));
  return { year, month, day, hour, minute, second };
}

/** The fields read as UTC, in ms; `undefined` for a day or time that does not exist (30 February, 24:00, second 60). */
function utcOf({ year, month, day, hour, minute, second }: DateTimeFields): number | undefined {
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** `Z` or `+01:00` in ms; `undefined` when it is out of range. */
function offsetOf(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS;
}

function impossible(text: string): ScheduleError {
  return new ScheduleError('InvalidTimestamp', `${JSON.stringify(text)} is no moment: there is no such day or time`);
}

function rfc3339Of(text: string): number | undefined {
  const match = RFC_3339.exec(text);
  if (!match) return undefined;
  const utc = utcOf(fieldsOf(match));
  const offset = offsetOf(match[8] ?? '');
  if (utc === undefined || offset === undefined) throw impossible(text);
  return utc + Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000) - offset;
}

/**
 * Parses an RFC 3339 date-time with seconds and an offset or `Z`. Fractions count to the millisecond.
 *
 * @returns milliseconds since the epoch
 * @throws ScheduleError `InvalidTimestamp`
 */
export function parseRfc3339(text: string): number {
  const at = rfc3339Of(text.trim());
  if (at !== undefined) return at;
  throw new ScheduleError(
    'InvalidTimestamp',
    `${JSON.stringify(text)} is no date and time with seconds and offset (examples: ${RFC_EXAMPLES})`,
  );
}

/**
 * Parses a moment: RFC 3339, or one of the UTC forms `2026-12-01T22:00:00Z`, `2026-12-01T22:00`, `2026-12-01 22:00`,
 * `2026-12-01` (which is 00:00 UTC); the UTC forms take numbers of one digit too, as people wrote them for kube-downscaler.
 *
 * @returns milliseconds since the epoch
 * @throws ScheduleError `InvalidTimestamp`
 */
export function parseTimestamp(text: string): number {
  const trimmed = text.trim();
  const at = rfc3339Of(trimmed);
  if (at !== undefined) return at;
  for (const form of UTC_FORMS) {
    const match = form.exec(trimmed);
    if (!match) continue;
    const utc = utcOf(fieldsOf(match));
    if (utc === undefined) throw impossible(text);
    return utc;
  }
  throw new ScheduleError(
    'InvalidTimestamp',
    `${JSON.stringify(text)} is no moment; write RFC 3339 (${RFC_EXAMPLES}) or UTC as 2026-12-01T22:00, 2026-12-01 22:00 or 2026-12-01`,
  );
}

/** RFC 3339 in UTC, cut to the second: `2026-11-20T19:41:00Z`. */
export function formatTimestamp(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}
