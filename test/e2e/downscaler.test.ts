import { chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RESOURCES } from '@kube-steward/kube';
import type { Plan } from '@kube-steward/plan';
import { cronJob, deployment, namespace, statefulSet } from '@kube-steward/sandbox';
import t from 'tap';
import { BUNDLES, runBundle, start, startBundle } from './programs.ts';
import { fieldOf, freePort, serveCluster, type ServedCluster } from './served-cluster.ts';

const OLD = '2026-01-01T00:00:00Z';
const LEASE = { namespace: 'kube-steward', name: 'kube-steward-downscaler' };
const ENV = { POD_NAMESPACE: 'kube-steward', POD_NAME: 'downscaler-0' };
const { deployments, statefulSets, cronJobs, leases } = RESOURCES;

const OWN = namespace({ name: 'kube-steward' });
const ASLEEP = namespace({ name: 'shop', annotations: { 'downscaler/downtime': 'always' } });
const app = (name: string, replicas = 3) => deployment({ namespace: 'shop', name, replicas, creationTimestamp: OLD });

const sizeOf = (served: ServedCluster, name: string): unknown =>
  fieldOf(served, deployments, { namespace: 'shop', name }, '/spec/replicas');

t.test('SIGTERM: it goes from ready to its end, and gives the lease back', async (t) => {
  const served = await serveCluster(t, [OWN, ASLEEP, app('web')]);
  const port = await freePort();
  const program = startBundle(t, 'downscaler', [`--kubeconfig=${served.kubeconfig}`, `--health-port=${port}`], {
    env: ENV,
  });
  await served.untilRequest(({ resource, verb }) => resource === 'events' && verb === 'create');
  t.equal(sizeOf(served, 'web'), 0);
  t.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  t.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200);
  t.match(
    await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
    /^kube_steward_downscaler_sleeping_workloads\{namespace="shop"\} 1$/m,
  );
  t.match(fieldOf(served, leases, LEASE, '/spec/holderIdentity'), /^downscaler-0_/);
  program.child.kill('SIGTERM');
  const { code, out } = await program.outcome;
  t.equal(code, 0);
  t.notOk(fieldOf(served, leases, LEASE, '/spec/holderIdentity'), 'nobody holds the lease');
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { msg: string });
  t.equal(lines.at(-1)?.msg, 'stopped');
  t.ok(
    served.sandbox.requests.all().every(({ user }) => user === 'downscaler'),
    'every request carried the token',
  );
});

t.test('SIGKILL in the middle of a sweep: the next one ends it, and no original is lost', async (t) => {
  const names = Array.from({ length: 20 }, (_, index) => `web-${index}`);
  const served = await serveCluster(t, [
    OWN,
    ASLEEP,
    ...names.map((name, index) => app(name, index + 1)),
    statefulSet({ namespace: 'shop', name: 'db', replicas: 2, creationTimestamp: OLD }),
    cronJob({ namespace: 'shop', name: 'report', creationTimestamp: OLD }),
  ]);
  const flags = [
    `--kubeconfig=${served.kubeconfig}`,
    '--include-resources=deployments,statefulsets,cronjobs',
    '--no-leader-elect',
    '--health-port=0',
  ];
  const first = startBundle(t, 'downscaler', flags, { env: ENV });
  let patches = 0;
  served.sandbox.requests.subscribe(({ verb }) => {
    if (verb === 'patch' && ++patches === 7) first.child.kill('SIGKILL');
  });
  t.match(await first.outcome, { signal: 'SIGKILL' });
  const sizes = (): unknown[] => names.map((name) => sizeOf(served, name));
  t.ok(
    sizes().some((size) => size !== 0),
    'not all were asleep then',
  );

  startBundle(t, 'downscaler', flags, { env: ENV });
  const suspended = (): unknown => fieldOf(served, cronJobs, { namespace: 'shop', name: 'report' }, '/spec/suspend');
  const db = (): unknown => fieldOf(served, statefulSets, { namespace: 'shop', name: 'db' }, '/spec/replicas');
  await served.untilCluster(() => sizes().every((size) => size === 0) && db() === 0 && suspended() === true);
  served.cluster.patch(RESOURCES.namespaces, 'shop', {
    type: 'merge',
    body: { metadata: { annotations: { 'downscaler/force-uptime': 'true' } } },
  });
  const wanted = names.map((_, index) => index + 1);
  await served.untilCluster(() => sizes().join() === wanted.join() && db() === 2 && suspended() === false);
  t.pass('everything is back to what it was');
});

