import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Caller, Tokens } from './auth.ts';
import type { Cluster } from './cluster.ts';
import { stateOf } from './create-cluster.ts';
import { internalError } from './errors.ts';
import { faultStatus } from './fault-status.ts';
import { type FaultEffect, Faults } from './faults.ts';
import { answer, type Service } from './http/answer.ts';
import { mediaTypeOf, readBody } from './http/body.ts';
import { type Exchange, sendStatus } from './http/exchange.ts';
import { type Breakage, Outlet } from './http/outlet.ts';
import { type Target, targetOf, type Verb, verbOf } from './http/target.ts';
import { type LoggedRequest, RequestLog } from './request-log.ts';
import type { SandboxOptions } from './server.ts';
import type { State } from './state.ts';
import { StatusError } from './status-error.ts';
import { WatchHub } from './watch-hub.ts';
import { WatchLines } from './watch-lines.ts';

const BOOKMARK_INTERVAL_MS = 60_000;
const WATCH_BUFFER_BYTES = 16 * 1024 * 1024;

/** Takes requests in: who, what, which faults; logs how they were answered. */
export class FrontDoor {
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
      limitAtZero: options.limitAtZero ?? false,
    };
  }

  skewClock(ms: number): void {
    this.#state.skewMs = ms;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = receive(request, this.#state.clock.now());
    if (!received) {
      response.writeHead(400).end();
      return;
    }
    const isCounted = received.verb !== 'watch';
    if (isCounted) this.inFlight++;
    try {
      await this.#respond(request, response, received);
    } catch {
      response.destroy();
    } finally {
      if (isCounted) this.inFlight--;
    }
  }

  async #respond(request: IncomingMessage, response: ServerResponse, received: Received): Promise<void> {
    const { url, target, verb } = received;
    let body = '';
    let caller: Caller = { user: 'system:anonymous', groups: [] };
    let refusal: StatusError | undefined;
    try {
      caller = this.tokens.authenticate(request.headers);
      if (request.method !== 'GET' && request.method !== 'HEAD') body = await readBody(request);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      refusal = error;
    }
    const log = (by: Caller, code: number): void =>
      this.requests.add(entryOf(request, received, { caller: by, body, code }));
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
}

/** What a request is about; `undefined` if its path cannot be read. */
const receive = (request: IncomingMessage, at: number): Received | undefined => {
  try {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const target = targetOf(url.pathname);
    return { at, url, target, verb: verbOf(request.method ?? 'GET', target, url.searchParams) ?? 'other' };
  } catch {
    return undefined;
  }
};

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
  { at, url, target, verb }: Received,
  { caller, body, code }: { caller: Caller; body: string; code: number },
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
