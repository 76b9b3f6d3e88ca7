import type { Clock } from '@kube-steward/schedule';
import { createBackoff, type Backoff } from '../backoff.ts';
import type { Selection, WatchEvent, WatchOptions, WatchStream } from '../client-api.ts';
import { KubeApiError } from '../errors.ts';
import type { KubeObject } from '../objects.ts';
import type { ListSink, ListStrategy, Reflector, ReflectorOptions, ReflectorStatus } from '../reflector.ts';
import { Liveness } from './liveness.ts';
import { problemOf, recoveryOf, type RelistReason } from './recovery.ts';

const VERY_SHORT_WATCH_MS = 1000;
const SHORTEST_WATCH_S = 300;
/** After the time it was asked to end the watch at, a server has this long to do so. */
const END_GRACE_MS = 15_000;
/** A server that does not know streamed lists may just say nothing at their end. */
const STREAMED_LIST_IDLE_MS = 30_000;
const LONGEST_RETRY_AFTER_MS = 300_000;
const LASTING_MAX_MS = 120_000;
/** A list that expires this often on its way is asked for in one piece. */
const EXPIRIES_BEFORE_ONE_PIECE = 2;
/** A streamed list that breaks this often is asked for in pages: those go on where they broke. */
const BREAKS_BEFORE_PAGES = 2;
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** A list on its way; it outlives failures that leave its place in the list good. */
interface Listing<T> {
  readonly sink: ListSink<T>;
  continue?: string | undefined;
  resourceVersion?: string | undefined;
}

/** See `createReflector`. */
export class ListWatch<T extends KubeObject> implements Reflector {
  readonly #options: ReflectorOptions<T>;
  readonly #clock: Clock;
  readonly #selection: Selection;
  readonly #strategy: ListStrategy;
  readonly #backoff: Backoff;
  readonly #liveness: Liveness;
  #status: ReflectorStatus = { phase: 'idle', synced: false, relists: 0, restarts: 0 };
  /** Where the next watch starts; undefined: a list is needed. */
  #resourceVersion: string | undefined;
  #listing: Listing<T> | undefined;
  #reason: RelistReason | undefined;
  #expiries = 0;
  #breaks = 0;
  #watches = 0;
  #lastContact: number | undefined;
  /** The present watch was accepted: a failure now is one of the stream. */
  #isStreaming = false;
  /** Failures since the last progress, by code. */
  readonly #failures = new Map<string, number>();

  constructor(options: ReflectorOptions<T>) {
    const { namespace, labelSelector, fieldSelector, metadataOnly, keepManagedFields } = options;
    this.#options = options;
    this.#clock = options.clock;
    this.#selection = { namespace, labelSelector, fieldSelector, metadataOnly, keepManagedFields };
    this.#strategy = options.strategy ?? { streaming: true };
    this.#backoff = createBackoff(options);
    this.#liveness = new Liveness(options.clock);
  }

