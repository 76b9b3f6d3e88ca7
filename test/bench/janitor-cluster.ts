import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { RESOURCES } from '@kube-steward/kube';
import { namespace } from '@kube-steward/sandbox';
import { JANITOR_RULES, startCluster, until, usernameOf, type AuditEntry, type RealCluster } from '../cluster/index.ts';
import { JANITOR_BUNDLE, bundleScript, figure, percentile, startScript, withFolder, type Bench } from './bench.ts';

const ACCOUNTS = {
  loop: { namespace: 'kube-steward', name: 'loop' },
  janitor: { namespace: 'kube-steward', name: 'janitor' },
};
const OBJECTS = 12_000;
const DUE = 1000;
const NAMESPACES = 200;
const SOCKETS = 16;
const ROUNDS = 3;
/** For the janitor to have read everything before the moment at which all expires. */
const LEAD_MS = 15_000;
const { configMaps } = RESOURCES;

/** 1,000 objects of a real API server expire at one moment: the janitor, and a loop of events and deletes. */
export const janitorClusterBench: Bench = {
  name: 'janitor-cluster',
  async run() {
    await using cluster = await startCluster();
    for (const account of Object.values(ACCOUNTS)) await cluster.addServiceAccount(account, JANITOR_RULES);
    await inParallel(NAMESPACES, (i) => cluster.admin.create(RESOURCES.namespaces, namespace({ name: `load-${i}` })));
    await fill(cluster, 'stays', OBJECTS - DUE, {});
    const rounds: { readonly loop: number; readonly ours: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      rounds.push({ loop: await bareLoop(cluster), ours: await janitor(cluster) });
    const median = (values: readonly number[]): number => percentile(values, 0.5);
    const [loop, ours] = [median(rounds.map((each) => each.loop)), median(rounds.map((each) => each.ours))];
    return [
      shown(`a bare loop of ${DUE} events and deletes among ${OBJECTS} objects, ${SOCKETS} connections`, loop),
      shown('the janitor', ours),
      figure('… by the loop of the same round', median(rounds.map((each) => each.ours / each.loop)), 1.3, 'times'),
      { what: 'recorded, another day: the loop; kube-janitor c080f7c', bar: '', reached: '1.5 s; 5.8 s', met: true },
    ];
  },
};

const shown = (what: string, seconds: number) => ({ what, bar: '', reached: `${seconds.toFixed(2)} s`, met: true });

const inParallel = async (count: number, call: (index: number) => Promise<unknown>): Promise<void> => {
  const rest = Array(count).keys();
  const work = async (): Promise<void> => {
    for (const index of rest) await call(index);
  };
  await Promise.all(Array.from({ length: SOCKETS }, work));
};

const fill = ({ admin }: RealCluster, prefix: string, count: number, annotations: Record<string, string>) =>
  inParallel(count, (i) => {
    const metadata = { name: `${prefix}-${i}`, namespace: `load-${i % NAMESPACES}`, annotations };
    return admin.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  });

const bareLoop = (cluster: RealCluster): Promise<number> =>
  withFolder(async (folder) => {
    await fill(cluster, 'loop', DUE, {});
    const before = writesOf(cluster, 'loop').length;
    const kubeconfig = cluster.kubeconfig(usernameOf(ACCOUNTS.loop));
    await startScript(await bundleScript('delete-loop', folder), [kubeconfig, 'loop-', String(SOCKETS)]).next();
    return durationOf(writesOf(cluster, 'loop').slice(before));
  });

const janitor = async (cluster: RealCluster): Promise<number> => {
  const at = Math.ceil((Date.now() + LEAD_MS) / 1000) * 1000;
  await fill(cluster, 'due', DUE, { 'janitor/expires': new Date(at).toISOString() });
  const before = writesOf(cluster, 'janitor').length;
  const flags = [
    `--kubeconfig=${cluster.kubeconfig(usernameOf(ACCOUNTS.janitor))}`,
    ...['--health-port=0', '--qps=-1', '--no-leader-elect', `--concurrency=${SOCKETS}`],
  ];
  const env = { ...process.env, POD_NAMESPACE: ACCOUNTS.janitor.namespace, POD_NAME: 'janitor-0' };
  const child = spawn(process.execPath, [JANITOR_BUNDLE, ...flags], { stdio: 'ignore', env });
  try {
    await sleep(at - Date.now());
    const written = (): AuditEntry[] => writesOf(cluster, 'janitor').slice(before);
    await until(() => written().filter(({ verb }) => verb === 'delete').length >= DUE, 'all are deleted');
    return durationOf(written());
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
};

/** Its deletes, and the Events before them. */
const writesOf = (cluster: RealCluster, client: keyof typeof ACCOUNTS): AuditEntry[] =>
  cluster
    .audit(usernameOf(ACCOUNTS[client]))
    .filter(({ verb, objectRef }) => verb === 'delete' || (verb === 'create' && objectRef?.resource === 'events'));

/** From the first of them to the end of the last, as the API server saw them. */
const durationOf = (sent: readonly AuditEntry[]): number => {
  if (sent.length !== 2 * DUE) throw new Error(`${sent.length} events and deletes, not ${2 * DUE}`);
  const begun = sent.map(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp));
  const ended = sent.map(({ stageTimestamp }) => Date.parse(stageTimestamp));
  return (Math.max(...ended) - Math.min(...begun)) / 1000;
};
