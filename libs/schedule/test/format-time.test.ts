import t from 'tap';
import { formatLocal, zoneAbbreviation } from '../src/format-time.ts';
import { findZone, UTC } from '../src/zone.ts';

const NOW = Date.parse('2026-11-20T19:41:00Z');
const BERLIN = findZone('Europe/Berlin') ?? UTC;

t.test('a moment is told as short as it stays clear from now', (t) => {
  const table: [string, string][] = [
    ['2026-11-20T19:30:00Z', '20:30'],
    ['2026-11-20T22:59:59Z', '23:59'],
    ['2026-11-20T23:00:00Z', 'Sat 00:00'],
    ['2026-11-23T06:30:00Z', 'Mon 07:30'],
    ['2026-11-26T22:59:00Z', 'Thu 23:59'],
    ['2026-11-26T23:00:00Z', 'Fri 2026-11-27 00:00 CET'],
    ['2026-11-14T12:00:00Z', 'Sat 13:00'],
    ['2026-11-13T12:00:00Z', 'Fri 2026-11-13 13:00 CET'],
    ['2027-07-01T12:00:00Z', 'Thu 2027-07-01 14:00 CEST'],
  ];
  for (const [at, text] of table) t.equal(formatLocal(Date.parse(at), BERLIN, NOW), text, at);
  t.end();
});

t.test('without now it is told in full', (t) => {
  t.equal(formatLocal(Date.parse('2026-11-23T06:30:00Z'), BERLIN), 'Mon 2026-11-23 07:30 CET');
  t.end();
});

t.test('the abbreviation can be asked for, or left out', (t) => {
  t.equal(formatLocal(NOW, BERLIN, NOW, { abbreviation: true }), '20:41 CET');
  t.equal(formatLocal(NOW, BERLIN, undefined, { abbreviation: false }), 'Fri 2026-11-20 20:41');
  t.end();
});

t.test('a zone is called what people there call it, else by its offset', (t) => {
  const table: [string, string][] = [
    ['Europe/Berlin', 'CET'],
    ['America/New_York', 'EST'],
    ['Australia/Lord_Howe', 'LHDT'],
    ['Asia/Kolkata', 'IST'],
    ['UTC', 'UTC'],
    ['Asia/Tokyo', 'UTC+09:00'],
    ['America/Sao_Paulo', 'UTC-03:00'],
    ['Asia/Kathmandu', 'UTC+05:45'],
  ];
  for (const [name, expected] of table) t.equal(zoneAbbreviation(NOW, findZone(name) ?? UTC), expected, name);
  t.end();
});
