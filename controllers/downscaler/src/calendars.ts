import { readFileSync } from 'node:fs';
import { BadValue, messageOf, type OptionType } from '@kube-steward/cli';
import { calendarOfDates, parseCalendar, type Calendar } from '@kube-steward/schedule';

/** Where the days of a calendar are written. */
export type CalendarSource = { readonly file: string } | { readonly dates: readonly string[] };

/** Calendars by the name under which windows use them. */
export type CalendarSources = ReadonlyMap<string, CalendarSource>;

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const ALLOWED = 'allowed: {file: PATH} or {dates: [YYYY-MM-DD]}';

const sourceOf = (name: string, value: unknown): CalendarSource => {
  if (!NAME.test(name))
    throw new BadValue(`"${name}" is no name of a calendar (allowed: letters, digits, ".", "_", "-")`, [name]);
  const { file, dates, ...rest } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  if (Object.keys(rest).length === 0 && typeof file === 'string' && dates === undefined) return { file };
  if (Object.keys(rest).length === 0 && Array.isArray(dates) && file === undefined) return { dates: dates.map(String) };
  throw new BadValue(`calendar ${name} is not readable (${ALLOWED})`, [name]);
};

/** `calendars: {NAME: {file: PATH} | {dates: [YYYY-MM-DD]}}` of a config file. */
export const calendarSources: OptionType<CalendarSources> = {
  parse: () => {
    throw new Error('calendars are set in the config file');
  },
  fromConfig(value) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new Error(`calendars are a map of names (${ALLOWED})`);
    return new Map(Object.entries(value).map(([name, source]) => [name, sourceOf(name, source)]));
  },
  toConfig: (value) => Object.fromEntries(value as CalendarSources),
  schema: {
    type: 'object',
    additionalProperties: {
      oneOf: [
        { type: 'object', required: ['file'], properties: { file: { type: 'string' } }, additionalProperties: false },
        {
          type: 'object',
          required: ['dates'],
          properties: { dates: { type: 'array', items: { type: 'string' } } },
          additionalProperties: false,
        },
      ],
    },
  },
  placeholder: 'map',
};

/**
 * Reads every calendar.
 *
 * @returns the calendars that could be read, and what was wrong with the others
 */
export const loadCalendars = (
  sources: CalendarSources,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): { calendars: ReadonlyMap<string, Calendar>; problems: string[] } => {
  const calendars = new Map<string, Calendar>();
  const problems: string[] = [];
  for (const [name, source] of sources) {
    try {
      calendars.set(name, 'file' in source ? parseCalendar(readFile(source.file)) : calendarOfDates(source.dates));
    } catch (error) {
      problems.push(`calendar ${name}${'file' in source ? ` (${source.file})` : ''}: ${messageOf(error)}`);
    }
  }
  return { calendars, problems };
};
