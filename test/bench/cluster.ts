import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { RESOURCES } from '@kube-steward/kube';
import { deployment, namespace } from '@kube-steward/sandbox';
import {
  DOWNSCALER_RULES,
  countsOf,
  startCluster,
  type AuditEntry,
  usernameOf,
  type RealCluster,
} from '../cluster/index.ts';
import {
  DOWNSCALER_BUNDLE,
  bundleScript,
  figure,
  percentile,
  startScript,
  withFolder,
  type Bench,
  type Figure,
} from './bench.ts';

const ACCOUNTS = {
  loop: { namespace: 'kube-steward', name: 'loop' },
  downscaler: { namespace: 'kube-steward', name: 'downscaler' },
};
const WORKLOADS = 2000;
const NAMESPACES = 200;
const SOCKETS = 16;
const REPLICAS = 3;
/** One run is at the mercy of whatever else the machine does. */
const ROUNDS = 3;
/** From the start of the downscaler to the evening, and from there to the morning. */
const LEAD_MS = 8000;
const NIGHT_MS = 30_000;
/** The CPU of a sweep is counted from so long before it. */
const BEFORE_MS = 200;
const IDLE_MS = 60_000;
const { deployments } = RESOURCES;

/** 2,000 Deployments of a real API server down and up: the downscaler, and a loop that does nothing but send patches. */
export const clusterBench: Bench = {
  name: 'cluster',
  async run() {
    await using cluster = await startCluster();
    // The same kind of identity with the same rights: the server looks at both for each request.
    for (const account of Object.values(ACCOUNTS)) await cluster.addServiceAccount(account, DOWNSCALER_RULES);
    await fill(cluster);
    const loops: Sweeps[] = [];
    const ours: Awaited<ReturnType<typeof downscaler>>[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      loops.push(await bareLoop(cluster));
      ours.push(await downscaler(cluster, round === ROUNDS));
    }
    const { idleRequests, residentMb } = ours.at(-1)?.resting ?? { idleRequests: NaN, residentMb: NaN };
    return [
      ...figuresOf(
        loops,
        ours.map(({ sweeps }) => sweeps),
      ),
      figure('… requests in an idle minute, beyond watches and the Lease', idleRequests, 0, ''),
      figure('… resident when idle', residentMb, 250, 'MB'),
      ...PEERS,
    ];
  },
};

/** Measured once, on the machine and with the API server of that day: what to hold ours against, not bars. */
const PEERS: readonly Figure[] = [
  ['a bare loop', '2.4 s, 2.6 s; 80 MB'],
  ['GoKubeDownscaler 5dc73ca', '5.5 s, 5.1 s; 408 requests in an idle minute; 264 MB'],
  ['py-kube-downscaler 26.4.0', '10.5 s, 13.0 s; 12 full lists in an idle minute; 95 MB'],
].map(([what, reached]) => ({
  what: `recorded, another day: ${what}: down, up`,
  bar: '',
  reached: reached ?? '',
  met: true,
}));

/** The two sweeps of one run. */
interface Sweeps {
  readonly seconds: readonly [down: number, up: number];
  /** Of the client, for each patch. */
  readonly cpuMs: number;
}

const figuresOf = (loops: readonly Sweeps[], ours: readonly Sweeps[]): Figure[] => {
  const ratio = (sweep: 0 | 1): number =>
    median(ours.map(({ seconds }, round) => seconds[sweep] / (loops[round]?.seconds[sweep] ?? NaN)));
  return [
    row(`a bare loop of patches, ${SOCKETS} connections: down, up, CPU of the client a patch`, shown(loops)),
    row('the downscaler: down, up, CPU a patch and its event', shown(ours)),
    figure('… down, by the loop of the same round', ratio(0), 1.3, 'times'),
    figure('… up, by the loop of the same round', ratio(1), 1.3, 'times'),
  ];
};

const row = (what: string, reached: string): Figure => ({ what, bar: '', reached, met: true });
const median = (values: readonly number[]): number => percentile(values, 0.5);

const shown = (runs: readonly Sweeps[]): string => {
  const [down, up] = ([0, 1] as const).map((sweep) => median(runs.map(({ seconds }) => seconds[sweep])).toFixed(1));
  return `${down} s, ${up} s, ${median(runs.map(({ cpuMs }) => cpuMs)).toFixed(2)} ms`;
};

const fill = async ({ admin }: RealCluster): Promise<void> => {
  const each = async (count: number, call: (index: number) => Promise<unknown>): Promise<void> => {
    const rest = Array(count).keys();
    const work = async (): Promise<void> => {
      for (const index of rest) await call(index);
    };
    await Promise.all(Array.from({ length: SOCKETS }, work));
  };
  await each(NAMESPACES, (index) => admin.create(RESOURCES.namespaces, namespace({ name: `load-${index}` })));
  await each(WORKLOADS, (index) => {
    const key = { namespace: `load-${index % NAMESPACES}`, name: `api-${index}` };
    return admin.create(deployments, deployment({ ...key, replicas: REPLICAS }));
  });
};

