import { DAY_MS } from './duration.ts';
import type { Zone } from './zone.ts';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
/** Each knows other abbreviations; the first that has a name instead of an offset is taken. */
const LOCALES = ['en-US', 'en-GB', 'en-AU', 'en-IN', 'en-ZA'];

const nameFormats = new Map<string, readonly Intl.DateTimeFormat[]>();

function nameFormatsOf(zone: Zone): readonly Intl.DateTimeFormat[] {
  let formats = nameFormats.get(zone.name);
  if (!formats) {
    const options = { timeZone: zone.name, timeZoneName: 'short' } as const;
    formats = LOCALES.map((locale) => new Intl.DateTimeFormat(locale, options));
    nameFormats.set(zone.name, formats);
  }
  return formats;
}

function signedOffset(minutes: number): string {
  const whole = Math.abs(Math.trunc(minutes));
  const digits = (value: number): string => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${digits(Math.floor(whole / 60))}:${digits(whole % 60)}`;
}

/** What people there call the zone at that time: `CET`, `CEST`, `EST`, `IST`; a zone without a name gives `UTC+09:00`. */
export function zoneAbbreviation(at: number, zone: Zone): string {
  for (const format of nameFormatsOf(zone)) {
    const name = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value;
    if (name && !/[+-]\d/.test(name)) return name;
  }
  return `UTC${signedOffset(zone.offsetAt(at))}`;
}

/** How {@link formatLocal} writes. */
export interface FormatLocalOptions {
  /** Append the zone's abbreviation. Left out: only in the form with the date. */
  readonly abbreviation?: boolean;
}

/**
 * A moment for people, in the zone's wall time and as short as it stays clear: `20:30` on the day of `now`, `Mon 07:30` up to
 * six days from it, else (and without `now`) `Mon 2026-11-23 07:30 CET`.
 */
export function formatLocal(at: number, zone: Zone, now?: number, options: FormatLocalOptions = {}): string {
  const local = zone.localAt(at);
  const date = new Date(local);
  const [day = '', time = ''] = date.toISOString().split('T');
  const daysAway = now === undefined ? Infinity : Math.floor(local / DAY_MS) - Math.floor(zone.localAt(now) / DAY_MS);

  const parts = [time.slice(0, 5)];
  const isFar = Math.abs(daysAway) > 6;
  if (isFar) parts.unshift(day);
  if (daysAway !== 0) parts.unshift(WEEKDAYS[date.getUTCDay()] ?? '');
  if (options.abbreviation ?? isFar) parts.push(zoneAbbreviation(at, zone));
  return parts.join(' ');
}
