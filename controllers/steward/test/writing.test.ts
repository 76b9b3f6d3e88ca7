import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RESOURCES, type Unstructured } from '@kube-steward/kube';
import { createCluster, deployment, hpa, namespace, startSandbox } from '@kube-steward/sandbox';
import { HOUR_MS, formatTimestamp, systemClock } from '@kube-steward/schedule';
import t, { type Test } from 'tap';
import { steward, type Outcome } from './steward.ts';

const { deployments, leases, namespaces } = RESOURCES;
const UP = 'downscaler/force-uptime';
const DOWN = 'downscaler/force-downtime';
const OVER = '2020-01-01T00:00:00Z';
const LATER = formatTimestamp(systemClock.now() + 47 * HOUR_MS);

const app = (name: string, annotations: Record<string, string> = {}, where = 'shop'): Unstructured =>
  deployment({ namespace: where, name, replicas: 2, annotations, creationTimestamp: OVER });

interface Scene {
  readonly run: (line: string, answer?: string) => Promise<Outcome>;
  readonly annotation: (key: string, name?: string) => string | undefined;
  readonly ofNamespace: (key: string) => string | undefined;
  readonly cluster: ReturnType<typeof createCluster>;
  readonly sandbox: Awaited<ReturnType<typeof startSandbox>>;
}

const begin = async (t: Test, ...objects: Unstructured[]): Promise<Scene> => {
  const cluster = createCluster({ clock: systemClock });
  cluster.load([namespace({ name: 'shop' }), namespace({ name: 'lab' }), ...objects]);
  const sandbox = await startSandbox({ clock: systemClock, cluster });
  t.teardown(() => sandbox.stop());
  const KUBECONFIG = join(t.testdir({}), 'kubeconfig');
  writeFileSync(KUBECONFIG, sandbox.kubeconfig());
  return {
    ...{ cluster, sandbox },
    run: (line, answer) => steward(line.split(' '), { env: { KUBECONFIG }, ...(answer !== undefined && { answer }) }),
    annotation: (key, name = 'web') =>
      cluster.get(deployments, { namespace: 'shop', name })?.metadata.annotations?.[key],
    ofNamespace: (key) => cluster.get(namespaces, { name: 'shop' })?.metadata.annotations?.[key],
  };
};

t.test('wake shows the patch, asks, and writes it', async (t) => {
  const { run, annotation, sandbox } = await begin(t, app('web'));
  const answered = await run(`wake deploy/web --until ${LATER}`, 'y');
  t.match(answered, {
    code: 0,
    out: `Deployment shop/web\n  + ${UP}: until ${LATER}\nKept up until `,
    err: 'Write it? [y/N] ',
  });
  t.match(answered.out, /\(4\dh.*\), then as scheduled\.\nwritten\n$/);
  t.equal(annotation(UP), `until ${LATER}`);
  const [patch, ...others] = sandbox.requests.mutating();
  t.match(patch, { verb: 'patch', resource: 'deployments', name: 'web' });
  t.same(others, []);
  t.match(patch?.body, '"resourceVersion"', 'for the state that was shown');
});

t.test('nothing is written when the answer is no, in a dry run, or where nobody can be asked', async (t) => {
  const { run, sandbox } = await begin(t, app('web', { 'downscaler/original-replicas': '3' }));
  for (const line of [
    'wake deploy/web --for 2h',
    'sleep deploy/web --for 2h',
    'wake ns/shop --for 2h',
    'downscaler restore --all',
  ]) {
    t.match(await run(line, 'n'), { code: 1, err: /nothing was written/ }, line);
    t.match(await run(line), { code: 64, err: /nobody can be asked.*--yes goes on without asking/ }, line);
    t.match(await run(`${line} --dry-run`), { code: 0, err: '' }, line);
  }
  t.same(sandbox.requests.mutating(), []);
});

t.test('for as long as was said, to the next whole second', async (t) => {
  const { run, annotation } = await begin(t, app('web'));
  const before = systemClock.now();
  t.match(await run('wake deploy/web --for 2h --yes'), { code: 0, err: '' });
  const until = Date.parse((annotation(UP) ?? '').replace('until ', ''));
  t.ok(until >= before + 2 * HOUR_MS && until <= systemClock.now() + 2 * HOUR_MS + 1000);
});

