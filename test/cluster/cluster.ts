import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, createTransport, loadEndpoint, type Client } from '@kube-steward/kube';
import type { AuditEntry } from './audit.ts';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import { startControllers } from './controllers.ts';
import { startKarpenter } from './karpenter.ts';
import { addNodes, startKwok } from './nodes.ts';
import { createPrograms, type Programs } from './programs.ts';
import { grant, type Rule } from './rights.ts';
import { createServiceAccount, usernameOf, type ServiceAccount } from './service-account.ts';
import type { Site } from './site.ts';
import { startMetricsServer, usageFlags } from './usage.ts';
import { createTokens, kubeconfigText, type Tokens } from './users.ts';
import { installVpa, startRecommender, type RecommenderOptions } from './vpa.ts';

/** What a cluster is made of beside the API server and etcd. */
export interface ClusterOptions {
  /** The real controllers, and the scheduler; or only these controllers, by name. */
  readonly controllers?: boolean | readonly string[];
  /** Simulated nodes, on which pods run; brings the controllers. */
  readonly nodes?: number;
  /** `metrics.k8s.io`, from annotations of the pods (`USAGE`); brings what runs pods. */
  readonly usage?: boolean;
  /** Karpenter, for node pools (`addNodePools`); brings what runs pods. */
  readonly karpenter?: boolean;
  /** The kinds of the VPA, for `startRecommender`; brings the usage. */
  readonly vpa?: boolean;
  /** Users with a token each, without rights of their own; `admin` may do everything and is always there. */
  readonly clients?: readonly string[];
}

/** A Kubernetes cluster on this machine. */
export interface RealCluster extends AsyncDisposable {
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  readonly version: string;
  /** May do everything. */
  readonly admin: Client;
  /** The path of a kubeconfig of one of the clients. */
  kubeconfig(client?: string): string;
  /**
   * Makes a ServiceAccount with exactly these rights, and a client of its user name, which is returned: for `kubeconfig` and
   * `audit`.
   */
  addServiceAccount(account: ServiceAccount, rules: readonly Rule[]): Promise<string>;
  /** The requests of a client so far; of all of them when left out. */
  audit(client?: string): AuditEntry[];
  /** The process ids of its programs. */
  pids(): Promise<number[]>;
  /** Forgets the history in etcd. What the API server still holds in its memory goes with a restart of it: 410 then. */
  compact(): Promise<void>;
  /** Stops the API server at once; its watches break. */
  stopApiServer(): Promise<void>;
  startApiServer(): Promise<void>;
  /** Starts the recommender of the VPA project; its `stop` ends it. */
  readonly startRecommender: (options?: RecommenderOptions) => Promise<{ stop(): Promise<void> }>;
  stop(): Promise<void>;
}

/**
 * Starts etcd and kube-apiserver on fresh ports of the loopback, with RBAC and an audit log, and what else is asked for.
 * Everything ends with this process, also when it is killed.
 *
 * @throws Error when a program is missing, or does not get ready; its log is in the message
 */
export const startCluster = async (options: ClusterOptions = {}): Promise<RealCluster> => {
  const folder = mkdtempSync(join(tmpdir(), 'kube-steward-cluster-'));
  const programs = createPrograms(folder);
  const stop = async (): Promise<void> => {
    await programs.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return await start(programs, stop, options);
  } catch (error) {
    await stop();
    throw error;
  }
};

const start = async (
  programs: Programs,
  stopPrograms: () => Promise<void>,
  options: ClusterOptions,
): Promise<RealCluster> => {
  const tokens = createTokens(options.clients ?? []);
  const plane = await startControlPlane(programs, tokens);
  const kubeconfig = kubeconfigs(programs, plane, tokens);
  const transport = createTransport(await loadEndpoint({ kubeconfig: kubeconfig('admin') }), { qps: -1 });
  const admin = createClient(transport);
  const site: Site = { programs, admin, kubeconfig };
  await startParts(site, options).catch((error: unknown) => {
    transport.close();
    throw error;
  });
  const stop = async (): Promise<void> => {
    transport.close();
    await stopPrograms();
  };
  return {
    ...plane,
    version: await versionOf(admin),
    admin,
    kubeconfig: (client = 'admin') => kubeconfig(client),
    addServiceAccount: async (account, rules) => {
      tokens.set(usernameOf(account), await createServiceAccount(admin, account));
      await grant(admin, account, rules);
      return usernameOf(account);
    },
    audit: (client) => plane.audit().filter(({ user }) => client === undefined || user.username === client),
    pids: () => programs.pids(),
    startRecommender: (wishes) => startRecommender(site, wishes),
    stop,
    [Symbol.asyncDispose]: stop,
  };
};

/** What is asked for and what that needs, in order. */
const startParts = async (site: Site, options: ClusterOptions): Promise<void> => {
  const { nodes = 0, karpenter = false, vpa = false, usage = vpa } = options;
  const runsPods = nodes > 0 || usage || karpenter;
  const { controllers = runsPods } = options;
  if (controllers !== false) startControllers(site, controllers);
  if (runsPods) startKwok(site, usage ? await usageFlags(site.programs) : []);
  await addNodes(site.admin, nodes);
  if (karpenter) await startKarpenter(site);
  if (vpa) await installVpa(site);
  if (usage) await startMetricsServer(site);
};

/** Writes the kubeconfig of a user, and says where. */
const kubeconfigs =
  ({ path }: Programs, { server, authority }: ControlPlane, tokens: Tokens) =>
  (user: string): string => {
    const token = tokens.get(user);
    if (token === undefined) throw new Error(`no client ${user}; there are: ${[...tokens.keys()].join(', ')}`);
    const file = path(`${user}.kubeconfig`);
    writeFileSync(file, kubeconfigText(server, authority(), token));
    return file;
  };

const versionOf = async (client: Client): Promise<string> => {
  const { body } = await client.request({ method: 'GET', path: '/version' });
  return (body as { gitVersion: string }).gitVersion;
};
