import { findZone, parseRfc3339, parseSchedule, type Schedule } from '@kube-steward/schedule';
import { BadOldValue, type OldWindow } from './old-rules.ts';

/** What stands in for a missing zone or weekframe. */
export interface WindowDefaults {
  readonly timezone?: string | undefined;
  readonly weekframe?: string | undefined;
}

/** One member of the comma list: what it covers, and how it is written here to mean that. */
interface OldMember {
  readonly window: Pick<Schedule, 'matches' | 'nextChange'>;
  readonly same: string;
  readonly isChanged: boolean;
}

const WEEKDAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];
const DAY_MINUTES = 24 * 60;

/**
 * Where the two grammars differ, as data.
 *
 * | | py-kube-downscaler | GoKubeDownscaler |
 * | --- | --- | --- |
 * | blanks | exactly one between parts | any |
 * | zones | letters, `/` and `_`, in any case | any IANA zone, in its own spelling |
 * | times | two digits, not checked | hours to 24, minutes to 59 |
 * | end before start | never matches | runs past midnight within the listed days |
 * | an absolute range's end | inclusive, and no `Z` | exclusive |
 * | words | as the whole value only | `always never true false`, in lists too |
 * | a bad member | an error where it is reached | an error |
 */
interface Grammar {
  readonly weekly: RegExp;
  readonly zone: (name: string) => boolean;
  readonly isTime: (hour: number, minute: number) => boolean;
  readonly hours: (start: number, end: number) => readonly (readonly [from: number, to: number])[];
  readonly absolute: RegExp;
  readonly endIsInside: boolean;
  readonly words: Readonly<Record<string, boolean>>;
  /** `from TIME`, `until TIME`. */
  readonly isDirectional: boolean;
  readonly isMissingZoneSilent: boolean;
}

const PY: Grammar = {
  weekly: /^(?:([a-z]{3})-([a-z]{3}) )?(\d\d):(\d\d)-(\d\d):(\d\d)(?: ([a-z/_]+))?$/i,
  zone: (name) => findZone(name) !== undefined,
  isTime: () => true,
  hours: (start, end) => (start < end ? [[start, end]] : []),
  absolute: /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d)-(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d)$/,
  endIsInside: true,
  words: {},
  isDirectional: false,
  isMissingZoneSilent: false,
};

const GO: Grammar = {
  weekly: /^(?:([a-z]{3})\s*-\s*([a-z]{3})\s+)?(\d\d):(\d\d)\s*-\s*(\d\d):(\d\d)(?:\s+(\S+))?$/i,
  zone: (name) => findZone(name)?.name === name,
  isTime: (hour, minute) => hour <= 24 && minute <= 59,
  hours: (start, end) =>
    start <= end
      ? [[start, end]]
      : [
          [start, DAY_MINUTES],
          [0, end],
        ],
  absolute:
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))\s*-\s*(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))$/,
  endIsInside: false,
  words: { always: true, true: true, never: false, false: false },
  isDirectional: true,
  isMissingZoneSilent: true,
};

type Read = (text: string, defaults: WindowDefaults) => OldWindow;

/** The same text is parsed once, however many workloads carry it and however often they are decided on. */
const remembered = (read: Read): Read => {
  const known = new Map<string, OldWindow>();
  return (text, defaults) => {
    const id = JSON.stringify([text, defaults.timezone, defaults.weekframe]);
    const window = known.get(id) ?? read(text, defaults);
    known.set(id, window);
    return window;
  };
};

/** A value as py-kube-downscaler reads it: each member when it is reached, and none behind the first that matches. */
export const pyWindow: Read = remembered((text, defaults) => {
  if (/^(always|never)$/i.test(text)) return constant(/^always$/i.test(text));
  const members = text.split(',').map((part) => attempt(() => memberOf(part.trim(), PY, defaults)));
  return {
    matches(at) {
      for (const { member, problem } of members) {
        if (problem) throw problem;
        if (member.window.matches(at)) return true;
      }
      return false;
    },
    nextChange: (at) =>
      earliestChange(
        members.flatMap(({ member }) => member ?? []),
        at,
      ),
    rewrite: rewritten(members.flatMap(({ member }) => member ?? [])),
  };
});

/**
 * A value as GoKubeDownscaler reads it.
 *
 * @throws BadOldValue for any bad member
 */
