import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import t from 'tap';
import {
  RESOURCES,
  createClient,
  createTransport,
  loadEndpoint,
  type Resource,
  type Unstructured,
} from '@kube-steward/kube';
import { deployment } from '@kube-steward/sandbox';
import { countsOf } from './audit.ts';
import { startCluster } from './cluster.ts';
import { grant } from './rights.ts';
import { until } from './until.ts';

interface Status extends Unstructured {
  readonly status?: { readonly readyReplicas?: number };
}

const cluster = await startCluster({ nodes: 2, clients: ['nobody'] });
t.teardown(() => cluster.stop());
const { admin } = cluster;
const API = { namespace: 'default', name: 'api' };

t.test('a client without rights is refused, and counted', async (t) => {
  t.match(cluster.version, /^v1\.\d+\.\d+$/);
  const transport = createTransport(await loadEndpoint({ kubeconfig: cluster.kubeconfig('nobody') }), {});
  const nobody = createClient(transport);
  await t.rejects(nobody.list(RESOURCES.pods, {}), { code: 'Forbidden' });
  await until(() => cluster.audit('nobody').length > 0, 'the audit log has it');
  t.same(countsOf(cluster.audit('nobody')), { 'list pods': 1 });
  transport.close();
});

t.test(
  'a ServiceAccount may do what it is given, in its own namespace alone where that is said, until it is taken',
  async (t) => {
    const account = { namespace: 'tools', name: 'tidy' };
    const pods = { apiGroups: [''], resources: ['pods'], verbs: ['list'] };
    const configMaps = { apiGroups: [''], resources: ['configmaps'], verbs: ['list'], inOwnNamespace: true };
    const user = await cluster.addServiceAccount(account, [pods, configMaps]);
    t.equal(user, 'system:serviceaccount:tools:tidy');
    const transport = createTransport(await loadEndpoint({ kubeconfig: cluster.kubeconfig(user) }), {});
    const client = createClient(transport);
    const may = (resource: Resource, namespace: string): Promise<boolean> =>
      client.list(resource, { namespace }).then(
        () => true,
        () => false,
      );
    await until(() => may(RESOURCES.configMaps, 'tools'), 'the rights are known');
    t.ok(await may(RESOURCES.pods, 'default'));
    t.notOk(await may(RESOURCES.configMaps, 'default'));
    await grant(admin, account, [pods]);
    await until(async () => !(await may(RESOURCES.configMaps, 'tools')), 'one is taken away');
    t.ok(await may(RESOURCES.pods, 'default'), 'the other is not');
    await until(() => countsOf(cluster.audit(user))['list pods'] === 2, 'its requests are counted');
    transport.close();
  },
);

t.test('pods run on simulated nodes, and follow their Deployment', async (t) => {
  await admin.create(RESOURCES.deployments, deployment({ ...API, replicas: 3 }));
  const ready = async (): Promise<number> =>
    (await admin.get<Status>(RESOURCES.deployments, API)).status?.readyReplicas ?? 0;
  await until(async () => (await ready()) === 3, 'three ready replicas');
  await admin.patch(RESOURCES.deployments, API, { type: 'merge', body: { spec: { replicas: 0 } } });
  const pods = async (): Promise<number> => (await admin.list(RESOURCES.pods, { namespace: 'default' })).items.length;
  await until(async () => (await pods()) === 0, 'no pod left');
  t.equal(await pods(), 0);
});

t.test('the API server survives a restart, and forgets its history', async (t) => {
  const { resourceVersion: old } = await admin.list(RESOURCES.deployments, {});
  await admin.patch(RESOURCES.deployments, API, { type: 'merge', body: { metadata: { labels: { touched: 'yes' } } } });
  await cluster.stopApiServer();
  await t.rejects(admin.list(RESOURCES.deployments, {}), 'nobody answers');
  await cluster.compact();
  await cluster.startApiServer();
  t.equal((await admin.list(RESOURCES.deployments, {})).items.length, 1, 'nothing is lost');
  const exact = { resourceVersion: old, resourceVersionMatch: 'Exact' } as const;
  await t.rejects(admin.list(RESOURCES.deployments, exact), { code: 'Expired' });
});

const ENDS = [
  { how: 'was killed', end: (pid: number) => process.kill(pid, 'SIGKILL') },
  { how: 'was interrupted at a terminal', end: (pid: number) => process.kill(-pid, 'SIGINT') },
];
for (const { how, end } of ENDS)
  t.test(`nothing is left of a cluster whose starter ${how}`, async (t) => {
    const script = new URL('holder.ts', import.meta.url).pathname;
    const command = ['--import', 'tsx', script];
    const holder = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    const [line] = (await once(createInterface({ input: holder.stdout }), 'line')) as [string];
    const { pids, folder } = JSON.parse(line) as { pids: number[]; folder: string };
    t.ok(pids.length >= 2 && pids.every(isAlive), 'etcd and kube-apiserver run');
    end(holder.pid ?? 0);
    await until(() => !pids.some(isAlive) && !existsSync(folder), 'they are gone');
    t.notOk(existsSync(folder));
  });

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
