import type { Clock } from '@kube-steward/schedule';

import type { KubeRequest, Method, RequestObservation, Verb } from '../request.ts';

const VERB_OF_METHOD: Readonly<Record<Method, Verb>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Gathers what is to be told of one request. */
export class RequestMeter {
  readonly #request: KubeRequest;
  readonly #host: string;
  readonly #clock: Clock;
  readonly #report: ((observation: RequestObservation) => void) | undefined;
  readonly #startedAt: number;
  #code = 0;
  #retries = 0;
  #rateLimitedMs = 0;

  constructor(
    request: KubeRequest,
    host: string,
    clock: Clock,
    report: ((observation: RequestObservation) => void) | undefined,
  ) {
    this.#request = request;
    this.#host = host;
    this.#clock = clock;
    this.#report = report;
    this.#startedAt = clock.monotonic();
  }

  /** Held back by the rate limit. */
  waited(ms: number): void {
    this.#rateLimitedMs += ms;
  }

  /** Status of the last try; 0 when it got no answer. */
  answered(code: number): void {
    this.#code = code;
  }

  retried(): void {
    this.#retries++;
  }

  finish(): void {
    const { method, verb = VERB_OF_METHOD[method] } = this.#request;
    this.#report?.({
      verb,
      method,
      host: this.#host,
      code: this.#code,
      durationMs: this.#clock.monotonic() - this.#startedAt - this.#rateLimitedMs,
      retries: this.#retries,
      rateLimitedMs: this.#rateLimitedMs,
    });
  }
}
