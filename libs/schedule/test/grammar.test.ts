import t from 'tap';
import { calendarOfDates } from '../src/calendar.ts';
import { HOUR_MS } from '../src/duration.ts';
import { parseMembers, parseWeekframe } from '../src/grammar.ts';
import type { Member } from '../src/member.ts';
import { parseSchedule } from '../src/schedule.ts';

const calendars = new Map([
  ['holidays', calendarOfDates(['2026-12-25'])],
  ['freeze', calendarOfDates([])],
]);

/** The member in one line: what was understood, whatever way it was written. */
function told(member: Member): string {
  const sign = member.negated ? '!' : '';
  switch (member.kind) {
    case 'constant':
      return `${sign}${member.value}`;
    case 'weekly':
      return `${sign}${member.days.join('')} ${member.startMinute}-${member.endMinute} ${member.zone.name}`;
    case 'absolute':
      return `${sign}${[member.from, member.to].map((at) => (Number.isFinite(at) ? new Date(at).toISOString() : '*')).join('/')}`;
    case 'cron':
      return `${sign}cron ${member.expression} for ${member.durationMs / HOUR_MS}h ${member.zone.name}`;
    case 'calendar':
      return `${sign}calendar ${member.name} ${member.zone.name}`;
  }
}

const understood = (text: string): string =>
  parseMembers(text, { calendars })
    .map((member) => told(member))
    .join(', ');

t.test('as in kube-downscaler and GoKubeDownscaler: weekdays, hours, zone', (t) => {
  const table: [string, string][] = [
    ['Mon-Fri 08:00-20:00 Europe/Berlin', '01234 480-1200 Europe/Berlin'],
    ['mON-fRI 08:00-20:00 Europe/Berlin', '01234 480-1200 Europe/Berlin'],
    ['Fri-Mon 08:00-20:00 UTC', '4560 480-1200 UTC'],
    ['Sat-Sun 08:00-20:00 UTC', '56 480-1200 UTC'],
    ['Mon-Mon 08:00-20:00 UTC', '0 480-1200 UTC'],
    ['Sat 00:00-24:00 UTC', '5 0-1440 UTC'],
    ['Mon-Sun 00:00-24:00 UTC', '0123456 0-1440 UTC'],
    ['Mon 08:00-09:00 UTC,Tue 10:00-11:00 UTC', '0 480-540 UTC, 1 600-660 UTC'],
    ['always', 'true'],
    ['NEVER', 'false'],
  ];
  for (const [text, expected] of table) t.equal(understood(text), expected, text);
  t.end();
});

t.test('what only kube-downscaler or only GoKubeDownscaler takes is taken', (t) => {
  const table: [string, string, string][] = [
    ['blanks around the dashes', 'Mon - Fri  08:00 -  20:00   UTC', '01234 480-1200 UTC'],
    ['blanks around the value, tabs, new lines', '\n Mon-Fri\t08:00-20:00 UTC \n', '01234 480-1200 UTC'],
    ['hyphens in a zone', 'Mon 08:00-20:00 America/Port-au-Prince', '0 480-1200 America/Port-au-Prince'],
    ['signs in a zone', 'Mon 08:00-20:00 Etc/GMT+3', '0 480-1200 Etc/GMT+3'],
    ['a zone like a range', 'Mon 08:00-20:00 Etc/GMT-3', '0 480-1200 Etc/GMT-3'],
    ['digits in a zone', 'Mon 08:00-20:00 EST5EDT', '0 480-1200 EST5EDT'],
    ['a zone in any case', 'Mon 08:00-20:00 eUROPE/bERLIN', '0 480-1200 Europe/Berlin'],
    ['one weekday', 'Wed 08:00-20:00 UTC', '2 480-1200 UTC'],
    ['an end before the start', 'Mon-Fri 22:00-06:00 UTC', '01234 1320-360 UTC'],
    ['words in lists', 'never, Mon 08:00-09:00 UTC, FALSE', 'false, 0 480-540 UTC, false'],
    ['true and false', 'true', 'true'],
    ['a word among blanks', '  always ', 'true'],
    [
      'an absolute range with numeric offsets',
      '2024-01-01T00:00:00+00:00-2024-02-01T00:00:00+00:00',
      '2024-01-01T00:00:00.000Z/2024-02-01T00:00:00.000Z',
    ],
    [
      'an absolute range west of Greenwich',
      '2024-01-01T00:00:00-05:00-2024-02-01T00:00:00-05:00',
      '2024-01-01T05:00:00.000Z/2024-02-01T05:00:00.000Z',
    ],
    [
      'an absolute range with Z and blanks',
      '2024-01-01T00:00:00Z - 2024-02-01T00:00:00.5Z',
      '2024-01-01T00:00:00.000Z/2024-02-01T00:00:00.500Z',
    ],
    ['from', 'from 2024-01-01T00:00:00Z', '2024-01-01T00:00:00.000Z/*'],
    ['until, in any case', 'UNTIL  2024-01-01T00:00:00+01:00', '*/2023-12-31T23:00:00.000Z'],
  ];
  for (const [what, text, expected] of table) t.equal(understood(text), expected, what);
  t.end();
});

