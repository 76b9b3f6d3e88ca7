import t from 'tap';

import {
  CliError,
  boolean,
  boundedDuration,
  choice,
  custom,
  decimal,
  defineOptions,
  duration,
  helpText,
  integer,
  jsonSchema,
  keyValueMap,
  list,
  listOf,
  loadConfigText,
  regexList,
  resolveOptions,
  settingsTable,
  text,
} from '../src/index.ts';
import type { OptionSources, OptionType } from '../src/index.ts';

const specs = defineOptions({
  defaultUptime: {
    type: text,
    default: 'always',
    env: ['DEFAULT_UPTIME'],
    conflictsWith: ['upscalePeriod'],
    description: 'When workloads are up.',
  },
  upscalePeriod: { type: text, env: ['UPSCALE_PERIOD'], description: 'When workloads are woken.' },
  gracePeriod: { type: duration, default: 900_000, short: 'g', description: 'Youth to be left alone.' },
  includeResources: { type: list, default: ['deployments'], description: 'Kinds.' },
  downtimeReplicas: { type: integer({ min: 0 }), aliases: ['downscale-replicas'], description: 'Size when down.' },
  dryRun: { type: boolean, default: false, short: 'd', description: 'Change nothing.' },
  events: { type: boolean, default: true, description: 'Write events.' },
  interval: { type: text, deprecated: 'changes are acted on as they happen', description: '' },
  jsonLogs: { type: boolean, deprecated: 'logs are always JSON', description: '' },
  admissionController: { type: text, refused: 'use --exclude-namespaces', description: '' },
  calendars: {
    type: custom<object>(() => ({}), { fromConfig: (value) => value as object }),
    configOnly: true,
    description: 'Calendars by name.',
  },
});

const config = (yaml: string) => loadConfigText(yaml, { path: 'steward.yaml' }).section('downscaler');

