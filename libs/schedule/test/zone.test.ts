import fc from 'fast-check';
import { DateTime } from 'luxon';
import t from 'tap';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../src/duration.ts';
import { suggestZone } from '../src/zone-names.ts';
import { findZone, UTC, type Zone } from '../src/zone.ts';

function zone(name: string): Zone {
  const found = findZone(name);
  if (!found) throw new Error(`no zone ${name}`);
  return found;
}

t.test('zones are found in any case and called as the IANA database spells them', (t) => {
  const names =
    'Europe/Berlin America/Port-au-Prince America/Argentina/Buenos_Aires Africa/Dar_es_Salaam Etc/GMT+3 Etc/GMT-14 EST5EDT ' +
    'EST MST HST CET UTC GMT Zulu US/Eastern GB GB-Eire NZ-CHAT W-SU Asia/Kolkata Asia/Calcutta Europe/Kyiv America/Knox_IN ' +
    'Antarctica/DumontDUrville Chile/EasterIsland Brazil/DeNoronha Australia/Lord_Howe Australia/LHI America/North_Dakota/New_Salem';
  for (const name of names.split(' ')) {
    for (const written of [name, name.toLowerCase(), name.toUpperCase()])
      t.equal(findZone(written)?.name, name, written);
  }
  t.equal(findZone('europe/berlin'), findZone('Europe/Berlin'), 'the same zone is the same object');
  t.equal(findZone('utc'), UTC);
  t.end();
});

t.test('abbreviations, offsets and misspelt names are no zones, with the zone that was probably meant', (t) => {
  const table: [string, string | undefined][] = [
    ['CEST', 'Europe/Berlin'],
    ['PST', 'America/Los_Angeles'],
    ['pdt', 'America/Los_Angeles'],
    ['IST', 'Asia/Kolkata'],
    ['Berlin', 'Europe/Berlin'],
    ['new york', 'America/New_York'],
    ['Europe/Berln', 'Europe/Berlin'],
    ['+02:00', 'Etc/GMT-2'],
    ['UTC-5', 'Etc/GMT+5'],
    ['+05:30', undefined],
    ['Local', 'UTC'],
    ['Middle-earth/Shire', undefined],
    ['', undefined],
  ];
  for (const [name, suggestion] of table) {
    t.equal(findZone(name), undefined, name);
    t.equal(suggestZone(name), suggestion, name);
  }
  t.end();
});

t.test('the wall clock is the one luxon shows, at any moment and next to every switch', (t) => {
  const names = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'];
  const anyTime = fc.integer({ min: Date.UTC(1975, 0, 1), max: Date.UTC(2060, 0, 1) });
  const agrees = (name: string, at: number): boolean =>
    zone(name).offsetAt(at) === DateTime.fromMillis(at, { zone: name }).offset;
  for (const name of names) {
    const property = fc.property(anyTime, fc.integer({ min: -2000, max: 2000 }), (at, offset) => {
      const { from, to } = zone(name).spanAt(at);
      return [at, from, from - 1, to, to - 1, to + offset].every((instant) => agrees(name, instant));
    });
    t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }), name);
  }
  t.equal(zone('Asia/Kolkata').localAt(0), 5.5 * HOUR_MS);
  t.end();
});

t.test('a span ends at the second of the switch', (t) => {
  const table: [string, string, string][] = [
    ['Europe/Berlin', '2026-01-01T00:00:00Z', '2026-03-29T01:00:00.000Z'],
    ['Europe/Berlin', '2026-07-01T00:00:00Z', '2026-10-25T01:00:00.000Z'],
    ['America/New_York', '2026-01-01T00:00:00Z', '2026-03-08T07:00:00.000Z'],
    ['America/New_York', '2026-07-01T00:00:00Z', '2026-11-01T06:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-01-01T00:00:00Z', '2026-04-04T15:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-07-01T00:00:00Z', '2026-10-03T15:30:00.000Z'],
    ['Africa/Casablanca', '2026-01-01T00:00:00Z', '2026-02-15T02:00:00.000Z'],
  ];
  for (const [name, at, end] of table) {
    t.equal(new Date(zone(name).spanAt(Date.parse(at)).to).toISOString(), end, name);
  }
  t.end();
});

t.test(
  'a reading of the wall clock is one instant, two where clocks are set back, the end of the gap where there is none',
  (t) => {
    const table: [string, string, string[]][] = [
      ['Europe/Berlin', '2026-11-20T20:30', ['2026-11-20T19:30']],
      ['Europe/Berlin', '2026-03-29T02:30', ['2026-03-29T01:00']],
      ['Europe/Berlin', '2026-03-29T03:00', ['2026-03-29T01:00']],
      ['Europe/Berlin', '2026-10-25T02:30', ['2026-10-25T00:30', '2026-10-25T01:30']],
      ['Europe/Berlin', '2026-10-25T03:00', ['2026-10-25T02:00']],
      ['Australia/Lord_Howe', '2026-04-05T01:45', ['2026-04-04T14:45', '2026-04-04T15:15']],
      ['Australia/Lord_Howe', '2026-10-04T02:15', ['2026-10-03T15:30']],
      ['Pacific/Apia', '2011-12-30T12:00', ['2011-12-30T10:00']],
      ['Asia/Kolkata', '2026-03-29T02:30', ['2026-03-28T21:00']],
    ];
    for (const [name, local, expected] of table) {
      const instants = zone(name).instantsOf(Date.parse(`${local}Z`));
      t.strictSame(
        instants.map((at) => new Date(at).toISOString().slice(0, 16)),
        expected,
        `${name} ${local}`,
      );
    }
    t.end();
  },
);

t.test('every instant is among the instants of its own reading', (t) => {
  const names = fc.constantFrom('Europe/Berlin', 'Australia/Lord_Howe', 'America/Havana', 'Pacific/Apia');
  const minutes = fc.integer({ min: Date.UTC(2005, 0, 1) / MINUTE_MS, max: Date.UTC(2035, 0, 1) / MINUTE_MS });
  const property = fc.property(names, minutes, fc.integer({ min: -120, max: 120 }), (name, minute, nearby) => {
    const there = zone(name);
    const switchAt = there.spanAt(minute * MINUTE_MS).to;
    return [minute * MINUTE_MS, switchAt + nearby * MINUTE_MS].every((at) =>
      there.instantsOf(there.localAt(at)).includes(at),
    );
  });
  t.doesNotThrow(() => fc.assert(property));
  t.end();
});

t.test('the memory of a zone is bounded, and forgetting changes no answer', (t) => {
  const berlin = zone('Europe/Berlin');
  for (let year = 1950; year < 2090; year++) berlin.offsetAt(Date.UTC(year, 0, 1) + 180 * DAY_MS);
  t.equal(berlin.offsetAt(Date.UTC(2026, 0, 1)), 60);
  t.equal(berlin.offsetAt(Date.UTC(2026, 6, 1)), 120);
  t.end();
});
