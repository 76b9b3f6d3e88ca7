import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATE_KEY, STATE_NAME, acknowledgementOf, openArchive, type Archived } from '@kube-steward/janitor';
import { RESOURCES, type Unstructured } from '@kube-steward/kube';
import { createCluster, deployment, namespace, startSandbox, type FaultRule } from '@kube-steward/sandbox';
import { systemClock } from '@kube-steward/schedule';
import t, { type Test } from 'tap';
import { openWriter } from '../src/reader.ts';
import { steward } from './steward.ts';

const { configMaps, deployments, namespaces } = RESOURCES;
const HOME = 'kube-steward';

const TRIP = { scope: 'rule/preview', kind: 'deployments.apps', count: 60, of: 80, at: 1_795_000_000_000 } as const;
const OTHER = { ...TRIP, scope: 'namespace/shop', kind: 'pods' } as const;

const stateOf = (trips: readonly unknown[], acknowledged: readonly string[] = [], home = HOME): Unstructured => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: STATE_NAME, namespace: home } },
  data: {
    [STATE_KEY]: JSON.stringify({
      version: 1,
      breaker: { trips, acknowledged: acknowledged.map((scope) => ({ scope, count: 60 })) },
      objects: {},
    }),
  },
});

const begin = async (t: Test, objects: readonly Unstructured[] = [], faults: readonly FaultRule[] = []) => {
  const cluster = createCluster({ clock: systemClock });
  cluster.load([...[HOME, 'lab', 'shop'].map((name) => namespace({ name })), ...objects]);
  const sandbox = await startSandbox({ clock: systemClock, cluster });
  for (const fault of faults) sandbox.faults.add(fault);
  t.teardown(() => sandbox.stop());
  const folder = t.testdir({ archive: {} });
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, sandbox.kubeconfig());
  const cluster_ = { kubeconfig, context: undefined, as: undefined, asGroup: [], requestTimeout: 60_000 };
  const open = { cluster: cluster_, env: {}, onNotice: () => undefined };
  return {
    ...{ cluster, sandbox, folder },
    run: (line: string, answer?: string) =>
      steward(line.split(' '), { env: { KUBECONFIG: kubeconfig }, ...(answer !== undefined && { answer }) }),
    keep: async (target: string, ...kept: readonly Archived[]): Promise<void> => {
      const writer = await openWriter(open, { dryRun: false });
      const { client } = writer;
      const archive = openArchive({ target, client, namespace: HOME });
      for (const each of kept) await archive.keep(each);
      writer.close();
    },
    data: () => cluster.get(configMaps, { namespace: HOME, name: STATE_NAME })?.['data'],
  };
};

t.test('ack shows what is held, asks, and writes that it is meant', async (t) => {
  const { run, data, sandbox } = await begin(t, [stateOf([TRIP, OTHER])]);
  const answered = await run('janitor ack preview', 'y');
  t.match(answered, {
    code: 0,
    out: /^rule preview: 60 of 80 deployments\.apps would be deleted within 10m.*\nacknowledged: the janitor goes on\n$/,
    err: 'Are these deletions meant? [y/N] ',
  });
  t.match(data(), acknowledgementOf(TRIP).data);
  t.notOk(
    Object.keys(data() as object).some((key) => key.includes('shop')),
    'and nothing else is',
  );
  t.match(sandbox.requests.mutating(), [{ verb: 'patch', resource: 'configmaps', name: STATE_NAME }]);
  t.match(await run('janitor ack namespace/shop --yes'), { code: 0 });
  t.match(data(), acknowledgementOf(OTHER).data);
});

t.test('without a rule everything that is held is listed', async (t) => {
  const { run, sandbox } = await begin(t, [stateOf([TRIP, OTHER], ['namespace/shop'])]);
  const { code, out } = await run('janitor ack');
  t.equal(code, 0);
  t.match(out, /^rule preview: 60 of 80.*"steward janitor ack preview"\n$/, 'but for what was acknowledged');
  t.match(await (await begin(t)).run('janitor ack'), { code: 0, out: 'nothing is held\n' });
  t.same(sandbox.requests.mutating(), []);
});

