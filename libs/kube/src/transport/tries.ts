import type { IncomingMessage } from 'node:http';

import type { Clock } from '@kube-steward/schedule';

import type { Endpoint } from '../endpoint.ts';
import type { KubeApiError } from '../errors.ts';
import type { RateLimiter } from '../rate-limiter.ts';
import { isRead } from '../read-only.ts';
import type { KubeRequest } from '../request.ts';
import { waitBeforeRetry } from '../retry.ts';
import type { AgentPool } from './agents.ts';
import { errorOfAnswer, readError } from './body.ts';
import type { Incoming } from './body.ts';
import type { CredentialsKeeper, IssuedCredentials } from './credentials.ts';
import { exchange, ExchangeFailure, prepare } from './exchange.ts';
import type { PreparedRequest } from './exchange.ts';
import type { RequestMeter } from './meter.ts';
import type { Route } from './route.ts';
import type { RequestScope } from './scope.ts';

/** What all requests of a transport share. */
export interface Shared {
  readonly endpoint: Endpoint;
  readonly route: Route;
  readonly clock: Clock;
  readonly limiter: RateLimiter;
  readonly pool: AgentPool;
  readonly credentials: CredentialsKeeper;
  readonly random: () => number;
  readonly userAgent: string;
  readonly headerTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxRetries: number;
}

/** One request on its way. */
export interface Journey {
  readonly request: KubeRequest;
  readonly scope: RequestScope;
  readonly meter: RequestMeter;
}

type Outcome =
  | { type: 'answer'; incoming: Incoming }
  | { type: 'refusal'; error: KubeApiError; message: IncomingMessage; credentials: IssuedCredentials }
  | { type: 'failure'; failure: ExchangeFailure };

/** What has been tried again already, and may be only once, or only so often. */
interface History {
  retries: number;
  hasRetriedReset: boolean;
  hasRefreshed: boolean;
}

/**
 * Tries until there is an answer below 300, or no reason to try again (the table on `Transport`).
 *
 * @throws KubeApiError of the last try
 */
export const answerTo = async (journey: Journey, shared: Shared): Promise<Incoming> => {
  const prepared = prepare(shared.route, journey.request);
  const history: History = { retries: 0, hasRetriedReset: false, hasRefreshed: false };
  for (;;) {
    const outcome = await tryOnce(prepared, journey, shared);
    if (outcome.type === 'answer') return outcome.incoming;
    await beforeNextTry(outcome, history, journey, shared);
    journey.meter.retried();
  }
};

const tryOnce = async (prepared: PreparedRequest, journey: Journey, shared: Shared): Promise<Outcome> => {
  const { request, scope, meter } = journey;
  scope.check();
  meter.waited(await shared.limiter.acquire(scope));
  const credentials = await scope.race(shared.credentials.get(scope.subject));
  const agent = shared.pool.agentFor(credentials.tls, request.longLived ?? false);
  const { clock, route, userAgent } = shared;
  const headerTimeoutMs = request.headerTimeoutMs ?? shared.headerTimeoutMs;
  request.beforeTry?.();
  meter.answered(0);
  try {
    const message = await exchange(prepared, { clock, route, userAgent, credentials, agent, scope, headerTimeoutMs });
    const status = message.statusCode ?? 0;
    meter.answered(status);
    const incoming = incomingOf(message, journey, shared);
    if (status < 300) return { type: 'answer', incoming };
    const text = await readError(incoming);
    return {
      type: 'refusal',
      error: errorOfAnswer(scope.subject, message, text, shared.clock.now()),
      message,
      credentials,
    };
  } catch (failure) {
    if (failure instanceof ExchangeFailure) return { type: 'failure', failure };
    throw failure;
  }
};

const incomingOf = (message: IncomingMessage, { request, scope }: Journey, shared: Shared): Incoming => ({
  message,
  scope,
  clock: shared.clock,
  idleTimeoutMs: request.idleTimeoutMs ?? shared.idleTimeoutMs,
  method: request.method,
});

/** Waits as long as it takes until another try makes sense, or throws the error of the last one. */
const beforeNextTry = async (
  outcome: Exclude<Outcome, { type: 'answer' }>,
  history: History,
  { request, scope }: Journey,
  shared: Shared,
): Promise<void> => {
  if (outcome.type === 'failure') {
    if (!outcome.failure.wasResetOnReuse || history.hasRetriedReset || !isRead(request)) throw outcome.failure.error;
    history.hasRetriedReset = true;
    return;
  }
  if (outcome.message.statusCode === 401 && !history.hasRefreshed) {
    history.hasRefreshed = true;
    shared.credentials.refused(outcome.credentials);
    return;
  }
  const waitMs = waitBeforeRetry({
    status: outcome.message.statusCode ?? 0,
    headers: outcome.message.headers,
    isRead: isRead(request),
    retries: history.retries++,
    maxRetries: request.maxRetries ?? shared.maxRetries,
    remainingMs: scope.remainingMs,
    now: shared.clock.now(),
    random: shared.random(),
  });
  if (waitMs === undefined) throw outcome.error;
  await scope.wait(waitMs);
};
