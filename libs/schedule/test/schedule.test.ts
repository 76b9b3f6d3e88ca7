import fc from 'fast-check';
import { DateTime } from 'luxon';
import t from 'tap';
import { calendarOfDates, parseCalendar } from '../src/calendar.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../src/duration.ts';
import { ALWAYS, NEVER, parseSchedule, type Schedule } from '../src/schedule.ts';

const calendars = new Map([
  ['holidays', calendarOfDates(['2026-03-29', '2026-04-06', '2026-10-25', '2026-10-26', '2026-11-01', '2026-12-25'])],
  ['yearly', parseCalendar('BEGIN:VEVENT\nDTSTART:20201225\nRRULE:FREQ=YEARLY\nEND:VEVENT')],
]);
const schedule = (text: string): Schedule => parseSchedule(text, { calendars });
const utc = (at: number | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString());

t.test('as in kube-downscaler and GoKubeDownscaler: the start is inside, the end is not', (t) => {
  const office = schedule('Mon-Fri 08:00-20:00 UTC');
  for (const [time, inside] of [
    ['2026-11-20T07:59:59.999Z', false],
    ['2026-11-20T08:00:00Z', true],
    ['2026-11-20T19:59:59.999Z', true],
    ['2026-11-20T20:00:00Z', false],
    ['2026-11-21T12:00:00Z', false],
  ] as const) {
    t.equal(office.matches(Date.parse(time)), inside, time);
  }
  t.end();
});

t.test('an end before the start runs into the next day, starting on the listed weekdays', (t) => {
  const nights = schedule('Mon-Fri 22:00-06:00 UTC');
  for (const [time, inside] of [
    ['2026-11-16T03:00:00Z', false], // Monday: Sunday is not listed
    ['2026-11-16T22:00:00Z', true],
    ['2026-11-17T05:59:00Z', true],
    ['2026-11-17T06:00:00Z', false],
    ['2026-11-21T03:00:00Z', true], // Saturday: begun on Friday
    ['2026-11-21T22:00:00Z', false],
  ] as const) {
    t.equal(nights.matches(Date.parse(time)), inside, time);
  }
  const sunday = schedule('Sun 22:00-06:00 UTC');
  t.equal(
    utc(sunday.nextChange(Date.parse('2026-11-22T22:00:00Z'))),
    '2026-11-23T06:00:00.000Z',
    'over the end of the week',
  );
  const mostOfTheDay = schedule('Mon-Sun 19:36-19:14 UTC');
  t.equal(utc(mostOfTheDay.nextChange(Date.parse('2026-11-22T00:00:00Z'))), '2026-11-22T19:14:00.000Z');
  t.equal(
    utc(schedule('Mon 24:00-06:00 UTC').nextChange(Date.parse('2026-11-23T12:00:00Z'))),
    '2026-11-24T00:00:00.000Z',
  );
  t.end();
});

t.test('a value matches when a positive member does and no ! member does', (t) => {
  const table: [string, string, boolean, string | undefined][] = [
    ['Mon 08:00-09:00 UTC, Fri 08:00-20:00 UTC', '2026-11-20T12:00:00Z', true, '2026-11-20T20:00:00.000Z'],
    ['always, never', '2026-11-20T12:00:00Z', true, undefined],
    ['always, !always', '2026-11-20T12:00:00Z', false, undefined],
    ['always, !Fri 08:00-20:00 UTC', '2026-11-20T12:00:00Z', false, '2026-11-20T20:00:00.000Z'],
    ['!Fri 08:00-20:00 UTC', '2026-11-20T12:00:00Z', false, '2026-11-20T20:00:00.000Z'],
    ['!Fri 08:00-20:00 UTC', '2026-11-20T20:00:00Z', true, '2026-11-27T08:00:00.000Z'],
    ['!never', '2026-11-20T12:00:00Z', true, undefined],
    ['Mon-Fri 08:00-20:00 UTC, !calendar(holidays)', '2026-12-24T21:00:00Z', false, '2026-12-28T08:00:00.000Z'],
    [
      'calendar(holidays) UTC, Mon 08:00-20:00 UTC, !Fri 10:00-12:00 UTC',
      '2026-12-25T11:00:00Z',
      false,
      '2026-12-25T12:00:00.000Z',
    ],
    [
      'Fri 08:00-20:00 UTC, Fri 08:00-20:00 Etc/GMT+1, !Fri 08:00-20:00 UTC',
      '2026-11-20T12:00:00Z',
      false,
      '2026-11-20T20:00:00.000Z',
    ],
    ['Mon-Fri 08:00-20:00 UTC, !calendar(yearly)', '2030-12-24T21:00:00Z', false, '2030-12-26T08:00:00.000Z'],
    ['calendar(holidays) Asia/Tokyo', '2026-12-24T14:59:00Z', false, '2026-12-24T15:00:00.000Z'],
    ['Mon-Fri 08:00-20:00 UTC, !from 2026-11-23T10:00:00Z', '2026-11-23T09:00:00Z', true, '2026-11-23T10:00:00.000Z'],
    ['Mon-Fri 08:00-20:00 UTC, !from 2026-11-23T10:00:00Z', '2026-11-23T10:00:00Z', false, undefined],
  ];
  for (const [text, at, matches, next] of table) {
    t.equal(schedule(text).matches(Date.parse(at)), matches, `${text} at ${at}`);
    t.equal(utc(schedule(text).nextChange(Date.parse(at))), next, `${text} after ${at}`);
  }
  t.end();
});

