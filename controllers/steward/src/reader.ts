import { CliError, type Environment, type OptionValues } from '@kube-steward/cli';
import {
  KubeApiError,
  createClient,
  createTransport,
  loadEndpoint,
  userAgentOf,
  type Client,
  type Endpoint,
} from '@kube-steward/kube';
import type { CLUSTER_OPTIONS } from './options.ts';
import { VERSION } from './version.ts';

/** A cluster to talk to. */
export interface Reader {
  readonly client: Client;
  /** The kubeconfig context. */
  readonly context: string;
  close(): void;
}

export interface ReaderOptions {
  readonly cluster: OptionValues<typeof CLUSTER_OPTIONS>;
  readonly env: Environment;
  readonly onNotice: (text: string) => void;
}

/**
 * Connects with a client that refuses to write.
 *
 * @throws CliError (exit code 3) when the kubeconfig does not lead to a cluster
 */
export const openReader = (options: ReaderOptions): Promise<Reader> => connect(options, true);

/**
 * The same with a client that may write, for the few commands that do; with `dryRun` it refuses as well.
 *
 * @throws CliError (exit code 3) when the kubeconfig does not lead to a cluster
 */
export const openWriter = (options: ReaderOptions, { dryRun }: { readonly dryRun: boolean }): Promise<Reader> =>
  connect(options, dryRun);

const connect = async ({ cluster, env, onNotice }: ReaderOptions, readOnly: boolean): Promise<Reader> => {
  const { kubeconfig, context, as: user, asGroup: groups } = cluster;
  const requestTimeout = cluster.requestTimeout || NEVER_MS;
  const endpoint = await endpointOf({
    kubeconfig,
    context,
    env,
    ...(user !== undefined && { impersonate: { user, groups } }),
    interactive: process.stdin.isTTY,
    onNotice,
  });
  const transport = createTransport(endpoint, {
    qps: -1,
    connectTimeoutMs: Math.min(requestTimeout, CONNECT_TIMEOUT_MS),
    headerTimeoutMs: requestTimeout,
    idleTimeoutMs: requestTimeout,
  });
  const client = createClient(transport, { readOnly, userAgent: userAgentOf('cli', VERSION) });
  return { client, context: endpoint.contextName, close: () => transport.close() };
};

const CONNECT_TIMEOUT_MS = 10_000;
/** The longest a timer can take. */
const NEVER_MS = 2 ** 31 - 1;

const endpointOf = async (options: Parameters<typeof loadEndpoint>[0]): Promise<Endpoint> => {
  try {
    return await loadEndpoint(options);
  } catch (cause) {
    if (!(cause instanceof KubeApiError) || cause.code !== 'InvalidConfig') throw cause;
    throw new CliError([{ kind: 'invalid', message: cause.message }], { cause });
  }
};
