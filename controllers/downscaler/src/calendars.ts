import { readFileSync } from 'node:fs';
import { CalendarBook, type ConfigMapCalendar, type ConfigMapName } from './calendar-book.ts';
import { BadValue, messageOf, type OptionType } from '@kube-steward/cli';
import { calendarOfDates, parseCalendar, type Calendar } from '@kube-steward/schedule';

/** Where the days of a calendar are written. */
export type CalendarSource =
  { readonly file: string } | { readonly dates: readonly string[] } | { readonly configMap: string };

/** Calendars by the name under which windows use them. */
export type CalendarSources = ReadonlyMap<string, CalendarSource>;

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const ALLOWED = 'allowed: {configMap: NAMESPACE/NAME}, {file: PATH} or {dates: [YYYY-MM-DD]}';

const sourceOf = (name: string, value: unknown): CalendarSource => {
  if (!NAME.test(name))
    throw new BadValue(`"${name}" is no name of a calendar (allowed: letters, digits, ".", "_", "-")`, [name]);
  const written = Object.entries(typeof value === 'object' && value !== null ? value : {});
  const [where, what] = written.length === 1 ? (written[0] as [string, unknown]) : [];
  if (where === 'file' && typeof what === 'string') return { file: what };
  if (where === 'dates' && Array.isArray(what)) return { dates: what.map(String) };
  if (where === 'configMap' && typeof what === 'string' && CONFIG_MAP.test(what)) return { configMap: what };
  throw new BadValue(`calendar ${name} is not readable (${ALLOWED})`, [name]);
};

/** `NAMESPACE/NAME` or `NAMESPACE/NAME/KEY`. */
const CONFIG_MAP = /^([a-z0-9-]+)\/([a-z0-9.-]+)(?:\/([-._a-zA-Z0-9]+))?$/;

const configMapOf = (text: string): ConfigMapName => {
  const [, namespace = '', name = '', key] = CONFIG_MAP.exec(text) ?? [];
  return { namespace, name, ...(key !== undefined && { key }) };
};

/** `calendars: {NAME: {configMap: NS/NAME} | {file: PATH} | {dates: [YYYY-MM-DD]}}` of a config file. */
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
        {
          type: 'object',
          required: ['configMap'],
          properties: { configMap: { type: 'string', pattern: CONFIG_MAP.source } },
          additionalProperties: false,
        },
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
 * Reads every calendar but those in ConfigMaps, which only a cluster has.
 *
 * @returns the calendars, and what was wrong with those that could not be read
 */
export const loadCalendars = (
  sources: CalendarSources,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): { calendars: CalendarBook; problems: string[] } => {
  const fixed = new Map<string, Calendar>();
  const inConfigMaps: ConfigMapCalendar[] = [];
  const problems: string[] = [];
  for (const [name, source] of sources) {
    if ('configMap' in source) {
      inConfigMaps.push({ calendar: name, ...configMapOf(source.configMap) });
      continue;
    }
    try {
      fixed.set(name, 'file' in source ? parseCalendar(readFile(source.file)) : calendarOfDates(source.dates));
    } catch (error) {
      problems.push(`calendar ${name}${'file' in source ? ` (${source.file})` : ''}: ${messageOf(error)}`);
    }
  }
  return { calendars: new CalendarBook(fixed, inConfigMaps), problems };
};
