import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import t from 'tap';
import { RESOURCES, createClient, createTransport, loadEndpoint, type Unstructured } from '@kube-steward/kube';
import { deployment } from '@kube-steward/sandbox';
import { countsOf } from './audit.ts';
import { startCluster, type RealCluster } from './cluster.ts';
import { until } from './until.ts';

interface Status extends Unstructured {
  readonly status?: { readonly readyReplicas?: number };
}

const readyReplicas = async ({ admin }: RealCluster, name: string): Promise<number> =>
  (await admin.get<Status>(RESOURCES.deployments, { namespace: 'default', name })).status?.readyReplicas ?? 0;

t.test('a cluster has RBAC, counts requests by client, forgets its history and survives a restart', async (t) => {
  await using cluster = await startCluster({ clients: ['nobody'] });
  t.match(cluster.version, /^v1\.\d+\.\d+$/);
  const transport = createTransport(await loadEndpoint({ kubeconfig: cluster.kubeconfig('nobody') }), {});
  const nobody = createClient(transport);
  await t.rejects(nobody.list(RESOURCES.pods, {}), { code: 'Forbidden' });
  t.same(countsOf(cluster.audit('nobody')), { 'list pods': 1 }, 'one request, and it is in the audit log');

  await cluster.admin.create(RESOURCES.deployments, deployment({ name: 'api', namespace: 'default' }));
  const { resourceVersion: old } = await cluster.admin.list(RESOURCES.deployments, {});
  const labels = { metadata: { labels: { touched: 'yes' } } };
  const key = { namespace: 'default', name: 'api' };
  await cluster.admin.patch(RESOURCES.deployments, key, { type: 'merge', body: labels });

  await cluster.stopApiServer();
  await t.rejects(cluster.admin.list(RESOURCES.deployments, {}), 'nobody answers');
  await cluster.compact();
  await cluster.startApiServer();
  t.equal((await cluster.admin.list(RESOURCES.deployments, {})).items.length, 1, 'nothing is lost');
  const exact = { resourceVersion: old, resourceVersionMatch: 'Exact' } as const;
  await t.rejects(cluster.admin.list(RESOURCES.deployments, exact), { code: 'Expired' });
  transport.close();
});

t.test('pods run on simulated nodes, and follow their Deployment', async (t) => {
  await using cluster = await startCluster({ nodes: 2 });
  await cluster.admin.create(RESOURCES.deployments, deployment({ name: 'api', namespace: 'default', replicas: 3 }));
  await until(async () => (await readyReplicas(cluster, 'api')) === 3, 'three ready replicas');
  const down = { type: 'merge', body: { spec: { replicas: 0 } } } as const;
  await cluster.admin.patch(RESOURCES.deployments, { namespace: 'default', name: 'api' }, down);
  const pods = async (): Promise<number> =>
    (await cluster.admin.list(RESOURCES.pods, { namespace: 'default' })).items.length;
  await until(async () => (await pods()) === 0, 'no pod left');
  t.equal(await pods(), 0);
});

t.test('nothing is left of a cluster whose starter was killed', async (t) => {
  const script = new URL('holder.ts', import.meta.url).pathname;
  const holder = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: holder.stdout }), 'line')) as [string];
  const pids = JSON.parse(line) as number[];
  t.ok(pids.length >= 2 && pids.every(isAlive), 'etcd and kube-apiserver run');
  holder.kill('SIGKILL');
  await until(() => !pids.some(isAlive), 'they are gone');
  t.notOk(pids.some(isAlive));
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
