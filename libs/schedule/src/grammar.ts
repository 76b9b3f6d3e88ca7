import { parseCron } from './cron.ts';
import { DAY_MS, parseDuration } from './duration.ts';
import { ScheduleError } from './errors.ts';
import { suggestWeekday, takeWeeklyHours, takeWeekframe } from './grammar-weekly.ts';
import type { CalendarMember, Member, MemberKind, ScheduleContext } from './member.ts';
import { didYouMean, nearest } from './nearest.ts';
import { memberError, Scanner } from './scanner.ts';
import { parseRfc3339 } from './timestamp.ts';
import { suggestZone } from './zone-names.ts';
import { findZone, type Zone } from './zone.ts';

const WORDS = new Map([
  ['always', true],
  ['true', true],
  ['never', false],
  ['false', false],
]);
const OPENINGS = [...WORDS.keys(), 'from', 'until', 'cron', 'calendar'];
const FORMS =
  'Mon-Fri 08:00-20:00 ZONE, START-END, from TIME, until TIME, cron(EXPRESSION) for DURATION ZONE, calendar(NAME), always, never';
const LONGEST_CRON_MS = 366 * DAY_MS;

/** A calendar without a zone takes that of the windows beside it, which are parsed first. */
type UnzonedMember = MemberKind | (Omit<CalendarMember, 'zone'> & { readonly zone?: undefined });

/** Where a list member stands in the value. */
interface Piece {
  readonly start: number;
  readonly end: number;
}

/** Splits at the commas outside parentheses. */
function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  let open: number | undefined;
  for (let index = 0; index <= text.length; index++) {
    const character = text.charAt(index);
    if (character === '(') open ??= index;
    if (character === ')') open = undefined;
    if (index === text.length && open !== undefined) {
      throw memberError(text, 'InvalidSyntax', 'this parenthesis is never closed', open);
    }
    if (index < text.length && (character !== ',' || open !== undefined)) continue;
    pieces.push({ start, end: index });
    start = index + 1;
  }
  return pieces;
}

/** Runs a parser of the part that begins at `position`, and says in its error where that is. */
function within<T>(scanner: Scanner, position: number, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ScheduleError && error.position === undefined) {
      throw scanner.error(error.code, error.message, position, error);
    }
    throw error;
  }
}

function zoneNamed(scanner: Scanner, name: string, position: number, what = ''): Zone {
  const zone = findZone(name);
  if (zone) return zone;
  const hint = didYouMean(suggestZone(name));
  const allowed = 'allowed are IANA names such as Europe/Berlin, America/New_York, UTC';
  throw scanner.error('UnknownTimezone', `${what}${JSON.stringify(name)} is no timezone${hint}; ${allowed}`, position);
}

function takeWrittenZone(scanner: Scanner): Zone | undefined {
  const { position } = scanner;
  const name = scanner.take(/\S+/);
  return name === undefined ? undefined : zoneNamed(scanner, name, position);
}

function defaultZone(scanner: Scanner, context: ScheduleContext): Zone | undefined {
  const name = context.defaultTimezone;
  return name === undefined || name === ''
    ? undefined
    : zoneNamed(scanner, name, scanner.position, 'the default timezone ');
}

function missingZone(scanner: Scanner): ScheduleError {
  const what = 'a timezone is missing, e.g. Europe/Berlin or UTC, and no default timezone is set';
  return scanner.error('MissingTimezone', what);
}

function takeZone(scanner: Scanner, context: ScheduleContext): Zone {
  const zone = takeWrittenZone(scanner) ?? defaultZone(scanner, context);
  if (!zone) throw missingZone(scanner);
  return zone;
}

function expectEnd(scanner: Scanner): void {
  if (scanner.rest === '') return;
  throw scanner.error('InvalidSyntax', `${JSON.stringify(scanner.rest)} is too much; separate members by commas`);
}

/** What stands between the parentheses that open here. */
function takeParenthesized(scanner: Scanner): string {
  const inside = scanner.take(/\([^)]*\)/);
  if (inside === undefined) throw scanner.error('InvalidSyntax', 'a closing parenthesis without an opening one');
  return inside.slice(1, -1).trim();
}

function takeCron(scanner: Scanner, context: ScheduleContext): MemberKind {
  const { position } = scanner;
  const expression = takeParenthesized(scanner);
  within(scanner, position, () => parseCron(expression));
  if (!scanner.take(/for(?=\s|$)/i)) {
    throw scanner.error(
      'InvalidCron',
      '"for" and a duration are missing, e.g. cron(0 8 * * 1-5) for 10h Europe/Berlin',
    );
  }
  const durationPosition = scanner.position;
  const text = scanner.take(/\d\S*(?:\s+\d\S*)*/) ?? scanner.take(/\S+/) ?? '';
  const durationMs = within(scanner, durationPosition, () => parseDuration(text));
  if (durationMs === 0 || durationMs > LONGEST_CRON_MS) {
    throw scanner.error('InvalidCron', 'the duration must be more than 0 and at most 366d', durationPosition);
  }
  return { kind: 'cron', expression, durationMs, zone: takeZone(scanner, context) };
}

/** Names are compared like everything else, in any case; a calendar of exactly that name comes first. */
function configuredName(name: string, known: readonly string[]): string | undefined {
  return known.find((other) => other === name) ?? known.find((other) => other.toLowerCase() === name.toLowerCase());
}

