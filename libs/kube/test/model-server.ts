import type { Clock } from '@kube-steward/schedule';
import type { Client, ListOptions, ListPage, WatchEvent, WatchOptions, WatchStream } from '../src/client-api.ts';
import { errorOfStatus, KubeApiError } from '../src/errors.ts';
import type { KubeObject } from '../src/objects.ts';

/** An object of the model. `shelf` is what the server selects by, `hidden` what the projection drops. */
export interface Item extends KubeObject {
  metadata: KubeObject['metadata'] & { uid: string; resourceVersion: string };
  value: number;
  shelf: 'a' | 'b';
  hidden: boolean;
}

interface Change {
  readonly resourceVersion: number;
  readonly key: string;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/** How the server misbehaves: chances of 0 to 1 a request, or an event. */
export interface Faults {
  /** 429, 503, 500, a refused connection. */
  request: number;
  /** A page or a stream that breaks. */
  reset: number;
  /** A line cut in the middle, and with it the stream. */
  truncate: number;
  /** A stream that falls silent for good. */
  halfOpen: number;
  /** An ERROR event of 500. */
  errorEvent: number;
  bookmarksOff: boolean;
  /** How many changes before the asked one a watch repeats. */
  overlap: number;
  /** The longest time an event is on its way, ms. */
  slowness: number;
}

export const NO_FAULTS: Faults = {
  request: 0,
  reset: 0,
  truncate: 0,
  halfOpen: 0,
  errorEvent: 0,
  bookmarksOff: false,
  overlap: 0,
  slowness: 0,
};

const BOOKMARK_PERIOD_MS = 60_000;

export interface ModelServerOptions {
  clock: Clock;
  random: () => number;
  faults: Faults;
  /** `silent`: the parameter is ignored, as by servers that do not know it. */
  streamedLists: 'yes' | '422' | 'silent';
  goneAs: 'status' | 'event';
}

/** An API server of one kind in memory, without HTTP, in virtual time. Keeps its history until it is compacted. */
export class ModelServer {
  faults: Faults;
  /** Answers that give a client reason to list again. */
  reasonsToRelist = 0;
  readonly streams = new Set<ModelStream>();
  readonly #options: ModelServerOptions;
  readonly #objects = new Map<string, Item>();
  readonly #history: Change[] = [];
  readonly #lists = new Map<string, { items: Item[]; resourceVersion: number }>();
  #resourceVersion = 100;
  #compacted = 100;
  #uids = 0;
  #downUntil = 0;

  constructor(options: ModelServerOptions) {
    this.#options = options;
    this.faults = options.faults;
  }

  get client(): Client {
    const client = {
      listPages: (_: unknown, options: ListOptions<Item, Item>) => this.#pages(options),
      watch: (_: unknown, options: WatchOptions) => this.#watch(options),
    };
    return client as unknown as Client;
  }

