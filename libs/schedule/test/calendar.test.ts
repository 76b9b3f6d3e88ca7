import t from 'tap';
import { type Calendar, calendarOfDates, parseCalendar } from '../src/calendar.ts';
import { DAY_MS } from '../src/duration.ts';

const dayOf = (date: string): number => Date.parse(date) / DAY_MS;
const dateOf = (day: number | undefined): string | undefined =>
  day === undefined ? undefined : new Date(day * DAY_MS).toISOString().slice(0, 10);

/** The first days of the calendar that are not before a date. */
function daysFrom(calendar: Calendar, from: string, most: number): (string | undefined)[] {
  const days: (string | undefined)[] = [];
  for (let day = dayOf(from); days.length < most; day++) {
    const found = calendar.has(day) ? day : calendar.nextChange(day);
    if (found === undefined) break;
    days.push(dateOf(found));
    day = found;
  }
  return days;
}

function event(...lines: string[]): Calendar {
  const all = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'BEGIN:VEVENT', ...lines, 'END:VEVENT', 'END:VCALENDAR'];
  return parseCalendar(all.join('\r\n'));
}

t.test('a calendar of lines has one day a line, with comments and text', (t) => {
  const calendar = parseCalendar(
    '\uFEFF# Berlin\n\n2026-12-25 Christmas Day\r\n  2026-12-26\tSecond day\n2027-01-01, New Year\n2027-03-08# Women\n',
  );
  t.strictSame(daysFrom(calendar, '2026-01-01', 9), ['2026-12-25', '2026-12-26', '2027-01-01', '2027-03-08']);
  t.equal(calendar.has(dayOf('2026-12-24')), false);
  t.equal(dateOf(calendar.nextChange(dayOf('2026-12-25'))), '2026-12-27', 'days that adjoin are one stretch');
  t.equal(calendar.nextChange(dayOf('2027-03-09')), undefined);
  t.end();
});

t.test('a wrong line is named by its number', (t) => {
  for (const [text, line] of [
    ['2026-12-25\n25.12.2026', 2],
    ['2026-02-30', 1],
    ['\n\n2026-12-255', 3],
  ] as const) {
    t.throws(() => parseCalendar(text), {
      code: 'InvalidCalendar',
      line,
      message: new RegExp(`^line ${line}: .*2026-12-25`),
    });
  }
  t.throws(() => calendarOfDates(['2026-12-25', 'x']), {
    code: 'InvalidCalendar',
    message: '"x" is no day (example: 2026-12-25)',
  });
  t.equal(parseCalendar('').isEmpty, true);
  t.equal(calendarOfDates(['2026-12-25']).isEmpty, false);
  t.end();
});

t.test('events count as whole days', (t) => {
  const table: [string, string[], string[]][] = [
    ['a date', ['DTSTART;VALUE=DATE:20261225'], ['2026-12-25']],
    ['a date without VALUE', ['DTSTART:20261225'], ['2026-12-25']],
    ['an end, which is excluded', ['DTSTART:20261224', 'DTEND:20261227'], ['2026-12-24', '2026-12-25', '2026-12-26']],
    ['an end equal to the start', ['DTSTART:20261225', 'DTEND:20261225'], ['2026-12-25']],
    ['a time', ['DTSTART:20261225T180000Z'], ['2026-12-25']],
    [
      'times in a zone',
      ['DTSTART;TZID="Europe/Berlin:x":20261225T220000', 'DTEND:20261226T010000'],
      ['2026-12-25', '2026-12-26'],
    ],
    ['midnight to midnight', ['DTSTART:20261225T000000', 'DTEND:20261226T000000'], ['2026-12-25']],
    ['a duration', ['DTSTART:20261225', 'DURATION:P2D'], ['2026-12-25', '2026-12-26']],
    ['a duration in hours', ['DTSTART:20261225T120000', 'DURATION:PT13H'], ['2026-12-25', '2026-12-26']],
    ['a folded line', ['DTSTART;VALUE=DATE:2026', ' 1225', 'SUMMARY:Christmas', '\tDTSTART:20200101'], ['2026-12-25']],
    ['a cancelled event', ['DTSTART:20261225', 'STATUS:CANCELLED'], []],
    ['further dates', ['DTSTART:20261225', 'RDATE:20261231,20270106'], ['2026-12-25', '2026-12-31', '2027-01-06']],
    ['an alarm inside', ['BEGIN:VALARM', 'DTSTART:20200101', 'END:VALARM', 'DTSTART:20261225'], ['2026-12-25']],
  ];
  for (const [what, lines, days] of table) t.strictSame(daysFrom(event(...lines), '2020-01-01', 9), days, what);
  t.end();
});