const bareLoop = (cluster: RealCluster): Promise<Sweeps> =>
  withFolder(async (folder) => {
    const before = patches(cluster, 'loop').length;
    const args = [cluster.kubeconfig(usernameOf(ACCOUNTS.loop)), WORKLOADS, NAMESPACES, SOCKETS].map(String);
    const loop = startScript(await bundleScript('patch-loop', folder), args);
    const sweep = async (replicas: number): Promise<number> => {
      loop.send(String(replicas));
      return Number((await loop.next())['cpuMs']);
    };
    const cpuMs = (await sweep(0)) + (await sweep(REPLICAS));
    await loop.stop();
    const sent = patches(cluster, 'loop').slice(before);
    return {
      seconds: [durationOf(sent.slice(0, WORKLOADS)), durationOf(sent.slice(WORKLOADS))],
      cpuMs: cpuMs / WORKLOADS / 2,
    };
  });

/** What is asked of the downscaler beside its sweeps, once they are over. */
interface Resting {
  readonly idleRequests: number;
  readonly residentMb: number;
}

/** A process of its own that goes through an evening and a morning, both at a full second; then rests, if asked to. */
const downscaler = async (cluster: RealCluster, rests: boolean): Promise<{ sweeps: Sweeps; resting?: Resting }> => {
  const before = patches(cluster, 'downscaler').length;
  const evening = Math.ceil((Date.now() + LEAD_MS) / 1000) * 1000;
  const morning = evening + NIGHT_MS;
  const controller = start(cluster, `--default-downtime=${instant(evening)} - ${instant(morning)}`);
  try {
    await sleep(evening - BEFORE_MS - Date.now());
    const cpuMs = cpuMsOf(controller);
    await sleep(morning + NIGHT_MS - Date.now());
    const sent = patches(cluster, 'downscaler').slice(before);
    const down = sent.filter(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp) < morning);
    const sweeps: Sweeps = {
      seconds: [durationOf(down), durationOf(sent.slice(down.length))],
      cpuMs: (cpuMsOf(controller) - cpuMs) / WORKLOADS / 2,
    };
    return rests ? { sweeps, resting: await restingOf(cluster, controller) } : { sweeps };
  } finally {
    controller.kill('SIGTERM');
    await once(controller, 'exit');
  }
};

const start = (cluster: RealCluster, downtime: string): ChildProcess => {
  const flags = [
    ...[`--kubeconfig=${cluster.kubeconfig(usernameOf(ACCOUNTS.downscaler))}`, '--grace-period=0', '--health-port=0'],
    ...['--qps=-1', `--concurrency=${SOCKETS}`, downtime],
  ];
  const env = { ...process.env, POD_NAMESPACE: ACCOUNTS.downscaler.namespace, POD_NAME: 'downscaler-0' };
  return spawn(process.execPath, [DOWNSCALER_BUNDLE, ...flags], { stdio: 'ignore', env });
};

const instant = (at: number): string => new Date(at).toISOString().replace('.000', '');

const restingOf = async (cluster: RealCluster, { pid = 0 }: ChildProcess): Promise<Resting> => {
  const before = cluster.audit(usernameOf(ACCOUNTS.downscaler)).length;
  await sleep(IDLE_MS);
  const idle = countsOf(cluster.audit(usernameOf(ACCOUNTS.downscaler)).slice(before));
  const requests = Object.entries(idle).filter(([what]) => !/^watch |leases$/.test(what));
  return {
    idleRequests: requests.reduce((sum, [, count]) => sum + count, 0),
    residentMb: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
  };
};

/** CPU a process has used so far; the kernel counts in hundredths of a second. */
const cpuMsOf = ({ pid = 0 }: ChildProcess): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user = NaN, system = NaN] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
  return (user + system) * 10;
};

/** From the first patch to the end of the last, as the API server saw them. */
const durationOf = (sent: readonly AuditEntry[]): number => {
  if (sent.length !== WORKLOADS) throw new Error(`${sent.length} patches, not ${WORKLOADS}`);
  const begun = sent.map(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp));
  const ended = sent.map(({ stageTimestamp }) => Date.parse(stageTimestamp));
  return (Math.max(...ended) - Math.min(...begun)) / 1000;
};

const patches = (cluster: RealCluster, client: keyof typeof ACCOUNTS): AuditEntry[] =>
  cluster
    .audit(usernameOf(ACCOUNTS[client]))
    .filter(({ verb, objectRef }) => verb === 'patch' && objectRef?.resource === 'deployments');
