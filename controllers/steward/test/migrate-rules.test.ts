import t from 'tap';
import { Asking } from '../src/migrate/old-rules.ts';
import { goWindow, pyWindow, type WindowDefaults } from '../src/migrate/old-windows.ts';

interface Row {
  readonly text: string;
  readonly at: string;
  readonly defaults?: WindowDefaults;
  /** What each tool makes of the value at that moment. */
  readonly py: string;
  readonly go: string;
}

const answer = (read: typeof pyWindow, { text, at, defaults = {} }: Row): string => {
  try {
    return new Asking(Date.parse(at)).isIn(read(text, defaults)) ? 'in' : 'out';
  } catch (error) {
    return (error as Error).message;
  }
};

const MONDAY_3 = '2026-11-23T03:00:00Z';
const MONDAY_NOON = '2026-11-23T12:00:00Z';
const MONDAY_23 = '2026-11-23T23:00:00Z';
const SATURDAY_3 = '2026-11-28T03:00:00Z';

const unknown = (text: string): string => `"${text}" is no time window it knows`;

const ROWS: readonly Row[] = [
  { text: 'Mon-Fri 08:00-20:00 UTC', at: MONDAY_NOON, py: 'in', go: 'in' },
  { text: 'mon-fri 08:00-20:00 utc', at: MONDAY_NOON, py: 'in', go: '"utc" is no time zone it knows' },
  { text: 'Fri-Mon 08:00-20:00 UTC', at: MONDAY_NOON, py: 'in', go: 'in' },
  { text: 'Mon-Fri  08:00-20:00 UTC', at: MONDAY_NOON, py: unknown('Mon-Fri  08:00-20:00 UTC'), go: 'in' },
  { text: 'Mon-Fri 08:00 - 20:00 UTC', at: MONDAY_NOON, py: unknown('Mon-Fri 08:00 - 20:00 UTC'), go: 'in' },
  {
    text: 'Mon-Fri 08:00-20:00 America/Port-au-Prince',
    at: '2026-11-23T15:00:00Z',
    py: unknown('Mon-Fri 08:00-20:00 America/Port-au-Prince'),
    go: 'in',
  },
  { text: 'Mon-Fri 08:00-20:00 Etc/GMT+3', at: MONDAY_NOON, py: unknown('Mon-Fri 08:00-20:00 Etc/GMT+3'), go: 'in' },
  {
    text: 'Mon-Fri 08:00-20:00 PST',
    at: MONDAY_NOON,
    py: '"PST" is no time zone it knows',
    go: '"PST" is no time zone it knows',
  },
  { text: 'Mon-Fri 08:00-25:00 UTC', at: MONDAY_23, py: 'in', go: '"Mon-Fri 08:00-25:00 UTC" holds no time of day' },
  { text: 'Mon-Fri 08:00-24:30 UTC', at: MONDAY_23, py: 'in', go: 'in' },
  {
    text: 'Mon-Fri 8:00-20:00 UTC',
    at: MONDAY_NOON,
    py: unknown('Mon-Fri 8:00-20:00 UTC'),
    go: unknown('Mon-Fri 8:00-20:00 UTC'),
  },
  { text: 'Mon-Fri 22:00-06:00 UTC', at: MONDAY_23, py: 'out', go: 'in' },
  { text: 'Mon-Fri 22:00-06:00 UTC', at: MONDAY_3, py: 'out', go: 'in' },
  { text: 'Mon-Fri 22:00-06:00 UTC', at: SATURDAY_3, py: 'out', go: 'out' },
  { text: 'Sat-Sun 03:00-03:00 UTC', at: SATURDAY_3, py: 'out', go: 'out' },
  { text: 'Mon-Sun 19:36-19:14 UTC', at: MONDAY_23, py: 'out', go: 'in' },
  { text: 'Mon-Mon 00:00-00:00 UTC', at: MONDAY_NOON, py: 'out', go: 'out' },
  { text: 'Always', at: MONDAY_NOON, py: 'in', go: 'in' },
  { text: 'never, always', at: MONDAY_NOON, py: unknown('never'), go: 'in' },
  { text: 'true', at: MONDAY_NOON, py: unknown('true'), go: 'in' },
  { text: 'Mon-Fri 08:00-20:00 UTC, garbage', at: MONDAY_NOON, py: 'in', go: unknown('garbage') },
  { text: 'Mon-Fri 08:00-20:00 UTC, garbage', at: MONDAY_3, py: unknown('garbage'), go: unknown('garbage') },
  {
    text: '2026-11-23T00:00:00+00:00-2026-11-23T12:00:00+00:00',
    at: MONDAY_NOON,
    py: 'in',
    go: 'out',
  },
  {
    text: '2026-11-23T00:00:00Z - 2026-11-24T00:00:00Z',
    at: MONDAY_NOON,
    py: unknown('2026-11-23T00:00:00Z - 2026-11-24T00:00:00Z'),
    go: 'in',
  },
  { text: 'from 2026-11-23T00:00:00Z', at: MONDAY_NOON, py: unknown('from 2026-11-23T00:00:00Z'), go: 'in' },
  { text: 'until 2026-11-23T00:00:00Z', at: MONDAY_NOON, py: unknown('until 2026-11-23T00:00:00Z'), go: 'out' },
  {
    text: 'Until 2026-11-23T00:00:00Z',
    at: MONDAY_NOON,
    py: unknown('Until 2026-11-23T00:00:00Z'),
    go: unknown('Until 2026-11-23T00:00:00Z'),
  },
  {
    text: 'Mon-Fri 08:00-20:00',
    at: MONDAY_NOON,
    py: '"Mon-Fri 08:00-20:00" names no time zone, and there is no default',
    go: '"Mon-Fri 08:00-20:00" names no time zone, and there is no default',
  },
  { text: '08:00-20:00', at: MONDAY_NOON, defaults: { timezone: 'UTC', weekframe: 'Mon-Fri' }, py: 'in', go: 'in' },
  {
    text: '08:00-20:00 UTC',
    at: MONDAY_NOON,
    py: '"08:00-20:00 UTC" names no weekdays, and there is no default',
    go: '"08:00-20:00 UTC" names no weekdays, and there is no default',
  },
  {
    text: 'Foo-Fri 08:00-20:00 UTC',
    at: MONDAY_NOON,
    py: '"Foo" is no weekday it knows',
    go: '"Foo" is no weekday it knows',
  },
];

