import type { ClientRequestArgs } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';

import type { Clock } from '@kube-steward/schedule';

import type { Endpoint, TlsIdentity } from '../endpoint.ts';
import { Connector } from './connector.ts';

/**
 * API servers drop a connection idle for 90 s. Dropping ours before that keeps a request from being written into a
 * connection that is just being closed. Not for watches: the limit costs a timer update for every chunk received.
 */
const IDLE_CONNECTION_MS = 60_000;
const TCP_KEEPALIVE_MS = 30_000;
/** Node gives each address of a host 250 ms, too little for a server far away. */
const ADDRESS_ATTEMPT_MS = 1000;

export interface PoolOptions {
  endpoint: Endpoint;
  clock: Clock;
  connectTimeoutMs: number;
  /** For short requests; watches have as many as there are watches. */
  maxConnections: number;
}

interface AgentPair {
  readonly identity: TlsIdentity;
  readonly requests: http.Agent;
  readonly watches: http.Agent;
}

/**
 * The connections to one server: kept alive, one pool for requests and one for watches, both anew when the TLS identity
 * changes (a rotated certificate). Connections of an old identity finish what they carry and are closed.
 */
export class AgentPool {
  readonly #options: PoolOptions;
  readonly #connector: Connector;
  readonly #pairs = new Set<AgentPair>();
  #current: AgentPair | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#connector = new Connector(options.clock, options.connectTimeoutMs);
  }

  agentFor(identity: TlsIdentity, longLived: boolean): http.Agent {
    if (!this.#current || !isSameIdentity(this.#current.identity, identity)) this.#replace(identity);
    const pair = this.#current as unknown as AgentPair;
    return longLived ? pair.watches : pair.requests;
  }

  close(): void {
    this.#connector.close();
    for (const { requests, watches } of this.#pairs) {
      for (const agent of [requests, watches]) destroy(agent);
    }
    this.#pairs.clear();
    this.#current = undefined;
  }

  #replace(identity: TlsIdentity): void {
    if (this.#current) for (const agent of [this.#current.requests, this.#current.watches]) retire(agent);
    for (const pair of this.#pairs) if (isUnused(pair.requests) && isUnused(pair.watches)) this.#pairs.delete(pair);
    const { maxConnections } = this.#options;
    this.#current = {
      identity,
      requests: this.#makeAgent(identity, { maxSockets: maxConnections, timeout: IDLE_CONNECTION_MS }),
      watches: this.#makeAgent(identity, {}),
    };
    this.#pairs.add(this.#current);
  }

  #makeAgent(identity: TlsIdentity, limits: http.AgentOptions): http.Agent {
    const { server, proxyUrl, tlsServerName } = this.#options.endpoint;
    const settings = {
      keepAlive: true,
      keepAliveMsecs: TCP_KEEPALIVE_MS,
      autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
      ...limits,
    };
    if (server.protocol === 'http:') return new PlainAgent(this.#connector, settings);
    const servername = tlsServerName === undefined ? {} : { servername: tlsServerName };
    return new TlsAgent(this.#connector, proxyUrl, { ...settings, ...withoutUndefined(identity), ...servername });
  }
}

/** All connections of an agent go to one server as one identity, so they need no name made of host and certificates. */
const ONE_NAME = 'server';

class PlainAgent extends http.Agent {
  readonly #connector: Connector;

  constructor(connector: Connector, options: http.AgentOptions) {
    super(options);
    this.#connector = connector;
  }

  override getName(): string {
    return ONE_NAME;
  }

  override createConnection(options: ClientRequestArgs): Duplex {
    const socket = super.createConnection(options) as Duplex;
    this.#connector.guard(socket, 'connect');
    return socket;
  }
}

type Created = (error: Error | null, socket: Duplex) => void;

class TlsAgent extends https.Agent {
  readonly #connector: Connector;
  readonly #proxy: URL | undefined;

  constructor(connector: Connector, proxy: URL | undefined, options: https.AgentOptions) {
    super(options);
    this.#connector = connector;
    this.#proxy = proxy;
  }

  override getName(): string {
    return ONE_NAME;
  }

  override createConnection(options: https.RequestOptions, created?: Created): Duplex | undefined {
    if (this.#proxy && created) {
      this.#throughProxy(this.#proxy, options, created);
      return undefined;
    }
    const socket = super.createConnection(options) as Duplex;
    this.#connector.guard(socket, 'secureConnect');
    return socket;
  }

  #throughProxy(proxy: URL, options: https.RequestOptions, created: Created): void {
    const { ca, rejectUnauthorized } = options as TlsIdentity;
    const target = { host: options.host ?? '', port: Number(options.port ?? 443), tls: { ca, rejectUnauthorized } };
    this.#connector.tunnel(proxy, target, (error, tunnel) => {
      if (error) {
        created(error, undefined as never);
        return;
      }
      const socket = tls.connect({ ...(options as tls.ConnectionOptions), socket: tunnel });
      this.#connector.guard(socket, 'secureConnect');
      created(null, socket);
    });
  }
}

/** Node would go on making connections for the requests in its queue, although they have been given up. */
const destroy = (agent: http.Agent): void => {
  Reflect.deleteProperty(agent.requests, ONE_NAME);
  agent.destroy();
};

/** Lets connections in use finish, and keeps none after that. */
const retire = (agent: http.Agent): void => {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
};

const isUnused = (agent: http.Agent): boolean =>
  Object.keys(agent.sockets).length === 0 && Object.keys(agent.requests).length === 0;

const IDENTITY_FIELDS = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'rejectUnauthorized'] as const;

const isSameIdentity = (a: TlsIdentity, b: TlsIdentity): boolean =>
  a === b || IDENTITY_FIELDS.every((field) => isSame(a[field], b[field]));

const isSame = (a: unknown, b: unknown): boolean =>
  a === b || (Buffer.isBuffer(a) && Buffer.isBuffer(b) && a.equals(b));

const withoutUndefined = (identity: TlsIdentity): https.AgentOptions =>
  Object.fromEntries(
    IDENTITY_FIELDS.flatMap((field) => (identity[field] === undefined ? [] : [[field, identity[field]]])),
  );
