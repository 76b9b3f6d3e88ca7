import type { Clock } from '@kube-steward/schedule';
import type { Selection, WatchEvent, WatchOptions, WatchStream } from '../client-api.ts';
import { KubeApiError } from '../errors.ts';
import type { KubeObject } from '../objects.ts';
import type { ListSink, ListStrategy, Reflector, ReflectorOptions, ReflectorStatus } from '../reflector.ts';
import { wait } from '../wait.ts';
import { Failures } from './failures.ts';
import { addInitial, isRefusalToStream, isSilence } from './initial-events.ts';
import { Liveness } from './liveness.ts';
import { problemOf, type RelistReason } from './recovery.ts';

const VERY_SHORT_WATCH_MS = 1000;
const SHORTEST_WATCH_S = 300;
/** After the time it was asked to end the watch at, a server has this long to do so. */
const END_GRACE_MS = 15_000;
/** A server that does not know streamed lists may just say nothing at their end. */
const STREAMED_LIST_IDLE_MS = 30_000;
/** A list that expires this often on its way is asked for in one piece. */
const EXPIRIES_BEFORE_ONE_PIECE = 2;
/** A streamed list that breaks this often is asked for in pages: those go on where they broke. */
const BREAKS_BEFORE_PAGES = 2;

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
  readonly #failures: Failures;
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
  /** What is being read; a failure is judged by it. */
  #reading: 'list' | 'streamed list' | 'watch' = 'list';
  /** The request was accepted: a failure now is one of its stream. */
  #isOpen = false;

  constructor(options: ReflectorOptions<T>) {
    const { namespace, labelSelector, fieldSelector, metadataOnly, keepManagedFields } = options;
    this.#options = options;
    this.#clock = options.clock;
    this.#selection = { namespace, labelSelector, fieldSelector, metadataOnly, keepManagedFields };
    this.#strategy = options.strategy ?? { streaming: true };
    this.#failures = new Failures(options);
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
    this.#isOpen = false;
    this.#reading = this.#whatToRead();
    try {
      if (this.#reading === 'list') await this.#list(signal);
      else await this.#follow(signal);
      return 0;
    } catch (error) {
      return isAborted(signal) ? 0 : this.#recover(error);
    }
  }

  #whatToRead(): 'list' | 'streamed list' | 'watch' {
    if (this.#resourceVersion !== undefined) return 'watch';
    return this.#strategy.streaming && this.#breaks < BREAKS_BEFORE_PAGES ? 'streamed list' : 'list';
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, resource, pageSize = 500 } = this.#options;
    // Only a token goes on with the same list; without one, what a broken first page brought may be gone by now.
    const listing = this.#listing?.continue ? this.#listing : this.#begin();
    this.#listing = listing;
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
      this.#failures.progressed();
    }
    await this.#commit(listing, listing.resourceVersion);
  }

  /** A watch from the last resourceVersion; without one it begins with the present state, as a streamed list. */
  async #follow(signal: AbortSignal): Promise<void> {
    const { client, resource, random } = this.#options;
    const timeoutSeconds = Math.floor(SHORTEST_WATCH_S * (1 + random()));
    const longestMs = timeoutSeconds * 1000 + END_GRACE_MS;
    const shared = { ...this.#selection, signal, maxRetries: 0, timeoutSeconds, allowWatchBookmarks: true };
    const start = this.#clock.monotonic();
    const from = this.#resourceVersion;
    const listing = from === undefined ? this.#begin() : undefined;
    const stream = await client.watch<T>(resource, { ...shared, ...this.#startOfWatch(longestMs) });
    try {
      this.#opened();
      await this.#read(stream, listing, longestMs, signal);
    } finally {
      stream.close();
    }
    if (isAborted(signal)) return;
    if (this.#resourceVersion === undefined) throw this.#ended('before the state it began with was complete');
    const livedMs = Math.round(this.#clock.monotonic() - start);
    if (livedMs < VERY_SHORT_WATCH_MS && from === this.#resourceVersion) throw this.#ended(`after ${livedMs} ms`);
    this.#failures.progressed();
  }

  #startOfWatch(longestMs: number): WatchOptions {
    return this.#resourceVersion === undefined
      ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', idleTimeoutMs: STREAMED_LIST_IDLE_MS }
      : { resourceVersion: this.#resourceVersion, idleTimeoutMs: this.#liveness.begin(longestMs) };
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
          this.#reading = 'watch';
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
    this.#failures.progressed();
  }

  #begin(): Listing<T> {
    const reason = this.#reason;
    this.#reason = undefined;
    if (reason) {
      this.#set({ relists: this.#status.relists + 1 });
      this.#options.onRelist?.(reason);
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
    this.#failures.progressed();
    this.#set({ synced: true });
  }

  #opened(): void {
    this.#isOpen = true;
    if (this.#reading === 'streamed list') this.#breaks++;
    else this.#set({ phase: 'watching' });
    if (this.#watches++ > 0) this.#set({ restarts: this.#watches - 1 });
    this.#answered();
  }

  #answered(): void {
    this.#failures.answered();
    this.#lastContact = this.#clock.now();
    if (this.#status.lastError) this.#set({ lastError: undefined, problem: undefined });
  }

  #ended(how: string): KubeApiError {
    const { plural } = this.#options.resource;
    return new KubeApiError('Unavailable', `the server ended the watch of ${plural} ${how}`);
  }

  /** Decides what the failure means for the next turn, and how long to wait for it. */
  #recover(error: unknown): number {
    if (this.#reading === 'streamed list' && isRefusalToStream(error, this.#isOpen)) {
      this.#strategy.streaming = false;
      return 0;
    }
    // A proxy may hold back the headers of a stream that has nothing to say: pages are answered at once.
    if (this.#reading === 'streamed list' && !this.#isOpen && isSilence(error)) this.#breaks++;
    const during = this.#reading === 'watch' ? 'watch' : 'list';
    const { relist, delayMs } = this.#failures.failed({ error, during, inStream: this.#isOpen });
    if (relist) this.#forget(relist);
    const problem = problemOf(error, this.#options.resource, this.#selection);
    this.#set({ phase: 'waiting', lastError: asError(error), problem });
    return delayMs;
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

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** Not a narrowing: it may change while something is awaited. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