function takeCalendar(scanner: Scanner, context: ScheduleContext): UnzonedMember {
  const { position } = scanner;
  const written = takeParenthesized(scanner);
  const known = [...(context.calendars?.keys() ?? [])];
  const name = configuredName(written, known);
  const calendar = name === undefined ? undefined : context.calendars?.get(name);
  if (name === undefined || !calendar) {
    const allowed = known.length === 0 ? 'none is configured' : `configured are ${known.join(', ')}`;
    const what = `there is no calendar ${JSON.stringify(written)}${didYouMean(nearest(written, known))}; ${allowed}`;
    throw scanner.error('UnknownCalendar', what, position);
  }
  const zone = takeWrittenZone(scanner);
  return zone ? { kind: 'calendar', name, calendar, zone } : { kind: 'calendar', name, calendar };
}

function takeInstant(scanner: Scanner, expression: RegExp): number {
  const { position } = scanner;
  const text = scanner.take(expression) ?? '';
  return within(scanner, position, () => parseRfc3339(text));
}

function takeRange(scanner: Scanner): MemberKind {
  const from = takeInstant(scanner, /\S+?(?=\s*-\s*\d{4}-\d|\s|$)/);
  if (!scanner.take(/-/)) {
    throw scanner.error('InvalidSyntax', 'a hyphen and the end are missing: START-END, or from START');
  }
  return { kind: 'absolute', from, to: takeInstant(scanner, /\S+/) };
}

function takeWeekly(scanner: Scanner, context: ScheduleContext): MemberKind {
  const text = context.defaultWeekframe;
  const defaultDays = text ? (): readonly number[] => parseWeekframe(text) : undefined;
  return { kind: 'weekly', ...takeWeeklyHours(scanner, defaultDays), zone: takeZone(scanner, context) };
}

/** A word that opens no form: a misspelt one, or something else altogether. */
function unknownWord(scanner: Scanner): ScheduleError | undefined {
  const [word = ''] = /^[a-z]+/i.exec(scanner.rest) ?? [];
  const guess = nearest(word, OPENINGS);
  if (word === '' || /\d/.test(scanner.rest) || (suggestWeekday(word) !== undefined && word.length === 3))
    return undefined;
  if (guess === undefined && suggestWeekday(word) !== undefined) return undefined;
  return scanner.error(
    'InvalidSyntax',
    `${JSON.stringify(scanner.rest)} is no time window${didYouMean(guess)}; allowed are ${FORMS}`,
  );
}

function takeMember(scanner: Scanner, context: ScheduleContext): UnzonedMember {
  const value = WORDS.get(scanner.rest.toLowerCase());
  if (value !== undefined) {
    scanner.take(/\S+/);
    return { kind: 'constant', value };
  }
  if (scanner.take(/from\b/i)) return { kind: 'absolute', from: takeInstant(scanner, /\S+/), to: Infinity };
  if (scanner.take(/until\b/i)) return { kind: 'absolute', from: -Infinity, to: takeInstant(scanner, /\S+/) };
  if (scanner.take(/cron\s*(?=\()/i)) return takeCron(scanner, context);
  if (scanner.take(/calendar\s*(?=\()/i)) return takeCalendar(scanner, context);
  if (/^\d{4,}-/.test(scanner.rest)) return takeRange(scanner);
  const error = unknownWord(scanner);
  if (error) throw error;
  return takeWeekly(scanner, context);
}

interface ParsedPiece {
  readonly scanner: Scanner;
  readonly member: UnzonedMember;
  readonly common: Pick<Member, 'negated' | 'text' | 'position'>;
}

function parsePiece(text: string, piece: Piece, context: ScheduleContext): ParsedPiece {
  const scanner = new Scanner(text, piece.start, piece.end);
  const common = { text: scanner.rest, position: scanner.position };
  const negated = scanner.take(/!/) !== undefined;
  if (scanner.rest === '') {
    const what = common.text === '' ? 'there is nothing' : 'nothing follows the !';
    throw scanner.error('InvalidSyntax', `${what}; allowed are ${FORMS}`);
  }
  const member = takeMember(scanner, context);
  expectEnd(scanner);
  return { scanner, member, common: { ...common, negated } };
}

/** The zone that the members of a value name, if they all name the same. */
function sharedZone(members: readonly UnzonedMember[]): Zone | undefined {
  const zones = new Set(members.flatMap((member) => ('zone' in member && member.zone ? [member.zone] : [])));
  return zones.size === 1 ? [...zones][0] : undefined;
}

/**
 * Reads weekdays on their own, as a default weekframe is configured: `Mon-Fri`, `Sat`.
 *
 * @returns days in the order they come, 0 is Monday
 * @throws ScheduleError `InvalidWeekday`, `InvalidSyntax`
 */
export function parseWeekframe(text: string): readonly number[] {
  const scanner = new Scanner(text, 0, text.length);
  const days = takeWeekframe(scanner);
  expectEnd(scanner);
  return days;
}

/**
 * Reads the comma list of a schedule into its members; one bad member makes the whole value invalid.
 *
 * @throws ScheduleError any code but `InvalidCalendar`, with the position in `text`
 */
export function parseMembers(text: string, context: ScheduleContext): Member[] {
  const parsed = piecesOf(text).map((piece) => parsePiece(text, piece, context));
  const shared = sharedZone(parsed.map(({ member }) => member));
  return parsed.map(({ scanner, member, common }) => {
    if (member.kind !== 'calendar' || member.zone) return { ...member, ...common };
    const zone = shared ?? defaultZone(scanner, context);
    if (!zone) throw missingZone(scanner);
    return { ...member, ...common, zone };
  });
}
