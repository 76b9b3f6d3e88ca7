import fc from 'fast-check';
import t from 'tap';
import { formatTimestamp, parseRfc3339, parseTimestamp } from '../src/timestamp.ts';

const NOON = Date.UTC(2026, 11, 1, 22);

t.test('moments are RFC 3339 or one of the four UTC forms of kube-downscaler', (t) => {
  const table: [string, number][] = [
    ['2026-12-01T22:00:00Z', NOON],
    ['2026-12-01T23:00:00+01:00', NOON],
    ['2026-12-01T16:30:00-05:30', NOON],
    ['2026-12-01t22:00:00z', NOON],
    ['2026-12-01T22:00:00.25Z', NOON + 250],
    ['2026-12-01T22:00:00.123999Z', NOON + 123],
    ['2026-12-01T22:00', NOON],
    ['2026-12-01 22:00', NOON],
    ['2026-12-01', Date.UTC(2026, 11, 1)],
    [' 2026-12-01 ', Date.UTC(2026, 11, 1)],
    ['2026-1-7', Date.UTC(2026, 0, 7)],
    ['2028-02-29', Date.UTC(2028, 1, 29)],
    ['0099-01-01', Date.parse('0099-01-01T00:00:00Z')],
  ];
  for (const [text, at] of table) t.equal(parseTimestamp(text), at, text);
  t.end();
});

t.test('what the calendar or the clock does not have is refused', (t) => {
  for (const text of [
    '2026-02-29',
    '2026-02-30T00:00:00Z',
    '2100-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-01',
    '2026-01-00',
    '2026-01-01T24:00',
    '2026-01-01T12:60',
    '2026-01-01T12:00:60Z',
    '2026-01-01T12:00:00+24:00',
    '2026-01-01T12:00:00+01:60',
  ]) {
    t.throws(() => parseTimestamp(text), { code: 'InvalidTimestamp', message: /no such day or time/ }, text);
  }
  t.end();
});

t.test('other forms are refused with examples', (t) => {
  const wrong = [
    '',
    'tomorrow',
    '01.12.2026',
    '2026-12-01T22:00:00',
    '2026-12-01T22:00:00+0100',
    '2026-12-01T22',
    '26-1-1',
  ];
  for (const text of wrong) {
    t.throws(() => parseTimestamp(text), { code: 'InvalidTimestamp', message: /2026-12-01T22:00:00\+01:00/ }, text);
  }
  t.end();
});

t.test('where RFC 3339 is required, the UTC forms are refused', (t) => {
  t.equal(parseRfc3339('2026-12-01T22:00:00Z'), NOON);
  for (const text of ['2026-12-01', '2026-12-01T22:00', '2026-1-7T00:00:00Z']) {
    t.throws(() => parseRfc3339(text), { code: 'InvalidTimestamp', message: /seconds and offset/ }, text);
  }
  t.end();
});

t.test('a formatted moment is RFC 3339 to the second and is read back', (t) => {
  t.equal(formatTimestamp(NOON + 999), '2026-12-01T22:00:00Z');
  const seconds = fc.integer({ min: 0, max: 4e9 }).map((value) => value * 1000);
  t.doesNotThrow(() => fc.assert(fc.property(seconds, (at) => parseTimestamp(formatTimestamp(at)) === at)));
  t.end();
});