t.test('what is not held is not acknowledged', async (t) => {
  const { run, sandbox } = await begin(t, [stateOf([TRIP, OTHER])]);
  t.match(await run('janitor ack previw --yes'), { code: 3, err: /previw is not held \(did you mean preview\?\)/ });
  t.match(await run('janitor ack kind/secrets --yes'), { code: 3, err: /not held \(held: preview, namespace\/shop\)/ });
  t.match(await run('janitor ack preview', 'n'), { code: 1, err: /nothing was written/ });
  t.match(await run('janitor ack preview --dry-run'), { code: 0, out: /^rule preview: 60 of 80/ });
  t.match(await run('janitor ack preview'), { code: 64, err: /nobody can be asked/ });
  t.same(sandbox.requests.mutating(), []);
  t.match(await (await begin(t)).run('janitor ack preview --yes'), { code: 3, err: /preview is not held: nothing is/ });
});

t.test('of several janitors one is chosen, and a namespace may have to be named', async (t) => {
  const two = await begin(t, [stateOf([TRIP]), stateOf([OTHER], [], 'lab')]);
  t.match(await two.run('janitor ack'), {
    code: 1,
    err: /there are janitors in kube-steward and lab: choose one with --janitor-namespace/,
  });
  t.match(await two.run('janitor ack --janitor-namespace lab'), { code: 0, out: /^namespace shop:/ });
  const forbidden: FaultRule = { match: { resources: ['configmaps'] }, effect: { kind: 'status', code: 403 } };
  const shut = await begin(t, [stateOf([TRIP])], [forbidden]);
  t.match(await shut.run('janitor ack'), {
    code: 3,
    err: /--janitor-namespace: name the namespace that the janitor runs in/,
  });
  t.match(await shut.run('janitor ack --janitor-namespace lab'), { code: 1, err: /ask for the right/ });
});

const kept = (
  name: string,
  rest: Partial<Archived> & { readonly home?: string; readonly replicas?: number } = {},
): Archived => ({
  deletedAt: '2026-11-20T19:41:00Z',
  reason: 'TimeToLiveExpired',
  manifest: deployment({
    namespace: rest.home ?? 'shop',
    name,
    replicas: rest.replicas ?? 2,
    annotations: { 'janitor/ttl': '1h', team: 'a' },
    creationTimestamp: '2026-11-20T18:41:00Z',
  }),
  ...rest,
});

t.test('of a namespace it is said, before the question, that it comes back empty', async (t) => {
  const { run, keep } = await begin(t);
  const manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'pr-41' } };
  await keep('configmap', { deletedAt: '2026-11-20T19:41:00Z', reason: 'TimeToLiveExpired', manifest });
  t.match((await run('janitor restore ns/pr-41 --archive configmap', 'n')).err, /comes back empty.*Make it again\?/s);
});

for (const target of ['configmap', 'folder'])
  t.test(`restore makes an object again, from a ${target}`, async (t) => {
    const { run, keep, cluster, folder } = await begin(t);
    const at = target === 'configmap' ? target : join(folder, 'archive');
    await keep(
      at,
      kept('web', { replicas: 1 }),
      kept('web', { deletedAt: '2026-11-21T19:41:00Z', replicas: 5 }),
      kept('api'),
    );
    const listed = await run(`janitor restore --archive ${at}`);
    t.match(listed.out, /shop +Deployment\/web +2026-11-21T19:41:00Z +TimeToLiveExpired/);
    t.match(listed.out, /Deployment\/api/);
    const answered = await run(`janitor restore deploy/web --archive ${at}`, 'y');
    t.match(answered, { code: 0, out: /^apiVersion: apps\/v1\nkind: Deployment\n/ });
    t.match(
      answered.err,
      /Deployment shop\/web was deleted at 2026-11-21T19:41:00Z \(TimeToLiveExpired\)/,
      'the last one',
    );
    t.match(answered.err, /Make it again\? .*restored\n$/s);
    const made = cluster.get(deployments, { namespace: 'shop', name: 'web' }) as Unstructured;
    t.match(made, { spec: { replicas: 5 } });
    t.same(made.metadata.annotations, { team: 'a' }, 'without what made it due');
    t.match(await run(`janitor restore deploy/web --archive ${at} --yes`), {
      code: 1,
      err: /Deployment\/web is there again/,
    });
  });

