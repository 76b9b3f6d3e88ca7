import { TimerHeap } from './timer-heap.ts';

/** Cancels a timer; calling it again, or after the timer fired, does nothing. */
export type CancelTimer = () => void;

/**
 * Time as a value: everything that waits or asks for the time takes a `Clock`, so that tests and the demo can own time.
 * All values are milliseconds.
 */
export interface Clock {
  /** Wall time since the Unix epoch. May jump. */
  now(): number;
  /** A monotonic reading, for measuring how long something took. Stops while a laptop sleeps. */
  monotonic(): number;
  /** Calls `callback` once, `delayMs` from now (a negative delay counts as 0). Any delay is allowed, years included. */
  setTimer(delayMs: number, callback: () => void): CancelTimer;
}

/** Node's `setTimeout` fires at once beyond 2^31-1 ms, so longer waits are made of several. */
const LONGEST_TIMEOUT_MS = 24 * 24 * 3600 * 1000;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delayMs, callback) {
    const deadline = performance.now() + delayMs;
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const left = deadline - performance.now();
      handle =
        left > LONGEST_TIMEOUT_MS ? setTimeout(arm, LONGEST_TIMEOUT_MS) : setTimeout(callback, Math.max(0, left));
    };
    arm();
    return () => clearTimeout(handle);
  },
};

/**
 * A clock that stands still until it is told to move. Timers fire in the order of their time, then of their creation.
 *
 * @example
 * const clock = new VirtualClock('2026-11-20T19:00:00Z');
 * clock.setTimer(1000, () => console.log('one second later'));
 * clock.advance(1000);
 */
export class VirtualClock implements Clock {
  #now: number;
  readonly #start: number;
  readonly #timers = new TimerHeap();

  constructor(start: string | number) {
    this.#now = typeof start === 'number' ? start : Date.parse(start);
    if (!Number.isFinite(this.#now)) throw new RangeError(`a clock cannot start at ${JSON.stringify(start)}`);
    this.#start = this.#now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  setTimer(delayMs: number, callback: () => void): CancelTimer {
    const timer = this.#timers.add(this.#now + Math.max(0, delayMs), callback);
    return () => this.#timers.cancel(timer);
  }

  /** When the next timer is due, in milliseconds since the epoch; `undefined` when none is set. */
  nextTimer(): number | undefined {
    return this.#timers.peek()?.at;
  }

  /** How many timers are set. A stopped component leaves none behind. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Moves on by `ms`, firing every timer that falls due, each at its own time. */
  advance(ms: number): void {
    this.advanceTo(this.#now + ms);
  }

  /** Moves on to `time` (milliseconds since the epoch). A time in the past leaves the clock where it is. */
  advanceTo(time: number): void {
    while (this.#isDue(time)) this.#fire();
    this.#now = Math.max(this.#now, time);
  }

  /**
   * Like `advanceTo`, but lets `settle` run before and after each timer, so that work which needs real I/O (requests over
   * loopback, say) is done at the virtual time it belongs to.
   */
  async advanceSettled(time: number, settle: () => Promise<void>): Promise<void> {
    await settle();
    while (this.#isDue(time)) {
      this.#fire();
      while (this.#isDue(this.#now)) this.#fire();
      await settle();
    }
    this.#now = Math.max(this.#now, time);
    await settle();
  }

  #isDue(time: number): boolean {
    const next = this.#timers.peek();
    return next !== undefined && next.at <= time;
  }

  #fire(): void {
    this.#now = Math.max(this.#now, this.#timers.peek()?.at ?? this.#now);
    this.#timers.take()?.();
  }
}
