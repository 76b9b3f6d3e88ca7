import {
  KubeApiError,
  RESOURCES,
  isAlreadyExists,
  isForbidden,
  isNotFound,
  isRetryable,
  type Client,
} from '@kube-steward/kube';
import type { CancelTimer, Clock } from '@kube-steward/schedule';
import { eventKey, eventObject, namespaceOfEvent, objectKey, type EventInput, type KubeEvent } from './event.ts';
import type { Logger } from './logger.ts';
import type { EventOutcome } from './metrics.ts';
import { formatMicroTime } from './micro-time.ts';
import { RecentMap } from './recent-map.ts';
import { RingBuffer } from './ring-buffer.ts';
import { sleep } from './sleep.ts';
import type { WorkQueue } from './work-queue.ts';

/** Where controllers say what they did. */
export interface EventRecorder {
  /** Takes the event and returns at once; what becomes of it shows in a metric. Never throws. */
  event(input: EventInput): void;
  /**
   * For what has to be told before it is done: resolves when the event is written, or cannot be written now. It waits for no
   * other event and not for the queue. Never throws.
   *
   * @returns whether it is written by now, by itself or as a repeat of one that is
   */
  write(input: EventInput): Promise<boolean>;
  /** Whether everything taken is written or given up (a wait before another try does not count). */
  readonly idle: boolean;
  /** Writes what is waiting without further delay; resolves when done, or after `limitMs` with the rest given up. */
  flush(limitMs: number): Promise<void>;
}

export interface EventRecorderOptions {
  /** Better with a transport of its own, so that events take no turn of the patches' rate limit. */
  client: Pick<Client, 'create' | 'patch'>;
  clock: Clock;
  log: Logger;
  /** `kube-steward.io/<controller>`. */
  controller: string;
  /** This process, say the name of its pod. */
  instance: string;
  /** Events are held back while this has work, at most for half a minute each. */
  yieldTo?: Pick<WorkQueue, 'idle' | 'whenIdle'>;
  queueSize?: number;
  concurrency?: number;
  onEvent?: (outcome: EventOutcome) => void;
}

/** Repeats of an event within this time after it was written are counted, not written. */
const FOLD_MS = 2 * 60_000;
/** A repeat within this time after the last one continues its series; a later one is an event of its own. */
const SERIES_MS = 30 * 60_000;
/** Per object: so many at once, then one more each 5 minutes, as client-go's spam filter. */
const BURST = 25;
const REFILL_MS = 300_000;
const REMEMBERED = 4096;
const HOLD_MS = 30_000;
const RETRY_MS = [1_000, 3_000, 9_000];

/** One event and its repeats, as one object of the API. */
interface Series {
  readonly input: EventInput;
  readonly firstAt: number;
  count: number;
  lastAt: number;
  /** When it was last handed over for writing. */
  queuedAt: number;
  /** The object, once created. */
  created: KubeEvent | undefined;
  failures: number;
}

/**
 * Writes events to `events.k8s.io/v1` behind the back of the reconciles: a queue of 20,000, two at a time, when there is nothing
 * better to do. Repeats fold into the event's series.
 */
export const createEventRecorder = (options: EventRecorderOptions): EventRecorder => new Recorder(options);

/** Takes events and drops them: for dry runs. */
export const noEvents: EventRecorder = {
  event: () => undefined,
  write: () => Promise.resolve(false),
  idle: true,
  flush: () => Promise.resolve(),
};