const problemsOf = (sources: OptionSources): CliError => {
  try {
    resolveOptions(specs, sources);
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  throw new Error('no problem was found');
};

t.test('a flag goes over the environment, that over the config file, that over the default', (t) => {
  const argv = ['--default-uptime', 'flag'];
  const own = { KUBE_STEWARD_DEFAULT_UPTIME: 'own' };
  const peers = { DEFAULT_UPTIME: 'peers' };
  const section = config('downscaler: {defaultUptime: file}');
  const rows: [sources: OptionSources, value: string, from: string, detail: string][] = [
    [{}, 'always', 'default', 'default'],
    [{ config: section }, 'file', 'config', 'steward.yaml:1:29'],
    [{ env: peers }, 'peers', 'env', 'DEFAULT_UPTIME'],
    [{ env: peers, config: section }, 'peers', 'env', 'DEFAULT_UPTIME'],
    [{ env: { ...peers, ...own } }, 'own', 'env', 'KUBE_STEWARD_DEFAULT_UPTIME'],
    [{ env: peers, onlyOwnEnv: true, config: section }, 'file', 'config', 'steward.yaml:1:29'],
    [{ env: { DEFAULT_UPTIME: '' }, config: section }, 'file', 'config', 'steward.yaml:1:29'],
    [{ argv }, 'flag', 'flag', '--default-uptime'],
    [{ argv, config: section }, 'flag', 'flag', '--default-uptime'],
    [{ argv, env: own }, 'flag', 'flag', '--default-uptime'],
    [{ argv, env: { ...peers, ...own }, config: section }, 'flag', 'flag', '--default-uptime'],
  ];
  for (const [sources, value, from, detail] of rows) {
    const resolved = resolveOptions(specs, sources);
    t.equal(resolved.values.defaultUptime, value, JSON.stringify(Object.keys(sources)));
    t.strictSame(resolved.sources['defaultUptime'], { from, detail });
  }
  t.end();
});

t.test('flags are spelled as kubectl spells them', (t) => {
  const valuesOf = (...argv: string[]) => resolveOptions(specs, { argv }).values;
  t.equal(valuesOf('--grace-period', '30m').gracePeriod, 1_800_000);
  t.equal(valuesOf('--grace-period=900').gracePeriod, 900_000, 'bare seconds');
  t.equal(valuesOf('-g', '1d12h').gracePeriod, 129_600_000);
  t.equal(valuesOf('-g=90s').gracePeriod, 90_000);
  t.equal(valuesOf('-dg90s').gracePeriod, 90_000);
  t.equal(valuesOf('-dg90s').dryRun, true);
  t.equal(valuesOf('--dry-run').dryRun, true);
  t.equal(valuesOf('--dry-run=false').dryRun, false);
  t.equal(valuesOf('--dry-run', '--no-dry-run').dryRun, false, 'the last one counts');
  t.equal(valuesOf('--no-events').events, false);
  t.equal(valuesOf('--downscale-replicas', '1').downtimeReplicas, 1, 'an alias');
  t.equal(valuesOf().downtimeReplicas, undefined, 'set nowhere');
  t.strictSame(valuesOf('--include-resources', 'a, b', '--include-resources=c').includeResources, ['a', 'b', 'c']);
  t.end();
});

t.test('arguments that are no flags are handed back, all of them behind --', (t) => {
  const { rest, values } = resolveOptions(specs, { argv: ['x', '-d', '-', '--', '--dry-run=false', '-q'] });
  t.strictSame(rest, ['x', '-', '--dry-run=false', '-q']);
  t.equal(values.dryRun, true);
  t.end();
});

t.test('every problem is reported at once, with its place and what is allowed', (t) => {
  const error = problemsOf({
    argv: ['--grace-perod', '5m', '--downtime-replicas=-1', '--dry-run=maybe', '--upscale-period', '--events'],
    env: { KUBE_STEWARD_GRACE_PERIOD: '15x' },
    config: config('downscaler:\n  defaultUptme: always\n  includeResources: {a: 1}\n'),
  });
  t.equal(error.exitCode, 64);
  const [unknown, missing, key, grace, resources, replicas, dryRun] = error.problems.map(({ where, message }) => ({
    where,
    message,
  }));
  t.strictSame(unknown, { where: undefined, message: 'unknown flag --grace-perod (did you mean --grace-period?)' });
  t.strictSame(missing, { where: '--upscale-period', message: 'needs a value (text)' });
  t.match(key, { where: 'steward.yaml:2:3', message: /unknown key "defaultUptme".*did you mean defaultUptime/ });
  t.match(grace, { where: 'KUBE_STEWARD_GRACE_PERIOD', message: /"15x" is no duration.*90s/ });
  t.match(resources, { where: 'steward.yaml:3:21', message: /includeResources: .* is no list of texts/ });
  t.match(replicas, { where: '--downtime-replicas', message: /-1 is out of bounds \(allowed: 0 or more\)/ });
  t.match(dryRun, { where: '--dry-run', message: '"maybe" is neither true nor false' });
  t.match(error.message, /\n {4}2 \| {3}defaultUptme: always\n {6}\| {3}\^{12}/, 'the line of the file, with a caret');
  t.end();
});

t.test('a bad value alone ends with 3, an unknown flag with 64', (t) => {
  t.equal(problemsOf({ argv: ['--grace-period', 'soon'] }).exitCode, 3);
  t.equal(problemsOf({ env: { KUBE_STEWARD_GRACE_PERIOD: 'soon' } }).exitCode, 3);
  t.equal(problemsOf({ argv: ['--wat'] }).exitCode, 64);
  t.equal(problemsOf({ argv: ['--grace-period'] }).exitCode, 64);
  t.equal(problemsOf({ argv: ['--no-dry-run=true'] }).exitCode, 64);
  t.equal(problemsOf({ argv: ['--calendars', 'x'] }).exitCode, 64, 'an option of the config file alone is no flag');
  t.end();
});

t.test('flags of other tools that mean nothing here are accepted with one notice each, and take their value', (t) => {
  const { notices, rest, values } = resolveOptions(specs, {
    argv: ['--interval', '30', '--json-logs', '--interval=5'],
  });
  t.strictSame(notices, [
    '--interval has no effect: changes are acted on as they happen',
    '--json-logs has no effect: logs are always JSON',
  ]);
  t.strictSame(rest, []);
  t.notOk('interval' in values);
  t.end();
});

t.test('a refused flag names what to use instead', (t) => {
  const error = problemsOf({ argv: ['--admission-controller', 'gatekeeper'] });
  t.equal(error.message, '--admission-controller: is not supported: use --exclude-namespaces');
  t.equal(error.exitCode, 64);
  t.end();
});

t.test('conflicting options may not stand in the same place, but a flag may override an environment default', (t) => {
  t.match(problemsOf({ argv: ['--default-uptime=a', '--upscale-period=b'] }).problems, [
    { where: '--default-uptime', message: 'cannot be set together with --upscale-period' },
  ]);
  t.equal(problemsOf({ env: { DEFAULT_UPTIME: 'a', UPSCALE_PERIOD: 'b' } }).exitCode, 3);
  t.doesNotThrow(() => resolveOptions(specs, { argv: ['--upscale-period=b'], env: { DEFAULT_UPTIME: 'a' } }));
  t.end();
});

t.test('a misspelled name of ours in the environment is noticed, one of a service is not', (t) => {
  const env = { KUBE_STEWARD_DRYRUN: '1', KUBE_STEWARD_SERVICE_HOST: '10.0.0.1', KUBE_STEWARD_PORT: 'tcp://10.0.0.1' };
  t.strictSame(resolveOptions(specs, { env }).notices, [
    'KUBE_STEWARD_DRYRUN is not read (did you mean KUBE_STEWARD_DRY_RUN?)',
  ]);
  t.end();
});

t.test('a key without a value in the config file is not set', (t) => {
  t.equal(resolveOptions(specs, { config: config('downscaler: {gracePeriod: }') }).values.gracePeriod, 900_000);
  t.end();
});

t.test('types read what they should and say what is allowed', (t) => {
  const read: [OptionType<unknown>, text: string, value: unknown][] = [
    [decimal(), '-1.5', -1.5],
    [integer(), '-1', -1],
    [boolean, 'Yes', true],
    [boolean, '0', false],
    [choice(['table', 'json']), 'json', 'json'],
    [listOf(integer()), '1, 2,,3', [1, 2, 3]],
    [regexList, 'team-.*,a{1,2}', [/^(?:team-.*)$/, /^(?:a{1,2})$/]],
    [regexList, '(?i)prod', [/^(?:prod)$/i]],
    [
      keyValueMap,
      'a=1, b=x=y',
      new Map([
        ['a', '1'],
        ['b', 'x=y'],
      ]),
    ],
    [boundedDuration({ min: 1000 }), '1s', 1000],
  ];
  for (const [type, written, value] of read) t.strictSame(type.parse(written), value, written);
  const refused: [OptionType<unknown>, text: string, message: RegExp][] = [
    [integer(), '1.5', /"1.5" is no whole number/],
    [integer({ min: 1, max: 9 }), '10', /10 is out of bounds \(allowed: 1 to 9\)/],
    [decimal({ max: 1 }), '2', /allowed: 1 or less/],
    [integer(), '', /"" is no whole number/],
    [choice(['table', 'json']), 'xml', /"xml" is not allowed \(allowed: table, json\)/],
    [regexList, '(', /"\(" is no regular expression: /],
    [keyValueMap, 'a', /"a" is no key=value/],
    [boundedDuration({ min: 60_000 }), '1s', /allowed: 1m or more/],
    [duration, '-5m', /-5m/],
  ];
  for (const [type, written, message] of refused) t.throws(() => type.parse(written), { message }, written);
  t.end();
});

t.test('a config file may hold maps and lists as such', (t) => {
  t.strictSame(keyValueMap.fromConfig?.({ a: 1 }), new Map([['a', '1']]));
  t.strictSame(keyValueMap.fromConfig?.(['a=1']), new Map([['a', '1']]));
  t.strictSame(list.fromConfig?.(['a,b', 'c']), ['a,b', 'c'], 'members of a YAML list are not split');
  t.strictSame(list.fromConfig?.('a,b'), ['a', 'b']);
  t.end();
});

t.test('the schema and the table of settings show values as a config file has them', (t) => {
  const schema = jsonSchema(specs) as {
    properties: Record<string, { default?: unknown }>;
    additionalProperties: boolean;
  };
  t.equal(schema.additionalProperties, false);
  t.equal(schema.properties['gracePeriod']?.default, '15m');
  t.strictSame(schema.properties['includeResources']?.default, ['deployments']);
  t.notOk(schema.properties['interval'], 'what is ignored is not in the schema');
  const { values, sources } = resolveOptions(specs, { argv: ['-d'], env: { DEFAULT_UPTIME: 'x' } });
  const table = settingsTable(specs, values, sources);
  t.match(table, /--grace-period +15m +default\n/);
  t.match(table, /--default-uptime +x +env DEFAULT_UPTIME\n/);
  t.match(table, /--dry-run +true +flag\n/);
  t.end();
});

t.test('help shows flags, defaults and further names, and hides what is ignored or refused', (t) => {
  const help = helpText(specs, { usage: 'downscaler [flags]', description: 'Scales down.', width: 80 });
  t.match(help, /^Usage: downscaler \[flags\]\n\nScales down.\n\nOptions:\n/);
  t.match(help, /-g, --grace-period <duration> +Youth to be left alone\. \(default: 15m\)/);
  t.match(help, / --\[no-\]events /);
  t.match(help, /env:\s+DEFAULT_UPTIME/);
  t.notMatch(help, /--interval|--admission-controller|--json-logs/);
  t.ok(help.split('\n').every((line) => line.length <= 80));
  t.end();
});

t.test('values are typed: a default or `required` takes undefined away', (t) => {
  const { values } = resolveOptions(specs, {});
  const grace: number = values.gracePeriod;
  const replicas: number | undefined = values.downtimeReplicas;
  // @ts-expect-error -- it may be undefined
  const wrong: number = values.downtimeReplicas;
  // @ts-expect-error -- a deprecated option has no value
  const none: unknown = values.interval;
  // @ts-expect-error -- the default is no number
  defineOptions({ size: { type: integer(), default: 'many', description: '' } });
  t.strictSame([grace, replicas, wrong, none], [900_000, undefined, undefined, undefined]);
  const required = defineOptions({ lease: { type: text, required: true, description: '' } });
  t.throws(() => resolveOptions(required, {}), { message: '--lease is required (or KUBE_STEWARD_LEASE)' });
  const lease: string = resolveOptions(required, { argv: ['--lease=a'] }).values.lease;
  t.equal(lease, 'a');
  t.end();
});
