import t from 'tap';
import { OUTPUT_FORMATS } from '@kube-steward/plan';
import { FRIDAY_EVENING, FIXTURES, matchesGolden, steward, type Circumstances } from './steward.ts';

t.beforeEach(() => process.chdir(FIXTURES));

const plan = (args: readonly string[], circumstances?: Circumstances) =>
  steward(['plan', '--from', 'manifests', '--at', FRIDAY_EVENING, ...args], circumstances);

interface PlanJson {
  metadata: { at: string; source: string };
  decisions: {
    action: string;
    reason: string;
    message: string;
    object: { kind: string; namespace?: string; name: string };
  }[];
  summary: Record<string, number>;
}

const documentOf = async (args: readonly string[]): Promise<PlanJson> =>
  JSON.parse((await plan([...args, '-o', 'json'])).out) as PlanJson;

const namesOf = ({ decisions }: PlanJson): string[] => decisions.map(({ object }) => `${object.kind}/${object.name}`);

const EXTENSIONS: Partial<Record<(typeof OUTPUT_FORMATS)[number], string>> = { table: 'txt', markdown: 'md' };

t.test('the plan for manifests of charts, overlays and dumps, in every format', async (t) => {
  for (const format of OUTPUT_FORMATS) {
    const { code, out, err } = await plan(['-o', format, '--prices', 'prices.yaml']);
    t.equal(code, 0, format);
    t.match(
      err,
      /^notice: manifests\/web\/values\.yaml: no Kubernetes object in it .*\n$/,
      'all else is on standard error',
    );
    matchesGolden(t, `plan-${format}.${EXTENSIONS[format] ?? format}`, out);
  }
});

t.test('with a configuration, in the zone it names, every object shown', async (t) => {
  const { out } = await plan(['--config', 'steward.yaml', '--show', 'all']);
  matchesGolden(t, 'plan-configured.txt', out);
});

t.test('changes alone are shown, or everything', async (t) => {
  const all = ['Deployment/payments', 'Deployment/checkout-preview', 'HorizontalPodAutoscaler/prod-storefront'];
  for (const args of [[], ['--only-changes'], ['--show', 'changes']])
    for (const name of all) t.notOk(namesOf(await documentOf(args)).includes(name), `${name} with ${args.join(' ')}`);
  for (const args of [['--show', 'all'], ['--show=all'], ['--no-only-changes']])
    for (const name of all) t.ok(namesOf(await documentOf(args)).includes(name), `${name} with ${args.join(' ')}`);
  const { summary } = await documentOf([]);
  t.equal(summary['none'], 4, 'what is hidden is counted');
});

t.test('-n, -A and -l choose what is shown, and change no decision', async (t) => {
  const cases: [args: string[], names: string[]][] = [
    [['-n', 'intranet'], ['Deployment/intranet']],
    [
      ['-n', 'legacy'],
      ['Namespace/legacy', 'Deployment/tickets'],
    ],
    [['--namespace=nowhere'], []],
    [
      ['-l', 'app.kubernetes.io/name in (checkout, cart)'],
      ['Deployment/cart', 'Deployment/checkout'],
    ],
    [['-l', 'app=intranet', '-n', 'team-shop'], []],
    [['-n', 'intranet', '-A', '-l', 'app=intranet'], ['Deployment/intranet']],
  ];
  for (const [args, names] of cases) t.same(namesOf(await documentOf(args)).sort(), names.sort(), args.join(' '));

  const whole = await documentOf(['--show', 'all']);
  const storefront = await documentOf(['--show', 'all', '-l', 'app.kubernetes.io/name=storefront']);
  t.same(
    storefront.decisions,
    whole.decisions.filter(({ object }) => object.name === 'prod-storefront'),
  );
});

t.test('the controller’s own namespaces and selector are those of its section, beside -n and -l', async (t) => {
  t.same(namesOf(await documentOf(['--config', 'values.yaml', '--show', 'all'])), ['Deployment/intranet']);
  const other = await documentOf(['--config', 'values.yaml', '--show', 'all', '-n', 'team-shop']);
  t.same(namesOf(other), [], 'a namespace it does not watch has no decisions');
  t.match(
    (await plan(['--config', 'values.yaml', '--show-config'])).out,
    /--default-uptime +Mon-Fri 08:00-18:00 Europe\/Berlin +config values\.yaml:7:22/,
  );
});

