import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject, Unstructured } from '@kube-steward/kube';
import {
  createCluster,
  cronJob,
  customResourceDefinition,
  deployment,
  hpa,
  job,
  namespace,
  pod,
  startSandbox,
} from '@kube-steward/sandbox';
import { VirtualClock, systemClock } from '@kube-steward/schedule';
import t, { type Test } from 'tap';
import { matchesGolden, steward, type Outcome } from './steward.ts';

/** Looked at from a Monday noon in UTC on. */
const MONDAY_NOON = '2026-11-23T12:00:00Z';
const OLD = '2026-01-01T00:00:00Z';

interface Document {
  found: { namespace: string; name: string; acts: boolean }[];
  managedFieldsManagers: { where: string; manager: string }[];
  differences: {
    object: { namespace: string; kind: string; name: string };
    kind: string;
    from: string;
    until?: string;
    count: number;
    old: { state: string; reason: string };
    new: { state: string; reason: string };
    remedy: string;
  }[];
  summary: { compared: number; differing: number };
}

const check = (t: Test, objects: readonly KubeObject[], args: readonly string[]): Promise<Outcome> => {
  const file = join(t.testdir({}), 'all.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  return steward(['migrate', 'check', '--manifests', file, '--at', MONDAY_NOON, ...args]);
};

const documentOf = async (t: Test, objects: readonly KubeObject[], args: readonly string[]): Promise<Document> => {
  const { out, err } = await check(t, objects, [...args, '-o', 'json']);
  t.equal(err, '');
  return JSON.parse(out) as Document;
};

interface Workload {
  readonly object?: Readonly<Record<string, string>>;
  readonly namespace?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly replicas?: number;
  readonly created?: string;
  readonly name?: string;
}

const prefixed = (annotations: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`downscaler/${key}`, value]));

const objectsOf = ({ object, namespace: around, labels, replicas = 3, created = OLD, name = 'team' }: Workload) => [
  namespace({ name, annotations: prefixed(around) }),
  deployment({
    name: 'api',
    namespace: name,
    replicas,
    annotations: prefixed(object),
    creationTimestamp: created,
    ...(labels && { labels }),
  }),
];

interface Row extends Workload {
  readonly says: string;
  /** The flags of either tool; ours are the same. */
  readonly args?: string;
  /** Of our own, beside those. */
  readonly ours?: readonly string[];
  readonly more?: readonly KubeObject[];
  /** `KIND: STATE there, STATE here -> what makes it equal`; nothing where the tool and the downscaler agree. */
  readonly py?: string;
  readonly go?: string;
}

const asleep = { 'original-replicas': '3' };
const REVERSED = 'Mon-Fri 22:00-06:00 UTC';

const ONE_UNIT = 'none needed: together they are as small as there';
const report = (annotations: Readonly<Record<string, string>>): Unstructured =>
  cronJob({ name: 'report', namespace: 'team', annotations: prefixed(annotations), creationTimestamp: OLD });

