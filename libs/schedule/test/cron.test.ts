import { CronExpressionParser } from 'cron-parser';
import fc from 'fast-check';
import t from 'tap';
import { parseCron } from '../src/cron.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../src/duration.ts';
import { parseSchedule, type Schedule } from '../src/schedule.ts';

const utc = (at: number | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString());

/** The first changes after a moment. */
function changes(schedule: Schedule, from: string, count: number): (string | undefined)[] {
  const found: (string | undefined)[] = [];
  for (let at: number | undefined = Date.parse(from); at !== undefined && found.length < count;) {
    at = schedule.nextChange(at);
    found.push(utc(at)?.slice(0, 19));
  }
  return found;
}

t.test('a run lasts for the duration after each start', (t) => {
  const table: [string, string[]][] = [
    ['cron(0 8 * * 1-5) for 10h UTC', ['2026-11-23T08:00:00', '2026-11-23T18:00:00']],
    ['cron(0 22 * * 5) for 56h UTC', ['2026-11-20T22:00:00', '2026-11-23T06:00:00']],
    ['cron(30 0 8 * * *) for 90s UTC', ['2026-11-21T08:00:30', '2026-11-21T08:02:00']],
    ['cron(@monthly) for 1d UTC', ['2026-12-01T00:00:00', '2026-12-02T00:00:00']],
    ['cron(0 0 L * *) for 1d UTC', ['2026-11-30T00:00:00', '2026-12-01T00:00:00']],
    ['cron(0 0 * * 1#1) for 1d UTC', ['2026-12-07T00:00:00', '2026-12-08T00:00:00']],
    ['cron(0 0 13 * 5) for 1d UTC', ['2026-11-21T00:00:00', '2026-11-27T00:00:00']],
    ['cron(0 0 29 2 *) for 1d UTC', ['2028-02-29T00:00:00', '2028-03-01T00:00:00']],
    ['cron(0 12 31 12 *) for 24h UTC', ['2026-12-31T12:00:00', '2027-01-01T12:00:00']],
  ];
  for (const [text, expected] of table)
    t.strictSame(changes(parseSchedule(text), '2026-11-20T20:00:00Z', 2), expected, text);
  t.end();
});

t.test('starts that overlap or touch make one run', (t) => {
  const hourly = parseSchedule('cron(0 8-19 * * *) for 1h UTC');
  t.strictSame(changes(hourly, '2026-11-20T06:00:00Z', 3), [
    '2026-11-20T08:00:00',
    '2026-11-20T20:00:00',
    '2026-11-21T08:00:00',
  ]);
  const days = parseSchedule('cron(0 8 * * 1-3) for 36h UTC');
  t.strictSame(changes(days, '2026-11-20T06:00:00Z', 2), ['2026-11-23T08:00:00', '2026-11-26T20:00:00']);
  const months = parseSchedule('cron(* * * 1-11 *) for 1m UTC');
  t.strictSame(changes(months, '2026-01-20T06:00:00Z', 2), ['2026-12-01T00:00:00', '2027-01-01T00:00:00']);
  t.end();
});

t.test('a leap day is found over the century that skips it', (t) => {
  const leap = parseSchedule('cron(0 0 29 2 *) for 1d UTC');
  t.equal(utc(leap.nextChange(Date.parse('2096-03-01T00:00:00Z'))), '2104-02-29T00:00:00.000Z');
  t.end();
});

t.test('expressions that are none, or run at random times, are refused', (t) => {
  const table: [string, RegExp][] = [
    ['', /1 fields instead of 5/],
    ['0 8 * * * * *', /7 fields/],
    ['60 8 * * *', /0-59/],
    ['0 8 30 2 *', /day of month/],
    ['H 8 * * *', /H \(a random time\) is not supported/],
    ['@reboot', /known macros are @yearly/],
    ['0 8 LW * *', /Invalid characters/],
  ];
  for (const [text, message] of table) t.throws(() => parseCron(text), { code: 'InvalidCron', message }, text);
  t.doesNotThrow(() => parseCron('0 8 * MAR THU'));
  t.end();
});

t.test('in UTC, it matches exactly when a start of the cron library was less than the duration ago', (t) => {
  const field = (min: number, max: number): fc.Arbitrary<string> => {
    const number = fc.integer({ min, max });
    const range = fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
    return fc.oneof(
      fc.constant('*'),
      number.map(String),
      range,
      fc.integer({ min: 2, max: 20 }).map((step) => `*/${step}`),
    );
  };
  const expression = fc
    .tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6))
    .map((fields) => fields.join(' '));
  const minutes = fc.constantFrom(1, 7, 60, 600, 1440, 5000);
  const moment = fc.integer({ min: Date.UTC(2024, 0, 1) / MINUTE_MS, max: Date.UTC(2029, 0, 1) / MINUTE_MS });
  const property = fc.property(expression, minutes, moment, (text, duration, minute) => {
    const at = minute * MINUTE_MS;
    const currentDate = new Date(at - duration * MINUTE_MS);
    const start = CronExpressionParser.parse(text, { tz: 'UTC', currentDate }).next().getTime();
    return parseSchedule(`cron(${text}) for ${duration}m UTC`).matches(at) === start <= at;
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }));
  t.end();
});

t.test('a long search stays a search: dense starts for ever end it without an answer', (t) => {
  const dense = parseSchedule('cron(* * * * *) for 30s UTC, cron(30 * * * * *) for 30s UTC');
  const now = Date.parse('2026-11-20T12:00:10Z');
  t.equal(dense.matches(now), true);
  t.equal(dense.nextChange(now), undefined);
  const pause = parseSchedule('cron(* * * * *) for 30s UTC, !from 2026-11-20T13:00:00Z');
  t.equal(pause.at(now).until, Date.parse('2026-11-20T12:00:30Z'));
  t.equal(pause.nextChange(now + HOUR_MS), undefined);
  t.equal(pause.matches(now + DAY_MS), false);
  t.end();
});
