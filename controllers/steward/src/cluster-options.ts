import {
  boolean,
  choice,
  custom,
  defineOptions,
  duration,
  list,
  text,
  type OptionType,
  type OptionValues,
} from '@kube-steward/cli';
import {
  createClient,
  createTransport,
  loadEndpoint,
  parseLabelSelector,
  userAgentOf,
  type Client,
  type Endpoint,
  type LabelSelector,
} from '@kube-steward/kube';
import { parseTimestamp } from '@kube-steward/schedule';
import { VERSION } from './version.ts';

const cluster = 'Cluster';

const moment: OptionType<number> = custom(parseTimestamp, { placeholder: 'time' });
const selector: OptionType<LabelSelector> = custom(parseLabelSelector, { placeholder: 'selector' });

/** Which cluster, as kubectl spells it. */
export const CLUSTER_OPTIONS = defineOptions({
  kubeconfig: { type: text, env: [], complete: 'files', group: cluster, description: 'Path of the kubeconfig file.' },
  context: { type: text, group: cluster, description: 'Name of the kubeconfig context.' },
  as: { type: text, group: cluster, description: 'User to impersonate.' },
  asGroup: { type: list, default: [], group: cluster, description: 'Groups to impersonate.' },
  requestTimeout: { type: duration, default: 60_000, group: cluster, description: 'The most one request may take.' },
});

/** Which objects, and as of when. */
export const SCOPE_OPTIONS = defineOptions({
  namespace: { type: text, short: 'n', description: 'Only this namespace; all of them when left out.' },
  allNamespaces: { type: boolean, default: false, short: 'A', description: 'All namespaces, which is the default.' },
  selector: { type: selector, short: 'l', description: 'Only objects with these labels.' },
  from: {
    type: text,
    complete: 'files',
    description: 'Plan manifests instead of a cluster: a file, a folder, or - for standard input.',
  },
  at: { type: moment, description: 'Plan as of another moment, RFC 3339.' },
  config: {
    type: text,
    complete: 'files',
    description: 'Configuration of the controllers: YAML, or the values of the Helm chart.',
  },
  showConfig: {
    type: boolean,
    default: false,
    description: 'Print every value and where it came from, and do nothing else.',
  },
});

/** How things are shown. */
export const OUTPUT_OPTIONS = defineOptions({
  noHeaders: { type: boolean, default: false, description: 'Leave the heading of tables out.' },
  color: { type: choice(['auto', 'always', 'never']), default: 'auto', description: 'When to use colour.' },
});

/** A cluster to read from. */
export interface Reader {
  readonly client: Client;
  readonly endpoint: Endpoint;
  close(): void;
}

/** Connects with a client that refuses to write. */
export const openReader = async (
  options: OptionValues<typeof CLUSTER_OPTIONS>,
  onNotice: (text: string) => void,
): Promise<Reader> => {
  const { kubeconfig, context, as: user, asGroup: groups, requestTimeout } = options;
  const endpoint = await loadEndpoint({
    kubeconfig,
    context,
    ...(user !== undefined && { impersonate: { user, groups } }),
    interactive: process.stdin.isTTY,
    onNotice,
  });
  const transport = createTransport(endpoint, { qps: -1, headerTimeoutMs: requestTimeout });
  const client = createClient(transport, { readOnly: true, userAgent: userAgentOf('cli', VERSION) });
  return { client, endpoint, close: () => transport.close() };
};