t.test('the latest command counts: it takes the place of a former exception of either kind', async (t) => {
  const { run, annotation } = await begin(t, app('web'));
  await run('wake deploy/web --for 2h --yes');
  t.match(await run(`sleep deploy/web --until ${LATER} --yes`), {
    code: 0,
    out: / {2}\+ downscaler\/force-downtime: until .*\n {2}- downscaler\/force-uptime: until /,
  });
  t.strictSame([annotation(UP), annotation(DOWN)], [undefined, `until ${LATER}`]);
  t.match(await run(`wake deploy/web --until ${LATER} --yes`), { code: 0 });
  t.strictSame([annotation(UP), annotation(DOWN)], [`until ${LATER}`, undefined]);
});

t.test('what does not end by itself is not overwritten, nor what would win anyhow', async (t) => {
  const { run, sandbox } = await begin(
    t,
    app('forced', { [UP]: 'true' }),
    app('window', { [UP]: 'Mon-Fri 08:00-18:00 UTC' }),
    app('down', { [DOWN]: 'true' }),
    app('never', { [UP]: 'false' }),
  );
  t.match(await run('wake deploy/window --for 2h --yes'), { code: 3, err: /does not end by itself and would be lost/ });
  t.match(await run('sleep deploy/forced --for 2h --yes'), {
    code: 3,
    err: /force-uptime "true", which wins over any downtime/,
  });
  t.same(sandbox.requests.mutating(), []);
  t.match(await run('wake deploy/down --for 2h --yes'), { code: 0 }, 'uptime wins, the downtime stays');
  t.match(await run('sleep deploy/never --for 2h --yes'), { code: 0 });
});

t.test('without a time it lasts until the schedule takes over', async (t) => {
  const office = '2020-01-01T00:00:00Z - 2099-01-01T00:00:00Z';
  const soon = formatTimestamp(systemClock.now() + 6 * HOUR_MS);
  const { run, annotation } = await begin(
    t,
    app('web', { 'downscaler/downtime': `until ${soon}` }),
    app('day', { 'downscaler/uptime': `until ${soon}` }),
    app('always'),
    app('decades', { 'downscaler/uptime': office }),
    hpa({ namespace: 'shop', name: 'day', minReplicas: 1 }),
  );
  for (const [line, why] of [
    ['wake deploy/day', 'it is up already until its next transition'],
    ['sleep deploy/web', 'it is down already until its next transition'],
    ['sleep deploy/always', 'no transition is coming'],
    ['wake deploy/decades', 'no transition is coming'],
    ['wake ns/shop', 'a namespace needs --for or --until'],
  ] as const)
    t.match(await run(`${line} --yes`), { code: 3, err: new RegExp(why) }, line);
  t.match(await run('wake deploy/web --yes'), { code: 0 });
  t.equal(annotation(UP), `until ${soon}`);
  t.match(await run('sleep deploy/day --yes'), { code: 0 });
  t.equal(annotation(DOWN, 'day'), `until ${soon}`);
});

t.test('a namespace, by each of its names', async (t) => {
  const { run, ofNamespace } = await begin(t, app('web'));
  t.match(await run(`wake ns/shop --until ${LATER} --yes`), {
    code: 0,
    out: `Namespace shop\n  + ${UP}: until ${LATER}`,
  });
  t.equal(ofNamespace(UP), `until ${LATER}`);
  t.match(await run(`sleep namespace/shop --until ${LATER} --yes`), { code: 0 });
  t.strictSame([ofNamespace(UP), ofNamespace(DOWN)], [undefined, `until ${LATER}`]);
  t.match(await run(`wake ns/nowhere --until ${LATER} --yes`), { code: 1, err: /nowhere/ });
});

