import { systemClock } from '@kube-steward/schedule';
import type { Clock } from '@kube-steward/schedule';

import type { Endpoint } from './endpoint.ts';
import { KubeApiError } from './errors.ts';
import { createRateLimiter } from './rate-limiter.ts';
import type { KubeRequest, KubeResponse, KubeStream, RequestObservation, Transport } from './request.ts';
import { AgentPool } from './transport/agents.ts';
import { BodyStream, parseJson, readAll, skip } from './transport/body.ts';
import type { Incoming } from './transport/body.ts';
import { CredentialsKeeper } from './transport/credentials.ts';
import { RequestMeter } from './transport/meter.ts';
import { routeTo } from './transport/route.ts';
import { RequestScope } from './transport/scope.ts';
import { answerTo } from './transport/tries.ts';
import type { Journey, Shared } from './transport/tries.ts';

export interface TransportOptions {
  /** Requests a second in the long run, on this side; -1 for no limit (the server's own fairness decides). Default 20. */
  qps?: number | undefined;
  /** Requests at once before `qps` holds them back. Default 30. */
  burst?: number | undefined;
  /** Until TCP and TLS are there. Default 10 s. */
  connectTimeoutMs?: number | undefined;
  /** Default of `KubeRequest.headerTimeoutMs`: 65 s. */
  headerTimeoutMs?: number | undefined;
  /** Default of `KubeRequest.idleTimeoutMs`: 30 s. */
  idleTimeoutMs?: number | undefined;
  /** Connections for short requests; more requests wait for one. Default 32. */
  maxConnections?: number | undefined;
  /** Sent unless the request's headers say otherwise. Default `kube-steward`. */
  userAgent?: string | undefined;
  clock?: Clock | undefined;
  /** Spreads the waits before retries. */
  random?: (() => number) | undefined;
  /** Told of every request once it is answered or has failed. Must not throw. */
  onRequest?: ((observation: RequestObservation) => void) | undefined;
}

const DEFAULTS = {
  qps: 20,
  burst: 30,
  connectTimeoutMs: 10_000,
  headerTimeoutMs: 65_000,
  idleTimeoutMs: 30_000,
  maxConnections: 32,
  userAgent: 'kube-steward',
  maxRetries: 10,
  clock: systemClock,
  random: Math.random,
};

/**
 * A transport over `node:https` (`node:http` for an `http:` server) with kept-alive connections. What it tries again is on
 * `Transport`.
 *
 * @throws KubeApiError `InvalidConfig` for a proxy of an unknown scheme
 *
 * @example
 * const transport = createTransport(await loadEndpoint({}), { qps: 50, burst: 100 });
 * const { body } = await transport.send({ method: 'GET', path: '/version' });
 */
export const createTransport = (endpoint: Endpoint, options: TransportOptions = {}): Transport =>
  new HttpTransport(endpoint, options);

class HttpTransport implements Transport {
  readonly #shared: Shared;
  readonly #onRequest: ((observation: RequestObservation) => void) | undefined;
  readonly #scopes = new Set<RequestScope>();
  #isClosed = false;

  constructor(endpoint: Endpoint, options: TransportOptions) {
    const settings = { ...DEFAULTS, ...withoutUndefined(options) };
    const { clock, qps, burst, connectTimeoutMs, maxConnections } = settings;
    this.#shared = {
      ...settings,
      endpoint,
      route: routeTo(endpoint),
      limiter: createRateLimiter({ qps, burst, clock }),
      pool: new AgentPool({ endpoint, clock, connectTimeoutMs, maxConnections }),
      credentials: new CredentialsKeeper(endpoint),
    };
    this.#onRequest = options.onRequest;
  }

  async send(request: KubeRequest): Promise<KubeResponse> {
    const journey = this.#begin(request);
    try {
      const incoming = await answerTo(journey, this.#shared);
      const body = await bodyOf(incoming, request.reply);
      const { headers, statusCode: status = 0 } = incoming.message;
      return { status, headers, body };
    } finally {
      journey.meter.finish();
      this.#end(journey.scope);
    }
  }

  async stream(request: KubeRequest): Promise<KubeStream> {
    const journey = this.#begin(request);
    try {
      const incoming = await answerTo(journey, this.#shared);
      const body = new BodyStream({ ...incoming, onEnd: () => this.#end(journey.scope) });
      const { headers, statusCode: status = 0 } = incoming.message;
      return { status, headers, body, setIdleTimeout: (ms) => body.setIdleTimeout(ms), close: () => body.close() };
    } catch (error) {
      this.#end(journey.scope);
      throw error;
    } finally {
      journey.meter.finish();
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const scope of [...this.#scopes]) {
      this.#end(scope, new KubeApiError('Aborted', `${scope.subject}: the transport was closed`));
    }
    this.#shared.pool.close();
  }

  #begin(request: KubeRequest): Journey {
    const { endpoint, clock } = this.#shared;
    const subject = `${request.method} ${endpoint.server.origin}${request.path}`;
    if (this.#isClosed) throw new KubeApiError('Aborted', `${subject}: the transport is closed`);
    const { signal, deadlineMs } = request;
    const scope = new RequestScope({ subject, clock, signal, deadlineMs });
    this.#scopes.add(scope);
    return { request, scope, meter: new RequestMeter(request, endpoint.server.host, clock, this.#onRequest) };
  }

  #end(scope: RequestScope, error?: KubeApiError): void {
    if (error) scope.end(error);
    else scope.dispose();
    this.#scopes.delete(scope);
  }
}

const bodyOf = async (incoming: Incoming, reply: KubeRequest['reply'] = 'json'): Promise<unknown> => {
  switch (reply) {
    case 'skip':
      return skip(incoming);
    case 'text':
      return (await readAll(incoming)).toString();
    case 'json':
      return parseJson(incoming.scope.subject, (await readAll(incoming)).toString());
  }
};

const withoutUndefined = (
  options: TransportOptions,
): { [K in keyof TransportOptions]: NonNullable<TransportOptions[K]> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
