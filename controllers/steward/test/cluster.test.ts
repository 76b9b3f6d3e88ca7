import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createCluster,
  deployment,
  namespace,
  scenario,
  startSandbox,
  type FaultRule,
  type LoggedRequest,
  type Sandbox,
} from '@kube-steward/sandbox';
import type { Unstructured } from '@kube-steward/kube';
import type { Plan } from '@kube-steward/plan';
import { VirtualClock, systemClock } from '@kube-steward/schedule';
import t, { type Test } from 'tap';
import { matchesGolden, steward, type Outcome } from './steward.ts';

/** Half an hour after closing time in the cluster. */
const AT = '2026-11-20T18:30:00Z';

interface Setup {
  readonly sandbox: Sandbox;
  readonly run: (...args: string[]) => Promise<Outcome>;
}

/** A small cluster behind a socket, and the command with a kubeconfig for it. */
const live = async (
  t: Test,
  { faults = [], objects = [] }: { faults?: readonly FaultRule[]; objects?: readonly Unstructured[] } = {},
): Promise<Setup> => {
  const { objects: small, startAt } = scenario('small');
  const cluster = createCluster({ clock: new VirtualClock(Date.parse(startAt)) });
  cluster.load([...small, ...objects]);
  const sandbox = await startSandbox({ clock: systemClock, cluster });
  t.teardown(() => sandbox.stop());
  for (const fault of faults) sandbox.faults.add(fault);
  const env = { KUBECONFIG: kubeconfig(t, sandbox.kubeconfig()) };
  return { sandbox, run: (...args) => steward([...args, '--at', AT], { env }) };
};

const kubeconfig = (t: Test, text: string): string => {
  const path = join(t.testdir({}), 'kubeconfig');
  writeFileSync(path, text);
  return path;
};

const forbid = (...resources: string[]): FaultRule => ({ match: { resources }, effect: { kind: 'status', code: 403 } });

const what = ({ method, verb, path }: LoggedRequest): string => `${method} ${verb} ${path}`;

t.test('plan, explain and schedule read a cluster, and send nothing but get and list', async (t) => {
  const { sandbox, run } = await live(t);
  const plan = await run('plan');
  t.equal(plan.err, '');
  t.equal(plan.code, 0);
  matchesGolden(t, 'cluster-plan.txt', plan.out.replace(/\(v\d+\.\d+\.\d+\S*\)/, '(vX.Y.Z)'));
  t.match(await run('explain', 'deploy/api', '-n', 'shop'), { code: 0, out: /Decision +ScaleDown 2 -> 0/ });
  t.match(await run('schedule', '--for', '3d'), { code: 0, out: /shop +up/ });
  t.same(sandbox.requests.mutating().map(what), []);
  t.same(
    new Set(sandbox.requests.all().map(({ method, verb }) => `${method} ${verb}`)),
    new Set(['GET get', 'GET list']),
  );
});

const parsed = ({ out }: Outcome) =>
  JSON.parse(out) as { metadata: Record<string, string> } & Pick<Plan, 'decisions' | 'summary' | 'advice'>;

t.test('the document names the context, and the manifests of the same cluster give the same decisions', async (t) => {
  const { run } = await live(t);
  const fromCluster = parsed(await run('plan', '-o', 'json', '--show', 'all'));
  t.match(fromCluster.metadata, { context: /./, at: AT, source: 'cluster' });
  const dump = t.testdir({ 'all.json': JSON.stringify({ kind: 'List', items: scenario('small').objects }) });
  const fromDump = parsed(await steward(['plan', '-o', 'json', '--show', 'all', '--from', dump, '--at', AT]));
  t.same(fromDump.decisions, fromCluster.decisions);
  t.same(Object.keys(fromDump.metadata), ['at', 'source']);
});

t.test('what a running controller would hold back is told, where that can be known', async (t) => {
  const annotations = { 'downscaler/downtime': 'Mon-Sun 08:00-22:00 UTC' };
  const objects = [
    namespace({ name: 'lab', annotations }),
    deployment({
      ...{ namespace: 'lab', name: 'awake', labels: { tier: 'awake' } },
      annotations: { 'downscaler/exclude': 'true' },
    }),
    ...Array.from({ length: 60 }, (_, index) =>
      deployment({ namespace: 'lab', name: `web-${index}`, labels: { tier: index === 0 ? 'held' : 'too' } }),
    ),
  ];
  const { run } = await live(t, { objects });
  const trips = async (...args: string[]) =>
    parsed(await run('plan', 'downscaler', '-o', 'json', ...args)).summary.wouldTrip;
  t.equal(await trips(), true);
  t.match(
    (await run('plan')).out,
    'one that is running would hold these changes back, unless it was started with --yes',
  );
  t.equal(await trips('--yes'), undefined, 'agreed to');
  t.equal(await trips('-l', 'tier=held'), true, 'what is shown is a part of what is held');
  t.equal(await trips('-l', 'tier=awake'), undefined, 'none of what is shown is held');
  t.equal(await trips('-n', 'lab'), undefined, 'of a part it is not known how much it is');
  const dump = t.testdir({ 'all.json': JSON.stringify({ kind: 'List', items: objects }) });
  t.equal(await trips('--from', dump), undefined, 'manifests are awake at any time');
});