/** Where layering and exceptions give different answers, then the windows. */
const ROWS: readonly Row[] = [
  { says: 'office hours of a namespace', namespace: { uptime: 'Mon-Fri 08:00-20:00 UTC' } },
  { says: 'downtime of a flag', args: '--default-downtime="Mon-Fri 20:00-24:00 UTC"' },
  {
    says: 'nothing configured, and an original',
    object: asleep,
    replicas: 0,
    go: 'NothingConfigured: down at 0 there, up at 3 here -> downscaler/exclude: "true" on it, with --upscale-target-only',
  },
  {
    says: 'uptime and downtime by flags',
    args: '--default-uptime="Mon-Fri 08:00-20:00 UTC" --default-downtime="Mon-Fri 12:00-13:00 UTC"',
    go: 'RefusesToStart: up at 3 there, down at 0 here -> leave out one of the flags that exclude each other',
  },
  {
    says: 'uptime of a workload, downtime of its namespace',
    object: { uptime: 'always' },
    namespace: { downtime: 'Mon-Fri 11:00-13:00 UTC' },
    go: 'LayerAlone: up at 3 there, down at 0 here -> downscaler/downtime: "never" beside downscaler/uptime',
  },
  {
    says: 'a period by flag, uptime of a workload',
    args: '--downscale-period="Mon-Fri 11:00-13:00 UTC"',
    object: { uptime: 'always' },
    go: 'PeriodsHide: up at 3 there, down at 0 here -> downscaler/upscale-period: "never" and downscaler/downscale-period: "never" on it',
  },
  {
    says: 'the period `never` on a workload, downtime by flag',
    args: '--default-downtime="Mon-Fri 11:00-13:00 UTC"',
    object: { 'downscale-period': 'never' },
    go: 'LayerAlone: up at 3 there, down at 0 here -> downscaler/exclude: "true" on it, with --upscale-target-only',
  },
  {
    says: 'a namespace forced both ways',
    namespace: { 'force-uptime': 'true', 'force-downtime': 'true' },
    object: asleep,
    replicas: 0,
    go: 'BadValue: down at 0 there, up at 3 here -> correct it: forced up and down at once',
  },
  {
    says: 'a workload forced down',
    object: { 'force-downtime': 'true' },
    py: 'ForceOnWorkload: up at 3 there, down at 0 here -> remove downscaler/force-downtime from it',
  },
  {
    says: 'a workload not excluded in an excluded namespace',
    args: '--default-downtime=always',
    namespace: { exclude: 'true' },
    object: { exclude: 'false' },
    go: 'ExcludeLayers: down at 0 there, up at 3 here -> take downscaler/exclude off namespace/team and write it on the workloads that are meant',
  },
  {
    says: 'excluded while down',
    args: '--default-downtime=always',
    object: { ...asleep, exclude: 'true' },
    replicas: 0,
    go: 'ExcludedRestored: down at 0 there, up at 3 here -> --upscale-target-only',
  },
  {
    says: 'a label removed while down',
    args: '--default-downtime=always --matching-labels=env=test',
    object: asleep,
    replicas: 0,
    labels: { env: 'prod' },
    go: 'Unselected: down at 0 there, up at 3 here -> --upscale-target-only',
  },
  {
    says: 'in grace, and to be restored',
    args: '--default-uptime=always',
    object: asleep,
    replicas: 0,
    created: MONDAY_NOON,
    go: 'GracePeriod: down at 0 there, up at 3 here -> none needed: over once the grace period is',
  },
  {
    says: 'exclude with a time window',
    args: '--default-downtime=always',
    object: { exclude: 'Mon-Fri 08:00-13:00 UTC' },
    py: 'ExcludeWindow: up at 3 there, down at 0 here -> downscaler/exclude: "true" on it',
    go: 'ExcludedRestored: down at 0 there, up at 3 here -> --upscale-target-only',
  },
  {
    says: 'scaled by hand while down, and to be restored',
    args: '--default-uptime=always',
    object: { 'original-replicas': '5' },
    replicas: 2,
    py: 'StaleOriginal: down at 2 there, up at 5 here -> remove downscaler/original-replicas from it to keep the size it has',
  },
  {
    says: 'an uptime that runs past midnight',
    namespace: { uptime: REVERSED },
    py: 'Window: down at 0 there, up at 3 here -> write "never" in downscaler/uptime on namespace/team',
    go: `Window: down at 0 there, up at 3 here -> write "Mon-Fri 22:00-24:00 UTC, Mon-Fri 00:00-06:00 UTC" in downscaler/uptime on namespace/team`,
  },
  {
    says: 'a downtime that runs past midnight',
    object: { downtime: REVERSED },
    py: 'Window: up at 3 there, down at 0 here -> write "never" in downscaler/downtime on it',
    go: 'Window: up at 3 there, down at 0 here -> write "Mon-Fri 22:00-24:00 UTC, Mon-Fri 00:00-06:00 UTC" in downscaler/downtime on it',
  },
  {
    says: 'a pod in another namespace that forces uptime',
    args: '--default-downtime=always',
    more: [pod({ name: 'debug', namespace: 'other', annotations: prefixed({ 'force-uptime': 'true' }) })],
    py: 'PodForcesCluster: up at 3 there, down at 0 here -> --pods-force-cluster',
  },
  {
    says: 'an autoscaler of a target that keeps one',
    args: '--default-downtime=always --downtime-replicas=1',
    more: [hpa({ name: 'api', namespace: 'team', minReplicas: 2, maxReplicas: 5 })],
    py: `OneUnit: down at 1 there, up at 3 here -> ${ONE_UNIT}; OneUnit: up at 2 there, down at 1 here -> ${ONE_UNIT}`,
    go: `OneUnit: down at 1 there, up at 3 here -> ${ONE_UNIT}; OneUnit: up at 2 there, down at 1 here -> ${ONE_UNIT}`,
  },
  {
    says: 'an autoscaler of a target that goes to 0, included',
    args: '--default-downtime=always --include-resources=deployments,horizontalpodautoscalers',
    more: [hpa({ name: 'api', namespace: 'team', minReplicas: 2, maxReplicas: 5 })],
  },
  {
    says: 'a Job of a CronJob',
    args: '--default-downtime=always --include-resources=cronjobs',
    more: [report({}), job({ name: 'report-1', namespace: 'team', owner: report({}) })],
  },
  {
    says: 'a Job of a CronJob that takes its Jobs with it',
    args: '--default-downtime=always --include-resources=cronjobs',
    more: [
      report({ 'scale-children': 'true' }),
      job({ name: 'report-1', namespace: 'team', owner: report({ 'scale-children': 'true' }) }),
    ],
    py: 'ScaleChildren: up there, down here -> take downscaler/scale-children off its CronJob',
  },
  {
    says: 'a period that is `Never`',
    args: '--default-downtime=always',
    object: { 'downscale-period': 'Never' },
    py: 'NeverAsPeriod: up at 3 there, down at 0 here -> downscaler/exclude: "true" on it, with --upscale-target-only',
    go: 'LayerAlone: up at 3 there, down at 0 here -> downscaler/exclude: "true" on it, with --upscale-target-only',
  },
  {
    says: 'the size of the other tool',
    args: '--default-downtime=always',
    object: { 'downscale-replicas': '1' },
    py: 'Size: down at 0 there, down at 1 here -> take downscaler/downscale-replicas off',
  },
  {
    says: 'a list with garbage behind what matches',
    object: { downtime: 'Mon-Fri 11:00-13:00 UTC, garbage' },
    py: 'BadValue: down at 0 there, up at 3 here -> correct downscaler/downtime',
  },
  {
    says: 'a name that a pattern matches in the middle',
    args: '--default-downtime=always --exclude-namespaces=kube',
    name: 'my-kube-app',
    go: 'NamePattern: up at 3 there, down at 0 here -> --exclude-namespaces=my-kube-app',
  },
  {
    says: 'a grace period longer than the flag',
    args: '--default-downtime=always --grace-period=60',
    object: { 'grace-period': '7200' },
    created: MONDAY_NOON,
    py: 'GracePeriod: down at 0 there, up at 3 here -> take downscaler/grace-period off, or write the same time as --grace-period',
  },
];

