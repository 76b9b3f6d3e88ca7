import path from 'node:path';

import type { Clock } from '@kube-steward/schedule';

import { isJsonObject, type JsonObject } from '../patch/json.ts';
import { invalidConfig } from './config-files.ts';
import { runPlugin } from './exec-plugin.ts';
import type { ClusterConfig, Environment, ExecConfig, Located } from './types.ts';

/** What an exec plugin printed. */
export interface ExecCredential {
  readonly token?: string | undefined;
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
  /** Milliseconds since the epoch; a credential without is good until the server refuses it. */
  readonly expiresAt?: number | undefined;
}

/** Credentials by an exec plugin, kept until they expire. */
export interface ExecSource {
  /** Runs the plugin if need be, once for all who ask meanwhile. Throws KubeApiError `InvalidConfig`. */
  get(): Promise<ExecCredential>;
  /** The next `get` runs the plugin. */
  invalidate(): void;
}

export interface ExecOptions {
  readonly config: Located<ExecConfig>;
  /** Told to the plugin when it asks for it (`provideClusterInfo`). */
  readonly cluster: Located<ClusterConfig>;
  readonly userName: string;
  readonly env: Environment;
  readonly clock: Clock;
  /** A person sits at the terminal: plugins may ask them something. */
  readonly interactive: boolean;
  /** Gets what the plugin says on its error output, warnings and questions. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

/** The plugin of a kubeconfig user (`exec:`), as `client.authentication.k8s.io` defines them. */
export const createExecSource = (options: ExecOptions): ExecSource => {
  const { clock } = options;
  let current: Promise<ExecCredential> | undefined;
  let expiresAt: number | undefined;
  const fetch = async (): Promise<ExecCredential> => {
    const credential = readCredential(await runPlugin(pluginCommand(options)), options);
    expiresAt = credential.expiresAt;
    return credential;
  };
  return {
    get() {
      if (current && (expiresAt === undefined || clock.now() < expiresAt)) return current;
      expiresAt = undefined;
      const attempt = fetch();
      current = attempt;
      attempt.catch(() => {
        if (current === attempt) current = undefined;
      });
      return attempt;
    },
    invalidate() {
      current = undefined;
    },
  };
};

const API_GROUP = 'client.authentication.k8s.io';

const pluginCommand = (options: ExecOptions): Parameters<typeof runPlugin>[0] => {
  const { config, env, interactive, userName } = options;
  const { command, args, installHint, interactiveMode } = config.value;
  if (!command) throw invalidConfig(`exec plugin of user "${userName}": no command is set`);
  if (interactiveMode === 'Always' && !interactive) {
    throw invalidConfig(`exec plugin "${command}" of user "${userName}" must ask a person, and there is no terminal`);
  }
  const mayAsk = interactive && interactiveMode !== 'Never';
  const variables = Object.fromEntries((config.value.env ?? []).map(({ name, value }) => [name, value]));
  return {
    command: /[\\/]/.test(command) ? path.resolve(config.folder, command) : command,
    args: args ?? [],
    env: { ...env, ...variables, KUBERNETES_EXEC_INFO: JSON.stringify(execInfo(options, mayAsk)) },
    mayAsk,
    installHint,
    subject: `exec plugin "${command}" of user "${userName}"`,
    clock: options.clock,
    onNotice: options.onNotice,
  };
};

/** What the plugin is told: whether it may ask, and which cluster it is for. */
const execInfo = ({ config, cluster }: ExecOptions, interactive: boolean): JsonObject => {
  const { extensions, ...info } = cluster.value;
  const extension = extensions?.find(({ name }) => name === `${API_GROUP}/exec`)?.extension;
  return {
    apiVersion: config.value.apiVersion,
    kind: 'ExecCredential',
    spec: {
      interactive,
      ...(config.value.provideClusterInfo ? { cluster: { ...info, ...(extension ? { config: extension } : {}) } } : {}),
    },
  };
};

const readCredential = (output: string, { config, userName }: ExecOptions): ExecCredential => {
  const problem = (text: string): Error =>
    invalidConfig(`exec plugin "${config.value.command ?? ''}" of user "${userName}" ${text}`);
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    throw problem('did not print JSON');
  }
  if (!isJsonObject(answer) || answer['kind'] !== 'ExecCredential') throw problem('did not print an ExecCredential');
  const { apiVersion } = config.value;
  if (apiVersion !== undefined && answer['apiVersion'] !== apiVersion) {
    throw problem(`printed apiVersion ${String(answer['apiVersion'])}, the kubeconfig says ${apiVersion}`);
  }
  const status = isJsonObject(answer['status']) ? answer['status'] : {};
  const text = (member: string): string | undefined =>
    typeof status[member] === 'string' ? status[member] : undefined;
  const [token, cert, key] = [text('token'), text('clientCertificateData'), text('clientKeyData')];
  if (token === undefined && (cert === undefined || key === undefined)) {
    throw problem('printed neither a token nor a client certificate with its key');
  }
  const expiry = Date.parse(text('expirationTimestamp') ?? '');
  return {
    token,
    cert: cert === undefined ? undefined : Buffer.from(cert),
    key: key === undefined ? undefined : Buffer.from(key),
    expiresAt: Number.isNaN(expiry) ? undefined : expiry,
  };
};
