import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, createTransport, loadEndpoint, type Client } from '@kube-steward/kube';
import { AUDIT_POLICY, readAudit, type AuditEntry } from './audit.ts';
import { findFile } from './binaries.ts';
import { signingKeys } from './certificates.ts';
import { freePorts } from './free-ports.ts';
import { addNodes, writeStages } from './nodes.ts';
import { grant, type Rule } from './rights.ts';
import { createServiceAccount, usernameOf, type ServiceAccount } from './service-account.ts';
import { supervise, type Supervised } from './supervised.ts';

/** What a cluster is made of beside the API server and etcd. */
export interface ClusterOptions {
  /** The real controllers, and the scheduler; or only these controllers, by name. */
  readonly controllers?: boolean | readonly string[];
  /** Simulated nodes, on which pods run; brings the controllers. */
  readonly nodes?: number;
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
  /** The requests of a client so far. */
  audit(client: string): AuditEntry[];
  /** The process ids of its programs. */
  pids(): Promise<number[]>;
  /** Forgets the history in etcd. What the API server still holds in its memory goes with a restart of it: 410 then. */
  compact(): Promise<void>;
  /** Stops the API server at once; its watches break. */
  stopApiServer(): Promise<void>;
  startApiServer(): Promise<void>;
  stop(): Promise<void>;
}

const READY_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 100;

/**
 * Starts etcd and kube-apiserver on fresh ports of the loopback, with RBAC and an audit log, and what else is asked for.
 * Everything ends with this process, also when it is killed.
 *
 * @throws Error when a program is missing, or does not get ready; its log is in the message
 */
