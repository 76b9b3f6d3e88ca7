import type { CancelTimer, Clock } from '@kube-steward/schedule';
import { DeadlineHeap, type DeadlineEntry } from './deadline-heap.ts';

/** The longest wait one timer is armed for (`setTimeout` fires at once beyond 24.8 days). */
const LONGEST_TIMER_MS = 24 * 24 * 3600 * 1000;

/** Entries that wait for their time, with one timer for all of them. `onDue` gets each in the order of their deadlines. */
export class Delays<T extends DeadlineEntry> {
  readonly #clock: Clock;
  readonly #onDue: (entry: T) => void;
  readonly #heap = new DeadlineHeap<T>();
  #timer: { at: number; cancel: CancelTimer } | undefined;

  constructor(clock: Clock, onDue: (entry: T) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#heap.size;
  }

  has(entry: T): boolean {
    return entry.heapIndex >= 0;
  }

  /** Lets the entry wait until `readyAt` of the monotonic clock; one that waits already is moved. */
  set(entry: T, readyAt: number): void {
    this.#heap.set(entry, readyAt);
    this.#arm();
  }

  /** Ends the entry's wait, if it waits. */
  remove(entry: T): void {
    if (!this.has(entry)) return;
    this.#heap.remove(entry);
    this.#arm();
  }

  clear(): void {
    this.#heap.clear();
    this.#arm();
  }

  #arm(): void {
    const at = this.#heap.peek()?.readyAt;
    if (at === this.#timer?.at) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (at === undefined) return;
    const delayMs = Math.max(1, Math.min(LONGEST_TIMER_MS, at - this.#clock.monotonic()));
    this.#timer = { at, cancel: this.#clock.setTimer(delayMs, () => this.#onTimer()) };
  }

  #onTimer(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    for (let entry = this.#heap.peek(); entry && entry.readyAt <= now; entry = this.#heap.peek()) {
      this.#heap.remove(entry);
      this.#onDue(entry);
    }
    this.#arm();
  }
}
