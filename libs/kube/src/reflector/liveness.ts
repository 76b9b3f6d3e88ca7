import type { Clock } from '@kube-steward/schedule';
import type { WatchStream } from '../client-api.ts';

/** API servers send a bookmark about this often. */
const USUAL_PERIOD_MS = 60_000;
const PERIODS_WITHOUT_A_WORD = 2.5;

/**
 * Notices watches whose other end is gone without a word: no byte for 2.5 times the period of bookmarks means a dead
 * connection. Until a bookmark has been seen (a server need not send any) only the end of the watch itself is a limit.
 */
export class Liveness {
  readonly #clock: Clock;
  /** The longest wait for a bookmark so far; undefined while none has come. */
  #periodMs: number | undefined;
  #since = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long a watch that begins now may be silent, given when the server ends it by itself. */
  begin(longestMs: number): number {
    this.#since = this.#clock.monotonic();
    return this.#limit(longestMs);
  }

  /** A bookmark came: the stream is held to the period from now on. */
  bookmark(stream: WatchStream<unknown>, longestMs: number): void {
    const now = this.#clock.monotonic();
    const periodMs = Math.max(this.#periodMs ?? USUAL_PERIOD_MS, now - this.#since);
    this.#since = now;
    if (periodMs === this.#periodMs) return;
    this.#periodMs = periodMs;
    stream.setIdleTimeout(this.#limit(longestMs));
  }

  #limit(longestMs: number): number {
    return this.#periodMs === undefined ? longestMs : Math.min(longestMs, this.#periodMs * PERIODS_WITHOUT_A_WORD);
  }
}
