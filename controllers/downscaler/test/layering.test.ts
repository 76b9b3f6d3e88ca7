import t from 'tap';
import { deployment, namespace, pod } from '@kube-steward/sandbox';
import { decisionsOn, inShort, prefixed } from './decisions.ts';

interface Row {
  readonly says: string;
  readonly argv?: readonly string[];
  /** Annotations, without the prefix. */
  readonly object?: Record<string, string>;
  readonly namespace?: Record<string, string>;
  readonly pod?: Record<string, string>;
  readonly labels?: Record<string, string>;
  readonly replicas?: number;
  readonly expected: string;
}

const decisionOf = (row: Row): string => {
  const objects = [
    namespace({ name: 'team', annotations: prefixed(row.namespace) }),
    deployment({
      name: 'api',
      namespace: 'team',
      replicas: row.replicas ?? 3,
      annotations: prefixed(row.object),
      ...(row.labels && { labels: row.labels }),
    }),
    ...(row.pod ? [pod({ name: 'debug', namespace: 'team', annotations: prefixed(row.pod) })] : []),
  ];
  return inShort(decisionsOn(objects, { argv: row.argv ?? [] }).get('Deployment/api'));
};

const check = (name: string, rows: readonly Row[]): void => {
  t.test(name, (t) => {
    for (const row of rows) t.equal(decisionOf(row), row.expected, row.says);
    t.end();
  });
};

const asleep = { 'original-replicas': '3' };

check(
  'uptime, downtime and periods are resolved each on its own, the workload before its namespace before the configuration',
  [
    { says: 'nothing configured: up', expected: 'none InsideUptime' },
    {
      says: 'nothing configured and an original present: restored',
      object: asleep,
      replicas: 0,
      expected: 'scaleUp InsideUptime 0→3',
    },
    { says: 'the default uptime', argv: ['--default-uptime=never'], expected: 'scaleDown OutsideUptime 3→0' },
    {
      says: 'the namespace over the configuration',
      argv: ['--default-uptime=always'],
      namespace: { uptime: 'never' },
      expected: 'scaleDown OutsideUptime 3→0',
    },
    {
      says: 'the workload over its namespace',
      object: { uptime: 'always' },
      namespace: { uptime: 'never' },
      expected: 'none InsideUptime',
    },
    {
      says: 'downtime wins an overlap, from flags too',
      argv: ['--default-uptime=always', '--default-downtime=always'],
      expected: 'scaleDown InsideDowntime 3→0',
    },
    {
      says: "a namespace's downtime applies to a workload that only sets its uptime",
      object: { uptime: 'always' },
      namespace: { downtime: 'always' },
      expected: 'scaleDown InsideDowntime 3→0',
    },
    {
      says: 'a period in the configuration hides the uptime of the workload',
      argv: ['--upscale-period=Mon-Sun 00:00-00:01 UTC'],
      object: { uptime: 'never' },
      expected: 'none OutsidePeriods',
    },
    {
      says: 'inside the downscale period: down',
      namespace: { 'downscale-period': 'always' },
      expected: 'scaleDown InsideDownscalePeriod 3→0',
    },
    {
      says: 'inside the upscale period: up',
      object: { ...asleep, 'upscale-period': 'always' },
      replicas: 0,
      expected: 'scaleUp InsideUpscalePeriod 0→3',
    },
    {
      says: 'inside both periods: left as it is',
      object: { 'upscale-period': 'always', 'downscale-period': 'always' },
      expected: 'none BothPeriods',
    },
    {
      says: 'a downscale-period of never falls through to the downtime',
      argv: ['--default-downtime=always'],
      object: { 'downscale-period': 'never' },
      expected: 'scaleDown InsideDowntime 3→0',
    },
    {
      says: 'Never is never, in whatever case',
      argv: ['--default-downtime=always'],
      object: { 'downscale-period': 'Never' },
      expected: 'scaleDown InsideDowntime 3→0',
    },
  ],
);