export const goWindow: Read = remembered((text, defaults) => {
  const members = text.split(',').map((part) => memberOf(part.trim(), GO, defaults));
  return {
    matches: (at) => members.some(({ window }) => window.matches(at)),
    nextChange: (at) => earliestChange(members, at),
    rewrite: rewritten(members),
  };
});

const constant = (matches: boolean): OldWindow => ({
  matches: () => matches,
  nextChange: () => undefined,
  rewrite: undefined,
});

type Attempt =
  { readonly member: OldMember; readonly problem?: never } | { readonly member?: never; readonly problem: BadOldValue };

const attempt = (read: () => OldMember): Attempt => {
  try {
    return { member: read() };
  } catch (error) {
    if (error instanceof BadOldValue) return { problem: error };
    throw error;
  }
};

const earliestChange = (members: readonly OldMember[], at: number): number | undefined => {
  const changes = members.flatMap(({ window }) => window.nextChange(at) ?? []);
  return changes.length > 0 ? Math.min(...changes) : undefined;
};

const rewritten = (members: readonly OldMember[]): string | undefined =>
  members.some(({ isChanged }) => isChanged) ? members.map(({ same }) => same).join(', ') : undefined;

const memberOf = (text: string, grammar: Grammar, defaults: WindowDefaults): OldMember => {
  const word = grammar.words[text.toLowerCase()];
  if (word !== undefined) return { window: constant(word), same: text, isChanged: false };
  const absolute = grammar.absolute.exec(text);
  if (absolute) return range(text, absolute[1] ?? '', absolute[2] ?? '', grammar);
  if (grammar.isDirectional && /^(from|until)\s/.test(text)) return directional(text);
  const weekly = grammar.weekly.exec(text);
  if (!weekly) throw new BadOldValue(`"${text}" is no time window it knows`);
  return weeklyMember(text, weekly, grammar, defaults);
};

const moment = (text: string): number => {
  try {
    return parseRfc3339(text);
  } catch {
    throw new BadOldValue(`"${text}" is no moment it knows`);
  }
};

const range = (text: string, first: string, last: string, { endIsInside }: Grammar): OldMember => {
  const from = moment(first);
  const to = moment(last) + (endIsInside ? 1 : 0);
  return {
    window: {
      matches: (at) => at >= from && at < to,
      nextChange: (at) => (at < from ? from : at < to ? to : undefined),
    },
    same: text,
    isChanged: false,
  };
};

const directional = (text: string): OldMember => {
  const isFrom = text.startsWith('from');
  const edge = moment(text.replace(/^\w+\s+/, ''));
  return {
    window: { matches: (at) => at >= edge === isFrom, nextChange: (at) => (at < edge ? edge : undefined) },
    same: text,
    isChanged: false,
  };
};

const weeklyMember = (
  text: string,
  [, first, last, ...numbers]: RegExpExecArray,
  grammar: Grammar,
  { timezone, weekframe }: WindowDefaults,
): OldMember => {
  const [startHour = 0, startMinute = 0, endHour = 0, endMinute = 0] = numbers.slice(0, 4).map(Number);
  const zone = numbers[4] ?? timezone;
  const days = first === undefined ? weekframe : `${first}-${last ?? ''}`;
  const silent = { silent: grammar.isMissingZoneSilent };
  if (zone === undefined) throw new BadOldValue(`"${text}" names no time zone, and there is no default`, silent);
  if (days === undefined) throw new BadOldValue(`"${text}" names no weekdays, and there is no default`, silent);
  if (!grammar.zone(zone)) throw new BadOldValue(`"${zone}" is no time zone it knows`);
  for (const day of days.split('-'))
    if (!WEEKDAYS.includes(day.toUpperCase())) throw new BadOldValue(`"${day}" is no weekday it knows`);
  if (!grammar.isTime(startHour, startMinute) || !grammar.isTime(endHour, endMinute))
    throw new BadOldValue(`"${text}" holds no time of day`);
  const start = startHour * 60 + startMinute;
  const end = endHour * 60 + endMinute;
  const hours = grammar
    .hours(start, end)
    .map(([from, to]) => [from, Math.min(to, DAY_MINUTES)] as const)
    .filter(([from, to]) => from < to);
  const same = hours.map(([from, to]) => `${days} ${clock(from)}-${clock(to)} ${zone}`).join(', ') || 'never';
  const isChanged = end < start || Math.max(start, end) > DAY_MINUTES;
  return { window: parseSchedule(same), same, isChanged };
};

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
