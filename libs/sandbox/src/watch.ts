import type { Unstructured } from '@kube-steward/kube';
import type { CancelTimer } from '@kube-steward/schedule';
import type { Selection } from './cluster.ts';
import {
  expired,
  type FieldError,
  forbiddenField,
  invalid,
  tooLargeResourceVersion,
  unsupportedField,
} from './errors.ts';
import { revisionFault } from './list.ts';
import type { ServedKind } from './registry.ts';
import { type Selector, selectorOf, selects } from './selection.ts';
import type { State } from './state.ts';
import { StatusError } from './status-error.ts';
import type { Stored } from './stored.ts';
import type { Change, ChangeType } from './table.ts';
import { bookmarkMetadata, eventLine, type Representation } from './texts.ts';
import type { WatchLines } from './watch-lines.ts';

/** The query parameters of a watch. */
export interface WatchQuery extends Selection {
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: string;
  readonly timeoutSeconds?: number;
  readonly allowWatchBookmarks?: boolean;
  readonly sendInitialEvents?: boolean;
}

/** Where the lines of a watch go. */
export interface WatchSink {
  /** Takes a line; false asks for a pause before more of the initial events. */
  write(line: string | Buffer): boolean;
  /** Resolves when initial events may go on. */
  drained(): Promise<void>;
  /** How many bytes wait to be taken by the client. */
  readonly waiting: number;
  end(): void;
}

export interface WatchSettings {
  /** `sendInitialEvents` is served; off, it is refused with 422 as by a 1.33 server. */
  readonly watchList: boolean;
  /** A watcher that lets more bytes wait is cut off. */
  readonly bufferBytes: number;
}

/** The longest a watch lives when the client does not say: half an hour to an hour. */
const DEFAULT_TIMEOUT_MS = 30 * 60_000;
/** Watches shorter than this end without a bookmark. */
const LAST_BOOKMARK_MS = 2000;

/**
 * One watch: the initial state if it was asked for, then every change that concerns it.
 *
 * | resourceVersion | starts with |
 * | --- | --- |
 * | none, 0 | the present objects as ADDED; then, with bookmarks, the bookmark that ends the initial events |
 * | N | the changes after N; ERROR 410 if they are forgotten |
 * | any, sendInitialEvents=true | as for none; ERROR 504 if N is not reached yet |
 * | none, sendInitialEvents=false | what changes from now on |
 */
export class Watch {
  readonly #state: State;
  readonly #kind: ServedKind;
  #as: Representation;
  readonly #selector: Selector;
  readonly #sink: WatchSink;
  readonly #lines: WatchLines;
  readonly #settings: WatchSettings;
  readonly #query: WatchQuery;
  readonly #stops: (() => void)[] = [];
  /** Changes that came while the initial events were being written; `undefined` once they are out. */
  #pending: Change[] | undefined = [];
  /** Changes up to this revision were told. */
  #told: number;
  #closed = false;

  constructor(
    state: State,
    kind: ServedKind,
    query: WatchQuery,
    how: { as: Representation; sink: WatchSink; lines: WatchLines; settings: WatchSettings },
  ) {
    checkQuery(query, how.settings);
    this.#state = state;
    this.#kind = kind;
    this.#query = query;
    this.#as = how.as;
    this.#sink = how.sink;
    this.#lines = how.lines;
    this.#settings = how.settings;
    this.#selector = selectorOf(kind, query);
    this.#told = startRevision(query) ?? state.revision;
  }

  get bookmarks(): boolean {
    return this.#query.allowWatchBookmarks === true;
  }

  /** Begins to tell. The sink's head is out by now: from here on, failures are ERROR events. */
  start(): void {
    const refusal = this.#refusal();
    if (refusal) {
      this.#sink.write(errorLine(refusal));
      this.close();
      return;
    }
    this.#stops.push(
      this.#state.listen(this.#kind.storage, (change) => this.#hear(change)),
      this.#state.registry.onRemove((kind) => kind === this.#kind && this.close()),
      this.#endAfter(this.#timeoutMs()),
    );
    if (this.#sendsInitial()) void this.#tellInitial();
    else this.#tellMissed();
  }

