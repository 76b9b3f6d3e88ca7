import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '@kube-steward/schedule';
import type { Identity, Tokens } from './auth.ts';
import { createSelfSigned } from './certificate.ts';
import type { Cluster } from './cluster.ts';
import { createCluster } from './create-cluster.ts';
import type { Faults } from './faults.ts';
import { FrontDoor } from './front-door.ts';
import { kubeconfigText } from './kubeconfig-text.ts';
import type { RequestLog } from './request-log.ts';
import type { WatchHub } from './watch-hub.ts';

export interface SandboxOptions {
  readonly clock: Clock;
  /** The cluster to serve; an empty one on the same clock by default. */
  readonly cluster?: Cluster;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly host?: string;
  /** Serve HTTPS with a certificate of its own. Default false. */
  readonly tls?: boolean;
  /** Bearer tokens and whose they are. Requests without a token are anonymous and may do everything. */
  readonly tokens?: Readonly<Record<string, string | Identity>>;
  readonly faults?: Faults;
  /** How often watches that asked for bookmarks get one, on the cluster's clock. Default one minute. */
  readonly bookmarkIntervalMs?: number;
  /** Serve `sendInitialEvents`. Default: by the cluster's version (1.32, and 1.34 or later). */
  readonly watchList?: boolean;
  /** Page lists with resourceVersion 0 as well. Default false: such a list is whole, whatever its limit. */
  readonly limitAtZero?: boolean;
  /** A watcher that lets more bytes wait is cut off. Default 16 MiB. */
  readonly watchBufferBytes?: number;
}

/** A cluster behind a socket. */
export interface Sandbox {
  readonly url: string;
  /** The certificate to trust, when it serves HTTPS. */
  readonly caPem?: string;
  readonly cluster: Cluster;
  /** Every request and how it was answered. */
  readonly requests: RequestLog;
  readonly faults: Faults;
  readonly tokens: Tokens;
  /** The open watches. */
  readonly watches: WatchHub;
  /** A kubeconfig for a user (default `admin`), who gets a token. */
  kubeconfig(user?: string): string;
  /** How many requests other than watches are being answered. */
  inFlight(): number;
  /** What the server's clock is off by: Date headers and new timestamps. */
  skewClock(ms: number): void;
  /** Ends everything; resolves when the port is free. */
  stop(): Promise<void>;
}

/** Serves a cluster on loopback. */
export const startSandbox = async (options: SandboxOptions): Promise<Sandbox> => {
  const { clock, host = '127.0.0.1' } = options;
  const cluster = options.cluster ?? createCluster({ clock });
  const certificate = options.tls ? createSelfSigned([host, 'localhost']) : undefined;
  const server = certificate ? createTlsServer(certificate) : createServer();
  await listen(server, options.port ?? 0, host);
  const address = `${host}:${(server.address() as AddressInfo).port}`;
  const front = new FrontDoor(cluster, options, address);
  server.on('request', (request, response) => void front.serve(request, response));
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  const url = `${certificate ? 'https' : 'http'}://${address}`;
  return {
    url,
    ...(certificate ? { caPem: certificate.cert } : {}),
    cluster,
    requests: front.requests,
    faults: front.faults,
    tokens: front.tokens,
    watches: front.hub,
    kubeconfig: (user = 'admin') =>
      kubeconfigText({ url, user, token: front.tokens.tokenOf(user), caPem: certificate?.cert }),
    inFlight: () => front.inFlight,
    skewClock: (ms) => front.skewClock(ms),
    stop: () => stop(server, front),
  };
};

const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });

const stop = (server: Server, front: FrontDoor): Promise<void> =>
  new Promise((resolve) => {
    front.hub.end();
    server.close(() => resolve());
    server.closeAllConnections();
  });
