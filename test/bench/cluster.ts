import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { RESOURCES, createClient, createTransport, loadEndpoint } from '@kube-steward/kube';
import { deployment, namespace } from '@kube-steward/sandbox';
import { countsOf, startCluster, until, type AuditEntry, type RealCluster } from '../cluster/index.ts';
import { DOWNSCALER_RULES } from '../cluster/rights.ts';
import { usernameOf } from '../cluster/service-account.ts';
import { DOWNSCALER_BUNDLE, NODE_FLAGS, figure, type Bench } from './bench.ts';

const WORKLOADS = 2000;
const NAMESPACES = 200;
const SOCKETS = 16;
const IDLE_MS = 60_000;
/** Longer than a pass of the audit log is behind. */
const SETTLED_MS = 2000;
const { deployments } = RESOURCES;
const ACCOUNT = { namespace: 'kube-steward', name: 'downscaler' };
const USER = usernameOf(ACCOUNT);
const DOWNTIME = 'downscaler/downtime';

/** 2,000 Deployments of a real API server down and up: the downscaler, and a loop that does nothing but send patches. */
export const clusterBench: Bench = {
  name: 'cluster',
  async run() {
    await using cluster = await startCluster();
    await fill(cluster);
    const loop = [await bareLoop(cluster, 0), await bareLoop(cluster, 3)];
    const ours = await downscaler(cluster);
    const [down, up] = ours.seconds;
    return [
      { what: `a bare loop of patches, ${SOCKETS} sockets: down, up`, bar: '', reached: shown(loop), met: true },
      { what: 'the downscaler: down, up', bar: '', reached: shown(ours.seconds), met: true },
      figure('… down, by the loop', (down ?? NaN) / (loop[0] ?? NaN), 1.3, 'times'),
      figure('… up, by the loop', (up ?? NaN) / (loop[1] ?? NaN), 1.3, 'times'),
      figure('… requests in an idle minute, beyond watches and the Lease', ours.idleRequests, 0, ''),
      figure('… resident when idle', ours.residentMb, 250, 'MB'),
    ];
  },
};

const shown = (seconds: readonly number[]): string => seconds.map((each) => `${each.toFixed(1)} s`).join(', ');
const keyOf = (index: number) => ({ namespace: `load-${index % NAMESPACES}`, name: `api-${index}` });
const indexes = Array.from({ length: WORKLOADS }, (_, index) => index);

/** Calls with every number, so many at a time. */
const each = async (numbers: readonly number[], call: (index: number) => Promise<unknown>): Promise<void> => {
  const rest = numbers.values();
  await Promise.all(
    Array.from({ length: SOCKETS }, async () => {
      for (const index of rest) await call(index);
    }),
  );
};

const fill = async ({ admin }: RealCluster): Promise<void> => {
  await each([...Array(NAMESPACES).keys()], (index) =>
    admin.create(RESOURCES.namespaces, namespace({ name: `load-${index}` })),
  );
  await each(indexes, (index) => admin.create(deployments, deployment({ ...keyOf(index), replicas: 3 })));
};

const bareLoop = async (cluster: RealCluster, replicas: number): Promise<number> => {
  const transport = createTransport(await loadEndpoint({ kubeconfig: cluster.kubeconfig('admin') }), { qps: -1 });
  const client = createClient(transport);
  const begun = performance.now();
  await each(indexes, (index) =>
    client.patch(deployments, keyOf(index), { type: 'merge', body: { spec: { replicas } }, discardReply: true }),
  );
  transport.close();
  return (performance.now() - begun) / 1000;
};

interface Ours {
  readonly seconds: readonly number[];
  readonly idleRequests: number;
  readonly residentMb: number;
}

const downscaler = async (cluster: RealCluster): Promise<Ours> => {
  await cluster.addServiceAccount(ACCOUNT, DOWNSCALER_RULES);
  const flags = [
    ...[`--kubeconfig=${cluster.kubeconfig(USER)}`, '--grace-period=0', '--health-port=0'],
    ...['--qps=-1', `--concurrency=${SOCKETS}`],
  ];
  const env = { ...process.env, POD_NAMESPACE: 'kube-steward', POD_NAME: 'downscaler-0' };
  const controller = spawn(process.execPath, [...NODE_FLAGS, DOWNSCALER_BUNDLE, ...flags], { stdio: 'ignore', env });
  try {
    await until(() => countsOf(cluster.audit(USER))['watch deployments'] !== undefined, 'it watches');
    await rest(SETTLED_MS);
    const seconds = [await swept(cluster, 'always'), await swept(cluster, null)];
    await rest(SETTLED_MS * 5);
    const before = cluster.audit(USER).length;
    await rest(IDLE_MS);
    const idle = countsOf(cluster.audit(USER).slice(before));
    const requests = Object.entries(idle).filter(([what]) => !/^watch |leases$/.test(what));
    return {
      seconds,
      idleRequests: requests.reduce((sum, [, count]) => sum + count, 0),
      residentMb:
        Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${controller.pid ?? 0}/status`, 'utf8'))?.[1]) / 1024,
    };
  } finally {
    controller.kill('SIGKILL');
  }
};

const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** From the first patch to the last, as the API server saw them. */
const swept = async (cluster: RealCluster, downtime: string | null): Promise<number> => {
  const before = patches(cluster).length;
  const body = { metadata: { annotations: { [DOWNTIME]: downtime } } };
  await each([...Array(NAMESPACES).keys()], (index) =>
    cluster.admin.patch(RESOURCES.namespaces, { name: `load-${index}` }, { type: 'merge', body }),
  );
  await until(() => patches(cluster).length - before >= WORKLOADS, `${WORKLOADS} patches`);
  const times = patches(cluster)
    .slice(before)
    .map(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp));
  return (Math.max(...times) - Math.min(...times)) / 1000;
};

const patches = (cluster: RealCluster): AuditEntry[] =>
  cluster.audit(USER).filter(({ verb, objectRef }) => verb === 'patch' && objectRef?.resource === 'deployments');