t.test('nothing is made when the answer is no, in a dry run, or where nobody can be asked', async (t) => {
  const { run, keep, folder, sandbox } = await begin(t);
  const archive = join(folder, 'archive');
  await keep(archive, kept('web'));
  const line = `janitor restore deploy/web --archive ${archive}`;
  t.match(await run(line, 'n'), { code: 1, err: /nothing was written/ });
  t.match(await run(line), { code: 64, err: /nobody can be asked/ });
  t.match(await run(`${line} --dry-run`), { code: 0, out: /kind: Deployment/ });
  t.same(sandbox.requests.mutating(), []);
});

t.test('what cannot be made again is said', async (t) => {
  const { run, keep, folder, cluster } = await begin(t);
  const archive = `--archive ${join(folder, 'archive')}`;
  await keep(
    join(folder, 'archive'),
    kept('web'),
    kept('web', { home: 'lab', deletedAt: '2026-11-20T19:42:00Z' }),
    kept('api', { home: 'gone' }),
  );
  const rows: readonly (readonly [line: string, code: number, err: RegExp])[] = [
    [
      `deploy/web ${archive} --yes`,
      1,
      /deploy\/web can be Deployment lab\/web or Deployment shop\/web: choose one with -n/,
    ],
    [`deploy/none ${archive} --yes`, 1, /no Deployment\/none is kept in the archive/],
    [`deploy/api ${archive} --yes`, 1, /namespace gone is not there: make it, or restore it, first/],
    [`nothing/api ${archive} --yes`, 3, /the server has no kind "nothing"/],
    [`web ${archive} --yes`, 64, /KIND\/NAME names one object/],
  ];
  for (const [line, code, err] of rows) t.match(await run(`janitor restore ${line}`), { code, err }, line);
  t.match(await run(`janitor restore deploy/web ${archive} -n lab --yes`), { code: 0 });
  t.ok(cluster.get(deployments, { namespace: 'lab', name: 'web' }));
  t.match(await run('janitor restore'), { code: 0, out: 'nothing is kept\n' }, 'there are no ConfigMaps');
});

t.test('a namespace comes back, and a Secret without its values', async (t) => {
  const { run, keep, cluster } = await begin(t);
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'shop', name: 'login' },
    data: { password: '' },
  };
  await keep(
    'configmap',
    { ...kept('x'), manifest: namespace({ name: 'preview-1', annotations: { 'janitor/ttl': '1h' } }) },
    { ...kept('x'), manifest: secret },
  );
  t.match(await run('janitor restore ns/preview-1 --yes'), { code: 0 });
  t.ok(cluster.get(namespaces, { name: 'preview-1' }));
  t.match(await run('janitor restore secret/login --yes'), { code: 0, err: /the values of a Secret are not kept/ });
});

t.test('the archive and the prefix may be told by the configuration', async (t) => {
  const { run, keep, folder, cluster } = await begin(t);
  await keep(join(folder, 'archive'), {
    ...kept('web'),
    manifest: {
      ...kept('web').manifest,
      metadata: { namespace: 'shop', name: 'web', annotations: { 'tidy/ttl': '1h', 'janitor/x': 'y' } },
    },
  });
  writeFileSync(
    join(folder, 'config.yaml'),
    `janitor: {archive: ${join(folder, 'archive')}, annotationPrefix: tidy, deleteNotification: 1d}\n`,
  );
  t.match(await run(`janitor restore deploy/web --config ${join(folder, 'config.yaml')} --yes`), { code: 0 });
  t.same(cluster.get(deployments, { namespace: 'shop', name: 'web' })?.metadata.annotations, { 'janitor/x': 'y' });
});
