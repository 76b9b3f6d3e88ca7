import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createSelfSigned } from '@kube-steward/sandbox';
import { AUDIT_POLICY, readAudit, type AuditEntry } from './audit.ts';
import { signingKeys } from './certificates.ts';
import { freePorts } from './free-ports.ts';
import type { Programs } from './programs.ts';
import { untilReady, type Supervised } from './supervised.ts';
import { tokenFile, type Tokens } from './users.ts';

/** etcd and kube-apiserver. */
export interface ControlPlane {
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  /** The certificate to trust, PEM. */
  readonly authority: () => string;
  /** Every request so far. */
  audit(): AuditEntry[];
  startApiServer(): Promise<void>;
  stopApiServer(): Promise<void>;
  /** Forgets the history in etcd. */
  compact(): Promise<void>;
}

/** Starts both on fresh ports of the loopback, and waits until they serve. */
export const startControlPlane = async (programs: Programs, tokens: Tokens): Promise<ControlPlane> => {
  const [client = 0, peer = 0, port = 0] = await freePorts(3);
  const etcd = `http://127.0.0.1:${client}`;
  const server = `https://127.0.0.1:${port}`;
  const certificate = programs.path('certificates/apiserver.crt');
  programs.run('etcd', etcdFlags(programs, etcd, peer), { removes: programs.path('') });
  writeFiles(programs, tokens);
  /** Waits for what the server sets up at its start as well: namespaces, roles, priority classes. */
  const isReady = async (): Promise<boolean> =>
    existsSync(certificate) && (await statusOf(`${server}/readyz`, certificate, tokens.get('probe') ?? '')) === 200;
  let apiServer: Supervised | undefined;
  const plane: ControlPlane = {
    server,
    authority: () => readFileSync(certificate, 'utf8'),
    audit: () => readAudit(programs.path(AUDIT_LOG)),
    startApiServer: () => {
      apiServer = programs.run('kube-apiserver', apiServerFlags(programs, etcd, port));
      return untilReady(apiServer, isReady);
    },
    stopApiServer: async () => apiServer?.stop(),
    compact: () => compact(etcd),
  };
  await plane.startApiServer();
  return plane;
};

const AUDIT_LOG = 'audit.log';

const writeFiles = ({ path }: Programs, tokens: Tokens): void => {
  const keys = signingKeys();
  const frontProxy = createSelfSigned(['front-proxy']);
  const files = {
    'service-accounts.key': keys.privateKey,
    'service-accounts.pub': keys.publicKey,
    'audit-policy.json': AUDIT_POLICY,
    'tokens.csv': tokenFile(tokens),
    'front-proxy.crt': frontProxy.cert,
    'front-proxy.key': frontProxy.key,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path(name), text);
  mkdirSync(path('certificates'));
};

const etcdFlags = ({ path }: Programs, url: string, peer: number): string[] => [
  `--data-dir=${path('etcd')}`,
  '--unsafe-no-fsync',
  `--listen-client-urls=${url}`,
  `--advertise-client-urls=${url}`,
  `--listen-peer-urls=http://127.0.0.1:${peer}`,
];

const apiServerFlags = ({ path }: Programs, etcd: string, port: number): string[] => [
  `--etcd-servers=${etcd}`,
  '--bind-address=127.0.0.1',
  `--secure-port=${port}`,
  `--cert-dir=${path('certificates')}`,
  `--token-auth-file=${path('tokens.csv')}`,
  '--authorization-mode=RBAC',
  `--service-account-key-file=${path('service-accounts.pub')}`,
  `--service-account-signing-key-file=${path('service-accounts.key')}`,
  '--service-account-issuer=https://kubernetes.default.svc',
  '--service-cluster-ip-range=10.0.0.0/24',
  // Pods would need a controller that hands out tokens.
  '--disable-admission-plugins=ServiceAccount',
  `--audit-policy-file=${path('audit-policy.json')}`,
  `--audit-log-path=${path(AUDIT_LOG)}`,
  // How it shows itself to the servers behind it, which look up the authority in a ConfigMap. The certificate is its own.
  `--requestheader-client-ca-file=${path('front-proxy.crt')}`,
  '--requestheader-username-headers=X-Remote-User',
  '--requestheader-group-headers=X-Remote-Group',
  '--requestheader-extra-headers-prefix=X-Remote-Extra-',
  `--proxy-client-cert-file=${path('front-proxy.crt')}`,
  `--proxy-client-key-file=${path('front-proxy.key')}`,
];

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

/** Through the gateway that etcd has for JSON. */
const compact = async (etcd: string): Promise<void> => {
  const status = await post(`${etcd}/v3/maintenance/status`, {});
  const { revision } = (status as { header: { revision: string } }).header;
  await post(`${etcd}/v3/kv/compaction`, { revision, physical: true });
};

const post = async (url: string, body: unknown): Promise<unknown> => {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
};