t.test('absolute ranges end before their end, whichever of the two they were written for', (t) => {
  for (const text of [
    '2026-01-01T00:00:00+00:00-2026-02-01T00:00:00+00:00',
    '2026-01-01T00:00:00Z - 2026-02-01T00:00:00Z',
  ]) {
    const january = schedule(text);
    t.equal(utc(january.nextChange(Date.parse('2025-06-01T00:00:00Z'))), '2026-01-01T00:00:00.000Z');
    t.equal(january.matches(Date.parse('2026-01-01T00:00:00Z')), true);
    t.equal(january.matches(Date.parse('2026-01-31T23:59:59Z')), true);
    t.equal(january.matches(Date.parse('2026-02-01T00:00:00Z')), false);
    t.equal(january.nextChange(Date.parse('2026-02-01T00:00:00Z')), undefined);
  }
  const until = schedule('until 2026-12-01T22:00:00+01:00');
  t.equal(utc(until.nextChange(0)), '2026-12-01T21:00:00.000Z');
  t.equal(until.nextChange(Date.parse('2026-12-01T21:00:00Z')), undefined);
  t.end();
});

t.test('what never changes has no next change', (t) => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  const constant: [string, boolean][] = [
    ['always', true],
    ['never', false],
    ['Mon-Sun 00:00-24:00 Europe/Berlin', true],
    ['Mon-Sun 00:00-12:00 Europe/Berlin, Mon-Sun 12:00-24:00 Europe/Berlin', true],
    ['Mon-Sun 00:00-12:00 Europe/Berlin, Mon-Sun 12:00-24:00 Europe/Paris', true],
    ['Mon-Fri 08:00-20:00 UTC, !Mon-Fri 07:00-21:00 UTC', false],
    ['Sat 03:00-03:00 UTC', false],
    ['2024-01-01T00:00:00Z-2024-02-01T00:00:00Z', false],
    ['2026-12-01T00:00:00Z-2026-12-01T00:00:00Z', false],
    ['cron(* * * * *) for 2m Europe/Berlin', true],
    ['cron(* * * * *) for 1m Australia/Lord_Howe', true],
    ['cron(0 8 * * *) for 24h UTC', true],
  ];
  for (const [text, matches] of constant) {
    const { matches: found, until } = schedule(text).at(now);
    t.strictSame({ matches: found, until }, { matches, until: undefined }, text);
  }
  t.strictSame([ALWAYS.at(now), NEVER.at(now)], [{ matches: true }, { matches: false }]);
  t.end();
});

t.test('the state says since when and until when it lasts, and is kept in between', (t) => {
  const office = schedule('Mon-Fri 08:00-20:00 Europe/Berlin');
  const monday = office.at(Date.parse('2026-11-20T19:41:00Z'));
  t.strictSame(
    { ...monday },
    { matches: false, since: Date.parse('2026-11-20T19:00:00Z'), until: Date.parse('2026-11-23T07:00:00Z') },
  );
  t.equal(office.at(Date.parse('2026-11-20T19:00:00Z')), monday, 'the same object from its beginning');
  t.equal(office.at(Date.parse('2026-11-23T06:59:59.999Z')), monday, 'to its last moment');
  t.equal(office.at(Date.parse('2026-11-23T07:00:00Z')).matches, true);
  t.equal(office.at(Date.parse('2026-11-20T18:59:59.999Z')).matches, true, 'and back in time');
  t.equal(
    utc(schedule('from 2024-05-01T00:00:00Z').at(Date.parse('2026-11-20T00:00:00Z')).since),
    '2024-05-01T00:00:00.000Z',
  );
  t.end();
});

t.test('a schedule knows the zone to tell its times in', (t) => {
  t.equal(schedule('always, Mon 08:00-09:00 asia/tokyo, Tue 08:00-09:00 UTC').zone.name, 'Asia/Tokyo');
  t.equal(parseSchedule('always', { defaultTimezone: 'europe/berlin' }).zone.name, 'Europe/Berlin');
  t.equal(schedule('always').zone.name, 'UTC');
  t.end();
});

const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];
/** Days in UTC just before a week with a switch, a leap day or the end of a year. */
const WEEKS = [
  '2026-03-05',
  '2026-03-26',
  '2026-04-02',
  '2026-10-01',
  '2026-10-22',
  '2026-10-29',
  '2026-12-29',
  '2028-02-26',
];