const inShort = ({ differences }: Document): string =>
  differences
    .map(({ kind, old, new: ours, remedy }) => `${kind}: ${old.state} there, ${ours.state} here -> ${remedy}`)
    .join('; ');

for (const tool of ['py', 'go'] as const)
  t.test(`${tool}: what differs is listed, with what makes it equal, and nothing else`, async (t) => {
    for (const row of ROWS) {
      const args = ['--from', tool, `--old-args=${row.args ?? ''}`, ...(row.ours ?? [])];
      const found = await documentOf(t, [...objectsOf(row), ...(row.more ?? [])], args);
      t.equal(inShort(found), row[tool] ?? '', row.says);
    }
  });

/** py-kube-downscaler as its chart installs it, and an Application of Argo CD that knows it. */
t.test('what differs in two ways is told in two rows, and what ends by itself needs no remedy', async (t) => {
  const around = { 'force-downtime': 'until 2026-11-24T12:00:00Z', uptime: REVERSED };
  const objects = objectsOf({ namespace: around });
  const { differences, summary } = await documentOf(t, objects, ['--from', 'kube-downscaler']);
  t.match(
    differences.map(({ kind, remedy }) => [kind, remedy]),
    [
      ['BadValue', 'none needed: over by itself at that time'],
      ['Window', 'write "never" in downscaler/uptime on namespace/team'],
    ],
  );
  t.equal(summary.differing, 1);
  const shown = await check(t, objects, ['--from', 'py-kube-downscaler']);
  t.match(shown.out, /\n1 of 1 would be treated differently. Rows with nothing to do: 1\.\n$/);
});