t.test('--at answers for another moment', async (t) => {
  const summaryAt = async (at: string) => (await documentOf(['--at', at])).summary;
  t.same(await summaryAt('2026-11-20T12:00:00Z'), { scaleUp: 1, invalid: 3, none: 6 });
  t.same((await documentOf(['--at', '2026-11-20T13:00:00+01:00'])).metadata.at, '2026-11-20T12:00:00Z');
});

t.test('a flag wins over the environment, and that over the file', async (t) => {
  const included = async (args: string[], env: Record<string, string> = {}) =>
    (await plan([...args, '--show-config'], { env })).out.match(/--include-resources +(\S+) +(.*)/)?.slice(1);
  const env = { KUBE_STEWARD_INCLUDE_RESOURCES: 'cronjobs' };
  t.same(await included([]), ['deployments', 'default']);
  t.same(await included(['--config=steward.yaml']), ['deployments,statefulsets,cronjobs', 'config steward.yaml:5:21']);
  t.same(await included(['--config=steward.yaml'], env), ['cronjobs', 'env KUBE_STEWARD_INCLUDE_RESOURCES']);
  t.same(await included(['--include-resources', 'jobs'], env), ['jobs', 'flag']);
  const others = { EXCLUDE_DEPLOYMENTS: 'checkout' };
  t.match((await plan(['-o', 'name'], { env: others })).out, /checkout/, 'names of other tools are not read');
});

