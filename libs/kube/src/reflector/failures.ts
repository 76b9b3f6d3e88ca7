import type { Clock } from '@kube-steward/schedule';
import { createBackoff, type Backoff } from '../backoff.ts';
import { KubeApiError } from '../errors.ts';
import { recoveryOf, type Failure, type RelistReason } from './recovery.ts';

const LONGEST_RETRY_AFTER_MS = 300_000;
const LASTING_MAX_MS = 120_000;

/** The failures of one reflector: how often each has come since the last progress, and how long to wait for the next try. */
export class Failures {
  readonly #backoff: Backoff;
  readonly #times = new Map<string, number>();

  constructor(options: { clock: Clock; random: () => number }) {
    this.#backoff = createBackoff(options);
  }

  /** The server answered. */
  answered(): void {
    this.#backoff.succeeded();
  }

  /** Something new was read: what failed before does not stand in the way. */
  progressed(): void {
    if (this.#times.size > 0) this.#times.clear();
  }

  /** A failure: whether to list again, and after how many ms. Retry-After is honoured up to 5 minutes. */
  failed(failure: Omit<Failure, 'times'>): { relist: RelistReason | undefined; delayMs: number } {
    const { error } = failure;
    const code = error instanceof KubeApiError ? error.code : 'other';
    const times = (this.#times.get(code) ?? 0) + 1;
    this.#times.set(code, times);
    const { relist, isLasting } = recoveryOf({ ...failure, times });
    const delayMs = this.#backoff.failed(isLasting ? LASTING_MAX_MS : undefined);
    const askedMs = error instanceof KubeApiError ? (error.retryAfterMs ?? 0) : 0;
    return { relist, delayMs: Math.max(delayMs, Math.min(askedMs, LONGEST_RETRY_AFTER_MS)) };
  }
}