  /** Tells that everything up to now was told. */
  bookmark(): void {
    if (this.#closed || this.#pending) return;
    this.#told = Math.max(this.#told, this.#state.revision);
    this.#writeBookmark(bookmarkMetadata(String(this.#told)));
  }

  /** Ends the watch with an ERROR event. */
  fail(error: StatusError): void {
    if (this.#closed) return;
    this.#sink.write(errorLine(error));
    this.close();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#sink.end();
  }

  #refusal(): StatusError | undefined {
    const asked = startRevision(this.#query);
    if (this.#query.sendInitialEvents) {
      return asked !== undefined && asked > this.#state.revision
        ? tooLargeResourceVersion(asked, this.#state.revision)
        : undefined;
    }
    const { oldestRevision } = this.#state.table(this.#kind);
    if (!asked || asked >= oldestRevision) return undefined;
    return expired(`too old resource version: ${asked} (${oldestRevision})`);
  }

  #sendsInitial(): boolean {
    return this.#query.sendInitialEvents ?? !startRevision(this.#query);
  }

  #timeoutMs(): number {
    const { timeoutSeconds } = this.#query;
    return timeoutSeconds ? timeoutSeconds * 1000 : DEFAULT_TIMEOUT_MS * (1 + this.#state.random());
  }

  #endAfter(ms: number): CancelTimer {
    return this.#state.clock.setTimer(ms, () => {
      if (this.bookmarks && ms > LAST_BOOKMARK_MS) this.bookmark();
      this.close();
    });
  }

  #tellMissed(): void {
    this.#pending = undefined;
    for (const change of this.#state.table(this.#kind).changesAfter(this.#told)) this.#hear(change);
  }

  async #tellInitial(): Promise<void> {
    const revision = this.#state.revision;
    this.#told = revision;
    for (const stored of this.#selected()) {
      if (this.#closed) return;
      const line = eventLine('ADDED', this.#nextForm().object(this.#state, this.#kind, stored));
      if (!this.#sink.write(line)) await this.#sink.drained();
    }
    if (this.bookmarks && this.#settings.watchList) {
      this.#writeBookmark(bookmarkMetadata(String(revision), true));
    }
    const pending = this.#pending ?? [];
    this.#pending = undefined;
    for (const change of pending) this.#hear(change);
  }

  #selected(): Stored[] {
    const found: Stored[] = [];
    for (const stored of this.#state.table(this.#kind).scan(this.#selector.prefix, '')) {
      if (this.#selector.everything || selects(this.#state, this.#kind, this.#selector, stored)) found.push(stored);
    }
    return found;
  }

  #hear(change: Change): void {
    if (this.#closed || change.revision <= this.#told) return;
    if (this.#pending) {
      this.#pending.push(change);
      return;
    }
    this.#told = change.revision;
    const type = this.#typeOf(change);
    if (type) this.#write(this.#lines.lineOf(change, type, this.#kind, this.#nextForm()));
  }

  /** What a change is to those who see only what is selected; `undefined`: nothing. */
  #typeOf(change: Change): ChangeType | undefined {
    if (!change.current.key.startsWith(this.#selector.prefix)) return undefined;
    if (this.#selector.everything) return change.type;
    const is = change.type !== 'DELETED' && selects(this.#state, this.#kind, this.#selector, change.current);
    const was = change.previous !== undefined && selects(this.#state, this.#kind, this.#selector, change.previous);
    if (is) return was ? 'MODIFIED' : 'ADDED';
    return was ? 'DELETED' : undefined;
  }

  #writeBookmark(metadata: Unstructured['metadata']): void {
    this.#write(eventLine('BOOKMARK', this.#nextForm().bookmark(this.#state, this.#kind, metadata)));
  }

  /** How the next event is written: the first one of a watch can differ from those after it. */
  #nextForm(): Representation {
    const form = this.#as;
    this.#as = form.next ?? form;
    return form;
  }

  #write(line: string | Buffer): void {
    this.#sink.write(line);
    if (this.#sink.waiting > this.#settings.bufferBytes) this.close();
  }
}

const errorLine = (error: StatusError): string => eventLine('ERROR', JSON.stringify(error.status));

/** The revision a watch starts after: `undefined` without one, 0 for any. */
const startRevision = ({ resourceVersion }: WatchQuery): number | undefined => {
  if (resourceVersion === undefined || resourceVersion === '') return undefined;
  if (!/^\d+$/.test(resourceVersion)) throw new StatusError({ message: revisionFault(resourceVersion), code: 500 });
  return Number(resourceVersion);
};

const checkQuery = (query: WatchQuery, { watchList }: WatchSettings): void => {
  const { sendInitialEvents, resourceVersionMatch: match } = query;
  const errors: FieldError[] = [];
  const field = 'resourceVersionMatch';
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    errors.push(forbiddenField(field, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  }
  if (sendInitialEvents !== undefined && !watchList) {
    errors.push(
      forbiddenField(
        'sendInitialEvents',
        'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
      ),
    );
  }
  if (match && sendInitialEvents === undefined) {
    errors.push(forbiddenField(field, `${field} is forbidden for watch unless sendInitialEvents is provided`));
  }
  if (match && match !== 'NotOlderThan') errors.push(unsupportedField(field, match, ['NotOlderThan']));
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
};