t.test('time windows, as each of the old tools reads them', (t) => {
  for (const row of ROWS) {
    t.equal(answer(pyWindow, row), row.py, `py: ${row.text} at ${row.at}`);
    t.equal(answer(goWindow, row), row.go, `go: ${row.text} at ${row.at}`);
  }
  t.end();
});

t.test('a window that means something else here comes with the text that means the same', (t) => {
  const rewrite = (read: typeof pyWindow, text: string) => read(text, {}).rewrite;
  t.equal(rewrite(pyWindow, 'Mon-Fri 22:00-06:00 UTC'), 'never');
  t.equal(rewrite(goWindow, 'Mon-Fri 22:00-06:00 UTC'), 'Mon-Fri 22:00-24:00 UTC, Mon-Fri 00:00-06:00 UTC');
  t.equal(rewrite(pyWindow, 'Mon-Fri 08:00-20:00 UTC'), undefined);
  t.equal(rewrite(pyWindow, 'Mon-Fri 08:00-25:00 UTC'), 'Mon-Fri 08:00-24:00 UTC');
  t.equal(
    rewrite(goWindow, 'Sat-Sun 08:00-20:00 UTC, Mon-Fri 20:00-00:00 UTC'),
    'Sat-Sun 08:00-20:00 UTC, Mon-Fri 20:00-24:00 UTC',
  );
  t.end();
});
