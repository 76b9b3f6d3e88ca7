import type { Clock } from '@kube-steward/schedule';
import { KubeApiError } from '../errors.ts';

export interface SyncWait {
  signal?: AbortSignal | undefined;
  timeoutMs: number;
  /** Why it is not open yet. */
  explain: () => string;
}

/** Opens once, for good, and lets those through who wait for it. */
export class SyncGate {
  readonly #clock: Clock;
  readonly #waiting = new Set<(error?: KubeApiError) => void>();
  #isOpen = false;
  #closed: KubeApiError | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): void {
    this.#isOpen = true;
    for (const settle of this.#waiting) settle();
  }

  /** It will not open any more. */
  close(reason: KubeApiError): void {
    this.#closed ??= reason;
    for (const settle of this.#waiting) settle(this.#isOpen ? undefined : reason);
  }

  /** Throws KubeApiError: `Timeout`, or `Aborted` on the signal and on `close`. */
  wait({ signal, timeoutMs, explain }: SyncWait): Promise<void> {
    if (this.#isOpen) return Promise.resolve();
    if (this.#closed) return Promise.reject(this.#closed);
    if (signal?.aborted) return Promise.reject(aborted(explain));
    return new Promise((resolve, reject) => {
      const settle = (error?: KubeApiError): void => {
        cancel();
        signal?.removeEventListener('abort', onAbort);
        this.#waiting.delete(settle);
        if (error) reject(error);
        else resolve();
      };
      const onAbort = (): void => settle(aborted(explain));
      const cancel = this.#clock.setTimer(timeoutMs, () =>
        settle(new KubeApiError('Timeout', `not synced after ${timeoutMs / 1000} s: ${explain()}`)),
      );
      this.#waiting.add(settle);
      signal?.addEventListener('abort', onAbort);
    });
  }
}

const aborted = (explain: () => string): KubeApiError =>
  new KubeApiError('Aborted', `stopped waiting for the first list: ${explain()}`);
