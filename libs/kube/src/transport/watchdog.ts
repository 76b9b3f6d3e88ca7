import type { CancelTimer, Clock } from '@kube-steward/schedule';

/**
 * Calls `onExpire` when nothing was heard for longer than the limit. `touch` is cheap enough for every chunk of a stream: it
 * notes the time, and the one timer, when it fires, is set again for what is left.
 */
export class Watchdog {
  readonly #clock: Clock;
  readonly #onExpire: (limitMs: number) => void;
  #limitMs: number;
  #heardAt: number;
  #isPaused = false;
  #cancel: CancelTimer | undefined;

  constructor(clock: Clock, limitMs: number, onExpire: (limitMs: number) => void) {
    this.#clock = clock;
    this.#onExpire = onExpire;
    this.#limitMs = limitMs;
    this.#heardAt = clock.monotonic();
    this.#arm(limitMs);
  }

  touch(): void {
    this.#heardAt = this.#clock.monotonic();
  }

  /** While paused nobody is expected to be heard: the reader is busy, not the writer silent. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.touch();
  }

  setLimit(limitMs: number): void {
    if (!this.#cancel) return;
    this.#limitMs = limitMs;
    this.touch();
    this.#arm(limitMs);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #arm(delayMs: number): void {
    this.#cancel?.();
    this.#cancel = this.#clock.setTimer(delayMs, () => {
      if (this.#isPaused) this.touch();
      const leftMs = this.#limitMs - (this.#clock.monotonic() - this.#heardAt);
      if (leftMs > 0) {
        this.#arm(leftMs);
        return;
      }
      this.#cancel = undefined;
      this.#onExpire(this.#limitMs);
    });
  }
}
