import fc from 'fast-check';
import t from 'tap';
import { formatAge, parseTtl } from '../src/ttl.ts';

const MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

t.test('a time to live, as kube-janitor reads it, and compounds', async (t) => {
  t.equal(parseTtl('90s'), 90 * MS.s);
  t.equal(parseTtl('08s'), 8 * MS.s);
  t.equal(parseTtl('0s'), 0);
  t.equal(parseTtl('2w'), 2 * MS.w);
  t.equal(parseTtl('1d12h'), 36 * MS.h);
  for (const text of ['forever', 'Forever', 'FOREVER']) t.equal(parseTtl(text), 'forever');
});

t.test('anything else is refused', async (t) => {
  for (const text of ['', ' 1d', '1d ', '1d\n', '1 d', '-1h', '+1h', '1.5h', '1D', '5', 'd', '1y', '٣d', 'never'])
    t.throws(() => parseTtl(text), /is no time to live \(allowed/, JSON.stringify(text));
  t.throws(() => parseTtl('99999999999999w'), /longer than 1000 years/);
});

t.test('ages are told in weeks, days, hours, minutes and seconds', async (t) => {
  t.equal(formatAge(MS.w + 3 * MS.d + 11 * MS.h + 13 * MS.m + 9 * MS.s), '1w3d11h13m9s');
  t.equal(formatAge(2 * MS.h + 5 * MS.s + 999), '2h5s');
  t.equal(formatAge(0), '0s');
  t.equal(formatAge(-MS.s), '-1s');
});

t.test('an age of whole seconds reads back as the time to live it is', async () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (s) => parseTtl(formatAge(s * 1000)) === s * 1000));
});
