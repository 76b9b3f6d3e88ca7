import { createClient, createTransport, loadEndpoint, type Client, type Endpoint } from '@kube-steward/kube';
import { createCluster, startSandbox } from '@kube-steward/sandbox';
import { systemClock } from '@kube-steward/schedule';
import { startCluster } from '../cluster/index.ts';
import { createWire, type Wire } from './wire.ts';

/** An API server with its garbage collector and its namespace controller, and no other controller. */
export interface Server extends AsyncDisposable {
  /** `1.35`: what it says it is. */
  readonly version: string;
  readonly minor: number;
  readonly wire: Wire;
  readonly client: Client;
  /** Forgets everything that was, for lists and for watches. */
  forgetHistory(): Promise<void>;
}

export const SERVER_NAMES = ['sandbox', 'real'] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

/** The servers named in `CONFORMANCE_SERVERS`, separated by commas; without it the sandbox, which needs no programs. */
export const serversToRun = (env: NodeJS.ProcessEnv = process.env): ServerName[] => {
  const asked = (env['CONFORMANCE_SERVERS'] ?? 'sandbox').split(',');
  const known = SERVER_NAMES.filter((name) => asked.includes(name));
  if (known.length === asked.length) return known;
  throw new Error(`CONFORMANCE_SERVERS is ${asked.join()}: allowed are ${SERVER_NAMES.join(', ')}, or both`);
};

/** Starts one of them, empty. @throws Error when the programs of a real one are missing */
export const startServer = (name: ServerName): Promise<Server> => STARTS[name]();

const startReal = async (): Promise<Server> => {
  const controllers = ['garbage-collector-controller', 'namespace-controller'];
  const cluster = await startCluster({ controllers });
  const endpoint = await loadEndpoint({ kubeconfig: cluster.kubeconfig() });
  return serverAt(endpoint, {
    forgetHistory: async () => {
      // A history lives in etcd and in the memory of the API server.
      await cluster.stopApiServer();
      await cluster.compact();
      await cluster.startApiServer();
    },
    stop: () => cluster.stop(),
  });
};

const startInMemory = async (): Promise<Server> => {
  const cluster = createCluster({ clock: systemClock });
  const sandbox = await startSandbox({ clock: systemClock, cluster });
  const endpoint: Endpoint = {
    server: new URL(sandbox.url),
    namespace: 'default',
    contextName: 'sandbox',
    credentials: async () => ({ headers: {}, tls: {} }),
    invalidate: () => undefined,
  };
  return serverAt(endpoint, { forgetHistory: async () => cluster.compact(), stop: () => sandbox.stop() });
};

const STARTS: Readonly<Record<ServerName, () => Promise<Server>>> = { sandbox: startInMemory, real: startReal };

interface Version {
  readonly major: string;
  readonly minor: string;
}

const serverAt = async (
  endpoint: Endpoint,
  { forgetHistory, stop }: { forgetHistory: () => Promise<void>; stop: () => Promise<void> },
): Promise<Server> => {
  const wire = createWire(endpoint);
  const transport = createTransport(endpoint, { qps: -1 });
  const { major, minor } = (await wire.send({ method: 'GET', path: '/version' })).body as unknown as Version;
  return {
    version: `${major}.${minor}`,
    minor: Number(minor),
    wire,
    client: createClient(transport),
    forgetHistory,
    [Symbol.asyncDispose]: async () => {
      wire.close();
      transport.close();
      await stop();
    },
  };
};