check('the first of workload, namespace, pods and configuration that carries a force value decides', [
  {
    says: 'within one scope uptime beats downtime',
    namespace: { 'force-uptime': 'true', 'force-downtime': 'true' },
    expected: 'none ForcedUp',
  },
  { says: 'force-downtime on a workload', object: { 'force-downtime': 'true' }, expected: 'scaleDown ForcedDown 3→0' },
  {
    says: 'false on the workload hides the namespace',
    object: { 'force-downtime': 'false' },
    namespace: { 'force-downtime': 'true' },
    expected: 'none InsideUptime',
  },
  {
    says: 'the workload before its namespace',
    object: { 'force-uptime': 'true' },
    namespace: { 'force-downtime': 'true' },
    expected: 'none ForcedUp',
  },
  {
    says: 'a window as value',
    namespace: { 'force-downtime': 'Fri 20:00-23:00 Europe/Berlin' },
    expected: 'scaleDown ForcedDown 3→0',
  },
  {
    says: 'a pod keeps its namespace awake',
    argv: ['--default-uptime=never'],
    pod: { 'force-uptime': 'true' },
    expected: 'none ForcedUp',
  },
  {
    says: 'the namespace before its pods',
    namespace: { 'force-downtime': 'true' },
    pod: { 'force-uptime': 'true' },
    expected: 'scaleDown ForcedDown 3→0',
  },
  { says: 'the configuration last', argv: ['--force-downtime=always'], expected: 'scaleDown ForcedDown 3→0' },
  {
    says: 'force wins over periods',
    argv: ['--upscale-period=always'],
    object: { 'force-downtime': 'true' },
    expected: 'scaleDown ForcedDown 3→0',
  },
]);

check('what is excluded is left alone, and brought back where it carries an original', [
  { says: 'true', argv: ['--default-uptime=never'], object: { exclude: 'true' }, expected: 'none Excluded' },
  {
    says: 'either of workload and namespace is enough',
    argv: ['--default-uptime=never'],
    object: { exclude: 'false' },
    namespace: { exclude: 'true' },
    expected: 'none Excluded',
  },
  {
    says: 'false does not exclude',
    argv: ['--default-uptime=never'],
    object: { exclude: 'false' },
    expected: 'scaleDown OutsideUptime 3→0',
  },
  {
    says: 'a window excludes inside it',
    argv: ['--default-uptime=never'],
    object: { exclude: 'Fri 20:00-23:00 Europe/Berlin' },
    expected: 'none Excluded',
  },
  {
    says: 'and not outside it',
    argv: ['--default-uptime=never'],
    object: { exclude: 'Fri 22:00-23:00 Europe/Berlin' },
    expected: 'scaleDown OutsideUptime 3→0',
  },
  {
    says: 'anything else excludes',
    argv: ['--default-uptime=never'],
    object: { exclude: 'yes' },
    expected: 'none Excluded',
  },
  {
    says: 'excluded while down: restored',
    argv: ['--default-uptime=never'],
    object: { ...asleep, exclude: 'true' },
    replicas: 0,
    expected: 'scaleUp Excluded 0→3',
  },
  {
    says: 'unless only targets are brought up',
    argv: ['--default-uptime=never', '--upscale-target-only'],
    object: { ...asleep, exclude: 'true' },
    replicas: 0,
    expected: 'none Excluded',
  },
  {
    says: 'upscale-excluded on the namespace beats that',
    argv: ['--upscale-target-only'],
    object: { ...asleep, exclude: 'true' },
    namespace: { 'upscale-excluded': 'true' },
    replicas: 0,
    expected: 'scaleUp Excluded 0→3',
  },
  {
    says: 'upscale-excluded: false leaves it asleep',
    object: { ...asleep, exclude: 'true', 'upscale-excluded': 'false' },
    replicas: 0,
    expected: 'none Excluded',
  },
  {
    says: 'a label that is gone: restored',
    argv: ['--matching-labels=tier=dev'],
    object: asleep,
    labels: { tier: 'prod' },
    replicas: 0,
    expected: 'scaleUp Excluded 0→3',
  },
  {
    says: 'a label that matches',
    argv: ['--matching-labels=tier=.*', '--default-uptime=never'],
    labels: { tier: 'dev' },
    expected: 'scaleDown OutsideUptime 3→0',
  },
  {
    says: 'patterns match whole pairs',
    argv: ['--matching-labels=tier=de', '--default-uptime=never'],
    labels: { tier: 'dev' },
    expected: 'none Excluded',
  },
  { says: 'explicit include', argv: ['--explicit-include', '--default-uptime=never'], expected: 'none Excluded' },
  {
    says: 'explicit include, and asked for',
    argv: ['--explicit-include', '--default-uptime=never'],
    namespace: { exclude: 'false' },
    expected: 'scaleDown OutsideUptime 3→0',
  },
  {
    says: 'a label selector',
    argv: ['--selector=tier in (dev, test)', '--default-uptime=never'],
    labels: { tier: 'prod' },
    expected: 'none Excluded',
  },
  {
    says: 'namespaces by pattern',
    argv: ['--include-namespaces=other-.*', '--default-uptime=never'],
    expected: 'none Excluded',
  },
  {
    says: 'namespaces by selector',
    argv: ['--namespace-selector=sleep=yes', '--default-uptime=never'],
    expected: 'none Excluded',
  },
]);