  /** What a client that selects shelf a, and drops what is hidden, should end up with. */
  expected(): Map<string, Item> {
    return new Map([...this.#objects].filter(([, item]) => item.shelf === 'a' && !item.hidden));
  }

  keys(): string[] {
    return [...this.#objects.keys()];
  }

  /** Creates or changes. */
  write(key: string, change: Pick<Item, 'value' | 'shelf' | 'hidden'>): void {
    const before = this.#objects.get(key);
    const [namespace = '', name = ''] = key.split('/');
    const uid = before?.metadata.uid ?? `uid-${++this.#uids}`;
    const resourceVersion = String(++this.#resourceVersion);
    const after: Item = { ...change, metadata: { namespace, name, uid, resourceVersion } };
    this.#objects.set(key, after);
    this.#record({ resourceVersion: this.#resourceVersion, key, before, after });
  }

  remove(key: string): void {
    const before = this.#objects.get(key);
    if (!before) return;
    this.#objects.delete(key);
    this.#record({ resourceVersion: ++this.#resourceVersion, key, before, after: undefined });
  }

  /** Forgets the history and, if `lists`, the lists that are being paged through. */
  compact(lists: boolean): void {
    this.#compacted = this.#resourceVersion;
    this.#history.length = 0;
    if (lists) this.#lists.clear();
  }

  /** Cuts every connection and refuses new ones for a while. */
  restart(downMs: number): void {
    this.#downUntil = this.#options.clock.now() + downMs;
    for (const stream of this.streams) stream.fail(network('read ECONNRESET'));
  }

  chance(of: number): boolean {
    return this.#options.random() < of;
  }

  #record(change: Change): void {
    this.#history.push(change);
    for (const stream of this.streams) stream.changed(change);
  }

  /** Throws what the request is answered with instead. */
  #disturb(): void {
    if (this.#options.clock.now() < this.#downUntil) throw network('connect ECONNREFUSED');
    if (!this.chance(this.faults.request)) return;
    const kinds = [
      () => status(429, 'TooManyRequests', 1 + Math.floor(this.#options.random() * 20)),
      () => status(503, 'ServiceUnavailable'),
      () => status(500, 'InternalError'),
      () => network('connect ECONNREFUSED'),
    ];
    throw kinds[Math.floor(this.#options.random() * kinds.length)]!();
  }

  async *#pages(options: ListOptions<Item, Item>): AsyncGenerator<ListPage<Item>> {
    let token = options.continue;
    do {
      await this.#travel(options.signal);
      this.#disturb();
      const page = this.#page(token, options.limit ?? 500);
      const breaksAt = this.chance(this.faults.reset) ? Math.floor(this.#options.random() * page.items.length) : -1;
      page.items.forEach((item, i) => {
        if (i === breaksAt) throw network('read ECONNRESET');
        options.project?.(structuredClone(item));
      });
      token = page.continue;
      yield { ...page, items: [] };
    } while (token);
  }

  #page(token: string | undefined, limit: number): ListPage<Item> {
    const [id, from] = token ? token.split('@').map(String) : [this.#snapshot(), '0'];
    const list = this.#lists.get(id!);
    if (!list) {
      this.reasonsToRelist++;
      throw status(410, 'Expired');
    }
    const start = Number(from);
    const items = list.items.slice(start, limit > 0 ? start + limit : undefined);
    const next = start + items.length;
    const more = next < list.items.length;
    return { items, resourceVersion: String(list.resourceVersion), ...(more && { continue: `${id}@${next}` }) };
  }

  #snapshot(): string {
    const id = `list-${this.#lists.size}-${this.#resourceVersion}`;
    const items = [...this.#objects.values()].filter(({ shelf }) => shelf === 'a');
    this.#lists.set(id, { items, resourceVersion: this.#resourceVersion });
    return id;
  }

  async #watch(options: WatchOptions): Promise<WatchStream<Item>> {
    await this.#travel(options.signal);
    this.#disturb();
    if (options.sendInitialEvents && this.#options.streamedLists === '422') throw status(422, 'Invalid');
    const stream = new ModelStream(this, this.#options, options);
    const from = Number(options.resourceVersion ?? 0);
    if (options.resourceVersion !== undefined && from < this.#compacted) {
      this.reasonsToRelist++;
      if (this.#options.goneAs === 'status') throw status(410, 'Gone');
      stream.send({ type: 'ERROR', error: status(410, 'Expired') });
    } else if (options.resourceVersion === undefined) {
      for (const item of this.#objects.values()) if (item.shelf === 'a') stream.send({ type: 'ADDED', object: item });
      if (this.#options.streamedLists === 'yes') stream.endInitialEvents();
    } else {
      const missed = this.#history.findIndex(({ resourceVersion }) => resourceVersion > from);
      const first = missed < 0 ? this.#history.length : missed;
      for (const change of this.#history.slice(Math.max(0, first - this.faults.overlap))) stream.changed(change);
    }
    this.streams.add(stream);
    return stream;
  }

  bookmark(annotations: Record<string, string> = {}): WatchEvent<Item> {
    return { type: 'BOOKMARK', object: { metadata: { resourceVersion: String(this.#resourceVersion), annotations } } };
  }

  async #travel(signal: AbortSignal | undefined): Promise<void> {
    const { clock, random } = this.#options;
    const ms = this.faults.slowness * random();
    if (ms > 0) await new Promise<void>((resolve) => clock.setTimer(ms, resolve));
    if (signal?.aborted) throw new KubeApiError('Aborted', 'aborted');
  }
}

const selected = (item: Item | undefined): item is Item => item?.shelf === 'a';

/** What a watch of shelf a sees of a change. */
const eventOf = ({ before, after, resourceVersion }: Change): WatchEvent<Item> | undefined => {
  if (selected(after)) return { type: selected(before) ? 'MODIFIED' : 'ADDED', object: after };
  if (!selected(before)) return undefined;
  const metadata = { ...before.metadata, resourceVersion: String(resourceVersion) };
  return { type: 'DELETED', object: { ...before, metadata } };
};

/** One watch. Events are on their way for a while, but stay in order; several may arrive together. */
class ModelStream implements WatchStream<Item> {
  readonly #server: ModelServer;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #arrived: (WatchEvent<Item>[] | Error | 'end')[] = [];
  readonly #timers = new Set<() => void>();
  #cancelIdle: () => void = () => undefined;
  #idleTimeoutMs: number;
  #onTheWay: WatchEvent<Item>[] = [];
  #wake: (() => void) | undefined;
  #isDead = false;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.fail(new KubeApiError('Aborted', 'aborted'));

  constructor(server: ModelServer, { clock, random }: ModelServerOptions, options: WatchOptions) {
    this.#server = server;
    this.#clock = clock;
    this.#random = random;
    this.#idleTimeoutMs = options.idleTimeoutMs ?? Infinity;
    this.#after((options.timeoutSeconds ?? 300) * 1000, () => this.#finish('end'));
    this.#scheduleBookmark();
    this.#heard();
    this.#signal = options.signal;
    this.#signal?.addEventListener('abort', this.#onAbort);
  }

  get batches(): AsyncIterable<readonly WatchEvent<Item>[]> {
    return this.#batches();
  }

  setIdleTimeout(ms: number): void {
    this.#idleTimeoutMs = ms;
    this.#heard();
  }

  close(): void {
    this.#isDead = true;
    this.#cancelIdle();
    this.#signal?.removeEventListener('abort', this.#onAbort);
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#server.streams.delete(this);
  }

  fail(error: Error): void {
    this.#finish(error);
  }

  changed(change: Change): void {
    const event = eventOf(change);
    if (event) this.send(event);
  }

  send(event: WatchEvent<Item>): void {
    const { faults } = this.#server;
    if (this.#isDead) return;
    if (this.#server.chance(faults.halfOpen)) this.#fallSilent();
    else if (this.#server.chance(faults.truncate)) this.#finish('end');
    else if (this.#server.chance(faults.reset)) this.#finish(network('read ECONNRESET'));
    else if (this.#server.chance(faults.errorEvent)) {
      this.#server.reasonsToRelist++;
      this.#put({ type: 'ERROR', error: status(500, 'InternalError') });
    } else this.#put(structuredClonedEvent(event));
  }

  #put(event: WatchEvent<Item>): void {
    this.#onTheWay.push(event);
    const travelMs = this.#server.faults.slowness * this.#random();
    if (this.#onTheWay.length === 1) this.#after(travelMs, () => this.#arrive());
  }

  #arrive(): void {
    if (this.#onTheWay.length > 0) this.#arrived.push(this.#onTheWay);
    this.#onTheWay = [];
    this.#heard();
    this.#wake?.();
  }

  /** The bookmark may be late: then changes come before it. */
  endInitialEvents(): void {
    const end = (): void => this.send(this.#server.bookmark({ 'k8s.io/initial-events-end': 'true' }));
    this.#after(this.#server.faults.slowness * 3 * this.#random(), end);
  }

  /** What is on its way still arrives, the rest never does. */
  #finish(how: Error | 'end'): void {
    if (this.#isDead) return;
    this.#fallSilent();
    this.#arrive();
    this.#arrived.push(how);
    this.#wake?.();
  }

  #fallSilent(): void {
    this.#isDead = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#server.streams.delete(this);
    if (this.#onTheWay.length > 0) this.#arrive();
  }

  #scheduleBookmark(): void {
    this.#after(BOOKMARK_PERIOD_MS, () => {
      if (!this.#server.faults.bookmarksOff) this.send(this.#server.bookmark());
      if (!this.#isDead) this.#scheduleBookmark();
    });
  }

  #heard(): void {
    this.#cancelIdle();
    if (this.#idleTimeoutMs === Infinity) return;
    this.#cancelIdle = this.#clock.setTimer(this.#idleTimeoutMs, () => {
      this.#arrived.push(new KubeApiError('Timeout', 'no byte for a while'));
      this.#wake?.();
    });
  }

  #after(ms: number, act: () => void): void {
    const cancel = this.#clock.setTimer(ms, () => {
      this.#timers.delete(cancel);
      act();
    });
    this.#timers.add(cancel);
  }

  async *#batches(): AsyncGenerator<readonly WatchEvent<Item>[]> {
    for (;;) {
      const next = this.#arrived.shift();
      if (next === 'end') return;
      if (next instanceof Error) throw next;
      if (next) yield next;
      else await new Promise<void>((wake) => (this.#wake = wake));
    }
  }
}

const structuredClonedEvent = (event: WatchEvent<Item>): WatchEvent<Item> =>
  event.type === 'ERROR' ? event : structuredClone(event);

const network = (message: string): KubeApiError => new KubeApiError('Network', message);

const status = (code: number, reason: string, retryAfterSeconds?: number): KubeApiError =>
  errorOfStatus('things', { code, reason, message: reason, details: retryAfterSeconds ? { retryAfterSeconds } : {} });