const weekday = fc.constantFrom('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun');
const hour = fc
  .integer({ min: 0, max: 96 })
  .map((q) => `${String(q >> 2).padStart(2, '0')}:${String((q & 3) * 15).padStart(2, '0')}`);
const zone = fc.constantFrom(...ZONES);
const weekly = fc
  .tuple(weekday, weekday, hour, hour, zone)
  .map(([a, b, from, to, where]) => `${a}-${b} ${from}-${to} ${where}`);
const cron = fc
  .tuple(
    fc.constantFrom(
      '30 2 * * *',
      '0 8 * * 1-5',
      '*/20 * * * *',
      '45 1,2 * * 0',
      '15 1-3 * * *',
      '0 * * * 6,0',
      '0 0 1 * *',
    ),
    fc.constantFrom('5m', '20m', '90m', '10h', '30h'),
    zone,
  )
  .map(([expression, duration, where]) => `cron(${expression}) for ${duration} ${where}`);
const calendar = fc
  .tuple(fc.constantFrom('holidays', 'yearly'), zone)
  .map(([name, where]) => `calendar(${name}) ${where}`);
const absolute = fc
  .tuple(fc.constantFrom(...WEEKS), fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 3000 }))
  .map(([week, start, length]) => {
    const from = Date.parse(week) + start * MINUTE_MS;
    return [from, from + length * MINUTE_MS].map((at) => new Date(at).toISOString()).join('-');
  });
const member = fc
  .tuple(fc.oneof({ weight: 4, arbitrary: weekly }, cron, calendar, absolute), fc.nat(3))
  .map(([text, roll]) => (roll === 0 ? `!${text}` : text));
const value = fc.array(member, { minLength: 1, maxLength: 4 }).map((members) => members.join(', '));

t.test('the next change is the first minute at which matches flips, by brute force over weeks with switches', (t) => {
  const property = fc.property(value, fc.constantFrom(...WEEKS), (text, week) => {
    const parsed = schedule(text);
    const start = Date.parse(week);
    const end = start + 8 * DAY_MS;
    let expected = parsed.nextChange(start);
    let inside = parsed.matches(start);
    for (let at = start + MINUTE_MS; at < end; at += MINUTE_MS) {
      if (parsed.matches(at) === inside) continue;
      if (expected !== at) return false;
      inside = !inside;
      expected = parsed.nextChange(at);
    }
    return expected === undefined || expected >= end;
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 80 }));
  t.end();
});

t.test('far ahead, the next change is a flip, and the state at any moment agrees with matches and nextChange', (t) => {
  const moments = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2040, 0, 1) });
  const property = fc.property(value, fc.array(moments, { minLength: 1, maxLength: 4 }), (text, times) => {
    const [asked, fresh] = [schedule(text), schedule(text)];
    return times.every((at) => {
      const state = asked.at(at);
      const next = fresh.nextChange(at);
      const flips = next === undefined || (fresh.matches(next) !== fresh.matches(next - 1) && next > at);
      const began = state.since ?? at;
      const isBeginning = state.since === undefined || fresh.matches(began) !== fresh.matches(began - 1);
      const isSame = fresh.matches(began) === state.matches && fresh.matches((began + at) / 2) === state.matches;
      return flips && isBeginning && isSame && state.until === next && state.matches === fresh.matches(at);
    });
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 80 }));
  t.end();
});

t.test('weekly hours are those of the wall clock as luxon shows it', (t) => {
  const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
  const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  const isIn = (start: string, from: string, to: string, at: DateTime): boolean => {
    const [begin, end] = [minuteOf(from), minuteOf(to)];
    const length = (end - begin + 1440) % 1440 || (end > begin ? 1440 : 0);
    const sinceStart = (at.weekday - 1 - days.indexOf(start)) * 1440 + at.hour * 60 + at.minute - begin;
    return [sinceStart, sinceStart + 7 * 1440].some((minute) => minute >= 0 && minute < length);
  };
  const week = fc.constantFrom(...WEEKS).map((text) => Date.parse(text));
  const property = fc.property(
    weekday,
    hour,
    hour,
    zone,
    week,
    fc.nat(8 * 24 * 60),
    (day, from, to, where, start, minute) => {
      const at = start + minute * MINUTE_MS;
      const expected = isIn(day, from, to, DateTime.fromMillis(at, { zone: where }));
      return schedule(`${day} ${from}-${to} ${where}`).matches(at) === expected;
    },
  );
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }));
  t.end();
});

t.test('a day of the calendar is a whole day of its zone', (t) => {
  const property = fc.property(zone, fc.integer({ min: 0, max: 365 * 24 }), (where, hours) => {
    const at = Date.UTC(2026, 0, 1) + hours * HOUR_MS;
    const day = DateTime.fromMillis(at, { zone: where }).toISODate() ?? '';
    const isHoliday = ['2026-03-29', '2026-04-06', '2026-10-25', '2026-10-26', '2026-11-01', '2026-12-25'].includes(
      day,
    );
    return schedule(`calendar(holidays) ${where}`).matches(at) === isHoliday;
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }));
  t.end();
});