  get status(): ReflectorStatus {
    return { ...this.#status, resourceVersion: this.#resourceVersion, lastContact: this.#lastContact };
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const delayMs = await this.#turn(signal);
      if (delayMs > 0 && !isAborted(signal)) await wait(this.#clock, delayMs, signal);
    }
    this.#listing = undefined;
    this.#set({ phase: 'stopped' });
  }

  /** One list, or one watch to its end. How long to wait before the next, in ms. */
  async #turn(signal: AbortSignal): Promise<number> {
    this.#isStreaming = false;
    try {
      if (this.#resourceVersion !== undefined) await this.#watch(this.#resourceVersion, signal);
      else if (this.#strategy.streaming && this.#breaks < BREAKS_BEFORE_PAGES) await this.#streamList(signal);
      else await this.#list(signal);
      return 0;
    } catch (error) {
      return isAborted(signal) ? 0 : this.#recover(error);
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, resource, pageSize = 500 } = this.#options;
    const listing = (this.#listing ??= this.#begin());
    const pages = client.listPages<T, never>(resource, {
      ...this.#selection,
      signal,
      maxRetries: 0,
      limit: this.#expiries >= EXPIRIES_BEFORE_ONE_PIECE ? 0 : pageSize,
      continue: listing.continue,
      project: (object) => {
        listing.sink.add(object);
        return undefined;
      },
    });
    for await (const page of pages) {
      listing.continue = page.continue;
      listing.resourceVersion = page.resourceVersion;
      this.#answered();
      this.#failures.clear();
    }
    await this.#commit(listing, listing.resourceVersion);
  }

  /** A watch that begins with the present state, then goes on as a watch. */
  async #streamList(signal: AbortSignal): Promise<void> {
    const options = { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' } as const;
    await this.#follow({ ...options, idleTimeoutMs: STREAMED_LIST_IDLE_MS }, this.#begin(), signal);
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    await this.#follow({ resourceVersion }, undefined, signal);
  }

  async #follow(options: WatchOptions, listing: Listing<T> | undefined, signal: AbortSignal): Promise<void> {
    const { client, resource, random } = this.#options;
    const timeoutSeconds = Math.floor(SHORTEST_WATCH_S * (1 + random()));
    const longestMs = timeoutSeconds * 1000 + END_GRACE_MS;
    const idleTimeoutMs = options.idleTimeoutMs ?? this.#liveness.begin(longestMs);
    const shared = { ...this.#selection, signal, maxRetries: 0, timeoutSeconds, allowWatchBookmarks: true };
    const start = this.#clock.monotonic();
    const from = this.#resourceVersion;
    const stream = await client.watch<T>(resource, { ...shared, ...options, idleTimeoutMs });
    try {
      this.#opened(listing !== undefined);
      await this.#read(stream, listing, longestMs, signal);
    } finally {
      stream.close();
    }
    if (isAborted(signal)) return;
    if (this.#resourceVersion === undefined) throw this.#ended('before the state it began with was complete');
    const livedMs = this.#clock.monotonic() - start;
    if (livedMs < VERY_SHORT_WATCH_MS && from === this.#resourceVersion) throw this.#ended(`after ${livedMs} ms`);
    this.#failures.clear();
  }

  async #read(
    stream: WatchStream<T>,
    initial: Listing<T> | undefined,
    longestMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    let listing = initial;
    for await (const batch of stream.batches) {
      if (isAborted(signal)) return;
      this.#answered();
      for (const event of batch) {
        if (!listing) this.#deliver(event, stream, longestMs);
        else if (addInitial(listing.sink, event)) {
          await this.#commit(listing, event.object.metadata.resourceVersion);
          listing = undefined;
          this.#set({ phase: 'watching' });
          stream.setIdleTimeout(this.#liveness.begin(longestMs));
        }
      }
    }
  }

  #deliver(event: WatchEvent<T>, stream: WatchStream<T>, longestMs: number): void {
    if (event.type === 'ERROR') throw event.error;
    if (event.type === 'BOOKMARK') this.#liveness.bookmark(stream, longestMs);
    else this.#options.sink.event(event.type, event.object);
    const { resourceVersion } = event.object.metadata;
    if (!resourceVersion || resourceVersion === this.#resourceVersion) return;
    this.#resourceVersion = resourceVersion;
    if (this.#failures.size > 0) this.#failures.clear();
  }

  #begin(): Listing<T> {
    if (this.#reason) {
      this.#set({ relists: this.#status.relists + 1 });
      this.#options.onRelist?.(this.#reason);
      this.#reason = undefined;
    }
    this.#set({ phase: 'listing' });
    return { sink: this.#options.sink.begin() };
  }

  async #commit(listing: Listing<T>, resourceVersion: string | undefined): Promise<void> {
    this.#listing = undefined;
    await listing.sink.commit();
    this.#resourceVersion = resourceVersion ?? '';
    this.#expiries = 0;
    this.#breaks = 0;
    this.#failures.clear();
    this.#set({ synced: true });
  }

  #opened(isList: boolean): void {
    this.#isStreaming = true;
    if (isList) this.#breaks++;
    else this.#set({ phase: 'watching' });
    if (this.#watches++ > 0) this.#set({ restarts: this.#watches - 1 });
    this.#answered();
  }

  #answered(): void {
    this.#backoff.succeeded();
    this.#lastContact = this.#clock.now();
    if (this.#status.lastError) this.#set({ lastError: undefined, problem: undefined });
  }

  #ended(how: string): KubeApiError {
    const { plural } = this.#options.resource;
    return new KubeApiError('Unavailable', `the server ended the watch of ${plural} ${how}`);
  }

  /** Decides what the failure means for the next turn, and how long to wait for it. */
  #recover(error: unknown): number {
    const code = error instanceof KubeApiError ? error.code : 'other';
    const times = (this.#failures.get(code) ?? 0) + 1;
    this.#failures.set(code, times);
    const isList = this.#resourceVersion === undefined;
    if (isList && this.#strategy.streaming && isRefusalToStream(error)) {
      this.#strategy.streaming = false;
      return 0;
    }
    const during = isList ? 'list' : 'watch';
    const { relist, isLasting } = recoveryOf({ error, during, inStream: this.#isStreaming, times });
    if (relist) this.#forget(relist);
    const { resource } = this.#options;
    this.#set({ phase: 'waiting', lastError: asError(error), problem: problemOf(error, resource, this.#selection) });
    const retryAfterMs = (error instanceof KubeApiError && error.retryAfterMs) || 0;
    const delayMs = this.#backoff.failed(isLasting ? LASTING_MAX_MS : undefined);
    return Math.max(delayMs, Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS));
  }

  #forget(reason: RelistReason): void {
    if (this.#resourceVersion === undefined) this.#expiries++;
    this.#reason = reason;
    this.#resourceVersion = undefined;
    this.#listing = undefined;
  }

  #set(change: Partial<ReflectorStatus>): void {
    this.#status = { ...this.#status, ...change };
    this.#options.onStatus?.(this.status);
  }
}

/** Takes one event of a streamed list. True for the bookmark that ends it. */
const addInitial = <T>(
  sink: ListSink<T>,
  event: WatchEvent<T>,
): event is Extract<WatchEvent<T>, { type: 'BOOKMARK' }> => {
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
      sink.add(event.object);
      return false;
    case 'DELETED':
      sink.remove(event.object);
      return false;
    case 'BOOKMARK':
      return event.object.metadata.annotations?.[INITIAL_EVENTS_END] === 'true';
    case 'ERROR':
      throw event.error;
  }
};

/** 400 and 422 where the feature is off or unknown; silence where the parameter was ignored. */
const isRefusalToStream = (error: unknown): boolean =>
  error instanceof KubeApiError &&
  (error.status === 400 || error.status === 422 || (error.code === 'Timeout' && error.status === 0));

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const isAborted = (signal: AbortSignal): boolean => signal.aborted;

const wait = (clock: Clock, ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.setTimer(ms, done);
    signal.addEventListener('abort', done);
  });
