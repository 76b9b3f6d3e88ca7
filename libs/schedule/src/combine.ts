import { calendarPattern } from './calendar.ts';
import { parseCron } from './cron.ts';
import { cronWindow } from './cron-window.ts';
import type { Member, WeeklyMember } from './member.ts';
import { weekDifference, weekMinutesOf, type WeekMinutes, weekPattern, weekUnion } from './week.ts';
import { absoluteWindow, constantWindow, localWindow, type Window } from './window.ts';
import type { Zone } from './zone.ts';

/** How many changes of single members are followed before the combination counts as constant. */
const MOST_STEPS = 5_000;

type WeeksByZone = Map<Zone, WeekMinutes>;

const isWeekly = (member: Member): member is Member & WeeklyMember => member.kind === 'weekly';

function windowOf(member: Exclude<Member, { kind: 'weekly' }>): Window {
  switch (member.kind) {
    case 'constant':
      return constantWindow(member.value);
    case 'absolute':
      return absoluteWindow(member.from, member.to);
    case 'cron':
      return cronWindow(parseCron(member.expression), member.durationMs, member.zone);
    case 'calendar':
      return localWindow(member.zone, calendarPattern(member.calendar));
  }
}

/** Weekly members of one zone are one week: fewer windows to ask, and hours that adjoin or cover each other are settled here. */
function weeksByZone(members: readonly Member[]): WeeksByZone {
  const weeks: WeeksByZone = new Map();
  for (const member of members.filter(isWeekly)) {
    const known = weeks.get(member.zone);
    const week = weekMinutesOf(member);
    weeks.set(member.zone, known ? weekUnion(known, week) : week);
  }
  return weeks;
}

function windowsOf(members: readonly Member[], weeks: WeeksByZone): Window[] {
  const others = members.flatMap((member) => (member.kind === 'weekly' ? [] : [windowOf(member)]));
  return [...[...weeks].map(([zone, week]) => localWindow(zone, weekPattern(week))), ...others];
}

/** A week less the week of the same zone that is excluded anyway. */
function subtractWeeks(weeks: WeeksByZone, excluded: WeeksByZone): WeeksByZone {
  const left: WeeksByZone = new Map();
  for (const [zone, week] of weeks) {
    const without = excluded.get(zone);
    left.set(zone, without ? weekDifference(week, without) : week);
  }
  return left;
}

/**
 * The instants that some member without `!` contains and none with `!` does. Only members with `!`: all instants but theirs.
 */
export function combinedWindow(members: readonly Member[]): Window {
  const included = members.filter((member) => !member.negated);
  const excluded = members.filter((member) => member.negated);
  const excludedWeeks = weeksByZone(excluded);
  const includedWeeks = subtractWeeks(weeksByZone(included), excludedWeeks);
  const positive = included.length === 0 ? [constantWindow(true)] : windowsOf(included, includedWeeks);

  const isSettled = included.length > 0 && included.every(isWeekly) && includedWeeks.size === 1;
  for (const zone of isSettled ? includedWeeks.keys() : []) excludedWeeks.delete(zone);
  return difference(positive, windowsOf(excluded, excludedWeeks));
}

function earliest(windows: readonly Window[], at: number): number {
  return windows.reduce((first, window) => Math.min(first, window.nextChange(at) ?? Infinity), Infinity);
}

function latest(windows: readonly Window[], at: number): number {
  return windows.reduce((last, window) => Math.max(last, window.nextChange(at) ?? Infinity), -Infinity);
}

/**
 * Union of `positive` less `negative`. The next change is looked for in leaps over what cannot change the answer:
 *
 * | now | holds at least until |
 * | --- | --- |
 * | inside | a negative begins (that ends it), or the last of the positives that are on is over |
 * | outside, negatives on | the last of them is over |
 * | outside, none on | a positive begins |
 */
function difference(positive: readonly Window[], negative: readonly Window[]): Window {
  const [only] = positive;
  if (only && positive.length === 1 && negative.length === 0) return only;

  const matches = (at: number): boolean =>
    positive.some((window) => window.matches(at)) && !negative.some((window) => window.matches(at));
  const holdsUntil = (at: number): number => {
    const vetoes = negative.filter((window) => window.matches(at));
    if (vetoes.length > 0) return latest(vetoes, at);
    const grounds = positive.filter((window) => window.matches(at));
    if (grounds.length === 0) return earliest(positive, at);
    return Math.min(earliest(negative, at), latest(grounds, at));
  };
  return {
    matches,
    nextChange(at) {
      const before = matches(at);
      let next = at;
      for (let step = 0; step < MOST_STEPS; step++) {
        next = holdsUntil(next);
        if (next === Infinity) return undefined;
        if (matches(next) !== before) return next;
      }
      return undefined;
    },
  };
}