t.test('rules of another tool are refused', async (t) => {
  const { code, err } = await check(t, objectsOf({}), ['--from', 'GoKubeDownscaler', '--old-rules', 'rules.yaml']);
  t.not(code, 0);
  t.match(err, '--old-rules: only kube-janitor has rules (allowed with --from kube-janitor)');
});

const INSTALLED: readonly KubeObject[] = [
  {
    ...deployment({ name: 'downscaler', namespace: 'tools', creationTimestamp: OLD }),
    spec: {
      replicas: 1,
      template: {
        spec: {
          containers: [
            {
              name: 'main',
              image: 'ghcr.io/caas-team/py-kube-downscaler:26.4.0',
              args: ['--interval=60', '--include-resources=deployments,statefulsets'],
              env: [{ name: 'DEFAULT_UPTIME', value: 'Mon-Fri 22:00-06:00 UTC' }],
              envFrom: [{ configMapRef: { name: 'downscaler' } }],
            },
          ],
        },
      },
    },
  } as unknown as KubeObject,
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'downscaler', namespace: 'tools' },
    data: { EXCLUDE_NAMESPACES: 'kube-.*|tools' },
  } as unknown as KubeObject,
  {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop', namespace: 'argocd' },
    spec: { ignoreDifferences: [{ kind: 'Deployment', managedFieldsManagers: ['py-kube-downscaler', 'other'] }] },
  } as unknown as KubeObject,
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'argocd-cm', namespace: 'argocd' },
    data: { 'resource.customizations.ignoreDifferences.all': 'managedFieldsManagers:\n- kube-downscaler\n' },
  } as unknown as KubeObject,
];

t.test('a running old tool is found with its flags, its variables and those who name its field manager', async (t) => {
  const objects = [...INSTALLED, ...objectsOf({})];
  const found = await documentOf(t, objects, ['--from', 'py']);
  t.match(found.found, [{ namespace: 'tools', name: 'downscaler', acts: true }]);
  t.same(found.managedFieldsManagers, [
    { where: 'Application/argocd/shop', manager: 'py-kube-downscaler' },
    { where: 'ConfigMap/argocd/argocd-cm', manager: 'kube-downscaler' },
  ]);
  t.same(
    found.differences.map(({ object: { namespace: home, name } }) => `${home}/${name}`),
    ['team/api'],
    'the namespaces its ConfigMap excludes are excluded here too',
  );
  t.match(found.differences[0], { kind: 'Window', count: 10, remedy: 'write "never" in --default-uptime' });

  matchesGolden(t, 'migrate.txt', (await check(t, objects, ['--from', 'py'])).out);
  for (const format of ['json', 'yaml']) {
    const { out } = await check(t, objects, ['--from', 'py', '-o', format]);
    matchesGolden(t, `migrate.${format}`, out.replace(/("?source"?: ).*/, '$1manifests'));
  }
});

t.test(
  'an old tool that is scaled to 0, or in a dry run, does not act; other tools are none of its business',
  async (t) => {
    const [tool] = INSTALLED;
    const stopped = { ...tool, spec: { ...(tool as { spec?: object }).spec, replicas: 0 } } as unknown as KubeObject;
    t.match((await documentOf(t, [stopped], ['--from', 'py'])).found, [{ acts: false }]);
    t.same((await documentOf(t, INSTALLED, ['--from', 'go'])).found, []);
  },
);