t.test('exit codes', async (t) => {
  const cases: [code: number, args: string[], told?: RegExp][] = [
    [0, ['plan']],
    [2, ['plan', '--detailed-exitcode']],
    [0, ['plan', '--detailed-exitcode', '-n', 'legacy']],
    [0, ['plan', '--detailed-exitcode', '-n', 'analytics']],
    [2, ['plan', '--detailed-exitcode', '-o', 'json', '-n', 'intranet']],
    [3, ['plan', '--at', 'tomorrow'], /--at: /],
    [3, ['plan', '-o', 'xml'], /-o: "xml" is not allowed \(allowed: table, wide/],
    [3, ['plan', '-l', 'a=b=c'], /-l: /],
    [3, ['plan', '--default-uptime', 'Mon-Fry 08:00-18:00'], /did you mean Fri\?/],
    [3, ['plan', '--config', 'prices.yaml'], /prices\.yaml:1:1 +unknown section "currency"/],
    [3, ['plan', '--config', 'nowhere.yaml'], /nowhere\.yaml: cannot be read/],
    [3, ['plan', '--prices', 'steward.yaml'], /--prices: steward\.yaml: unknown key "downscaler"/],
    [3, ['plan', '--prices', 'nowhere.yaml'], /--prices: ENOENT/],
    [3, ['plan', '--from', 'nowhere'], /--from: no such file or folder: nowhere/],
    [64, ['plan', '--namspace', 'x'], /unknown flag --namspace \(did you mean --namespace\?\)/],
    [64, ['plan', 'downscalr'], /"downscalr" is not allowed .*did you mean downscaler\?/],
    [64, ['plan', '--namespace'], /needs a value/],
    [64, ['paln'], /unknown command "paln" \(did you mean plan\?\)/],
    [64, ['explain'], /KIND\/NAME is missing/],
    [64, ['explain', 'checkout'], /KIND\/NAME names one object/],
    [64, ['explain', 'deploy', 'checkout'], /unexpected argument "checkout"/],
    [64, ['schedule', 'tset', 'always'], /./],
    [64, [], /Usage: steward COMMAND/],
    [0, ['--help']],
    [0, ['plan', '--help']],
  ];
  for (const [code, args, told] of cases) {
    const [command] = args;
    const isOnManifests = (command === 'plan' || command === 'explain') && !args.includes('--from');
    const outcome = await steward([
      ...args,
      ...(isOnManifests ? ['--from', 'manifests'] : []),
      ...(args.includes('--at') || !isOnManifests ? [] : ['--at', FRIDAY_EVENING]),
    ]);
    t.equal(outcome.code, code, args.join(' '));
    if (told) t.match(outcome.err, told, args.join(' '));
    if (code > 2) t.equal(outcome.out, '', 'nothing on standard output');
  }
});

/** A chart's template among manifests: nobody can tell what namespace it is of. */
const WITH_TEMPLATE = {
  'apps.yaml': `apiVersion: v1
kind: Namespace
metadata: {name: known, annotations: {downscaler/uptime: "Mon-Fri 08:00-18:00 UTC"}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: known}
spec: {replicas: 2}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker, namespace: elsewhere, annotations: {downscaler/uptime: "Mon-Fri 08:00-18:00 UTC"}}
spec: {replicas: 2}
`,
  'template.yaml': `apiVersion: v1
kind: Namespace
metadata:
  name: elsewhere
  annotations:
    {{- toYaml .Values.annotations | nindent 4 }}
`,
};

t.test('a file that cannot be parsed leaves open what may be in it, and the rest is planned', async (t) => {
  const folder = t.testdir(WITH_TEMPLATE);
  const run = (args: string[]) => steward([...args, '--from', folder, '--at', FRIDAY_EVENING]);
  const { code, err, out } = await run(['plan', '-o', 'json', '--show', 'all', '--detailed-exitcode']);
  t.equal(code, 1);
  t.match(err, /^error: \S+\/template\.yaml:6: bad YAML: /);
  t.match((JSON.parse(out) as PlanJson).decisions, [
    { object: { name: 'worker' }, action: 'blocked', reason: 'UnknownNamespace', message: /template\.yaml:6/ },
    { object: { name: 'api' }, action: 'scaleDown' },
  ]);
  t.match(await run(['explain', 'deploy/worker']), { code: 1, out: /Blocked +Reason UnknownNamespace/ });
  t.notMatch((await run(['schedule', '-o', 'json'])).out, /worker/, 'nothing is foretold');
});

t.test('what would be refused is told, and leaves open what depends on it alone', async (t) => {
  const { code, err, out } = await steward(['plan', '--from', 'refused', '--at', FRIDAY_EVENING, '-o', 'json']);
  t.equal(code, 1);
  t.equal(
    err,
    'error: refused/all.yaml:6: Namespace batch: annotation downscaler/downtime-replicas is 1, which is no text (quote it)\n' +
      'error: refused/all.yaml:24: Deployment office/reports: annotation downscaler/exclude is true, which is no text (quote it)\n',
  );
  t.match((JSON.parse(out) as PlanJson).decisions, [
    { object: { name: 'importer' }, action: 'blocked', reason: 'UnknownNamespace' },
    { object: { name: 'mailer' }, action: 'scaleDown' },
  ]);
});

t.test('colour is for terminals, and nothing else', async (t) => {
  const escape = '\u001b[';
  const colored = async (args: string[], circumstances: Circumstances) =>
    (await plan(args, circumstances)).out.includes(escape);
  t.equal(await colored([], { columns: 120 }), true);
  t.equal(await colored([], {}), false);
  t.equal(await colored([], { columns: 120, env: { NO_COLOR: '1' } }), false);
  t.equal(await colored([], { columns: 120, env: { TERM: 'dumb' } }), false);
  t.equal(await colored(['--color=always'], {}), true);
  t.equal(await colored(['--color=never'], { columns: 120 }), false);
  t.equal(await colored(['-o', 'json'], { columns: 120 }), false);
});

t.test('times are shown in the laptop’s zone, and documents are in UTC', async (t) => {
  const env = { TZ: 'America/New_York' };
  t.match((await plan([], { env })).out, /at Fri 2026-11-20 14:41 EST/);
  t.match((await plan(['--default-timezone', 'Asia/Kolkata'], { env })).out, /at Sat 2026-11-21 01:11/);
  t.match((await plan(['-o', 'json'], { env })).out, /"at": "2026-11-20T19:41:00Z"/);
});
