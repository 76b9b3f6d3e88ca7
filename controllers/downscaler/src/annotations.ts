import {
  parseDuration,
  parseSchedule,
  parseTimestamp,
  ALWAYS,
  ScheduleError,
  type NamedCalendars,
  type Schedule,
  type ScheduleContext,
} from '@kube-steward/schedule';
import { suggest, messageOf } from '@kube-steward/cli';
import type { DowntimeSize } from './size-forms.ts';

/** A window that excludes; `warning` is set where the value parsed as neither a boolean nor a window and excludes all the same. */
export interface Exclusion {
  readonly schedule: Schedule;
  readonly warning?: string;
}

/** What each annotation holds once parsed. */
export interface AnnotationValues {
  uptime: Schedule;
  downtime: Schedule;
  upscalePeriod: Schedule;
  downscalePeriod: Schedule;
  forceUptime: Schedule;
  forceDowntime: Schedule;
  exclude: Exclusion;
  /** Milliseconds since the epoch. */
  excludeUntil: number;
  downtimeReplicas: DowntimeSize;
  /** Milliseconds. */
  gracePeriod: number;
  /** Milliseconds. */
  awakeAfterDeploy: number;
  /** Lower ones are woken first. */
  wakeOrder: number;
  scaleChildren: boolean;
  upscaleExcluded: boolean;
}
export type AnnotationName = keyof AnnotationValues;

/** One value somebody wrote: where and how it is written, and either parsed or with the reason why it could not be. */
export type Entry<T> = { readonly writtenAs: Written } & (
  { readonly value: T; readonly problem?: never } | { readonly problem: string; readonly value?: never }
);

/** Where a value stands: the layer, the annotation or option, the text. */
export interface Written {
  readonly source: string;
  readonly key: string;
  readonly value: string;
}

/** Everything written in one place: an object, its namespace, the configuration, the built-in defaults. */
export interface Layer {
  /** `object`, `namespace/N`, `pod/N`, `config` or `default`. */
  readonly source: string;
  readonly entries: { readonly [Name in AnnotationName]?: Entry<AnnotationValues[Name]> };
  /** Keys with our prefix that mean nothing. */
  readonly unknown: readonly (Written & { readonly suggestion?: string })[];
}

const boolean = (text: string): boolean => {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  throw new Error(`"${text}" is neither true nor false`);
};

const exclusion = (text: string, context: ScheduleContext): Exclusion => {
  try {
    return { schedule: parseSchedule(text, context) };
  } catch (error) {
    if (error instanceof ScheduleError && error.code === 'InvalidCalendar') throw error;
    const warning = `"${text}" is neither true, false nor a time window: it excludes until it is removed (${messageOf(error)})`;
    return { schedule: ALWAYS, warning };
  }
};

/** A number of replicas, or a share for disruption budgets: `0`, `2`, `50%`. */
export const parseDowntimeSize = (text: string): DowntimeSize => {
  const match = /^(\d{1,9})(%?)$/.exec(text);
  if (!match || (match[2] && Number(match[1]) > 100))
    throw new Error(`"${text}" is no size (allowed: a whole number from 0, or 0% to 100%)`);
  return { count: Number(match[1]), percent: match[2] === '%' };
};

const wholeNumber = (text: string): number => {
  if (!/^-?\d{1,9}$/.test(text)) throw new Error(`"${text}" is no whole number (allowed: 10, 0, -5 and the like)`);
  return Number(text);
};

type Parser<T> = (text: string, context: ScheduleContext) => T;

