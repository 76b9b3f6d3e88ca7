import path from 'node:path';

import { type Clock, systemClock } from '@kube-steward/schedule';

import type { Endpoint } from './endpoint.ts';
import { type ChosenContext, chooseContext } from './kubeconfig/choose-context.ts';
import { invalidConfig, readConfigFiles } from './kubeconfig/config-files.ts';
import { type Impersonation, impersonationHeaders } from './kubeconfig/impersonation.ts';
import { findInCluster, SERVICE_ACCOUNT_FOLDER } from './kubeconfig/in-cluster.ts';
import { parseProxy, proxyFromEnvironment } from './kubeconfig/proxy-env.ts';
import type { Environment } from './kubeconfig/types.ts';
import { createCredentials } from './kubeconfig/user-credentials.ts';

export interface EndpointOptions {
  /** A kubeconfig file that must exist (`--kubeconfig`). */
  readonly kubeconfig?: string | undefined;
  /** The context to use instead of the current one (`--context`). */
  readonly context?: string | undefined;
  /** Overrides the context's namespace. */
  readonly namespace?: string | undefined;
  readonly impersonate?: Impersonation | undefined;
  /** `true`: only the service account of the pod this runs in. `false`: never that. Left out: when there is no kubeconfig. */
  readonly inCluster?: boolean | undefined;
  /** The process's own when left out. */
  readonly env?: Environment | undefined;
  /** Where the service account is mounted; the place every pod has when left out. */
  readonly serviceAccountFolder?: string | undefined;
  /** A person sits at the terminal: exec plugins may ask them something. Default `false`. */
  readonly interactive?: boolean | undefined;
  /** Gets what exec plugins say on their error output: warnings, and what to do to log in. */
  readonly onNotice?: ((text: string) => void) | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * Finds the cluster to talk to, and how to be let in. Looked at in this order; the first there is decides:
 *
 * | where | when |
 * | --- | --- |
 * | the file of `kubeconfig` | given; it must exist |
 * | the files of `$KUBECONFIG`, merged | set; one of them must exist |
 * | `~/.kube/config` | it exists |
 * | the pod's service account | there is one |
 *
 * Throws KubeApiError `InvalidConfig`: nothing found (it says where it looked), a file that cannot be read, a context, cluster or
 * user that is not there (it says which are).
 *
 * @example
 * const endpoint = await loadEndpoint({ context: 'staging' });
 * const client = createClient(createTransport(endpoint));
 */
export const loadEndpoint = async (options: EndpointOptions = {}): Promise<Endpoint> => {
  const env = options.env ?? process.env;
  const chosen = await findContext(options, env);
  const { cluster, user, name } = chosen;
  const server = parseServer(cluster.value.server, name);
  const proxy = cluster.value['proxy-url'];
  const proxyUrl = proxy ? parseProxy(proxy, `proxy-url of context "${name}"`) : proxyFromEnvironment(server, env);
  const tlsServerName = cluster.value['tls-server-name'];
  const source = createCredentials({
    cluster,
    user,
    userName: chosen.userName,
    impersonation: impersonationHeaders(options.impersonate, user.value),
    env,
    clock: options.clock ?? systemClock,
    interactive: options.interactive ?? false,
    onNotice: options.onNotice,
  });
  return {
    server,
    namespace: options.namespace ?? chosen.namespace,
    contextName: name,
    ...source,
    ...(proxyUrl ? { proxyUrl } : {}),
    ...(tlsServerName ? { tlsServerName } : {}),
  };
};

const findContext = async (options: EndpointOptions, env: Environment): Promise<ChosenContext> => {
  const looked: string[] = [];
  if (options.inCluster !== true) {
    const { files, from } = kubeconfigFiles(options, env);
    const isNamed = options.kubeconfig !== undefined || !!env['KUBECONFIG'];
    const content = await readConfigFiles(files, !isNamed);
    if (content) return chooseContext(content, options.context);
    const where = `${from}: ${files.length === 0 ? 'not set' : `no ${files.join(', no ')}`}`;
    if (isNamed) throw invalidConfig(`no kubeconfig found: ${where}`);
    looked.push(where);
  }
  if (options.inCluster !== false && options.context === undefined) {
    const found = await findInCluster(env, options.serviceAccountFolder ?? SERVICE_ACCOUNT_FOLDER);
    if (typeof found !== 'string') return found;
    looked.push(`service account of a pod: ${found}`);
  }
  throw invalidConfig(
    `no cluster to talk to. Looked at ${looked.join('; ')}. Set KUBECONFIG or give --kubeconfig to name a kubeconfig file`,
  );
};

/** The kubeconfig files to read, and what named them. */
const kubeconfigFiles = (options: EndpointOptions, env: Environment): { files: string[]; from: string } => {
  if (options.kubeconfig !== undefined) return { files: [options.kubeconfig], from: '--kubeconfig' };
  const list = env['KUBECONFIG'];
  if (list) return { files: list.split(path.delimiter).filter((file) => file !== ''), from: '$KUBECONFIG' };
  const home = env['HOME'] ?? env['USERPROFILE'];
  return { files: home ? [path.join(home, '.kube', 'config')] : [], from: 'kubeconfig in the home folder' };
};

const parseServer = (text: string | undefined, contextName: string): URL => {
  const server = text && URL.canParse(text) ? new URL(text) : undefined;
  if (server?.protocol !== 'https:' && server?.protocol !== 'http:') {
    throw invalidConfig(
      `the cluster of context "${contextName}" needs a server, http:// or https://, not "${text ?? ''}"`,
    );
  }
  return server;
};