t.test('mistakes are told before anything is asked', async (t) => {
  const { run, sandbox } = await begin(t, app('web'), app('twin'), app('twin', {}, 'lab'));
  for (const [line, code, why] of [
    ['wake web --for 2h', 64, /KIND\/NAME names one object/],
    ['wake deploy/wbe --for 2h', 1, /there is no deploy\/wbe.*did you mean web/],
    ['wake deploy/twin --for 2h', 1, /choose one with -n/],
    ['wake sts/db --for 2h', 3, /statefulsets are not looked at/],
    ['wake deploy/web --for 0', 3, /no time at all/],
    ['wake deploy/web --for soon', 3, /soon/],
    [`wake deploy/web --until ${OVER}`, 3, /over already/],
    [`wake deploy/web --for 2h --until ${LATER}`, 64, /one is enough/],
    ['downscaler restore', 64, /--all is missing/],
    ['wake deploy/web --for 2h --from manifests', 64, /--from/],
  ] as const)
    t.match(await run(`${line} --yes`), { code, err: why }, line);
  t.same(sandbox.requests.mutating(), []);
  t.match(await run('wake deploy/twin -n lab --for 2h --yes'), { code: 0, out: /Deployment lab\/twin/ });
});

t.test('says so where the downscaler leaves it alone whatever is written', async (t) => {
  const { run } = await begin(
    t,
    app('web', { 'downscaler/exclude': 'true' }),
    app('typo', { 'downscaler/uptime': 'soon' }),
  );
  t.match(await run('wake deploy/web --for 2h --dry-run'), {
    code: 0,
    err: /leaves it as it is.*excluded by annotation/,
  });
  const typo = await run('wake deploy/typo --for 2h --dry-run');
  t.match(typo, { code: 0, err: /leaves it as it is/ });
  t.match(typo.out + typo.err, /Written until .*, without effect as long as/);
  t.notMatch(typo.out + typo.err, /Kept up/);
});

t.test('a conflict is read again; what has changed meanwhile is shown again before it is written', async (t) => {
  const { run, cluster, sandbox, annotation } = await begin(t, app('web'));
  let body: object | undefined = { metadata: { labels: { a: 'b' } } };
  sandbox.requests.subscribe(({ verb, resource }) => {
    if (verb !== 'get' || resource !== 'deployments' || !body) return;
    cluster.patch(deployments, 'web', { type: 'merge', body, namespace: 'shop' });
    body = undefined;
  });
  t.match(await run(`wake deploy/web --until ${LATER} --yes`), { code: 0, out: /written/ });
  t.equal(annotation(UP), `until ${LATER}`);
  body = { metadata: { annotations: { [UP]: 'true' } } };
  t.match(await run(`wake deploy/web --for 1h --yes`), { code: 1, err: /was changed by somebody else meanwhile/ });
  t.equal(annotation(UP), 'true', 'and stays as they made it');
});

t.test('what may not be written is an error with what to do', async (t) => {
  const { run, sandbox } = await begin(t, app('web'));
  sandbox.faults.add({ match: { verbs: ['patch'] }, effect: { kind: 'status', code: 403 } });
  t.match(await run('wake deploy/web --for 2h --yes'), { code: 1, err: /ask for the right to do this/ });
});

t.test('restore shows what sleeps, asks, and brings it back; it warns of a downscaler that still runs', async (t) => {
  const asleep = (name: string, where: string): Unstructured => ({
    ...app(name, { 'downscaler/original-replicas': '3' }, where),
    spec: { ...(app(name)['spec'] as object), replicas: 0 },
  });
  const { run, cluster, sandbox } = await begin(t, asleep('web', 'shop'), asleep('api', 'lab'), app('awake'));
  const size = (name: string, where: string): unknown =>
    (cluster.get(deployments, { namespace: where, name })?.['spec'] as { replicas: number }).replicas;
  t.match(await run('downscaler restore --all -n lab', 'yes'), {
    code: 0,
    out: /\+ +Deployment\/api +0 -> 3[^]*Deployment lab\/api: 0 -> 3\n1 brought back\.\n$/,
    err: 'Bring it back? [y/N] ',
  });
  t.strictSame([size('api', 'lab'), size('web', 'shop')], [3, 0]);
  const renewTime = formatTimestamp(systemClock.now()).replace('Z', '.000000Z');
  cluster.create(leases, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'kube-steward-downscaler', namespace: 'lab' },
    spec: { holderIdentity: 'downscaler-0', leaseDurationSeconds: 60, renewTime },
  });
  t.match(await run('downscaler restore --all --yes'), { code: 0, err: /THE DOWNSCALER STILL RUNS/ });
  t.equal(size('web', 'shop'), 3);
  t.match(await run('downscaler restore --all'), { code: 0, out: 'Nothing sleeps: there is nothing to bring back.\n' });
  t.equal(sandbox.requests.mutating().length, 2);
});
