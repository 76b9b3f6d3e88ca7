import { setMaxListeners } from 'node:events';

import type { CancelTimer, Clock } from '@kube-steward/schedule';

import { KubeApiError } from '../errors.ts';
import type { Endable } from '../rate-limiter.ts';

export interface ScopeOptions {
  /** Names the request in messages: `GET https://host/path`. */
  subject: string;
  clock: Clock;
  signal?: AbortSignal | undefined;
  deadlineMs?: number | undefined;
}

/**
 * The life of one request: it ends by the caller's signal, by its deadline, or when the transport is closed. Whatever waits
 * on behalf of the request registers with `onEnd`. `dispose` must be called once the request is over: it lets go of the
 * signal and the timer.
 */
export class RequestScope implements Endable {
  readonly subject: string;
  readonly #clock: Clock;
  readonly #callbacks = new Set<(error: KubeApiError) => void>();
  readonly #signal: AbortSignal | undefined;
  readonly #deadlineAt: number;
  #cancelDeadline: CancelTimer | undefined;
  #error: KubeApiError | undefined;

  constructor({ subject, clock, signal, deadlineMs }: ScopeOptions) {
    this.subject = subject;
    this.#clock = clock;
    this.#signal = signal;
    this.#deadlineAt = deadlineMs === undefined ? Infinity : clock.monotonic() + deadlineMs;
    if (deadlineMs !== undefined) this.#cancelDeadline = clock.setTimer(deadlineMs, () => this.#expire(deadlineMs));
    if (signal?.aborted) this.#abort();
    else if (signal) {
      // All requests of a controller share its signal: more than ten listeners are no leak.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', this.#abort);
    }
  }

  /** Time left until the deadline. */
  get remainingMs(): number {
    return this.#deadlineAt - this.#clock.monotonic();
  }

  onEnd(callback: (error: KubeApiError) => void): () => void {
    if (this.#error) {
      callback(this.#error);
      return () => undefined;
    }
    this.#callbacks.add(callback);
    return () => void this.#callbacks.delete(callback);
  }

  /** @throws KubeApiError if the request has been ended */
  check(): void {
    if (this.#error) throw this.#error;
  }

  end(error: KubeApiError): void {
    if (this.#error) return;
    this.#error = error;
    const callbacks = [...this.#callbacks];
    this.dispose();
    for (const callback of callbacks) callback(error);
  }

  dispose(): void {
    this.#cancelDeadline?.();
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#callbacks.clear();
  }

  /** Waits `ms`; rejects when the request is ended first. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let cancel: CancelTimer = () => undefined;
      const release = this.onEnd((error) => {
        cancel();
        reject(error);
      });
      if (this.#error) return;
      cancel = this.#clock.setTimer(ms, () => {
        release();
        resolve();
      });
    });
  }

  /** The promise, or the end of the request if that comes first. */
  async race<T>(promise: Promise<T>): Promise<T> {
    let release = (): void => undefined;
    try {
      return await Promise.race([
        promise,
        new Promise<never>((_, reject) => {
          release = this.onEnd(reject);
        }),
      ]);
    } finally {
      release();
    }
  }

  readonly #abort = (): void => {
    const cause: unknown = this.#signal?.reason;
    this.end(new KubeApiError('Aborted', `${this.subject}: aborted by the caller`, { cause }));
  };

  #expire(deadlineMs: number): void {
    this.end(new KubeApiError('Timeout', `${this.subject}: not done within its deadline of ${deadlineMs} ms`));
  }
}