t.test('what a GitOps tool has to be told is part of the plan', async (t) => {
  const annotations = { 'argocd.argoproj.io/tracking-id': 'lab:apps/Deployment:lab/web' };
  const objects = [
    namespace({ name: 'lab', annotations: { 'downscaler/uptime': 'never' } }),
    deployment({ namespace: 'lab', name: 'web', annotations }),
  ];
  const { run } = await live(t, { objects });
  t.match((await run('plan')).out, /In the Application \(lab\):\n\n {4}spec:\n {6}ignoreDifferences:\n/);
  t.match(parsed(await run('plan', '-o', 'json')).advice, [{ topic: 'argocd' }]);
  t.equal(parsed(await run('plan', '-n', 'shop', '-o', 'json')).advice, undefined, 'of what is asked for alone');
});

t.test('with -n nothing is asked of other namespaces', async (t) => {
  const { sandbox, run } = await live(t);
  const { code, out } = await run('plan', 'downscaler', '-n', 'shop', '-o', 'json');
  t.equal(code, 0);
  t.equal(JSON.parse(out).decisions.length, 4);
  const namespaced = sandbox.requests.all().filter(({ resource }) => resource === 'deployments');
  t.same(namespaced.map(what), ['GET list /apis/apps/v1/namespaces/shop/deployments']);
  t.same(sandbox.requests.all({ resource: 'namespaces' }).map(what), ['GET get /api/v1/namespaces/shop']);
});

t.test('every missing permission is told at once, with the rules to add', async (t) => {
  const { run } = await live(t, { faults: [forbid('deployments', 'namespaces')] });
  const { code, out, err } = await run('plan');
  t.equal(code, 1);
  t.equal(out, '');
  t.equal(
    err,
    `error: deployments.apps, namespaces may not be read; a ClusterRole needs these rules:
  - {apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list"]}
  - {apiGroups: [""], resources: ["namespaces"], verbs: ["get", "list"]}
`,
  );
});

t.test('what can be done without is a notice', async (t) => {
  const { run } = await live(t, { faults: [forbid('pods', 'apiservices')] });
  const { code, out, err } = await run('plan', '-o', 'name');
  t.equal(code, 0);
  t.match(out, /deployment\.apps\/api/);
  t.match(
    err,
    /^notice: going on without pods, apiservices\.apiregistration\.k8s\.io, which may not be read; a ClusterRole /,
  );
  t.match(err, /resources: \["pods"\], verbs: \["get", "list"\]/);
});

t.test('a failure of the server is one line: context, what failed, what to do', async (t) => {
  const cases: [effect: FaultRule['effect'], told: RegExp][] = [
    [{ kind: 'status', code: 500 }, /deployments: 500 /],
    [{ kind: 'status', code: 401 }, /401 .*\(log in again, or choose another user with --context\)/],
    [{ kind: 'reset' }, /\(is the cluster up, .*--context chooses another one\)/],
    [{ kind: 'stall' }, /\(--request-timeout allows more time\)/],
  ];
  for (const [effect, told] of cases) {
    const { run } = await live(t, { faults: [{ match: { resources: ['deployments'] }, effect }] });
    const { code, out, err } = await run('plan', '--request-timeout', effect.kind === 'stall' ? '1s' : '1m');
    t.equal(code, 1, effect.kind);
    t.equal(out, '');
    t.match(err, /^error: context \S+: GET http:\S+\/deployments.*\n$/, effect.kind);
    t.match(err, told, effect.kind);
  }
});

t.test('a server that is not there is told with what to do', async (t) => {
  const { sandbox, run } = await live(t);
  await sandbox.stop();
  t.match(await run('plan'), {
    code: 1,
    out: '',
    err: /^error: context \S+: GET .*ECONNREFUSED.*\(is the cluster up,.*\)\n$/,
  });
});

t.test('a server that is no API server is told as such', async (t) => {
  const server: Server = createServer((_, response) => response.end('<html>Sign in</html>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const config = {
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
    contexts: [{ name: 'c', context: { cluster: 'c' } }],
    'current-context': 'c',
  };
  const env = { KUBECONFIG: kubeconfig(t, JSON.stringify(config)) };
  t.match(await steward(['plan'], { env }), {
    code: 1,
    err: /^error: context c: GET .*\(is the server of this context the API server itself\?\)\n$/,
  });
});

t.test('a kubeconfig that leads nowhere is an invalid value', async (t) => {
  const { run } = await live(t);
  t.match(await run('plan', '--context', 'prod'), { code: 3, err: /there is no context "prod" in .*there are: / });
  t.match(await run('plan', '--kubeconfig', 'nowhere'), {
    code: 3,
    err: /no kubeconfig found: --kubeconfig: no nowhere/,
  });
  t.match(await steward(['plan'], { env: { HOME: t.testdir({}) } }), { code: 3, err: /no cluster to talk to/ });
});

t.test('--as and --as-group act as somebody else', async (t) => {
  const { sandbox, run } = await live(t);
  t.match(await run('plan', '--as', 'jane', '--as-group', 'dev,ops', '--request-timeout', '0'), { code: 0 });
  t.match(sandbox.requests.all().at(-1), { user: 'jane', impersonatedBy: 'admin', groups: ['dev', 'ops'] });
  t.match(sandbox.requests.all().at(-1)?.userAgent, /^kube-steward/);
});