/** Every annotation: the keys it is read from (the first one present wins), and how its text is read. */
const ANNOTATIONS: {
  readonly [Name in AnnotationName]: { keys: readonly string[]; parse: Parser<AnnotationValues[Name]> };
} = {
  uptime: { keys: ['uptime'], parse: parseSchedule },
  downtime: { keys: ['downtime'], parse: parseSchedule },
  upscalePeriod: { keys: ['upscale-period'], parse: parseSchedule },
  downscalePeriod: { keys: ['downscale-period'], parse: parseSchedule },
  forceUptime: { keys: ['force-uptime'], parse: parseSchedule },
  forceDowntime: { keys: ['force-downtime'], parse: parseSchedule },
  exclude: { keys: ['exclude'], parse: exclusion },
  excludeUntil: { keys: ['exclude-until'], parse: parseTimestamp },
  downtimeReplicas: { keys: ['downtime-replicas', 'downscale-replicas'], parse: parseDowntimeSize },
  gracePeriod: { keys: ['grace-period'], parse: parseDuration },
  wakeOrder: { keys: ['wake-order'], parse: wholeNumber },
  awakeAfterDeploy: { keys: ['awake-after-deploy'], parse: parseDuration },
  scaleChildren: { keys: ['scale-children'], parse: boolean },
  upscaleExcluded: { keys: ['upscale-excluded'], parse: boolean },
};
const NAMES = Object.keys(ANNOTATIONS) as AnnotationName[];

/** What the downscaler itself writes. */
export const ORIGINAL = 'original-replicas';
/** A pause the user had set on a ScaledObject before it went down, as py-kube-downscaler stores it. */
export const ORIGINAL_PAUSE = 'original-pause-replicas';
/** Which bound of a budget the original is: `minAvailable` or `maxUnavailable`. */
export const ORIGINAL_BOUND = 'original-bound';
/** What the pod template was when it went down, told by a hash: whether somebody has deployed since. */
export const ORIGINAL_TEMPLATE = 'original-template';
/** Why a workload sleeps and until when, for whoever looks at it. */
export const STATUS = 'status';
const WRITTEN_BY_US: readonly string[] = [ORIGINAL, ORIGINAL_PAUSE, ORIGINAL_BOUND, ORIGINAL_TEMPLATE, STATUS];

const ALLOWED_KEYS = NAMES.flatMap((name) => ANNOTATIONS[name].keys);

/** No value that anybody means is longer, and reading one that is would hold everybody up. */
const LONGEST_TEXT = 4096;
/** How many texts are remembered; more are forgotten all at once, and read again when they are met. */
const MOST_TEXTS = 10_000;

/** The keys users may write, without the prefix: for completion, docs and messages. */
export const annotationKeys = (): readonly string[] => ALLOWED_KEYS;

export interface AnnotationContext extends ScheduleContext {
  /** What stands before the slash, `downscaler` unless configured otherwise. */
  readonly prefix: string;
  readonly calendars?: Calendars | undefined;
}

/** Calendars by name. Those with a revision may change: then it does as well. */
export interface Calendars extends NamedCalendars {
  readonly revision?: number | undefined;
}

/**
 * Reads annotations into layers. The same text is parsed once, however many objects carry it, so that thousands of
 * workloads share a schedule and what it has worked out about the present hour.
 */
export interface AnnotationReader {
  layer(source: string, annotations: Readonly<Record<string, string>> | undefined): Layer;
  /** One value outside an annotation (a flag, a default), by the same rules. */
  entry<Name extends AnnotationName>(name: Name, writtenAs: Written): Entry<AnnotationValues[Name]>;
}

export const createAnnotationReader = (context: AnnotationContext): AnnotationReader => {
  const parsed = new Map<string, Parsed>();
  const revision = (): number | undefined => context.calendars?.revision;

  const parse = (name: AnnotationName, text: string, at?: number): Parsed => {
    const id = at === undefined ? `${name}\n${text}` : `${name}\n${text}\n${at}`;
    if (text.length > LONGEST_TEXT)
      return { problem: `${text.length} characters are too many to read (allowed: ${LONGEST_TEXT})` };
    const known = parsed.get(id);
    if (known) return known;
    const result = attempt(() => ANNOTATIONS[name].parse(text.trim(), context));
    if (parsed.size >= MOST_TEXTS) parsed.clear();
    parsed.set(id, result);
    return result;
  };

  const entry = <Name extends AnnotationName>(name: Name, writtenAs: Written): Entry<AnnotationValues[Name]> =>
    (revision() !== undefined && NAMES_A_CALENDAR.test(writtenAs.value)
      ? followed(writtenAs, revision, (at) => parse(name, writtenAs.value, at))
      : { writtenAs, ...parse(name, writtenAs.value) }) as Entry<AnnotationValues[Name]>;

  return {
    entry,
    layer(source, annotations) {
      const found = ours(context.prefix, source, annotations);
      if (found.length === 0) return { source, entries: NO_ENTRIES, unknown: NOTHING_UNKNOWN };
      const entries: Partial<Record<AnnotationName, Entry<unknown>>> = {};
      for (const { writtenAs, name, suggestion } of found) {
        if (!name) continue;
        entries[name] ??=
          suggestion === undefined
            ? entry(name, writtenAs)
            : { writtenAs, problem: `no such annotation (did you mean ${suggestion}?)` };
      }
      return { source, entries: entries as Layer['entries'], unknown: found.filter(isUnknown).map(asUnknown) };
    },
  };
};

