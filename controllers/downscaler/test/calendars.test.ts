import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { CliError, loadConfigText, resolveOptions } from '@kube-steward/cli';
import { deployment } from '@kube-steward/sandbox';
import { loadCalendars } from '../src/calendars.ts';
import { policyOf } from '../src/configure.ts';
import { decideAll } from '../src/decide-all.ts';
import { DOWNSCALER_OPTIONS } from '../src/options.ts';
import type { Policy } from '../src/policy.ts';
import { viewOfManifests } from '../src/view.ts';
import { inShort } from './decisions.ts';

const configured = (yaml: string): Policy => {
  const config = loadConfigText(yaml, { path: 'config.yaml' }).section('downscaler');
  return policyOf(resolveOptions(DOWNSCALER_OPTIONS, { argv: [], env: {}, ...(config && { config }) }));
};

const decided = (policy: Policy, at: string): string => {
  const view = viewOfManifests([deployment({ name: 'api', replicas: 3 })], policy);
  const [decision] = decideAll(view, policy, Date.parse(at));
  return inShort(decision);
};

const UPTIME = 'Mon-Fri 08:00-20:00 Europe/Berlin, !calendar(holidays) Europe/Berlin';

t.test('a day of a calendar is a whole day in the zone of the window', (t) => {
  const policy = configured(`
downscaler:
  defaultUptime: ${UPTIME}
  calendars: {holidays: {dates: [2026-12-25]}}
`);
  t.equal(decided(policy, '2026-12-24T12:00:00Z'), 'none InsideUptime');
  t.equal(decided(policy, '2026-12-25T12:00:00Z'), 'scaleDown OutsideUptime 3→0');
  t.equal(decided(policy, '2026-12-28T12:00:00Z'), 'none InsideUptime');
  t.end();
});

t.test('a calendar out of a file, of date lines or iCalendar', (t) => {
  const files = {
    'holidays.txt': '# public holidays\n2026-12-25\n',
    'holidays.ics':
      'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20201225\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
  };
  const folder = t.testdir({});
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    writeFileSync(path, content);
    const policy = configured(`downscaler:\n  defaultUptime: ${UPTIME}\n  calendars: {holidays: {file: ${path}}}\n`);
    t.equal(decided(policy, '2026-12-25T12:00:00Z'), 'scaleDown OutsideUptime 3→0', name);
    t.equal(decided(policy, '2026-12-24T12:00:00Z'), 'none InsideUptime', name);
  }
  t.end();
});

t.test('every calendar that cannot be read is named, with its file', (t) => {
  const { calendars, problems } = loadCalendars(
    new Map([
      ['good', { dates: ['2026-12-25'] }],
      ['wrong', { dates: ['25.12.2026'] }],
      ['gone', { file: '/nowhere' }],
    ]),
    () => {
      throw new Error('no such file');
    },
  );
  t.strictSame([...calendars.keys()], ['good']);
  t.match(problems, [/^calendar wrong: /, /^calendar gone \(\/nowhere\): no such file/]);
  t.end();
});

t.test('a calendar that nobody defined, and a definition that says nothing, are errors before anything starts', (t) => {
  t.throws(() => configured(`downscaler: {defaultUptime: "${UPTIME}"}`), CliError);
  t.throws(() => configured('downscaler: {calendars: {holidays: {days: [1]}}}'), /allowed: \{file: PATH\} or \{dates/);
  t.throws(() => configured('downscaler: {calendars: [2026-12-25]}'), CliError);
  t.end();
});
