import t from 'tap';
import { parseSchedule } from '../src/schedule.ts';

/** When the schedule flips within the days around a switch, as UTC; `+` begins, `-` ends. */
function changes(text: string, from: string, to: string): string[] {
  const schedule = parseSchedule(text);
  const found: string[] = [];
  for (let at = schedule.nextChange(Date.parse(from)); at !== undefined && at < Date.parse(to);) {
    found.push(`${schedule.matches(at) ? '+' : '-'}${new Date(at).toISOString().slice(5, 16)}`);
    at = schedule.nextChange(at);
  }
  return found;
}

/** What is needed of a tap test. */
interface Assertions {
  strictSame(found: unknown, wanted: unknown, message: string): boolean;
}

type Row = readonly [what: string, text: string, changes: readonly string[]];

function check(t: Assertions, from: string, to: string, rows: readonly Row[]): void {
  for (const [what, text, expected] of rows) t.strictSame(changes(text, from, to), expected, `${what}: ${text}`);
}

t.test('Europe/Berlin, forward: 2026-03-29 02:00 CET becomes 03:00 CEST (01:00 UTC)', (t) => {
  check(t, '2026-03-28T20:00Z', '2026-03-29T20:00Z', [
    ['hours elsewhere follow the wall clock', 'Sun 08:00-20:00 Europe/Berlin', ['+03-29T06:00', '-03-29T18:00']],
    ['a window over the gap is an hour shorter', 'Sun 01:00-05:00 Europe/Berlin', ['+03-29T00:00', '-03-29T03:00']],
    ['a start in the gap acts right after it', 'Sun 02:30-05:00 Europe/Berlin', ['+03-29T01:00', '-03-29T03:00']],
    ['an end in the gap acts right after it', 'Sun 00:00-02:30 Europe/Berlin', ['+03-28T23:00', '-03-29T01:00']],
    ['a window within the gap does not happen', 'Sun 02:15-02:45 Europe/Berlin', []],
    ['a window that ends where the gap ends does not either', 'Sun 02:00-03:00 Europe/Berlin', []],
    ['past midnight', 'Sat 22:00-02:30 Europe/Berlin', ['+03-28T21:00', '-03-29T01:00']],
    [
      'a cron start in the gap happens right after it, and lasts',
      'cron(30 2 * * 0) for 2h Europe/Berlin',
      ['+03-29T01:00', '-03-29T03:00'],
    ],
    ['every hour means every hour', 'cron(0 * * * 0) for 90m Europe/Berlin', ['+03-28T23:00']],
    [
      'a start of every hour that falls into the gap is not lost',
      'cron(30 2-3 * * 0) for 10m Europe/Berlin',
      ['+03-29T01:00', '-03-29T01:10', '+03-29T01:30', '-03-29T01:40'],
    ],
    ['from midnight to midnight are 23 hours', 'Sun 00:00-24:00 Europe/Berlin', ['+03-28T23:00']],
  ]);
  t.end();
});

t.test('Europe/Berlin, back: 2026-10-25 03:00 CEST becomes 02:00 CET (01:00 UTC)', (t) => {
  check(t, '2026-10-24T20:00Z', '2026-10-25T20:00Z', [
    ['hours elsewhere follow the wall clock', 'Sun 08:00-18:00 Europe/Berlin', ['+10-25T07:00', '-10-25T17:00']],
    ['a window over the hour is an hour longer', 'Sun 01:00-05:00 Europe/Berlin', ['+10-24T23:00', '-10-25T04:00']],
    [
      'a start in the hour acts both times',
      'Sun 02:30-05:00 Europe/Berlin',
      ['+10-25T00:30', '-10-25T01:00', '+10-25T01:30', '-10-25T04:00'],
    ],
    [
      'an end in the hour acts both times',
      'Sun 00:00-02:30 Europe/Berlin',
      ['+10-24T22:00', '-10-25T00:30', '+10-25T01:00', '-10-25T01:30'],
    ],
    [
      'a window within the hour happens twice',
      'Sun 02:15-02:45 Europe/Berlin',
      ['+10-25T00:15', '-10-25T00:45', '+10-25T01:15', '-10-25T01:45'],
    ],
    ['the hour itself lasts two', 'Sun 02:00-03:00 Europe/Berlin', ['+10-25T00:00', '-10-25T02:00']],
    ['an end at 03:00 is after the second', 'Sat 22:00-03:00 Europe/Berlin', ['-10-25T02:00']],
    [
      'a cron start in the hour happens once',
      'cron(30 2 * * 0) for 2h Europe/Berlin',
      ['+10-25T00:30', '-10-25T02:30'],
    ],
    [
      'unless the hour field is *',
      'cron(30 * * * 0) for 10m Europe/Berlin',
      [
        ...['22', '23'].flatMap((hour) => [`+10-24T${hour}:30`, `-10-24T${hour}:40`]),
        ...Array.from({ length: 20 }, (_, hour) => String(hour).padStart(2, '0')).flatMap((hour) => [
          `+10-25T${hour}:30`,
          `-10-25T${hour}:40`,
        ]),
      ],
    ],
  ]);
  t.end();
});

