import t from 'tap';
import { FRIDAY_EVENING, FIXTURES, matchesGolden, steward } from './steward.ts';

t.beforeEach(() => process.chdir(FIXTURES));

const schedule = (...args: string[]) =>
  steward(['schedule', '--from', 'manifests', '--at', FRIDAY_EVENING, ...args], { env: { TZ: 'Europe/Berlin' } });

t.test('the calendar of coming transitions', async (t) => {
  matchesGolden(t, 'schedule.txt', (await schedule()).out);
  matchesGolden(t, 'schedule.json', (await schedule('--for', '3d', '-n', 'analytics', '-o', 'json')).out);
});

t.test('--for says how far ahead, -n and -l for what', async (t) => {
  const rows = async (...args: string[]) => (await schedule('--no-headers', ...args)).out.split('\n').length - 1;
  t.equal(await rows('-n', 'team-shop', '--for', '3d', '-l', 'app.kubernetes.io/name=checkout'), 2);
  t.equal(await rows('-n', 'team-shop', '--for', '8d', '-l', 'app.kubernetes.io/name=checkout'), 10);
  t.match(await schedule('-n', 'intranet'), { code: 0, out: 'Nothing changes in that time.\n' });
});

const check = (...args: string[]) => steward(['schedule', 'test', ...args, '-o', 'json']);

t.test('a window is checked: matches or not, and when that changes', async (t) => {
  const cases: [args: string[], matches: boolean, nextChange: string | null][] = [
    [['Mon-Fri 08:00-20:00 Europe/Berlin', '--at', '2026-11-20T18:59:59Z'], true, '2026-11-20T19:00:00Z'],
    [['Mon-Fri 08:00-20:00 Europe/Berlin', '--at', '2026-11-20T19:00:00Z'], false, '2026-11-23T07:00:00Z'],
    [
      ['Mon-Fri 08:00-20:00', '--default-timezone=Asia/Kolkata', '--at=2026-11-20T14:00:00Z'],
      true,
      '2026-11-20T14:30:00Z',
    ],
    [
      ['08:00-20:00 UTC', '--default-weekframe', 'Sat-Sun', '--at', '2026-11-20T09:00:00Z'],
      false,
      '2026-11-21T08:00:00Z',
    ],
    [['always', '--at', FRIDAY_EVENING], true, null],
    [['never', '--at', FRIDAY_EVENING], false, null],
    [['2026-11-20T00:00:00Z - 2026-11-21T00:00:00Z', '--at', '2026-11-22T00:00:00Z'], false, null],
    [['calendar(holidays)', '--config', 'steward.yaml', '--at', '2026-12-25T12:00:00Z'], true, '2026-12-26T23:00:00Z'],
  ];
  for (const [args, matches, nextChange] of cases) {
    const { code, out } = await check(...args);
    t.equal(code, 0, args.join(' '));
    t.same(JSON.parse(out), { valid: true, matches, nextChange }, args.join(' '));
  }
});

t.test('a window that is none is told, with exit code 3', async (t) => {
  const bad = [
    ['Mon-Fry 08:00-18:00'],
    [''],
    ['08:00-18:00 UTC'],
    ['calendar(nowhere)'],
    ['always', '--default-timezone', 'Mars'],
  ];
  for (const args of bad) {
    const { code, out, err } = await check(...args);
    t.equal(code, 3, args.join(' '));
    t.match(JSON.parse(out), { valid: false, error: /./ }, args.join(' '));
    t.equal(err, '');
  }
  const { code, out, err } = await steward(['schedule', 'test', 'Mon-Fry 08:00-18:00']);
  t.match({ code, out, err }, { code: 3, out: '', err: /^error: "Fry" is no weekday \(did you mean Fri\?\)/ });
});

t.test('for a person, times are told in the zone of the window', async (t) => {
  const { out } = await steward(['schedule', 'test', 'Mon-Fri 08:00-20:00 Europe/Berlin', '--at', FRIDAY_EVENING]);
  t.equal(out, 'does not match at Fri 2026-11-20 20:41 CET; until Mon 2026-11-23 08:00 CET (2026-11-23T07:00:00Z)\n');
});
