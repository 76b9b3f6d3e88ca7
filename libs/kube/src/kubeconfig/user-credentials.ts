import path from 'node:path';

import type { Clock } from '@kube-steward/schedule';

import type { Credentials, TlsIdentity } from '../endpoint.ts';
import { createAuthProvider } from './auth-provider.ts';
import { invalidConfig } from './config-files.ts';
import { createExecSource } from './exec-credential.ts';
import { createFreshFile, type FreshFile } from './fresh-file.ts';
import type { ClusterConfig, Environment, Located, UserConfig } from './types.ts';

/** Credentials that keep themselves up to date: the two methods of an endpoint. */
export interface CredentialsSource {
  credentials(): Promise<Credentials>;
  invalidate(): void;
}

export interface CredentialsOptions {
  readonly cluster: Located<ClusterConfig>;
  readonly user: Located<UserConfig>;
  readonly userName: string;
  readonly impersonation: Readonly<Record<string, string | readonly string[]>>;
  readonly env: Environment;
  readonly clock: Clock;
  readonly interactive: boolean;
  readonly onNotice?: ((text: string) => void) | undefined;
}

/** One part of the credentials; parts are asked in order, and the first `authorization` is used. */
interface Part {
  get(): Promise<{ authorization?: string | undefined; tls?: TlsIdentity | undefined }>;
  invalidate(): void;
}

/**
 * The credentials of a kubeconfig user. The bearer token is that of `tokenFile`, `token`, `username` and `password`, the exec
 * plugin or the auth provider, the first there is; client certificates come on top.
 */
export const createCredentials = (options: CredentialsOptions): CredentialsSource => {
  const parts = [...fileParts(options), ...userParts(options)];
  let last: TlsIdentity = {};
  return {
    async credentials() {
      const got = await Promise.all(parts.map((part) => part.get()));
      const authorization = got.find((part) => part.authorization !== undefined)?.authorization;
      const tls: TlsIdentity = Object.assign({}, ...got.map((part) => part.tls)) as TlsIdentity;
      if (!sameIdentity(last, tls)) last = tls;
      const headers = {
        ...(authorization === undefined ? {} : { Authorization: authorization }),
        ...options.impersonation,
      };
      return { headers, tls: last };
    },
    invalidate() {
      for (const part of parts) part.invalidate();
    },
  };
};

const sameIdentity = (a: TlsIdentity, b: TlsIdentity): boolean =>
  (['ca', 'cert', 'key', 'rejectUnauthorized'] as const).every((member) => a[member] === b[member]);

const fixed = (value: Awaited<ReturnType<Part['get']>>): Part => ({
  get: () => Promise.resolve(value),
  invalidate: () => undefined,
});

const fromFile = (file: FreshFile, use: (content: Buffer) => Awaited<ReturnType<Part['get']>>): Part => ({
  get: async () => use(await file.read()),
  invalidate: () => file.invalidate(),
});

/** What TLS needs: written into the kubeconfig, which counts first, or in files beside it. */
const fileParts = ({ cluster, user, clock }: CredentialsOptions): Part[] => {
  const pem = <T>(
    from: Located<T>,
    member: 'ca' | 'cert' | 'key',
    field: keyof T & string,
    dataField: keyof T,
  ): Part[] => {
    const data = from.value[dataField] as string | undefined;
    const file = from.value[field] as string | undefined;
    if (data) return [fixed({ tls: { [member]: decodePem(data, String(dataField)) } })];
    if (!file) return [];
    return [
      fromFile(createFreshFile(path.resolve(from.folder, file), field, clock), (bytes) => ({
        tls: { [member]: bytes },
      })),
    ];
  };
  const skipCheck = cluster.value['insecure-skip-tls-verify'] === true;
  return [
    ...(skipCheck
      ? [fixed({ tls: { rejectUnauthorized: false } })]
      : pem(cluster, 'ca', 'certificate-authority', 'certificate-authority-data')),
    ...pem(user, 'cert', 'client-certificate', 'client-certificate-data'),
    ...pem(user, 'key', 'client-key', 'client-key-data'),
  ];
};

const decodePem = (data: string, field: string): Buffer => {
  const bytes = Buffer.from(data, 'base64');
  if (!bytes.includes('-----BEGIN')) throw invalidConfig(`${field} of the kubeconfig is not base64 of a PEM text`);
  return bytes;
};

const userParts = (options: CredentialsOptions): Part[] => {
  const { user, clock } = options;
  const { token, tokenFile, username, password, exec } = user.value;
  if (tokenFile) {
    const file = createFreshFile(path.resolve(user.folder, tokenFile), 'token file', clock);
    return [fromFile(file, (content) => ({ authorization: `Bearer ${content.toString('utf8').trim()}` }))];
  }
  if (token) return [fixed({ authorization: `Bearer ${token}` })];
  if (username) {
    const pair = Buffer.from(`${username}:${password ?? ''}`).toString('base64');
    return [fixed({ authorization: `Basic ${pair}` })];
  }
  if (exec) return [execPart(options)];
  return user.value['auth-provider'] ? [providerPart(options)] : [];
};

const execPart = (options: CredentialsOptions): Part => {
  const { user, ...rest } = options;
  const source = createExecSource({ ...rest, config: { value: user.value.exec ?? {}, folder: user.folder } });
  return {
    async get() {
      const { token, cert, key } = await source.get();
      return {
        authorization: token === undefined ? undefined : `Bearer ${token}`,
        tls: { ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) },
      };
    },
    invalidate: () => source.invalidate(),
  };
};

const providerPart = ({ cluster, user, userName }: CredentialsOptions): Part => {
  const provider = createAuthProvider(cluster.value, user.value);
  return {
    async get() {
      const authorization = await provider();
      const name = user.value['auth-provider']?.name ?? '';
      if (authorization === undefined)
        throw invalidConfig(`auth provider "${name}" of user "${userName}" gives no token`);
      return { authorization };
    },
    invalidate: () => undefined,
  };
};