check('excluded until a moment, in every format people write', [
  ...['2026-11-20T20:00:00Z', '2026-11-20T20:00', '2026-11-20 20:00', '2026-11-21', '2026-11-20T21:00:00+01:00'].map(
    (until) => ({
      says: `${until} is still to come`,
      argv: ['--default-uptime=never'],
      object: { 'exclude-until': until },
      expected: 'none Excluded',
    }),
  ),
  {
    says: 'a moment that is over',
    argv: ['--default-uptime=never'],
    object: { 'exclude-until': '2026-11-20' },
    expected: 'scaleDown OutsideUptime 3→0',
  },
  {
    says: 'no moment: left as it is',
    argv: ['--default-uptime=never'],
    object: { 'exclude-until': 'tomorrow' },
    expected: 'invalid InvalidAnnotation',
  },
]);

check('names and namespaces that are never touched, not even to restore', [
  {
    says: 'a namespace, by its whole name',
    argv: ['--exclude-namespaces=tea.'],
    object: asleep,
    replicas: 0,
    expected: 'none ExcludedNamespace',
  },
  {
    says: 'not by a part of its name',
    argv: ['--exclude-namespaces=tea', '--default-uptime=never'],
    expected: 'scaleDown OutsideUptime 3→0',
  },
  {
    says: 'a workload, by its whole name',
    argv: ['--exclude-deployments=ap.', '--default-uptime=never'],
    expected: 'none Excluded',
  },
]);

t.test('kube-system stays protected whatever the list of excluded namespaces says', (t) => {
  const dns = deployment({ name: 'coredns', namespace: 'kube-system', replicas: 2 });
  const decisions = decisionsOn([dns], { argv: ['--exclude-namespaces=playground', '--default-uptime=never'] });
  t.equal(inShort(decisions.get('Deployment/coredns')), 'none ProtectedNamespace');
  t.end();
});

t.test('a pod elsewhere keeps the cluster awake only where that is configured', (t) => {
  const objects = [
    deployment({ name: 'api', namespace: 'team', replicas: 3 }),
    pod({ name: 'debug', namespace: 'other', annotations: { 'downscaler/force-uptime': 'true' } }),
  ];
  const short = (...argv: string[]): string => inShort(decisionsOn(objects, { argv }).get('Deployment/api'));
  t.equal(short('--default-uptime=never'), 'scaleDown OutsideUptime 3→0');
  t.equal(short('--default-uptime=never', '--pods-force-cluster'), 'none ForcedUp');
  t.end();
});
