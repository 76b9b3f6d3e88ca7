import type { IncomingHttpHeaders } from 'node:http';

/** What a request is for, as metrics and RBAC name it. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Parameters of the URL; `undefined` is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** One request as the transport takes it. */
export interface KubeRequest {
  method: Method;
  /** Starts with a slash; no query. Names in it are already escaped (`resourcePath` does that). */
  path: string;
  query?: Query | undefined;
  /** Serialised as JSON, unless it is text or bytes already. */
  body?: unknown;
  /** Of the body; `application/json` when left out. */
  contentType?: string | undefined;
  /** `application/json` when left out. */
  accept?: string | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  /** For metrics; by the method when left out. */
  verb?: Verb | undefined;
  /** Ends the request, its waits and its retries with a KubeApiError `Aborted`. */
  signal?: AbortSignal | undefined;
  /** The most the whole request may take, waits for the rate limit and retries included. None when left out. */
  deadlineMs?: number | undefined;
  /** Until the headers of the answer are there. 65 s when left out, so that the server's own 60 s end first. */
  headerTimeoutMs?: number | undefined;
  /** The longest pause between two chunks of the answer. 30 s when left out. */
  idleTimeoutMs?: number | undefined;
  /** How many more tries after 429, 503, 504. 10 when left out; 0 hands the first answer to the caller. */
  maxRetries?: number | undefined;
  /**
   * Called right before each try is sent, when all waits for the rate limit, for credentials and between tries are over. What
   * it throws ends the request, unsent: how a leader that lost its lease while it waited is kept from writing.
   */
  beforeTry?: (() => void) | undefined;
  /** Uses the connections for watches, which no short request ever has to wait for. */
  longLived?: boolean | undefined;
  /** What `send` does with the answer's body: parse it (default), hand it out as text, or skip it unparsed. */
  reply?: 'json' | 'text' | 'skip' | undefined;
}

/** The answer to `send`. `body` is parsed JSON, text, or `undefined`, as `reply` asked. */
export interface KubeResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: unknown;
}

/** The answer to `stream`: a status below 300 and the bytes as they come. */
export interface KubeStream {
  status: number;
  headers: IncomingHttpHeaders;
  /** Can be read once. Reading slowly slows the server down. Throws KubeApiError on a reset, an idle timeout, an abort. */
  body: AsyncIterable<Buffer>;
  /** A new limit for the pause between two chunks, from now on. */
  setIdleTimeout(ms: number): void;
  /** Ends the stream and its connection. Harmless when it has ended. */
  close(): void;
}

/** What metrics want to know of a request, told once it has been answered or has failed. */
export interface RequestObservation {
  verb: Verb;
  method: Method;
  /** `host:port` of the server. */
  host: string;
  /** HTTP status of the last try; 0 when there was no answer. */
  code: number;
  /** From the first try to the headers of the last answer (`stream`) or the end of its body (`send`); rate limit not included. */
  durationMs: number;
  /** Tries after the first. */
  retries: number;
  /** How long the client-side rate limit held it back. */
  rateLimitedMs: number;
}

/**
 * Requests to one API server. Both calls throw KubeApiError for any status from 300 on.
 *
 * What is tried again, and what is not:
 *
 * | what happened | read | write |
 * | --- | --- | --- |
 * | 429 | yes | yes: it was turned away before it ran |
 * | 503, 504 with Retry-After | yes | yes: the server says so |
 * | 503, 504 without | yes | no: it may have been carried out |
 * | 401 | once, with fresh credentials | once, with fresh credentials |
 * | reset of a connection used before | once | no: it may have been carried out |
 * | anything else | no | no |
 *
 * Waits are the Retry-After, else 0.5 s doubling to 10 s; a wait of over a minute, or beyond the deadline, is not begun:
 * the error is thrown at once, with `retryAfterMs`.
 */
export interface Transport {
  send(request: KubeRequest): Promise<KubeResponse>;
  stream(request: KubeRequest): Promise<KubeStream>;
  /** Ends everything in flight (`Aborted`) and leaves no socket and no timer. Later requests are refused. */
  close(): void;
}
