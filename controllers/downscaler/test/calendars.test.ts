import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { CliError, loadConfigText, resolveOptions } from '@kube-steward/cli';
import type { KubeObject } from '@kube-steward/kube';
import { deployment } from '@kube-steward/sandbox';
import { createAnnotationReader } from '../src/annotations.ts';
import { CalendarBook, configMapProjection } from '../src/calendar-book.ts';
import { loadCalendars } from '../src/calendars.ts';
import { policyOf } from '../src/configure.ts';
import { decideAll } from '../src/decide-all.ts';
import { DOWNSCALER_OPTIONS } from '../src/options.ts';
import type { Policy } from '../src/policy.ts';
import { readCalendars } from '../src/read-calendars.ts';
import { viewOfManifests } from '../src/view.ts';
import { inShort } from './decisions.ts';

const configured = (yaml: string): Policy => {
  const config = loadConfigText(yaml, { path: 'config.yaml' }).section('downscaler');
  return policyOf(resolveOptions(DOWNSCALER_OPTIONS, { argv: [], env: {}, ...(config && { config }) }));
};

const decided = (policy: Policy, at: string, ...objects: KubeObject[]): string => {
  const view = viewOfManifests([deployment({ name: 'api', replicas: 3 }), ...objects], policy);
  readCalendars(view, policy);
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
  t.throws(
    () => configured('downscaler: {calendars: {holidays: {days: [1]}}}'),
    /allowed: \{configMap: NAMESPACE\/NAME\}, \{file: PATH\} or \{dates/,
  );
  t.throws(() => configured('downscaler: {calendars: [2026-12-25]}'), CliError);
  t.end();
});

const IN_CLUSTER = `
downscaler:
  defaultUptime: ${UPTIME}
  calendars: {holidays: {configMap: team/days}}
`;
const configMap = (data: Record<string, string>, namespace = 'team'): KubeObject =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'days', namespace }, data }) as KubeObject;
const CHRISTMAS = '2026-12-25T12:00:00Z';

t.test('a calendar out of a ConfigMap, and nothing done where that is not there', (t) => {
  const rows: readonly (readonly [says: string, yaml: string, objects: KubeObject[], expected: string])[] = [
    ['its only value', IN_CLUSTER, [configMap({ any: '2026-12-25' })], 'scaleDown OutsideUptime 3→0'],
    ['no holiday', IN_CLUSTER, [configMap({ any: '2026-12-26' })], 'none InsideUptime'],
    [
      'a value of several',
      IN_CLUSTER.replace('team/days', 'team/days/german.ics'),
      [configMap({ 'german.ics': '2026-12-25', 'french.ics': '2026-07-14' })],
      'scaleDown OutsideUptime 3→0',
    ],
    ['one of several, and nobody says which', IN_CLUSTER, [configMap({ a: '', b: '' })], 'invalid InvalidAnnotation'],
    ['none', IN_CLUSTER, [configMap({})], 'invalid InvalidAnnotation'],
    ['another namespace', IN_CLUSTER, [configMap({ a: '2026-12-25' }, 'lab')], 'invalid InvalidAnnotation'],
    ['missing', IN_CLUSTER, [], 'invalid InvalidAnnotation'],
    ['no calendar', IN_CLUSTER, [configMap({ a: '25.12.' })], 'invalid InvalidAnnotation'],
  ];
  for (const [says, yaml, objects, expected] of rows)
    t.equal(decided(configured(yaml), CHRISTMAS, ...objects), expected, says);
  t.end();
});

t.test('what names it in the configuration is checked before the cluster is asked', (t) => {
  const misnamed = IN_CLUSTER.replace('calendar(holidays)', 'calendar(hollidays)');
  t.throws(() => configured(misnamed), /there is no calendar "hollidays" \(did you mean holidays\?\)/);
  for (const bad of ['days', 'team/days/a/b', 'Team/days', '/days'])
    t.throws(() => configured(IN_CLUSTER.replace('team/days', bad)), CliError, bad);
  t.end();
});

const OF = { calendar: 'holidays', namespace: 'team', name: 'days' } as const;
const holding = (data: Record<string, string>) => configMapProjection(configMap(data));

t.test(
  'content that comes and goes: never wider than what was said, and the last good content outlives a bad one',
  (t) => {
    const book = new CalendarBook(new Map(), [OF]);
    const steps: readonly (readonly [
      says: string,
      data: Record<string, string> | undefined,
      news: boolean,
      days: boolean,
      problem: RegExp | undefined,
    ])[] = [
      ['missing', undefined, false, false, /team\/days is not there/],
      ['bad from the beginning', { a: 'soon' }, true, false, /line 1: "soon"/],
      ['good', { a: '2026-12-25' }, true, true, undefined],
      ['the same', { a: '2026-12-25' }, false, true, undefined],
      ['bad', { a: 'soon' }, false, true, /the last good content counts/],
      ['another', { a: '2026-12-26' }, true, true, undefined],
      ['without its value', {}, true, false, /has no keys: name one as team\/days\/KEY/],
      ['with too many', { a: '', b: '' }, true, false, /has the keys a, b: name one/],
      ['gone', undefined, true, false, /whatever names it is left as it is/],
    ];
    for (const [says, data, news, days, problem] of steps) {
      const before = book.revision;
      t.equal(book.read(OF, data && holding(data)), news, `${says}: news`);
      t.equal(book.revision !== before, news, `${says}: a new revision`);
      if (days) t.ok(book.get('holidays'), `${says}: has days`);
      else t.throws(() => book.get('holidays'), { code: 'InvalidCalendar' }, `${says}: has none`);
      const [found] = book.problems();
      if (problem) t.match(found?.message, problem, says);
      else t.equal(found, undefined, says);
    }
    t.end();
  },
);

t.test('an entry follows its calendar; one that names none stays the very same', (t) => {
  const book = new CalendarBook(new Map(), [OF]);
  const reader = createAnnotationReader({ prefix: 'downscaler', calendars: book });
  const of = (value: string) => reader.entry('uptime', { source: 'object', key: 'downscaler/uptime', value });
  const [holidays, office] = [of('!calendar(holidays) UTC'), of('Mon-Fri 08:00-20:00 UTC')];
  t.match(holidays.problem, /the calendar holidays cannot be read/);
  const { value: before } = office;
  book.read(OF, holding({ a: '2026-12-25' }));
  t.equal(holidays.value?.matches(Date.parse(CHRISTMAS)), false);
  t.equal(holidays.value?.at(Date.parse(CHRISTMAS)).matches, false);
  book.read(OF, holding({ a: '2026-12-26' }));
  t.equal(holidays.value?.at(Date.parse(CHRISTMAS)).matches, true, 'nothing remembered of former days');
  t.equal(office.value, before);
  const excluded = reader.entry('exclude', {
    source: 'object',
    key: 'downscaler/exclude',
    value: 'calendar(holidays) UTC',
  });
  t.notOk(excluded.value?.warning);
  book.read(OF, undefined);
  t.match(excluded.problem, /cannot be read/, 'which does not exclude for good, as other values that are no window do');
  t.end();
});
