import fc from 'fast-check';
import t from 'tap';
import { formatDuration, formatDurationSpec, parseDuration } from '../src/duration.ts';
import { ScheduleError } from '../src/errors.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

t.test('durations are units, compounds of units, or bare seconds', (t) => {
  const table: [string, number][] = [
    ['90s', 90 * SECOND],
    ['15m', 15 * MINUTE],
    ['1d12h', 36 * HOUR],
    ['1h30m', 90 * MINUTE],
    ['1h30m0s', 90 * MINUTE],
    ['4d2h', 98 * HOUR],
    ['2w', 14 * DAY],
    ['500ms', 500],
    ['1s500ms', 1500],
    ['1.5h', 90 * MINUTE],
    ['900', 900 * SECOND],
    ['0', 0],
    ['0.5', 500],
    [' 5m ', 5 * MINUTE],
    ['58h 49m', 58 * HOUR + 49 * MINUTE],
  ];
  for (const [text, ms] of table) t.equal(parseDuration(text), ms, text);
  t.end();
});

t.test('a wrong duration says what is wrong and shows examples', (t) => {
  const table: [string, RegExp][] = [
    ['', /it is empty/],
    ['-5m', /it is negative/],
    ['4dd', /"d" is not understood/],
    ['5 apples', /"5 apples" is no duration: "5 apples" is not understood/],
    ['5M', /"5M" is not understood/],
    ['1m30m', /the unit m occurs twice/],
    ['forever', /"forever" is not understood/],
    ['1e3s', /not understood/],
    ['99999999999w', /too long/],
  ];
  for (const [text, message] of table) {
    t.throws(() => parseDuration(text), { name: 'ScheduleError', code: 'InvalidDuration', message }, text);
  }
  t.throws(() => parseDuration('x'), /examples: 90s, 15m, 1d12h, 1h30m, 900/);
  t.ok(new ScheduleError('InvalidDuration', 'x') instanceof Error);
  t.end();
});

t.test('durations are told in two units, hours up to three days', (t) => {
  const table: [number, string][] = [
    [0, '0s'],
    [350, '350ms'],
    [45 * SECOND, '45s'],
    [59 * SECOND + 999, '59s'],
    [3 * MINUTE + 10 * SECOND, '3m 10s'],
    [5 * MINUTE, '5m'],
    [2 * HOUR + 5 * MINUTE + 59 * SECOND, '2h 5m'],
    [58 * HOUR + 49 * MINUTE, '58h 49m'],
    [72 * HOUR, '3d'],
    [12 * DAY + 4 * HOUR + 59 * MINUTE, '12d 4h'],
    [-90 * SECOND, '-1m 30s'],
  ];
  for (const [ms, text] of table) t.equal(formatDuration(ms), text);
  t.end();
});

t.test('the exact form is read back as what was written', (t) => {
  t.equal(formatDurationSpec(36 * HOUR), '1d12h');
  t.equal(formatDurationSpec(0), '0s');
  t.doesNotThrow(() => fc.assert(fc.property(fc.nat(), (ms) => parseDuration(formatDurationSpec(ms)) === ms)));
  t.end();
});

t.test('the form for people can be read back too', (t) => {
  const property = fc.property(fc.nat(), (ms) => {
    const back = parseDuration(formatDuration(ms));
    return back <= ms && ms - back < HOUR;
  });
  t.doesNotThrow(() => fc.assert(property));
  t.end();
});
