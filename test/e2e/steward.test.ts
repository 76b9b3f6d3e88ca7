import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { Plan } from '@kube-steward/plan';
import { deployment, namespace } from '@kube-steward/sandbox';
import t, { type Test } from 'tap';
import { runBundle } from './programs.ts';
import { serveCluster, type ServedCluster } from './served-cluster.ts';

const OLD = '2026-01-01T00:00:00Z';
const FRIDAY_EVENING = '2026-11-20T19:41:00Z';
const OBJECTS = [
  namespace({ name: 'shop', annotations: { 'downscaler/uptime': 'Mon-Fri 07:30-20:30 Europe/Berlin' } }),
  deployment({ namespace: 'shop', name: 'web', replicas: 3, creationTimestamp: OLD }),
  deployment({
    namespace: 'shop',
    name: 'cart',
    replicas: 2,
    creationTimestamp: OLD,
    annotations: { 'downscaler/uptime': 'Fry 07:30-20:30 Europe/Berlin' },
  }),
];

const begin = async (t: Test) => {
  const served = await serveCluster(t, OBJECTS, { user: 'laptop' });
  const steward = (...args: string[]) => runBundle(t, 'steward', args, { env: { KUBECONFIG: served.kubeconfig } });
  return { served, steward };
};

const writesNothing = ({ sandbox }: ServedCluster): boolean =>
  sandbox.requests.size > 0 &&
  sandbox.requests.all().every(({ method, user }) => method === 'GET' && user === 'laptop');

t.test('plan: the same answer for a person and for a program', async (t) => {
  const { served, steward } = await begin(t);
  const forPerson = await steward('plan', '--at', FRIDAY_EVENING, '--color=never');
  t.equal(forPerson.code, 0, forPerson.err);
  t.match(forPerson.out, /-\s+Deployment\/web\s+3 -> 0/);
  t.match(forPerson.out, /!\s+Deployment\/cart .*InvalidAnnotation.*did you mean Fri/);
  t.match(forPerson.out, /Plan: 1 scale down, 1 invalid/);
  const forProgram = await steward('plan', 'downscaler', '--at', FRIDAY_EVENING, '-o', 'json');
  const plan = JSON.parse(forProgram.out) as Plan;
  t.match(plan, { kind: 'Plan', summary: { scaleDown: 1, invalid: 1 } });
  t.ok(writesNothing(served));
});

t.test('explain and schedule, against a cluster', async (t) => {
  const { served, steward } = await begin(t);
  const explained = await steward('explain', 'deploy/web', '-n', 'shop', '--at', FRIDAY_EVENING);
  t.equal(explained.code, 0, explained.err);
  t.match(explained.out, /OutsideUptime/);
  t.match(explained.out, /namespace\/shop/);
  const coming = await steward('schedule', '--for', '3d', '--at', FRIDAY_EVENING);
  t.equal(coming.code, 0, coming.err);
  t.match(coming.out, /Mon/);
  t.ok(writesNothing(served));
});

const EXIT_CODES = [
  {
    title: 'something would change',
    args: ['plan', '--at', FRIDAY_EVENING, '--detailed-exitcode'],
    code: 2,
    says: /web/,
  },
  {
    title: 'nothing would change',
    args: ['plan', '--at', '2026-11-20T11:00:00Z', '--detailed-exitcode'],
    code: 0,
    says: /invalid/,
  },
  { title: 'a value that cannot be', args: ['plan', '--grace-period=soon'], code: 3, says: /--grace-period/ },
  { title: 'a window that cannot be', args: ['schedule', 'test', 'Fry 07:00-20:00 UTC'], code: 3, says: /Fri/ },
  { title: 'an unknown flag', args: ['plan', '--namespaces=shop'], code: 64, says: /did you mean --namespace/ },
  { title: 'an unknown command', args: ['plann'], code: 64, says: /plan/ },
  { title: 'an object that is not there', args: ['explain', 'deploy/none', '-n', 'shop'], code: 1, says: /none/ },
  { title: 'the version', args: ['version'], code: 0, says: /\d+\.\d+\.\d+/ },
] as const;

t.test('exit codes', async (t) => {
  const { steward } = await begin(t);
  for (const { title, args, code, says } of EXIT_CODES) {
    const ended = await steward(...args);
    t.equal(ended.code, code, `${title}\n${ended.err}`);
    t.match(ended.out + ended.err, says, title);
  }
});

t.test('a server that is not there: exit code 1, and which one it was', async (t) => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  const kubeconfig = join(t.testdir({}), 'kubeconfig');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
      contexts: [{ name: 'c', context: { cluster: 'c' } }],
      'current-context': 'c',
    }),
  );
  const { code, out, err } = await runBundle(t, 'steward', ['plan'], { env: { KUBECONFIG: kubeconfig } });
  t.equal(code, 1);
  t.equal(out, '');
  t.match(err, new RegExp(`127\\.0\\.0\\.1:${port}`));
});

t.test('without any kubeconfig it says where it looked', async (t) => {
  const { code, err } = await runBundle(t, 'steward', ['plan'], { env: { HOME: t.testdir({}) } });
  t.equal(code, 3);
  t.match(err, /\.kube\/config|kubeconfig/);
  t.match(err, /KUBECONFIG/);
});