export const startCluster = async (options: ClusterOptions = {}): Promise<RealCluster> => {
  const folder = mkdtempSync(join(tmpdir(), 'kube-steward-cluster-'));
  try {
    return await new LocalCluster(folder, options).start();
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
};

class LocalCluster implements RealCluster {
  server = '';
  version = '';
  readonly #folder: string;
  readonly #options: ClusterOptions;
  readonly #tokens: Map<string, string>;
  readonly #running: Supervised[] = [];
  #apiServer: Supervised | undefined;
  #apiServerCommand: readonly string[] = [];
  #etcd = '';
  #admin: Client | undefined;
  #close = (): void => undefined;

  constructor(folder: string, options: ClusterOptions) {
    this.#folder = folder;
    this.#options = options;
    const names = ['admin', 'probe', 'controller-manager', 'scheduler', 'kwok', ...(options.clients ?? [])];
    this.#tokens = new Map(names.map((name) => [name, randomBytes(16).toString('hex')]));
  }

  get admin(): Client {
    if (!this.#admin) throw new Error('the cluster is not up');
    return this.#admin;
  }

  async start(): Promise<RealCluster> {
    try {
      await this.#startControlPlane();
      const { nodes = 0, controllers = nodes > 0 } = this.#options;
      if (controllers !== false) this.#startControllers(controllers);
      if (nodes > 0) await this.#startNodes(nodes);
    } catch (error) {
      await this.stop();
      throw error;
    }
    return this;
  }

  async #startControlPlane(): Promise<void> {
    const [client = 0, peer = 0, secure = 0] = await freePorts(3);
    this.#etcd = `http://127.0.0.1:${client}`;
    this.server = `https://127.0.0.1:${secure}`;
    this.#run('etcd', [
      `--data-dir=${this.#path('etcd')}`,
      '--unsafe-no-fsync',
      `--listen-client-urls=${this.#etcd}`,
      `--advertise-client-urls=${this.#etcd}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
    ]);
    this.#writeFiles();
    this.#apiServerCommand = [
      `--etcd-servers=${this.#etcd}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${secure}`,
      `--cert-dir=${this.#path('certificates')}`,
      `--token-auth-file=${this.#path('tokens.csv')}`,
      '--authorization-mode=RBAC',
      `--service-account-key-file=${this.#path('service-accounts.pub')}`,
      `--service-account-signing-key-file=${this.#path('service-accounts.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      '--service-cluster-ip-range=10.0.0.0/24',
      // Pods would need a controller that hands out tokens.
      '--disable-admission-plugins=ServiceAccount',
      `--audit-policy-file=${this.#path('audit-policy.json')}`,
      `--audit-log-path=${this.#path('audit.log')}`,
    ];
    await this.startApiServer();
    const transport = createTransport(await loadEndpoint({ kubeconfig: this.kubeconfig() }), { qps: -1 });
    this.#close = () => transport.close();
    this.#admin = createClient(transport);
    const { body } = await this.#admin.request({ method: 'GET', path: '/version' });
    this.version = (body as { gitVersion: string }).gitVersion;
  }

  #writeFiles(): void {
    const keys = signingKeys();
    const tokens = [...this.#tokens].map(([name, token]) => `${token},${name},${name},"${GROUPS[name] ?? ''}"`);
    writeFileSync(this.#path('service-accounts.key'), keys.privateKey);
    writeFileSync(this.#path('service-accounts.pub'), keys.publicKey);
    writeFileSync(this.#path('audit-policy.json'), AUDIT_POLICY);
    writeFileSync(this.#path('tokens.csv'), tokens.map((line) => line.replace(',""', '')).join('\n'));
    mkdirSync(this.#path('certificates'));
  }

  /** Programs other than the API server, which comes and goes. */
  #run(program: string, args: readonly string[]): void {
    const logFile = this.#path(`${program}.log`);
    const removes = program === 'etcd' ? this.#folder : '';
    this.#running.push(supervise(program, [findFile(program), ...args], { logFile, removes }));
  }

  async startApiServer(): Promise<void> {
    const logFile = this.#path('kube-apiserver.log');
    const server = supervise('kube-apiserver', [findFile('kube-apiserver'), ...this.#apiServerCommand], { logFile });
    this.#apiServer = server;
    await until(
      () => this.#isReady(),
      `kube-apiserver at ${this.server}`,
      () => server.log(),
    );
  }

  async stopApiServer(): Promise<void> {
    await this.#apiServer?.stop();
  }

  /** Waits for what the server sets up at its start as well: namespaces, roles, priority classes. */
  async #isReady(): Promise<boolean> {
    if (!existsSync(this.#certificate())) return false;
    return (await statusOf(`${this.server}/readyz`, this.#certificate(), this.#tokens.get('probe') ?? '')) === 200;
  }

  #startControllers(chosen: true | readonly string[]): void {
    const common = ['--leader-elect=false', '--secure-port=0', '--kube-api-qps=2000', '--kube-api-burst=4000'];
    this.#run('kube-controller-manager', [
      `--kubeconfig=${this.kubeconfig('controller-manager')}`,
      `--service-account-private-key-file=${this.#path('service-accounts.key')}`,
      ...(chosen === true ? [] : [`--controllers=${chosen.join()}`]),
      ...common,
    ]);
    if (chosen === true) this.#run('kube-scheduler', [`--kubeconfig=${this.kubeconfig('scheduler')}`, ...common]);
  }

  async #startNodes(count: number): Promise<void> {
    const stages = this.#path('stages.yaml');
    writeStages(stages);
    this.#run('kwok', [
      `--kubeconfig=${this.kubeconfig('kwok')}`,
      '--manage-all-nodes',
      '--node-lease-duration-seconds=40',
      `--config=${stages}`,
    ]);
    await addNodes(this.admin, count);
  }

  kubeconfig(client = 'admin'): string {
    const token = this.#tokens.get(client);
    if (token === undefined) throw new Error(`no client ${client}; there are: ${[...this.#tokens.keys()].join(', ')}`);
    const path = this.#path(`${client}.kubeconfig`);
    writeFileSync(path, kubeconfigText(this.server, this.#certificate(), token));
    return path;
  }

  async addServiceAccount(account: ServiceAccount, rules: readonly Rule[]): Promise<string> {
    const token = await createServiceAccount(this.admin, account);
    await grant(this.admin, account, rules);
    this.#tokens.set(usernameOf(account), token);
    return usernameOf(account);
  }

  audit(client: string): AuditEntry[] {
    return readAudit(this.#path('audit.log')).filter(({ user }) => user.username === client);
  }

  pids(): Promise<number[]> {
    return Promise.all(this.#supervised().map((each) => each.pid()));
  }

  async compact(): Promise<void> {
    const status = await post(`${this.#etcd}/v3/maintenance/status`, {});
    const { revision } = (status as { header: { revision: string } }).header;
    await post(`${this.#etcd}/v3/kv/compaction`, { revision, physical: true });
  }

  async stop(): Promise<void> {
    this.#close();
    await Promise.all(this.#supervised().map((each) => each.stop()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #supervised(): readonly Supervised[] {
    return this.#apiServer ? [this.#apiServer, ...this.#running] : this.#running;
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  #certificate(): string {
    return this.#path('certificates/apiserver.crt');
  }
}

const GROUPS: { readonly [client: string]: string } = {
  admin: 'system:masters',
  probe: 'system:monitoring',
  'controller-manager': 'system:masters',
  scheduler: 'system:masters',
  kwok: 'system:masters',
};

const kubeconfigText = (server: string, certificate: string, token: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'local', cluster: { server, 'certificate-authority-data': readFileSync(certificate, 'base64') } },
    ],
    users: [{ name: 'local', user: { token } }],
    contexts: [{ name: 'local', context: { cluster: 'local', user: 'local' } }],
    'current-context': 'local',
  });

/** Asks until it holds. @throws Error after a minute, with the end of the log */
export const until = async (
  holds: () => Promise<boolean> | boolean,
  what: string,
  log: () => string = () => '',
): Promise<void> => {
  for (const limit = Date.now() + READY_LIMIT_MS; !(await holds());) {
    if (Date.now() > limit) throw new Error(`${what} is not so after ${READY_LIMIT_MS / 1000} s\n${log()}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
};

const statusOf = (url: string, certificate: string, token: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}` };
    request(url, { ca: readFileSync(certificate), headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', () => resolve(undefined))
      .end();
  });

const post = async (url: string, body: unknown): Promise<unknown> => {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
};
