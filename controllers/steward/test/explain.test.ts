import t from 'tap';
import { FRIDAY_EVENING, FIXTURES, matchesGolden, steward } from './steward.ts';

t.beforeEach(() => process.chdir(FIXTURES));

const explain = (...args: string[]) =>
  steward(['explain', '--from', 'manifests', '--at', FRIDAY_EVENING, ...args], { env: { TZ: 'Europe/Berlin' } });

t.test('one object: what decided, what was considered, what was checked, what comes next', async (t) => {
  const table = await explain('deploy/checkout');
  t.equal(table.code, 0);
  matchesGolden(t, 'explain.txt', table.out);
  const document = await explain('deploy/checkout', '-o', 'json');
  matchesGolden(t, 'explain.json', document.out);
  matchesGolden(t, 'explain.yaml', (await explain('deploy/checkout', '-o', 'yaml')).out);
  t.match(JSON.parse(document.out), { kind: 'Plan', decisions: { length: 1 }, trace: [{ kind: 'considered' }] });
});

t.test('a kind goes by each of its names', async (t) => {
  const names = ['Deployment', 'deployment', 'deployments', 'deploy', 'deployments.apps', 'deployment.apps'];
  for (const kind of names)
    t.match(await explain(`${kind}/intranet`), { code: 0, out: /^Object +Deployment intranet\/intranet/ });
  const { out } = await steward([
    'plan',
    '--from',
    'manifests',
    '--at',
    FRIDAY_EVENING,
    '-o',
    'name',
    '-n',
    'intranet',
  ]);
  t.match(await explain(out.trim()), { code: 0 }, 'what -o name prints');
});

t.test('what cannot be explained is an error with a way on', async (t) => {
  const cases: [args: string[], code: number, told: RegExp][] = [
    [['deploy/chekout'], 1, /there is no deploy\/chekout \(did you mean checkout\?\)/],
    [
      ['deploy/checkout', '-n', 'intranet'],
      1,
      /no deploy\/checkout in namespace intranet \(there is Deployment team-shop\/checkout\)/,
    ],
    [['deploy/checkout', '-l', 'app=other'], 1, /there is no deploy\/checkout/],
    [['deplyoment/checkout'], 3, /no controller decides on "deplyoment" \(did you mean deployment\?\)/],
    [['secret/token'], 3, /no controller decides on "secret" \(allowed: deployments, statefulsets/],
    [['sts/warehouse'], 3, /statefulsets are not looked at: --include-resources statefulsets adds them/],
  ];
  for (const [args, code, told] of cases) t.match(await explain(...args), { code, out: '', err: told }, args.join(' '));
  t.match(await explain('sts/warehouse', '--include-resources', 'statefulsets'), { code: 0 });
});

t.test('a name in several namespaces is asked back', async (t) => {
  const both = (namespace: string) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api, namespace: ${namespace}}\n`;
  const from = t.testdir({ 'all.yaml': `${both('b')}---\n${both('a')}` });
  t.match(await steward(['explain', 'deploy/api', '--from', from]), {
    code: 1,
    err: 'error: deploy/api can be Deployment a/api or Deployment b/api: choose one with -n\n',
  });
  t.match(await steward(['explain', 'deploy/api', '-n', 'b', '--from', from]), { code: 0 });
});

t.test('whom something waits for in the morning', async (t) => {
  const asleep = (name: string, order: string) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}, namespace: shop, annotations: {downscaler/original-replicas: "2", downscaler/wake-order: "${order}"}}\nspec: {replicas: 0}\n`;
  const from = t.testdir({ 'all.yaml': `${asleep('db', '-10')}---\n${asleep('web', '5')}` });
  const waits = /its wake order is 5: Deployment\/db \(-10\) must be back first, for 10m at most/;
  const { out } = await steward(['explain', 'deploy/web', '--from', from]);
  t.match(out, waits);
  t.match(out, /wake order 5/);
  t.match((await steward(['explain', 'deploy/db', '--from', from])).out, /wake order -10: waits for nobody just now/);
  t.match((await steward(['plan', '--from', from, '--show', 'all'])).out, waits, 'the plan says it too');
});
