import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '@kube-steward/schedule';
import { type Caller, type Identity, Tokens } from './auth.ts';
import { createSelfSigned } from './certificate.ts';
import type { Cluster } from './cluster.ts';
import { createCluster, stateOf } from './create-cluster.ts';
import { internalError } from './errors.ts';
import { faultStatus } from './fault-status.ts';
import { type FaultEffect, Faults } from './faults.ts';
import { answer, type Service } from './http/answer.ts';
import { mediaTypeOf, readBody } from './http/body.ts';
import { type Exchange, sendStatus } from './http/exchange.ts';
import { type Breakage, Outlet } from './http/outlet.ts';
import { type Target, targetOf, type Verb, verbOf } from './http/target.ts';
import { kubeconfigText } from './kubeconfig-text.ts';
import { type LoggedRequest, RequestLog } from './request-log.ts';
import type { State } from './state.ts';
import { StatusError } from './status-error.ts';
import { WatchHub } from './watch-hub.ts';
import { WatchLines } from './watch-lines.ts';

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

const BOOKMARK_INTERVAL_MS = 60_000;
const WATCH_BUFFER_BYTES = 16 * 1024 * 1024;

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

/** Takes requests in: who, what, which faults; logs how they were answered. */
class FrontDoor {
  readonly requests = new RequestLog();
  readonly faults: Faults;
  readonly tokens: Tokens;
  readonly hub: WatchHub;
  inFlight = 0;
  readonly #service: Service;
  readonly #state: State;

  constructor(cluster: Cluster, options: SandboxOptions, address: string) {
    this.#state = stateOf(cluster);
    this.faults = options.faults ?? new Faults(this.#state.random);
    this.tokens = new Tokens(options.tokens);
    this.hub = new WatchHub(options.clock, options.bookmarkIntervalMs ?? BOOKMARK_INTERVAL_MS);
    const { minor } = cluster.version;
    this.#service = {
      state: this.#state,
      tokens: this.tokens,
      watches: {
        hub: this.hub,
        lines: new WatchLines(this.#state),
        settings: {
          watchList: options.watchList ?? (minor === 32 || minor >= 34),
          bufferBytes: options.watchBufferBytes ?? WATCH_BUFFER_BYTES,
        },
      },
      facts: { address, version: cluster.version },
      limitAtZero: false,
    };
  }

  skewClock(ms: number): void {
    this.#state.skewMs = ms;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = this.#state.clock.now();
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const target = targetOf(url.pathname);
    const verb = verbOf(request.method ?? 'GET', target, url.searchParams) ?? 'other';
    const isCounted = verb !== 'watch';
    if (isCounted) this.inFlight++;
    try {
      const body = request.method === 'GET' || request.method === 'HEAD' ? '' : await readBody(request);
      await this.#respond(request, response, { at, url, target, verb, body });
    } catch {
      response.destroy();
    } finally {
      if (isCounted) this.inFlight--;
    }
  }

  async #respond(request: IncomingMessage, response: ServerResponse, received: Received): Promise<void> {
    const { url, target, verb, body } = received;
    const log = (caller: Caller, code: number): void => this.requests.add(entryOf(request, received, caller, code));
    let caller: Caller = { user: 'system:anonymous', groups: [] };
    let refusal: StatusError | undefined;
    try {
      caller = this.tokens.authenticate(request.headers);
    } catch (error) {
      refusal = error as StatusError;
    }
    const subject = { verb, user: caller.user, path: url.pathname, ...resourceOf(target) };
    const effects = this.faults.effectsOn(subject);
    await this.#delay(effects);
    const broken = effects.find((effect) => effect.kind === 'reset' && effect.afterBytes === undefined);
    const outlet = new Outlet(response, breakageOf(effects));
    if (broken) {
      log(caller, 0);
      response.socket?.resetAndDestroy();
      return;
    }
    if (effects.some((effect) => effect.kind === 'stall' && effect.afterBytes === undefined)) {
      log(caller, 0);
      return;
    }
    const exchange: Exchange = {
      request,
      outlet,
      target,
      verb,
      query: url.searchParams,
      caller,
      body,
      headers: this.#headers(),
      warnings: [],
      answered: (code) => log(caller, code),
    };
    const status = effects.find((effect) => effect.kind === 'status');
    refusal ??= status && faultStatus(status, subject);
    if (refusal) sendStatus(exchange, refusal);
    else await this.#answer(exchange, effects);
  }

  async #answer(exchange: Exchange, effects: readonly FaultEffect[]): Promise<void> {
    try {
      await answer(this.#service, exchange, effects);
    } catch (error) {
      if (exchange.outlet.headSent) throw error;
      sendStatus(exchange, error instanceof StatusError ? error : internalError(String(error)));
    }
  }

  #headers(): Record<string, string> {
    const now = this.#state.clock.now() + this.#state.skewMs;
    return {
      'Audit-Id': randomUUID(),
      'Cache-Control': 'no-cache, private',
      Date: new Date(now).toUTCString(),
    };
  }

  async #delay(effects: readonly FaultEffect[]): Promise<void> {
    for (const effect of effects) {
      if (effect.kind === 'latency')
        await new Promise<void>((done) => void this.#state.clock.setTimer(effect.ms, done));
    }
  }
}

interface Received {
  readonly at: number;
  readonly url: URL;
  readonly target: Target;
  readonly verb: Verb | 'other';
  readonly body: string;
}

const resourceOf = (target: Target) => {
  if (target.type !== 'resource') return {};
  const { group, version, plural, namespace, name, subresource } = target;
  return {
    group,
    version,
    resource: plural,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
};

const breakageOf = (effects: readonly FaultEffect[]): Breakage | undefined => {
  for (const effect of effects) {
    if (effect.kind === 'truncate') return { how: 'truncate', afterBytes: effect.afterBytes ?? 0 };
    if ((effect.kind === 'reset' || effect.kind === 'stall') && effect.afterBytes !== undefined) {
      return { how: effect.kind, afterBytes: effect.afterBytes };
    }
  }
  return undefined;
};

const entryOf = (
  request: IncomingMessage,
  { at, url, target, verb, body }: Received,
  caller: Caller,
  code: number,
): LoggedRequest => ({
  at,
  user: caller.user,
  ...(caller.impersonatedBy === undefined ? {} : { impersonatedBy: caller.impersonatedBy }),
  ...(caller.groups.length > 0 ? { groups: caller.groups } : {}),
  verb,
  method: request.method ?? '',
  path: url.pathname,
  query: url.search,
  ...resourceOf(target),
  dryRun: url.searchParams.getAll('dryRun').includes('All') || isDryRunBody(verb, body),
  userAgent: request.headers['user-agent'] ?? '',
  contentType: mediaTypeOf(request.headers['content-type']),
  ...(body === '' ? {} : { body }),
  code,
});

/** DeleteOptions can say so in the body. */
const isDryRunBody = (verb: string, body: string): boolean =>
  verb.startsWith('delete') && /"dryRun"\s*:\s*\[\s*"All"/.test(body);