t.test('yearly rules recur', (t) => {
  const table: [string, string[], string, string[]][] = [
    ['for ever', ['DTSTART:20201225', 'RRULE:FREQ=YEARLY'], '2098-01-01', ['2098-12-25', '2099-12-25']],
    ['not before their start', ['DTSTART:20201225', 'RRULE:FREQ=YEARLY'], '2000-01-01', ['2020-12-25', '2021-12-25']],
    [
      'every other year',
      ['DTSTART:20201225', 'RRULE:FREQ=YEARLY;INTERVAL=2'],
      '2021-01-01',
      ['2022-12-25', '2024-12-25'],
    ],
    [
      'a number of times',
      ['DTSTART:20201225', 'RRULE:FREQ=YEARLY;COUNT=2'],
      '2020-01-01',
      ['2020-12-25', '2021-12-25'],
    ],
    [
      'until a day',
      ['DTSTART:20201225', 'RRULE:FREQ=YEARLY;UNTIL=20221225T000000Z'],
      '2021-06-01',
      ['2021-12-25', '2022-12-25'],
    ],
    [
      'not before their start in its year',
      ['DTSTART:20201001', 'RRULE:FREQ=YEARLY;BYMONTH=5,10'],
      '2020-01-01',
      ['2020-10-01', '2021-05-01'],
    ],
    ['in months', ['DTSTART:20200501', 'RRULE:FREQ=YEARLY;BYMONTH=5,10'], '2026-01-01', ['2026-05-01', '2026-10-01']],
    [
      'on days of the month',
      ['DTSTART:20200601', 'RRULE:FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1,-1'],
      '2026-01-01',
      ['2026-06-01', '2026-06-30'],
    ],
    [
      'on a day of every month',
      ['DTSTART:20200115', 'RRULE:FREQ=YEARLY;BYMONTHDAY=15'],
      '2026-11-16',
      ['2026-12-15', '2027-01-15'],
    ],
    ['on 29 February', ['DTSTART:20200229', 'RRULE:FREQ=YEARLY'], '2096-03-01', ['2104-02-29', '2108-02-29']],
    [
      'on the fourth Thursday',
      ['DTSTART:20201126', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH'],
      '2026-01-01',
      ['2026-11-26', '2027-11-25'],
    ],
    [
      'on the last Monday',
      ['DTSTART:20200525', 'RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO'],
      '2026-01-01',
      ['2026-05-25', '2027-05-31'],
    ],
    [
      'several days long, over the new year',
      ['DTSTART:20201231', 'DTEND:20210102', 'RRULE:FREQ=YEARLY'],
      '2026-01-02',
      ['2026-12-31', '2027-01-01'],
    ],
    [
      'but for exceptions',
      ['DTSTART:20201225', 'RRULE:FREQ=YEARLY', 'EXDATE;VALUE=DATE:20261225'],
      '2026-01-01',
      ['2027-12-25', '2028-12-25'],
    ],
  ];
  for (const [what, lines, from, days] of table) t.strictSame(daysFrom(event(...lines), from, 2), days, what);
  t.end();
});

t.test('an occurrence that was moved by itself replaces the one of the rule', (t) => {
  const calendar = parseCalendar(
    `BEGIN:VCALENDAR
BEGIN:VTIMEZONE
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=WEEKLY
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:party
DTSTART:20200601
RRULE:FREQ=YEARLY
END:VEVENT
BEGIN:VEVENT
UID:party
RECURRENCE-ID:20260601
DTSTART:20260603
END:VEVENT
END:VCALENDAR`,
  );
  t.strictSame(daysFrom(calendar, '2025-01-01', 3), ['2025-06-01', '2026-06-03', '2027-06-01']);
  t.end();
});

t.test('what is not understood in an iCalendar file is refused with its line', (t) => {
  const table: [string[], number, RegExp][] = [
    [['SUMMARY:x'], 3, /the VEVENT has no DTSTART/],
    [['DTSTART:2026-12-25'], 4, /DTSTART "2026-12-25" is no date \(examples: 20261225/],
    [['DTSTART:20260230'], 4, /is no date/],
    [['DTSTART:20261225', 'DTEND:20261224'], 5, /ends before it starts/],
    [['DTSTART:20261225', 'DTEND:20461224'], 4, /at most 3660/],
    [['DTSTART:20261225', 'DURATION:2D'], 5, /is no duration/],
    [['DTSTART:20261225', 'RRULE:FREQ=WEEKLY'], 5, /RRULE has FREQ=WEEKLY; only YEARLY/],
    [['DTSTART:20261225', 'RRULE:FREQ=YEARLY;BYSETPOS=1'], 5, /"BYSETPOS=1" is not supported/],
    [['DTSTART:20261225', 'RRULE:FREQ=YEARLY;BYMONTH=13'], 5, /BYMONTH cannot be 13/],
    [['DTSTART:20261225', 'RRULE:FREQ=YEARLY;BYDAY=MO'], 5, /BYDAY without BYMONTH/],
    [['DTSTART:20261225', 'RRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=9MO'], 5, /BYDAY cannot be 9MO/],
    [['DTSTART:20261225', 'RRULE:FREQ=YEARLY', 'RRULE:FREQ=YEARLY'], 6, /second RRULE/],
    [['DTSTART:20261225', 'nonsense'], 5, /"nonsense" is no iCalendar line/],
    [['DTSTART:20261225', 'END:VTODO'], 5, /END:VTODO closes BEGIN:VEVENT/],
    [['DTSTART:20261225', 'BEGIN:VALARM'], 6, /END:VEVENT closes BEGIN:VALARM/],
  ];
  for (const [lines, line, message] of table) {
    t.throws(() => event(...lines), { name: 'ScheduleError', code: 'InvalidCalendar', line, message }, lines.join(' '));
  }
  t.throws(() => parseCalendar('BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261225'), {
    message: /line 2: BEGIN:VEVENT is never closed/,
  });
  t.end();
});
