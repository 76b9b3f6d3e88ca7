import type { Clock } from '@kube-steward/schedule';

/** Time as one process has it: once that has ended, none of its timers fires. */
export class Life implements Clock {
  readonly #clock: Clock;
  #hasEnded = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now = (): number => this.#clock.now();
  monotonic = (): number => this.#clock.monotonic();

  setTimer(delayMs: number, callback: () => void): () => void {
    return this.#clock.setTimer(delayMs, () => {
      if (!this.#hasEnded) callback();
    });
  }

  end(): void {
    this.#hasEnded = true;
  }
}