type Parsed = { readonly value: unknown } | { readonly problem: string };

const NAMES_A_CALENDAR = /calendar\s*\(/i;

/** An entry that is read anew with each revision of the calendars it may name: as a new schedule, that remembers nothing. */
const followed = (
  writtenAs: Written,
  revision: () => number | undefined,
  parse: (at: number | undefined) => Parsed,
): Entry<unknown> => {
  let at = revision();
  let parsed = parse(at);
  const current = (): { readonly value?: unknown; readonly problem?: string } => {
    if (revision() !== at) {
      at = revision();
      parsed = parse(at);
    }
    return parsed;
  };
  const entry = {
    writtenAs,
    get value() {
      return current().value;
    },
    get problem() {
      return current().problem;
    },
  };
  return entry as Entry<unknown>;
};

/** Of every layer in which nothing is written. */
export const NO_ENTRIES: Layer['entries'] = {};
const NOTHING_UNKNOWN: Layer['unknown'] = [];

/** An annotation with our prefix; without a suggestion and without a name, nobody knows what it was meant to be. */
interface Found {
  readonly writtenAs: Written;
  readonly name?: AnnotationName;
  readonly suggestion?: string;
}

const isUnknown = ({ name, suggestion }: Found): boolean => name === undefined || suggestion !== undefined;

const asUnknown = ({ writtenAs, suggestion }: Found): Layer['unknown'][number] => ({
  ...writtenAs,
  ...(suggestion !== undefined && { suggestion }),
});

/**
 * Our annotations on an object. A misspelt key counts as a bad value of the key it was probably meant to be: whoever would
 * have used that value is left alone instead of following some other layer.
 */
const ours = (prefix: string, source: string, annotations: Readonly<Record<string, string>> | undefined): Found[] => {
  const found: Found[] = [];
  for (const key in annotations) {
    if (!key.startsWith(prefix) || key[prefix.length] !== '/') continue;
    const bare = key.slice(prefix.length + 1);
    if (WRITTEN_BY_US.includes(bare)) continue;
    const writtenAs = { source, key, value: String(annotations[key]) };
    const name = nameOf(bare);
    found.push({ writtenAs, ...(name ? { name } : meant(prefix, bare)) });
  }
  return found.length > 1 ? found.sort((a, b) => rank(prefix, a) - rank(prefix, b)) : found;
};

const nameOf = (bare: string): AnnotationName | undefined =>
  NAMES.find((name) => ANNOTATIONS[name].keys.includes(bare));

/** Correct keys before misspelt ones, and the preferred spelling of a name before its alias. */
const rank = (prefix: string, { writtenAs, name, suggestion }: Found): number => {
  if (!name || suggestion !== undefined) return ALLOWED_KEYS.length;
  return ANNOTATIONS[name].keys.indexOf(writtenAs.key.slice(prefix.length + 1));
};

const meant = (prefix: string, bare: string): { name?: AnnotationName; suggestion?: string } => {
  const key = suggest(bare, ALLOWED_KEYS);
  const name = key === undefined ? undefined : nameOf(key);
  return name === undefined ? {} : { name, suggestion: `${prefix}/${String(key)}` };
};

const attempt = (parse: () => unknown): Parsed => {
  try {
    return { value: parse() };
  } catch (error) {
    return { problem: messageOf(error) };
  }
};

/** A layer without a single value. */
export const EMPTY_LAYER: Layer = { source: 'default', entries: NO_ENTRIES, unknown: NOTHING_UNKNOWN };
