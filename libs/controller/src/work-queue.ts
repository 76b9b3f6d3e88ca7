import type { Clock } from '@kube-steward/schedule';
import type { DeadlineEntry } from './deadline-heap.ts';
import { Delays } from './delays.ts';
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts';
import { RingBuffer } from './ring-buffer.ts';

/** `low` is for the adds of an initial list or a resync: such keys wait until no `normal` one is queued. */
export type Priority = 'normal' | 'low';

export interface AddOptions {
  priority?: Priority;
}

/** What the queue reports as it goes; times in milliseconds. Called on the hot path: must be cheap and must not throw. */
export interface WorkQueueMetrics {
  added(): void;
  /** A delayed add, rate-limited or not. */
  retried(): void;
  started(queuedMs: number): void;
  finished(workMs: number): void;
  /** Hands over the reading of what is not an event: depth and what is unfinished. Called once. */
  attach?(read: () => WorkQueueStats): void;
}

export interface WorkQueueStats {
  /** Keys that need a reconcile, those added again while being processed included. */
  depth: number;
  processing: number;
  delayed: number;
  /** How long the keys in processing have been so, summed. */
  unfinishedMs: number;
  longestMs: number;
}

export interface WorkQueueOptions {
  clock: Clock;
  /** Says which queue a metric is of. */
  name: string;
  metrics?: WorkQueueMetrics;
  /** Default: `createRateLimiter`. */
  rateLimiter?: RateLimiter;
}

interface Entry extends DeadlineEntry {
  readonly key: string;
  /** Needs a reconcile: in a ring, or, while `processing`, to go there at `done`. (client-go: the dirty set.) */
  queued: boolean;
  processing: boolean;
  priority: Priority;
  /** The ring slot that counts. Raising the priority leaves a stale slot behind. */
  position: number;
  queuedAt: number;
  startedAt: number;
}

/** The position of an entry that is in no ring: no slot left behind can be taken for it. */
const NOWHERE = -1;

const newEntry = (key: string): Entry => ({
  key,
  queued: false,
  processing: false,
  priority: 'normal',
  position: NOWHERE,
  queuedAt: 0,
  startedAt: 0,
  readyAt: 0,
  heapIndex: -1,
  heapOrder: 0,
});

/**
 * The queue between event handlers and reconcile workers, with the semantics of client-go's workqueue and controller-runtime's
 * priority queue:
 *
 * | the key is    | `add`                                      | `addAfter`                             |
 * | ------------- | ------------------------------------------ | -------------------------------------- |
 * | not here      | queued                                     | waits; queued when due                 |
 * | queued        | nothing, or raised from `low` to `normal`  | nothing: a reconcile is coming anyway  |
 * | being handled | queued once, at `done`                     | waits; when due early, queued at `done`|
 * | waiting       | queued; the wait is over                   | the earlier deadline wins              |
 *
 * A key is handed to one worker at a time. One Map holds every key's state, one ring each priority's order, one heap and one
 * timer the delays.
 */
export class WorkQueue {
  readonly name: string;
  readonly #clock: Clock;
  readonly #metrics: WorkQueueMetrics | undefined;
  readonly #limiter: RateLimiter;
  readonly #entries = new Map<string, Entry>();
  readonly #normal = new RingBuffer<Entry>();
  readonly #low = new RingBuffer<Entry>();
  readonly #delayed: Delays<Entry>;
  readonly #getters = new Set<(key: string | undefined) => void>();
  #idleWaiters: (() => void)[] = [];
  #length = 0;
  #depth = 0;
  #processing = 0;
  #isShutDown = false;

  constructor(options: WorkQueueOptions) {
    this.name = options.name;
    this.#clock = options.clock;
    this.#metrics = options.metrics;
    this.#limiter = options.rateLimiter ?? createRateLimiter({ clock: options.clock });
    this.#delayed = new Delays(options.clock, (entry) => this.#enqueue(entry, entry.priority));
    this.#metrics?.attach?.(() => this.stats());
  }

  /** Keys ready to be handed out. */
  get length(): number {
    return this.#length;
  }

  /** Whether nothing is ready or being processed. Keys that wait for a later time do not count. */
  get idle(): boolean {
    return this.#length === 0 && this.#processing === 0;
  }

  get isShutDown(): boolean {
    return this.#isShutDown;
  }

