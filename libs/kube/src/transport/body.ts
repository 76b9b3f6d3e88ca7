import type { IncomingMessage } from 'node:http';

import type { Clock } from '@kube-steward/schedule';

import { errorOfStatus, KubeApiError, codeOf } from '../errors.ts';
import type { Status } from '../errors.ts';
import type { Method } from '../request.ts';
import { retryAfterMs } from '../retry.ts';
import { networkError } from './network-error.ts';
import type { RequestScope } from './scope.ts';
import { Watchdog } from './watchdog.ts';

/** As much of an answer that is not a `Status` as an error message repeats. */
const QUOTED_CHARACTERS = 200;
/** As much of an error's body as is read: a `Status` can list many causes; of the page of a proxy a few words are shown. */
const ERROR_LIMIT_BYTES = { json: 4 * 1024 * 1024, other: 64 * 1024 };

/** An answer whose body has not been read, and what ends the reading. */
export interface Incoming {
  readonly message: IncomingMessage;
  readonly scope: RequestScope;
  readonly clock: Clock;
  readonly idleTimeoutMs: number;
  readonly method: Method;
  /** Called once no more will be read, for whatever reason. */
  readonly onEnd?: () => void;
}

/** The bytes of the body as they come. While the reader is busy with a chunk the server is not expected to be heard. */
export class BodyStream implements AsyncIterable<Buffer> {
  readonly #incoming: Incoming;
  readonly #watchdog: Watchdog;
  readonly #release: () => void;
  #isClosed = false;
  #isFinished = false;

  constructor(incoming: Incoming) {
    this.#incoming = incoming;
    const { message, scope, clock, idleTimeoutMs } = incoming;
    this.#watchdog = new Watchdog(clock, idleTimeoutMs, (limitMs) => message.destroy(silence(scope, limitMs)));
    this.#watchdog.pause();
    this.#release = scope.onEnd((error) => message.destroy(error));
    // Without a reader an error would be nobody's; a reader gets it from the iteration.
    message.on('error', () => this.#finish());
    message.once('close', () => this.#finish());
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    const { message } = this.#incoming;
    this.#watchdog.resume();
    try {
      for await (const chunk of message as AsyncIterable<Buffer>) {
        this.#watchdog.pause();
        yield chunk;
        this.#watchdog.resume();
      }
    } catch (error) {
      if (this.#isClosed) return;
      throw asKubeApiError(error as Error, this.#incoming);
    } finally {
      this.#finish();
      if (!message.readableEnded) message.destroy();
    }
  }

  setIdleTimeout(ms: number): void {
    this.#watchdog.setLimit(ms);
  }

  close(): void {
    this.#isClosed = true;
    this.#finish();
    this.#incoming.message.destroy();
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#watchdog.stop();
    this.#release();
    this.#incoming.onEnd?.();
  }
}

/**
 * Reads the body to its end, or until `onChunk` says that it has enough, which costs the connection. By events: for the short
 * answers most requests have, an iterator costs more than the rest of the exchange.
 */
const receive = (incoming: Incoming, onChunk: (chunk: Buffer) => 'enough' | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const { message, scope, clock, idleTimeoutMs } = incoming;
    const end = (error: KubeApiError): void => void message.destroy(error);
    const watchdog = new Watchdog(clock, idleTimeoutMs, (limitMs) => end(silence(scope, limitMs)));
    const release = scope.onEnd(end);
    const settle = (finish: () => void): void => {
      watchdog.stop();
      release();
      finish();
    };
    message.on('data', (chunk: Buffer) => {
      watchdog.touch();
      if (onChunk(chunk) !== 'enough') return;
      settle(resolve);
      message.destroy();
    });
    message.once('end', () => settle(resolve));
    message.once('error', (error) => settle(() => reject(asKubeApiError(error, incoming))));
  });

/** The whole body. */
export const readAll = async (incoming: Incoming): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  await receive(incoming, (chunk) => void chunks.push(chunk));
  return joined(chunks);
};

/** The body of an answer that is an error, cut off where it is longer than any that means something. */
export const readError = async (incoming: Incoming): Promise<string> => {
  const isJson = incoming.message.headers['content-type']?.includes('json') ?? false;
  const limit = isJson ? ERROR_LIMIT_BYTES.json : ERROR_LIMIT_BYTES.other;
  const chunks: Buffer[] = [];
  let size = 0;
  await receive(incoming, (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    return size > limit ? 'enough' : undefined;
  });
  return joined(chunks).toString('utf8', 0, limit);
};

const joined = (chunks: readonly Buffer[]): Buffer =>
  chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);

/** Reads the body to its end and keeps nothing, so that the connection can be used again. */
export const skip = (incoming: Incoming): Promise<void> => receive(incoming, () => undefined);

const silence = ({ subject }: RequestScope, limitMs: number): KubeApiError =>
  new KubeApiError('Timeout', `${subject}: nothing received for ${limitMs} ms`);

const asKubeApiError = (error: Error, { scope, method }: Incoming): KubeApiError =>
  error instanceof KubeApiError ? error : networkError(scope.subject, error, method);

/** @throws KubeApiError `InvalidResponse` when the text is not JSON */
export const parseJson = (subject: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KubeApiError('InvalidResponse', `${subject}: the answer is not JSON: ${quote(text)}`, { cause });
  }
};

/** The error an answer of status 300 or more stands for: its `Status`, else its first words. */
export const errorOfAnswer = (subject: string, message: IncomingMessage, text: string, now: number): KubeApiError => {
  const status = message.statusCode ?? 0;
  const { location, 'retry-after': retryAfter } = message.headers;
  const waitMs = retryAfterMs(retryAfter, now);
  const known = statusIn(text);
  if (known) {
    const error = errorOfStatus(subject, known, status);
    return waitMs === undefined ? error : withRetryAfter(error, waitMs);
  }
  const options = { status, retryAfterMs: waitMs };
  if (status < 400) {
    const detail = `redirected (${status}) to ${location ?? 'nowhere'}: check the server URL`;
    return new KubeApiError('InvalidResponse', `${subject}: ${detail}`, options);
  }
  const words = text.trim() ? quote(text) : (message.statusMessage ?? '');
  return new KubeApiError(codeOf(status), `${subject}: ${status} ${words}`, options);
};

const withRetryAfter = ({ code, message, status, reason, details }: KubeApiError, waitMs: number): KubeApiError =>
  new KubeApiError(code, message, { status, reason, details, retryAfterMs: waitMs });

const statusIn = (text: string): Status | undefined => {
  if (!text.startsWith('{')) return undefined;
  try {
    const body = JSON.parse(text) as Status;
    return body.kind === 'Status' ? body : undefined;
  } catch {
    return undefined;
  }
};

const quote = (text: string): string => {
  const words = text.replace(/\s+/g, ' ').trim();
  return words.length > QUOTED_CHARACTERS ? `${words.slice(0, QUOTED_CHARACTERS)}...` : words || '(empty)';
};