t.test('America/New_York: forward 2026-03-08 07:00 UTC, back 2026-11-01 06:00 UTC', (t) => {
  check(t, '2026-03-08T02:00Z', '2026-03-09T02:00Z', [
    ['a window over the gap', 'Sun 01:00-04:00 America/New_York', ['+03-08T06:00', '-03-08T08:00']],
    ['a start in the gap', 'Sun 02:30-08:00 America/New_York', ['+03-08T07:00', '-03-08T12:00']],
    ['cron in the gap', 'cron(15,45 2 * * *) for 20m America/New_York', ['+03-08T07:00', '-03-08T07:20']],
  ]);
  check(t, '2026-11-01T02:00Z', '2026-11-02T02:00Z', [
    ['a window over the hour', 'Sun 00:00-03:00 America/New_York', ['+11-01T04:00', '-11-01T08:00']],
    [
      'a start in the hour',
      'Sun 01:30-08:00 America/New_York',
      ['+11-01T05:30', '-11-01T06:00', '+11-01T06:30', '-11-01T13:00'],
    ],
    ['cron in the hour', 'cron(30 1 * * *) for 20m America/New_York', ['+11-01T05:30', '-11-01T05:50']],
  ]);
  t.end();
});

t.test('Australia/Lord_Howe moves by half an hour: back 2026-04-04 15:00 UTC, forward 2026-10-03 15:30 UTC', (t) => {
  check(t, '2026-04-04T11:00Z', '2026-04-05T10:00Z', [
    ['a window over the half hour', 'Sun 01:00-03:00 Australia/Lord_Howe', ['+04-04T14:00', '-04-04T16:30']],
    [
      'a start in it',
      'Sun 01:45-03:00 Australia/Lord_Howe',
      ['+04-04T14:45', '-04-04T15:00', '+04-04T15:15', '-04-04T16:30'],
    ],
    ['an end at its end', 'Sun 01:00-02:00 Australia/Lord_Howe', ['+04-04T14:00', '-04-04T15:30']],
    [
      'an end at its beginning acts at the first',
      'Sun 01:00-01:30 Australia/Lord_Howe',
      ['+04-04T14:00', '-04-04T14:30'],
    ],
    ['cron every quarter', 'cron(*/15 * * * 0) for 15m Australia/Lord_Howe', ['+04-04T13:00']],
  ]);
  check(t, '2026-10-03T11:00Z', '2026-10-04T10:00Z', [
    ['a window over the gap', 'Sun 01:00-03:00 Australia/Lord_Howe', ['+10-03T14:30', '-10-03T16:00']],
    ['a start in the gap', 'Sun 02:15-03:00 Australia/Lord_Howe', ['+10-03T15:30', '-10-03T16:00']],
    ['a window within the gap', 'Sun 02:00-02:30 Australia/Lord_Howe', []],
    ['cron in the gap', 'cron(15 2 * * *) for 1h Australia/Lord_Howe', ['+10-03T15:30', '-10-03T16:30']],
  ]);
  t.end();
});

t.test('Asia/Kolkata never switches, and is half an hour off', (t) => {
  for (const [from, to] of [
    ['2026-03-28T20:00Z', '2026-03-29T20:00Z'],
    ['2026-10-24T20:00Z', '2026-10-25T20:00Z'],
  ] as const) {
    const day = from.slice(5, 10);
    const next = to.slice(5, 10);
    check(t, from, to, [
      ['hours', 'Sun 02:30-08:00 Asia/Kolkata', [`+${day}T21:00`, `-${next}T02:30`]],
      ['cron', 'cron(30 2 * * *) for 1h Asia/Kolkata', [`+${day}T21:00`, `-${day}T22:00`]],
      ['whole day', '!Sun 00:00-24:00 Asia/Kolkata', [`+${next}T18:30`]],
    ]);
  }
  t.end();
});

t.test('a zone that switches at midnight, and one that left out a day', (t) => {
  check(t, '2026-09-05T12:00Z', '2026-09-07T12:00Z', [
    ['the day begins at 01:00', 'Sun 00:00-24:00 America/Santiago', ['+09-06T04:00', '-09-07T03:00']],
  ]);
  check(t, '2026-04-04T12:00Z', '2026-04-06T12:00Z', [
    ['the day before has 25 hours', 'Sat 00:00-24:00 America/Santiago', ['-04-05T04:00']],
  ]);
  check(t, '2011-12-29T00:00Z', '2012-01-01T00:00Z', [
    ['there was no Friday', 'Fri 00:00-24:00 Pacific/Apia', []],
    ['a night into it ends with the switch', 'Thu 22:00-06:00 Pacific/Apia', ['+12-30T08:00', '-12-30T10:00']],
  ]);
  t.end();
});