  /** Resolves when the queue is `idle` (at once, if it is). */
  whenIdle(): Promise<void> {
    return this.idle ? Promise.resolve() : new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  add(key: string, options?: AddOptions): void {
    if (this.#isShutDown) return;
    const entry = this.#entry(key);
    this.#delayed.remove(entry);
    this.#enqueue(entry, options?.priority ?? 'normal');
  }

  /** Adds the key in `delayMs`; at once if that is not positive. Without a priority, a key being processed keeps its own. */
  addAfter(key: string, delayMs: number, options?: AddOptions): void {
    if (this.#isShutDown) return;
    const entry = this.#entry(key);
    const priority = options?.priority ?? entry.priority;
    if (!(delayMs > 0)) {
      this.add(key, { priority });
      return;
    }
    this.#metrics?.retried();
    const readyAt = this.#clock.monotonic() + delayMs;
    if (entry.queued || (this.#delayed.has(entry) && entry.readyAt <= readyAt)) return;
    entry.priority = priority;
    this.#delayed.set(entry, readyAt);
  }

  /** Adds the key after the rate limiter's delay, which grows with each call until `forget`. */
  addRateLimited(key: string, options?: AddOptions): void {
    if (!this.#isShutDown) this.addAfter(key, this.#limiter.when(key), options);
  }

  /** Resets the key's back-off; it stays queued if it is. */
  forget(key: string): void {
    this.#limiter.forget(key);
  }

  /** How often the key was rate-limited since it was last forgotten. */
  failures(key: string): number {
    return this.#limiter.failures(key);
  }

  /** The next key, which the caller then owns until `done`, or `undefined` when none is ready. */
  tryGet(): string | undefined {
    const entry = this.#pop(this.#normal, 'normal') ?? this.#pop(this.#low, 'low');
    if (entry === undefined) return undefined;
    const now = this.#clock.monotonic();
    entry.queued = false;
    entry.processing = true;
    entry.position = NOWHERE;
    entry.startedAt = now;
    this.#length--;
    this.#depth--;
    this.#processing++;
    this.#metrics?.started(now - entry.queuedAt);
    return entry.key;
  }

  /** Waits for the next key. `undefined`: the queue is shut down and empty, or `signal` is aborted; the worker should end. */
  get(signal?: AbortSignal): Promise<string | undefined> {
    if (signal?.aborted) return Promise.resolve(undefined);
    const key = this.tryGet();
    if (key !== undefined || this.#isShutDown) return Promise.resolve(key);
    return new Promise((resolve) => {
      const settle = (value: string | undefined): void => {
        this.#getters.delete(settle);
        signal?.removeEventListener('abort', abort);
        resolve(value);
      };
      const abort = (): void => settle(undefined);
      signal?.addEventListener('abort', abort);
      this.#getters.add(settle);
    });
  }

  /** Gives a key back. If it was added meanwhile, it is queued again. A key that was not handed out is ignored. */
  done(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry?.processing) return;
    entry.processing = false;
    this.#processing--;
    this.#metrics?.finished(this.#clock.monotonic() - entry.startedAt);
    if (entry.queued) this.#push(entry);
    else if (!this.#delayed.has(entry)) this.#entries.delete(key);
    if (this.idle) this.#reportIdle();
  }

  /**
   * Ends the queue: later adds are ignored, delayed keys dropped. With `drain` the queued keys are still handed out (and those
   * added again while being processed); without, they are dropped. Resolves when every key handed out is done.
   */
  shutdown(options: { drain: boolean }): Promise<void> {
    this.#isShutDown = true;
    this.#delayed.clear();
    this.#drop(options.drain ? 'delayed' : 'all');
    if (this.#length === 0) for (const settle of [...this.#getters]) settle(undefined);
    if (this.idle) this.#reportIdle();
    return this.whenIdle();
  }

  stats(): WorkQueueStats {
    const now = this.#clock.monotonic();
    const stats = { depth: this.#depth, processing: 0, delayed: this.#delayed.size, unfinishedMs: 0, longestMs: 0 };
    if (this.#processing === 0) return stats;
    for (const entry of this.#entries.values()) {
      if (!entry.processing) continue;
      stats.processing++;
      stats.unfinishedMs += now - entry.startedAt;
      stats.longestMs = Math.max(stats.longestMs, now - entry.startedAt);
    }
    return stats;
  }

  #entry(key: string): Entry {
    let entry = this.#entries.get(key);
    if (entry === undefined) this.#entries.set(key, (entry = newEntry(key)));
    return entry;
  }

  #enqueue(entry: Entry, priority: Priority): void {
    if (entry.queued) {
      this.#raise(entry, priority);
      return;
    }
    entry.queued = true;
    entry.priority = priority;
    entry.queuedAt = this.#clock.monotonic();
    this.#depth++;
    this.#metrics?.added();
    if (!entry.processing) this.#push(entry);
  }

  #raise(entry: Entry, priority: Priority): void {
    if (priority === 'low' || entry.priority === 'normal') return;
    entry.priority = 'normal';
    if (!entry.processing) entry.position = this.#normal.push(entry);
  }

  #push(entry: Entry): void {
    entry.position = (entry.priority === 'normal' ? this.#normal : this.#low).push(entry);
    this.#length++;
    if (this.#getters.size === 0) return;
    const [settle] = this.#getters;
    settle?.(this.tryGet());
  }

  #pop(ring: RingBuffer<Entry>, priority: Priority): Entry | undefined {
    for (let position = ring.head, entry = ring.shift(); entry; position = ring.head, entry = ring.shift())
      if (entry.queued && entry.priority === priority && entry.position === position) return entry;
    return undefined;
  }

  #drop(which: 'delayed' | 'all'): void {
    for (const entry of this.#entries.values()) {
      if (which === 'all') entry.queued = false;
      if (!entry.queued && !entry.processing) this.#entries.delete(entry.key);
    }
    if (which === 'delayed') return;
    this.#normal.clear();
    this.#low.clear();
    this.#length = 0;
    this.#depth = 0;
  }

  #reportIdle(): void {
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }
}

/** Creates a `WorkQueue`. */
export const createWorkQueue = (options: WorkQueueOptions): WorkQueue => new WorkQueue(options);
