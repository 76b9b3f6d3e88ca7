import type { Agent, ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import http from 'node:http';
import https from 'node:https';

import type { Clock } from '@kube-steward/schedule';

import type { Credentials } from '../endpoint.ts';
import { KubeApiError } from '../errors.ts';
import type { KubeRequest, Query } from '../request.ts';
import { networkError } from './network-error.ts';
import type { Route } from './route.ts';
import type { RequestScope } from './scope.ts';
import { Watchdog } from './watchdog.ts';

/** A request made ready once and sent once or, after a retry, several times. */
export interface PreparedRequest {
  readonly request: KubeRequest;
  /** Prefix of the server, path and query. */
  readonly target: string;
  readonly body: string | Buffer | undefined;
}

export const prepare = (route: Route, request: KubeRequest): PreparedRequest => {
  if (!request.path.startsWith('/')) throw new TypeError(`a request's path starts with a slash: "${request.path}"`);
  const { body } = request;
  return {
    request,
    target: `${route.prefix}${request.path}${queryText(request.query)}`,
    body: body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  };
};

/** `?a=b&c=d`, or nothing when there is no parameter. */
const queryText = (query: Query = {}): string => {
  let text = '';
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) text += `${text ? '&' : '?'}${encodeURIComponent(key)}=${encodeURIComponent(value)}`;
  }
  return text;
};

/** What an exchange needs beside the request. */
export interface ExchangeContext {
  route: Route;
  credentials: Credentials;
  agent: Agent;
  scope: RequestScope;
  clock: Clock;
  userAgent: string;
  headerTimeoutMs: number;
}

/**
 * An exchange that brought no answer. `wasResetOnReuse`: over a connection used before, which the other side had
 * most likely just closed.
 */
export class ExchangeFailure extends Error {
  readonly error: KubeApiError;
  readonly wasResetOnReuse: boolean;

  constructor(error: KubeApiError, wasResetOnReuse: boolean) {
    super(error.message);
    this.error = error;
    this.wasResetOnReuse = wasResetOnReuse;
  }
}

/**
 * Sends a request once and brings the answer as soon as its headers are there, whatever its status.
 *
 * @throws ExchangeFailure
 */
export const exchange = (prepared: PreparedRequest, context: ExchangeContext): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { scope } = context;
    const outgoing = open(prepared, context);
    let isSettled = false;
    let watchdog: Watchdog | undefined;
    let release = (): void => undefined;
    const settle = (): void => {
      isSettled = true;
      watchdog?.stop();
      release();
    };
    // A request that waits for a connection does not tell of its own end, so `destroy` alone would leave it pending.
    const end = (error: KubeApiError): void => {
      settle();
      reject(new ExchangeFailure(error, false));
      outgoing.destroy();
    };
    outgoing.once('socket', () => {
      if (isSettled) return;
      watchdog = new Watchdog(context.clock, context.headerTimeoutMs, (limitMs) =>
        end(new KubeApiError('Timeout', `${scope.subject}: no answer within ${limitMs} ms`)),
      );
    });
    outgoing.once('response', (incoming) => {
      settle();
      resolve(incoming);
    });
    outgoing.on('error', (cause: NodeJS.ErrnoException) => {
      settle();
      const isReset = cause.code === 'ECONNRESET' || cause.code === 'EPIPE';
      const error = networkError(scope.subject, cause, prepared.request.method);
      reject(new ExchangeFailure(error, isReset && outgoing.reusedSocket));
    });
    release = scope.onEnd(end);
    outgoing.end(prepared.body);
  });

const open = (prepared: PreparedRequest, context: ExchangeContext): ClientRequest => {
  const { isTls, host, port } = context.route;
  const { agent } = context;
  const { method } = prepared.request;
  const headers = headersOf(prepared, context);
  if (isTls) return https.request({ host, port, path: prepared.target, agent, method, headers });
  return http.request({ host, port, path: prepared.target, agent, method, headers });
};

const headersOf = ({ request, body }: PreparedRequest, context: ExchangeContext): OutgoingHttpHeaders => {
  const headers: OutgoingHttpHeaders = {
    accept: request.accept ?? 'application/json',
    'user-agent': context.userAgent,
    ...request.headers,
    ...(context.credentials.headers as OutgoingHttpHeaders),
    ...context.route.headers,
  };
  if (body === undefined) return headers;
  headers['content-type'] = request.contentType ?? 'application/json';
  // Node writes none for a DELETE with a body: the server would read the body as the next request.
  headers['content-length'] = Buffer.byteLength(body);
  return headers;
};