t.test('exit codes', async (t) => {
  const differs = objectsOf({ namespace: { uptime: REVERSED } });
  const code = async (objects: readonly KubeObject[], args: readonly string[]) => (await check(t, objects, args)).code;
  t.equal(await code(differs, ['--from', 'py']), 0);
  t.equal(await code(differs, ['--from', 'py', '--detailed-exitcode']), 2);
  t.equal(await code(objectsOf({}), ['--from', 'py', '--detailed-exitcode']), 0);
  t.equal(await code(differs, ['--from', 'py', '--old-args=--no-such-flag']), 3);
  t.equal(await code(differs, ['--from', 'helm']), 3);
  t.equal(await code(differs, []), 3, 'whose rules is not said');
});

t.test('a flag of ours wins over that of the old tool', async (t) => {
  const objects = objectsOf({});
  const args = ['--from', 'py', '--old-args=--default-uptime=always'];
  t.same((await documentOf(t, objects, args)).differences, []);
  const [difference] = (await documentOf(t, objects, [...args, '--default-uptime=never'])).differences;
  t.match(difference, { old: { state: 'up at 3' }, new: { state: 'down at 0' } });
});

const sleepInfo = (spec: object, name = 'hours'): KubeObject =>
  ({
    apiVersion: 'kube-green.com/v1alpha1',
    kind: 'SleepInfo',
    metadata: { name, namespace: 'team' },
    spec: { weekdays: '1-5', sleepAt: '20:00', wakeUpAt: '08:00', timeZone: 'UTC', ...spec },
  }) as unknown as KubeObject;

const HOURS = 'downscaler/uptime: "Mon-Fri 08:00-20:00 UTC" on namespace/team';
const SLEEPS = `SleepInfo: down at 0 there, up at 3 here -> ${HOURS}`;
/** What refers to the workload by name. */
const API = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' };