t.test('--once --dry-run prints the plan on stdout and writes nothing', async (t) => {
  const served = await serveCluster(t, [OWN, ASLEEP, app('web')]);
  const { code, out, err } = await runBundle(
    t,
    'downscaler',
    ['--once', '--dry-run', `--kubeconfig=${served.kubeconfig}`],
    { env: ENV },
  );
  t.equal(code, 0, err);
  const plan = JSON.parse(out) as Plan;
  t.equal(plan.kind, 'Plan');
  t.match(plan.decisions, [{ object: { kind: 'Deployment', name: 'web' }, action: 'scaleDown' }]);
  t.same(served.sandbox.requests.mutating(), []);
});

t.test('a flag that does not exist is 64, a value that cannot be is 3; all are named at once', async (t) => {
  const { kubeconfig, sandbox } = await serveCluster(t, []);
  for (const { flags, code, says } of [
    {
      flags: ['--include-resource=deployments', '--qqs=5'],
      code: 64,
      says: [/--include-resource.*did you mean --include-resources/, /--qqs/],
    },
    {
      flags: ['--grace-period=soon', '--concurrency=0'],
      code: 3,
      says: [/--grace-period.*"soon"/, /--concurrency/],
    },
    {
      flags: ['--default-uptime=Fry 07:00-20:00 UTC', '--include-resources=deploymints'],
      code: 3,
      says: [/"Fry".*did you mean Fri/, /deploymints.*did you mean deployments/],
    },
  ]) {
    const ended = await runBundle(t, 'downscaler', [...flags, `--kubeconfig=${kubeconfig}`]);
    t.equal(ended.code, code, flags.join(' '));
    for (const pattern of says) t.match(ended.err, pattern);
  }
  t.same(sandbox.requests.all(), [], 'before anything is asked of the cluster');
});

t.test('without a server it keeps trying, alive but not ready, and begins once there is one', async (t) => {
  const [server, health] = [await freePort(), await freePort()];
  const kubeconfig = join(t.testdir({}), 'kubeconfig');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${server}` } }],
      contexts: [{ name: 'c', context: { cluster: 'c' } }],
      'current-context': 'c',
    }),
  );
  const program = startBundle(
    t,
    'downscaler',
    [`--kubeconfig=${kubeconfig}`, `--health-port=${health}`, '--no-leader-elect'],
    { env: ENV },
  );
  await program.says(/cannot follow: .*ECONNREFUSED|cannot follow: .*refused/);
  t.equal((await fetch(`http://127.0.0.1:${health}/healthz`)).status, 200);
  t.equal((await fetch(`http://127.0.0.1:${health}/readyz`)).status, 500);
  const served = await serveCluster(t, [OWN, ASLEEP, app('web')], { port: server, tls: false });
  await served.untilCluster(() => sizeOf(served, 'web') === 0);
  program.child.kill('SIGTERM');
  t.match(await program.outcome, { code: 0 });
});

t.test('the bundle runs alone, as nobody, in a folder it cannot write to', async (t) => {
  const served = await serveCluster(t, [OWN, ASLEEP, app('web')]);
  const folder = mkdtempSync(join(tmpdir(), 'downscaler-alone-'));
  t.teardown(() => {
    chmodSync(folder, 0o755);
    rmSync(folder, { recursive: true });
  });
  copyFileSync(BUNDLES.downscaler, join(folder, 'main.mjs'));
  writeFileSync(join(folder, 'kubeconfig'), served.sandbox.kubeconfig());
  chmodSync(folder, 0o555);
  const nobody = process.getuid?.() === 0 ? { uid: 65_534 } : {};
  const flags = ['--kubeconfig=kubeconfig', '--once'];
  const program = start(t, [process.execPath, 'main.mjs', ...flags], { cwd: folder, env: ENV, ...nobody });
  const { code, err } = await program.outcome;
  t.equal(code, 0, err);
  t.equal(sizeOf(served, 'web'), 0);
  t.same(readdirSync(folder).sort(), ['kubeconfig', 'main.mjs'], 'and leaves nothing behind');
});