class Recorder implements EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #limits: { queueSize: number; concurrency: number };
  readonly #queue = new RingBuffer<Series>();
  readonly #recent = new RecentMap<Series>(REMEMBERED);
  readonly #buckets = new RecentMap<{ tokens: number; at: number }>(REMEMBERED);
  readonly #retries = new Map<Series, CancelTimer>();
  readonly #warned = new Set<string>();
  /** Aborted: no more holding back, no more retries. */
  readonly #hurry = new AbortController();
  #sending = 0;
  #serial = 0;
  #onIdle: (() => void) | undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#limits = { queueSize: options.queueSize ?? 20_000, concurrency: options.concurrency ?? 2 };
  }

  get idle(): boolean {
    return this.#queue.size === 0 && this.#sending === 0;
  }

  event(input: EventInput): void {
    const series = this.#take(input, this.#queue.size >= this.#limits.queueSize);
    if (series) this.#enqueue(series);
  }

  async write(input: EventInput): Promise<boolean> {
    const series = this.#take(input, false);
    if (!series) return this.#recent.get(eventKey(input))?.created !== undefined;
    this.#sending++;
    series.queuedAt = this.#options.clock.monotonic();
    const isWritten = await this.#attempt(series);
    this.#sending--;
    this.#pump();
    return isWritten;
  }

  /** What is to be written of it; `undefined`: a repeat, one of too many, or no room. What becomes of it then is counted. */
  #take(input: EventInput, isFull: boolean): Series | undefined {
    const now = this.#options.clock.monotonic();
    const key = eventKey(input);
    const known = this.#recent.get(key);
    if (known && now - known.queuedAt < FOLD_MS) {
      this.#repeat(known);
      this.#count('folded');
      return undefined;
    }
    if (!this.#takeToken(objectKey(input.regarding), now)) {
      this.#count('throttled');
      return undefined;
    }
    if (isFull) {
      this.#count('overflowed');
      return undefined;
    }
    if (known?.created && now - known.queuedAt < SERIES_MS) {
      this.#repeat(known);
      return known;
    }
    const at = this.#options.clock.now();
    const series = { input, firstAt: at, count: 1, lastAt: at, queuedAt: now, created: undefined, failures: 0 };
    this.#recent.set(key, series);
    return series;
  }

  async flush(limitMs: number): Promise<void> {
    this.#hurry.abort();
    for (const [series, cancel] of [...this.#retries]) {
      cancel();
      this.#retries.delete(series);
      this.#enqueue(series);
    }
    if (this.idle) return;
    const isOver = new AbortController();
    this.#onIdle = () => isOver.abort();
    await sleep(this.#options.clock, limitMs, isOver.signal);
    while (this.#queue.shift()) this.#count('failed');
  }

  #repeat(series: Series): void {
    series.count++;
    series.lastAt = this.#options.clock.now();
  }

  #takeToken(object: string, now: number): boolean {
    const bucket = this.#buckets.get(object) ?? { tokens: BURST, at: now };
    const tokens = Math.min(BURST, bucket.tokens + (now - bucket.at) / REFILL_MS);
    this.#buckets.set(object, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    return tokens >= 1;
  }

  #enqueue(series: Series): void {
    series.queuedAt = this.#options.clock.monotonic();
    this.#queue.push(series);
    this.#pump();
  }

  #pump(): void {
    while (this.#sending < this.#limits.concurrency) {
      const series = this.#queue.shift();
      if (series === undefined) break;
      this.#sending++;
      void this.#send(series).finally(() => {
        this.#sending--;
        this.#pump();
      });
    }
    if (this.idle) this.#onIdle?.();
  }

  async #send(series: Series): Promise<void> {
    await this.#untilQuiet(series);
    await this.#attempt(series);
  }

  async #attempt(series: Series): Promise<boolean> {
    try {
      await this.#write(series);
      this.#count('sent');
      return true;
    } catch (error) {
      this.#onFailure(series, error);
      return false;
    }
  }

  /** Lets reconciles go first, but keeps no event for longer than half a minute. */
  async #untilQuiet(series: Series): Promise<void> {
    const { yieldTo, clock } = this.#options;
    const holdMs = series.queuedAt + HOLD_MS - clock.monotonic();
    if (!yieldTo || yieldTo.idle || this.#hurry.signal.aborted || holdMs <= 0) return;
    const quiet = new AbortController();
    void yieldTo.whenIdle().then(() => quiet.abort());
    await sleep(clock, holdMs, AbortSignal.any([this.#hurry.signal, quiet.signal]));
  }

  async #write(series: Series): Promise<void> {
    const { client } = this.#options;
    if (series.created === undefined) {
      await this.#create(series);
      return;
    }
    const { metadata } = series.created;
    const body = { series: { count: series.count, lastObservedTime: formatMicroTime(series.lastAt) } };
    try {
      await client.patch(RESOURCES.events, metadata, { type: 'merge', body, discardReply: true });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await this.#create(series); // the server forgets events after an hour
    }
  }

  async #create(series: Series): Promise<void> {
    const { client, controller, instance } = this.#options;
    const context = { reportingController: controller, reportingInstance: instance, serial: this.#serial++ };
    const event = eventObject(series.input, { ...context, at: series.created ? series.lastAt : series.firstAt });
    try {
      await client.create<KubeEvent>(RESOURCES.events, event);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
    series.created = event;
  }

  #onFailure(series: Series, error: unknown): void {
    const delayMs = RETRY_MS[series.failures++];
    if (isRetryable(error) && delayMs !== undefined && !this.#hurry.signal.aborted) {
      const again = (): void => {
        this.#retries.delete(series);
        this.#enqueue(series);
      };
      this.#retries.set(series, this.#options.clock.setTimer(delayMs, again));
      return;
    }
    this.#count('failed');
    this.#warnOnce(series, error);
  }

  /** One log line for each kind of failure: the events themselves are the less important half of every story. */
  #warnOnce({ input }: Series, error: unknown): void {
    const code = error instanceof KubeApiError ? error.code : 'unknown';
    if (this.#warned.has(code)) return;
    this.#warned.add(code);
    const hint = isForbidden(error) ? ': allow create and patch of events.k8s.io events' : '';
    const namespace = namespaceOfEvent(input.regarding);
    this.#options.log.warn({ error, namespace, reason: input.reason }, `an event could not be written${hint}`);
  }

  #count(outcome: EventOutcome): void {
    this.#options.onEvent?.(outcome);
  }
}