t.test('beyond both of them: cron, calendar, exclamation mark', (t) => {
  const table: [string, string][] = [
    ['cron(0 8 * * 1-5) for 10h Europe/Berlin', 'cron 0 8 * * 1-5 for 10h Europe/Berlin'],
    ['CRON ( 0,30 8,9 * * 1,2 )  FOR 1d 2h UTC', 'cron 0,30 8,9 * * 1,2 for 26h UTC'],
    ['cron(@daily) for 3600 UTC, !always', 'cron @daily for 1h UTC, !true'],
    ['calendar(holidays) UTC', 'calendar holidays UTC'],
    ['Calendar( Holidays )UTC', 'calendar holidays UTC'],
    ['!calendar(holidays) UTC', '!calendar holidays UTC'],
    ['! Mon 08:00-09:00 UTC, !from 2024-01-01T00:00:00Z', '!0 480-540 UTC, !2024-01-01T00:00:00.000Z/*'],
  ];
  for (const [text, expected] of table) t.equal(understood(text), expected, text);
  t.end();
});

t.test('the default zone and weekframe are used where they are left out', (t) => {
  const context = { calendars, defaultTimezone: 'europe/berlin', defaultWeekframe: 'Mon - Fri' };
  const table: [string, string][] = [
    ['08:00-20:00', '01234 480-1200 Europe/Berlin'],
    ['08:00-20:00 UTC', '01234 480-1200 UTC'],
    ['Sat 08:00-20:00', '5 480-1200 Europe/Berlin'],
    ['cron(0 8 * * *) for 1h', 'cron 0 8 * * * for 1h Europe/Berlin'],
    ['calendar(holidays)', 'calendar holidays Europe/Berlin'],
  ];
  for (const [text, expected] of table) t.equal(parseMembers(text, context).map(told).join(), expected, text);
  t.strictSame(parseWeekframe(' Sat - Mon '), [5, 6, 0]);
  t.throws(() => parseWeekframe('Mon-Fri 08:00'), { code: 'InvalidSyntax' });
  t.end();
});

t.test('a calendar without a zone takes the one zone of the windows beside it, else the default', (t) => {
  const context = { calendars, defaultTimezone: 'UTC' };
  const zoneOf = (text: string): string | undefined => parseMembers(text, context).map(told).at(-1);
  t.equal(zoneOf('Mon 08:00-09:00 Europe/Berlin, !calendar(holidays)'), '!calendar holidays Europe/Berlin');
  t.equal(
    zoneOf('Mon 08:00-09:00 Europe/Berlin, Tue 08:00-09:00 Asia/Tokyo, !calendar(holidays)'),
    '!calendar holidays UTC',
  );
  t.end();
});