const GREEN: readonly (Workload & { says: string; spec: object; expected: string })[] = [
  { says: 'its hours are annotated', spec: {}, namespace: { uptime: 'Mon-Fri 08:00-20:00 UTC' }, expected: '' },
  { says: 'no annotation yet', spec: {}, expected: SLEEPS },
  {
    says: 'asleep with the original in its Secret',
    spec: { wakeUpAt: '13:00', sleepAt: '11:00' },
    replicas: 0,
    expected: 'AsleepElsewhere: up there, down at 0 here -> wake everything with kube-green before it is removed',
  },
  {
    says: 'asleep in the early hours of a day',
    spec: { sleepAt: '01:00', wakeUpAt: '07:00' },
    expected:
      'SleepInfo: down at 0 there, up at 3 here -> downscaler/downtime: "Mon-Fri 01:00-07:00 UTC" on namespace/team',
  },
  {
    says: 'never woken',
    spec: { wakeUpAt: undefined },
    expected:
      'SleepInfo: down at 0 there, up at 3 here -> downscaler/downscale-period: "Mon-Fri 20:00-24:00 UTC" on namespace/team',
  },
  { says: 'Deployments are not suspended', spec: { suspendDeployments: false }, expected: '' },
  { says: 'excluded by name', spec: { excludeRef: [API] }, expected: '' },
  {
    says: 'one of that name in another group is excluded',
    spec: { excludeRef: [{ ...API, apiVersion: 'extensions/v1beta1' }] },
    expected: SLEEPS,
  },
  {
    says: 'excluded by label',
    spec: { excludeRef: [{ matchLabels: { env: 'x' } }] },
    labels: { env: 'x' },
    expected: '',
  },
  {
    says: 'excluded by one of two labels',
    spec: { excludeRef: [{ matchLabels: { env: 'x', tier: 'y' } }] },
    labels: { env: 'x' },
    expected: '',
  },
  {
    says: 'excluded labels replace included ones',
    spec: { excludeRef: [{ matchLabels: { env: 'x' } }], includeRef: [{ matchLabels: { tier: 'y' } }] },
    expected: SLEEPS,
  },
  { says: 'another label is included', spec: { includeRef: [{ matchLabels: { tier: 'y' } }] }, expected: '' },
  { says: 'another one is included', spec: { includeRef: [{ ...API, name: 'web' }] }, expected: '' },
  {
    says: 'one of another kind is included, which narrows nothing here',
    spec: { includeRef: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' }] },
    expected: SLEEPS,
  },
  {
    says: 'included by name, which makes what is excluded void',
    spec: { includeRef: [API], excludeRef: [API, { matchLabels: { env: 'x' } }] },
    labels: { env: 'x' },
    expected: SLEEPS,
  },
  {
    says: 'annotated, and not chosen by kube-green',
    spec: { excludeRef: [API] },
    namespace: { uptime: 'Mon-Fri 08:00-20:00 UTC' },
    expected: 'NoSleepInfo: up at 3 there, down at 0 here -> downscaler/exclude: "true" on it',
  },
];

t.test('kube-green: a SleepInfo is compared with the annotations of its namespace', async (t) => {
  for (const row of GREEN) {
    const found = await documentOf(t, [...objectsOf(row), sleepInfo(row.spec)], ['--from', 'kube-green']);
    t.equal(inShort(found), row.expected, row.says);
  }
});

t.test('kube-green: a SleepInfo that cannot be read is named', async (t) => {
  const { err } = await check(t, [...objectsOf({}), sleepInfo({ timeZone: 'Nowhere/Here' })], ['--from', 'kube-green']);
  t.match(err, /^warning: SleepInfo team\/hours cannot be read: .*Nowhere\/Here/);
});

t.test('kube-green: the kinds that a SleepInfo patches are named, for they are not compared', async (t) => {
  const patches = [{ target: { group: 'argoproj.io', kind: 'Rollout' } }, { target: { group: '', kind: 'Service' } }];
  const { err, code } = await check(t, [...objectsOf({}), sleepInfo({ patches })], ['--from', 'kube-green']);
  t.equal(err, 'warning: SleepInfo team/hours has patches for Rollout.argoproj.io, Service: not compared\n');
  t.equal(code, 0);
});

t.test('a cluster is read as its manifests are, and nothing is written', async (t) => {
  const [tool, ...rest] = INSTALLED;
  const running = { ...tool, status: { replicas: 1, readyReplicas: 1 } } as unknown as KubeObject;
  const objects = [running, ...rest, ...objectsOf({ namespace: { uptime: REVERSED } }), sleepInfo({})];
  const { sandbox, env } = await served(t, objects);
  const tools = ['py', 'go', 'kube-green'];
  const live = new Map<string, Outcome>();
  for (const from of tools)
    live.set(from, await steward(['migrate', 'check', '--from', from, '--at', MONDAY_NOON, '-o', 'json'], { env }));
  for (const from of tools) {
    const { out, err = '' } = live.get(from) ?? {};
    t.equal(err, '');
    const { differences, found, managedFieldsManagers, summary } = JSON.parse(out ?? '') as Document;
    t.ok(differences.length > 0);
    t.match(await documentOf(t, objects, ['--from', from]), { differences, found, managedFieldsManagers, summary });
  }
  const asked = sandbox.requests.all().map(({ method, verb }) => `${method} ${verb}`);
  t.same(new Set(asked), new Set(['GET get', 'GET list']));
});

/** These objects behind a socket, with the kinds of Argo CD and kube-green. */
const served = async (t: Test, objects: readonly KubeObject[]) => {
  const cluster = createCluster({ clock: new VirtualClock(MONDAY_NOON) });
  const kinds = [
    customResourceDefinition({
      group: 'argoproj.io',
      version: 'v1alpha1',
      kind: 'Application',
      plural: 'applications',
    }),
    customResourceDefinition({ group: 'kube-green.com', version: 'v1alpha1', kind: 'SleepInfo', plural: 'sleepinfos' }),
  ];
  const homes = ['tools', 'argocd'].map((name) => namespace({ name }));
  cluster.load([...kinds, ...homes, ...(objects as Unstructured[])]);
  const sandbox = await startSandbox({ clock: systemClock, cluster });
  t.teardown(() => sandbox.stop());
  const kubeconfig = join(t.testdir({}), 'kubeconfig');
  writeFileSync(kubeconfig, sandbox.kubeconfig());
  return { sandbox, env: { KUBECONFIG: kubeconfig } };
};
