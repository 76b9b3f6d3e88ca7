import type { Clock } from '@kube-steward/schedule';

/** The clock of one process: its own rate and wall time, and it can be stopped for a while. */
export class ProcessClock implements Clock {
  readonly #master: Clock;
  readonly #rate: number;
  #wallOffset: number;
  #resumeAt = 0;
  /** Monotonic time that passed unseen while the machine was suspended. */
  #slept = 0;

  constructor(master: Clock, { rate = 1, wallOffset = 0 }: { rate?: number; wallOffset?: number } = {}) {
    this.#master = master;
    this.#rate = rate;
    this.#wallOffset = wallOffset;
  }

  get isPaused(): boolean {
    return this.#master.monotonic() < this.#resumeAt;
  }

  now(): number {
    return this.#master.now() + this.#wallOffset;
  }

  monotonic(): number {
    return (this.#master.monotonic() - this.#slept) * this.#rate;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    let cancel = this.#master.setTimer(delayMs / this.#rate, () => (cancel = this.whenAwake(callback)));
    return () => cancel();
  }

  /** Runs the callback now, or at the end of the pause. */
  whenAwake(callback: () => void): () => void {
    if (!this.isPaused) {
      callback();
      return () => undefined;
    }
    return this.#master.setTimer(this.#resumeAt - this.#master.monotonic(), () => void this.whenAwake(callback));
  }

  jump(ms: number): void {
    this.#wallOffset += ms;
  }

  /** Stops the process. A suspended machine's monotonic clock stands still meanwhile, a stopped process's runs on. */
  pause(ms: number, kind: 'stopped' | 'suspended'): void {
    if (this.isPaused) return;
    this.#resumeAt = this.#master.monotonic() + ms;
    if (kind === 'suspended') this.#slept += ms;
  }
}
