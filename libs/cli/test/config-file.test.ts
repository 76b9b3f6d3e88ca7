import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import t from 'tap';

import {
  BadValue,
  CliError,
  custom,
  defineOptions,
  integer,
  loadConfigText,
  loadOptions,
  readSectionFile,
  resolveOptions,
  text,
} from '../src/index.ts';

const load = (yaml: string) => loadConfigText(yaml, { path: 'f.yaml' });

const messageOf = (yaml: string): string => {
  try {
    load(yaml);
  } catch (error) {
    if (error instanceof CliError && error.exitCode === 3) return error.message;
    throw error;
  }
  throw new Error('no problem was found');
};

t.test('reads a section a controller, with the place of every value', (t) => {
  const file = load(
    'downscaler:\n  defaultUptime: always\n  includeResources: [deployments, statefulsets]\njanitor:\n',
  );
  t.strictSame(
    file.sections.map(({ name }) => name),
    ['downscaler'],
  );
  const values = file.section('downscaler')?.values;
  t.equal(values?.get('defaultUptime')?.value, 'always');
  t.equal(values?.get('defaultUptime')?.where, 'f.yaml:2:18');
  t.strictSame(values?.get('includeResources')?.value, ['deployments', 'statefulsets']);
  t.equal(values?.get('includeResources')?.locate([1]).where, 'f.yaml:3:35');
  t.equal(file.section('janitor'), undefined, 'an empty section is none');
  t.end();
});

t.test('reads the values file of a chart, JSON, and a file of janitor rules alone', (t) => {
  const chart = load(
    'dryRun: true\ncontrollers:\n  downscaler: {enabled: true, config: {gracePeriod: 15m}}\n  janitor: {}\n',
  );
  t.equal(chart.section('downscaler')?.values.get('gracePeriod')?.value, '15m');
  t.strictSame(chart.sections.length, 1);
  t.equal(load('{"downscaler": {"qps": 5}}').section('downscaler')?.values.get('qps')?.value, 5);
  t.strictSame(load('rules: [{id: a}]').section('janitor')?.values.get('rules')?.value, [{ id: 'a' }]);
  t.strictSame(load('').sections, []);
  t.strictSame(load('# nothing yet\n').sections, []);
  t.end();
});

t.test('follows aliases', (t) => {
  const file = load('downscaler: &same {qps: 5}\njanitor: *same\n');
  t.equal(file.section('janitor')?.values.get('qps')?.value, 5);
  t.end();
});

t.test('says what is wrong, where, and shows the line', (t) => {
  const rows: [what: string, yaml: string, message: RegExp][] = [
    [
      'an unknown section',
      'downscaller: {a: 1}',
      /^f.yaml:1:1 {2}unknown section "downscaller" \(did you mean downscaler\?\)\n/,
    ],
    ['an unknown section far from all', 'xyz: {a: 1}', /unknown section "xyz" \(allowed: downscaler, janitor,/],
    [
      'an unknown controller of a chart',
      'controllers: {janitr: {}}',
      /unknown section "janitr" \(did you mean janitor\?\)/,
    ],
    [
      'a key given twice',
      'downscaler:\n  qps: 1\n  qps: 2\n',
      /^f.yaml:3:3 {2}this key is given twice\n {4}3 \| {3}qps: 2\n {6}\| {3}\^/,
    ],
    ['bad YAML', 'downscaler: [a\n', /^f.yaml:\d+:\d+ {2}bad YAML: /],
    ['a section that is no map', 'downscaler: [a]', /section "downscaler" is no map of options/],
    ['a file that is no map', '- a', /the file is no map \(allowed: a section each for downscaler,/],
    [
      'two documents',
      'downscaler: {}\n---\njanitor: {}\n',
      /^f.yaml:2:1 {2}another document begins here: a file has one/,
    ],
  ];
  for (const [what, yaml, message] of rows) t.match(messageOf(yaml), message, what);
  t.end();
});

t.test('reports all sections that are wrong at once', (t) => {
  t.equal(messageOf('downscaller: {}\njanitr: {}\n').match(/unknown section/g)?.length, 2);
  t.end();
});

t.test('points inside a structured value', (t) => {
  const rules = custom(() => [], {
    fromConfig: () => {
      throw new AggregateError([
        new BadValue('rule "pr-namespaces": ttl "4dd" is no duration', [0, 'ttl']),
        new BadValue('rule "x" has no ttl', [1]),
      ]);
    },
  });
  const specs = defineOptions({ rules: { type: rules, description: 'Rules.', configOnly: true } });
  const section = load('janitor:\n  rules:\n    - id: pr-namespaces\n      ttl: 4dd\n    - id: x\n').section('janitor');
  t.throws(() => resolveOptions(specs, { config: section }), {
    message: [
      'f.yaml:4:12  rules: rule "pr-namespaces": ttl "4dd" is no duration',
      '    4 |       ttl: 4dd',
      '      |            ^^^',
      'f.yaml:5:7  rules: rule "x" has no ttl',
      '    5 |     - id: x',
      '      |       ^^^^^',
    ].join('\n'),
  });
  t.end();
});

t.test('a binary finds its file by flag or environment, and reports its problems with all others', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cli-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'c.yaml');
  await writeFile(path, 'downscaler: {qps: 7}\n');
  const specs = defineOptions({
    config: { type: text, description: 'File.' },
    qps: { type: integer(), default: 50, description: 'Requests a second.' },
  });
  const from = { section: 'downscaler' };
  t.equal((await loadOptions(specs, from)).values.qps, 50);
  t.equal((await loadOptions(specs, { ...from, argv: ['--config', path] })).values.qps, 7);
  t.equal((await loadOptions(specs, { ...from, env: { KUBE_STEWARD_CONFIG: path } })).values.qps, 7);
  t.equal((await loadOptions(specs, { ...from, argv: [`--config=${path}`, '--qps', '9'] })).values.qps, 9);
  const error: unknown = await loadOptions(specs, { ...from, argv: ['--config=/nowhere.yaml', '--qps', 'x'] }).catch(
    (thrown: unknown) => thrown,
  );
  t.match(error, {
    problems: [{ where: '/nowhere.yaml', message: /cannot be read/ }, { where: '--qps' }],
    exitCode: 3,
  });
});

t.test('a file that goes with a configuration is one section, with the same places', async (t) => {
  const folder = t.testdir({
    'a.yaml': 'at: noon\nlist:\n  - x: 1\n',
    'b.yaml': '- 1\n',
    'c.yaml': 'a: 1\na: 2\n',
    'd.yaml': '',
  });
  const { values } = await readSectionFile(join(folder, 'a.yaml'), 'test');
  t.match(values.get('at'), { value: 'noon', where: `${folder}/a.yaml:1:5` });
  t.match(values.get('list')?.locate([0, 'x']), { where: `${folder}/a.yaml:3:8` });
  for (const [name, message] of [
    ['b.yaml', 'b.yaml:1:1 +the file is no map'],
    ['c.yaml', 'c.yaml:2:1 +this key is given twice'],
    ['d.yaml', 'd.yaml:1:1 +the file is no map'],
    ['e.yaml', 'e.yaml: cannot be read: no such file or folder$'],
  ] as const)
    await t.rejects(readSectionFile(join(folder, name), 'test'), { exitCode: 3, message: new RegExp(message) }, name);
});
