import { messageOf } from '@kube-steward/cli';
import { RESOURCES, type KubeObject } from '@kube-steward/kube';
import { ScheduleError, calendarOfDates, parseCalendar, type Calendar } from '@kube-steward/schedule';
import type { Calendars } from './annotations.ts';

/** What is kept of a ConfigMap. */
export interface ConfigMapView {
  readonly metadata: KubeObject['metadata'];
  readonly data: Readonly<Record<string, string>>;
}

export const configMapProjection = (object: KubeObject & { data?: Record<string, string> }): ConfigMapView => {
  const { name, namespace = '', uid = '', resourceVersion = '' } = object.metadata;
  return { metadata: { name, namespace, uid, resourceVersion }, data: object.data ?? {} };
};

/** One value in a ConfigMap. */
export interface ConfigMapName {
  readonly namespace: string;
  readonly name: string;
  /** Left out: the only one. */
  readonly key?: string;
}

/** A calendar, and the ConfigMap that holds its days. */
export interface ConfigMapCalendar extends ConfigMapName {
  readonly calendar: string;
}

/** What is wrong with a calendar just now. */
export interface CalendarProblem {
  readonly of: ConfigMapCalendar;
  readonly message: string;
}

/** What the book knows of a calendar in a ConfigMap. */
interface Page {
  readonly text?: string;
  /** The last content that could be read. */
  readonly calendar?: Calendar;
  readonly problem?: string;
}

const NO_DAYS = calendarOfDates([]);

/**
 * The calendars that windows name. Those in ConfigMaps come and go: a window that names one which is not there is a value that
 * cannot be read, and a new revision makes every such value be read anew.
 *
 * | the ConfigMap | the calendar | |
 * | --- | --- | --- |
 * | holds days | is these | |
 * | is missing, forbidden, or lacks the key | cannot be read: whatever names it is left as it is | a Warning |
 * | holds something else, after it held days | stays what it was | a Warning |
 * | holds something else from the beginning | cannot be read | a Warning |
 */
export class CalendarBook implements Calendars {
  readonly inConfigMaps: readonly ConfigMapCalendar[];
  readonly #fixed: ReadonlyMap<string, Calendar>;
  readonly #pages = new Map<string, Page>();
  #revision = 0;

  constructor(fixed: ReadonlyMap<string, Calendar> = new Map(), inConfigMaps: readonly ConfigMapCalendar[] = []) {
    this.#fixed = fixed;
    this.inConfigMaps = inConfigMaps;
    for (const each of inConfigMaps) this.#pages.set(each.calendar, { problem: missing(each) });
  }

  keys(): string[] {
    return [...this.#fixed.keys(), ...this.#pages.keys()];
  }

  /** Changes whenever a calendar does; `undefined` where none ever will. */
  get revision(): number | undefined {
    return this.inConfigMaps.length > 0 ? this.#revision : undefined;
  }

  /** @throws ScheduleError `InvalidCalendar` for one that cannot be read just now */
  get(name: string): Calendar | undefined {
    const page = this.#pages.get(name);
    if (!page) return this.#fixed.get(name);
    if (page.calendar) return page.calendar;
    throw new ScheduleError('InvalidCalendar', `the calendar ${name} cannot be read: ${page.problem ?? ''}`);
  }

  /** Every name, with days or none: to check windows before anything is read. */
  names(): ReadonlyMap<string, Calendar> {
    return new Map(this.keys().map((name) => [name, NO_DAYS]));
  }

  /**
   * Takes over what a ConfigMap holds.
   *
   * @param content `undefined` for one that is missing
   * @returns whether that changes any calendar
   */
  read(of: ConfigMapCalendar, content: ConfigMapView | undefined): boolean {
    const before = this.#pages.get(of.calendar) ?? {};
    const page = pageOf(of, content, before);
    this.#pages.set(of.calendar, page);
    const isNews = page.calendar !== before.calendar || (!page.calendar && page.problem !== before.problem);
    if (isNews) this.#revision += 1;
    return isNews;
  }

  problems(): CalendarProblem[] {
    return this.inConfigMaps.flatMap((of) => {
      const { problem, calendar } = this.#pages.get(of.calendar) ?? {};
      if (problem === undefined) return [];
      const so = calendar ? 'the last good content counts' : 'whatever names it is left as it is';
      return [{ of, message: `the calendar ${of.calendar} cannot be read: ${problem}; ${so}` }];
    });
  }
}

const missing = ({ namespace, name }: ConfigMapCalendar): string =>
  `ConfigMap ${namespace}/${name} is not there, or not to be read`;

const pageOf = (of: ConfigMapCalendar, content: ConfigMapView | undefined, before: Page): Page => {
  const text = content ? textIn(of, content) : { problem: missing(of) };
  if (typeof text !== 'string') return text;
  if (text === before.text) return before;
  try {
    return { text, calendar: parseCalendar(text) };
  } catch (error) {
    const problem = `ConfigMap ${of.namespace}/${of.name}: ${messageOf(error)}`;
    return { text, problem, ...(before.calendar && { calendar: before.calendar }) };
  }
};

/** The value of the named key, or of the only one. */
const textIn = (
  { namespace, name, key }: ConfigMapCalendar,
  { data }: ConfigMapView,
): string | { readonly problem: string } => {
  const keys = Object.keys(data);
  const wanted = key ?? (keys.length === 1 ? keys[0] : undefined);
  const text = wanted === undefined ? undefined : data[wanted];
  if (text !== undefined) return text;
  const found = keys.length === 0 ? 'no keys' : `the keys ${keys.join(', ')}`;
  const hint = key === undefined ? `: name one as ${namespace}/${name}/KEY` : `, and no ${key}`;
  return { problem: `ConfigMap ${namespace}/${name} has ${found}${hint}` };
};

/** The ConfigMap as decisions and Events name it. */
export const configMapReference = ({ namespace, name }: ConfigMapName) => ({
  apiVersion: RESOURCES.configMaps.version,
  kind: RESOURCES.configMaps.kind,
  namespace,
  name,
});