t.test('a bad member makes the value invalid and says what, where, and what is allowed', (t) => {
  const table: [string, string, number, RegExp][] = [
    [
      'Mon-Fry 08:00-20:00 UTC',
      'InvalidWeekday',
      4,
      /^"Fry" is no weekday \(did you mean Fri\?\); allowed are Mon, Tue/,
    ],
    ['Monday 08:00-20:00 UTC', 'InvalidWeekday', 0, /did you mean Mon\?/],
    ['Mon- 08:00-20:00 UTC', 'InvalidWeekday', 5, /a weekday is missing/],
    ['Mon–Fri 08:00-20:00 UTC', 'InvalidWeekday', 0, /use the hyphen/],
    ['Mon 8:00-20:00 UTC', 'InvalidTime', 4, /did you mean 08:00\?/],
    ['Mon 25:00-26:00 UTC', 'InvalidTime', 4, /"25:00" is no time of day; write hours 00-24/],
    ['Mon 08:00-24:30 UTC', 'InvalidTime', 10, /24 is allowed only as 24:00/],
    ['Mon 08:60-20:00 UTC', 'InvalidTime', 4, /minutes 00-59/],
    ['Mon 08:00:00-20:00 UTC', 'InvalidTime', 4, /"08:00:00" is no time/],
    ['Mon 08:00–20:00 UTC', 'InvalidTime', 4, /use the hyphen/],
    ['Mon 08:00 UTC', 'InvalidTime', 10, /the end of the hours are missing/],
    ['Mon 08:00-', 'InvalidTime', 10, /a time is missing/],
    ['Mon-Fri', 'InvalidTime', 7, /whole day: 00:00-24:00/],
    ['Mon-Fri Europe/Berlin', 'InvalidTime', 8, /where hours are needed/],
    ['08:00-20:00 UTC', 'MissingWeekframe', 0, /weekdays are missing/],
    ['Mon 08:00-20:00', 'MissingTimezone', 15, /no default timezone is set/],
    ['cron(0 8 * * *) for 1h', 'MissingTimezone', 22, /timezone is missing/],
    ['calendar(holidays)', 'MissingTimezone', 18, /timezone is missing/],
    ['Mon 08:00-20:00 CEST', 'UnknownTimezone', 16, /"CEST" is no timezone \(did you mean Europe\/Berlin\?\)/],
    ['Mon 08:00-20:00 PST', 'UnknownTimezone', 16, /did you mean America\/Los_Angeles\?/],
    ['Mon 08:00-20:00 UTC UTC', 'InvalidSyntax', 20, /"UTC" is too much/],
    ['always UTC', 'InvalidSyntax', 0, /"always UTC" is no time window \(did you mean always\?\)/],
    ['alway', 'InvalidSyntax', 0, /did you mean always\?/],
    ['something', 'InvalidSyntax', 0, /allowed are Mon-Fri 08:00-20:00 ZONE/],
    ['', 'InvalidSyntax', 0, /there is nothing/],
    ['always,', 'InvalidSyntax', 7, /there is nothing/],
    ['always, , never', 'InvalidSyntax', 8, /there is nothing/],
    ['!', 'InvalidSyntax', 1, /nothing follows the !/],
    ['always, Mon 08:00-09:00 UTC, garbage', 'InvalidSyntax', 29, /"garbage"/],
    ['2024-01-01T00:00:00Z', 'InvalidSyntax', 20, /START-END, or from START/],
    ['2024-01-01-2024-02-01', 'InvalidTimestamp', 0, /seconds and offset/],
    ['2024-01-01T00:00:00Z-2024-02-30T00:00:00Z', 'InvalidTimestamp', 21, /no such day/],
    ['until', 'InvalidTimestamp', 5, /seconds and offset/],
    ['from 2024-01-01', 'InvalidTimestamp', 5, /seconds and offset/],
    ['cron(0 8 * * *', 'InvalidSyntax', 4, /never closed/],
    ['cron(0 8 * *) for 1h UTC', 'InvalidCron', 4, /4 fields instead of 5/],
    ['cron(0 8 * * Fry) for 1h UTC', 'InvalidCron', 4, /fry/],
    ['cron(0 8 * * *) 1h UTC', 'InvalidCron', 16, /"for" and a duration are missing/],
    ['cron(0 8 * * *) for ever UTC', 'InvalidDuration', 20, /"ever" is no duration/],
    ['cron(0 8 * * *) for 0 UTC', 'InvalidCron', 20, /more than 0/],
    ['cron(0 8 * * *) for 2000d UTC', 'InvalidCron', 20, /at most 366d/],
    ['calendar(holiday) UTC', 'UnknownCalendar', 8, /did you mean holidays\?\); configured are holidays, freeze/],
  ];
  for (const [text, code, position, message] of table) {
    t.throws(() => parseMembers(text, { calendars }), { name: 'ScheduleError', code, position, message }, text);
  }
  t.throws(() => parseMembers('!', {}), { message: /\(character 2 of "!"\)$/ }, 'the message says where');
  t.throws(() => parseMembers('Mon 08:00-09:00', { defaultTimezone: 'CET-ish' }), {
    code: 'UnknownTimezone',
    message: /the default timezone "CET-ish"/,
  });
  t.throws(() => parseMembers('calendar(x) UTC', {}), { code: 'UnknownCalendar', message: /none is configured/ });
  t.end();
});

t.test('what can never match is reported', (t) => {
  const table: [string, string[]][] = [
    ['Mon-Fri 08:00-20:00 UTC', []],
    [
      'Sat-Sun 03:00-03:00 UTC',
      ['"Sat-Sun 03:00-03:00 UTC": start equals end: it never matches (the whole day is 00:00-24:00)'],
    ],
    [
      'always, Mon 00:00-00:00 UTC',
      ['"Mon 00:00-00:00 UTC": start equals end: it never matches (the whole day is 00:00-24:00)'],
    ],
    [
      'Mon 24:00-00:00 UTC',
      ['"Mon 24:00-00:00 UTC": start equals end: it never matches (the whole day is 00:00-24:00)'],
    ],
    [
      '2024-02-01T00:00:00Z-2024-01-01T00:00:00Z',
      ['"2024-02-01T00:00:00Z-2024-01-01T00:00:00Z": the end is not after the start: it never matches'],
    ],
    ['!calendar(freeze) UTC', ['"!calendar(freeze) UTC": the calendar freeze has no days: it never matches']],
    ['never', []],
  ];
  for (const [text, lint] of table) t.strictSame(parseSchedule(text, { calendars }).lint, lint, text);
  t.end();
});
