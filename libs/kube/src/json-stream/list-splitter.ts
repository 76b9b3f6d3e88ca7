import { ByteWindow } from './byte-window.ts';
import { CLOSE_BRACKET, COMMA, isSpace } from './bytes.ts';
import { Envelope } from './envelope.ts';
import { dropManagedFields, METADATA_OF_OBJECT, parseCutting } from './managed-fields.ts';
import { ValueScanner } from './value-scanner.ts';

/** A list without its items, as the API server sends it: `kind`, `apiVersion`, and where to go on. */
export interface ListHead {
  kind?: string;
  apiVersion?: string;
  metadata?: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
}

export interface ListSplitterOptions<T> {
  /** Called for each item in order, in the middle of `write` or `end`. What it throws passes through. */
  onItem: (item: T) => void;
  /** Leave `metadata.managedFields` in the items. Costs about half the speed. */
  keepManagedFields?: boolean;
}

export interface ListSplitter {
  /** Takes the next bytes of the body. The chunk may be reused afterwards. Throws SyntaxError on anything but a list. */
  write(chunk: Buffer): void;
  /** The body is over. Throws SyntaxError if the list is not. */
  end(): ListHead;
}

/** An item longer than this without a likely boundary is looked through byte by byte. */
const LONGEST_SEARCH = 256 * 1024;
/** How far into the first item its `"metadata":{` may begin for the bytes before to serve as a pattern. */
const LONGEST_OPENING = 256;
const METADATA_OPENS = Buffer.from('"metadata":{');

/**
 * Splits the body of a list into its items while it arrives, whatever the page size, the order of keys, the white space, and
 * wherever the chunks are cut; no more than one item and one chunk is in memory.
 *
 * The boundary of an item is guessed and then verified. All items of a list open with the same bytes up to `"metadata":{`,
 * so the next `},` followed by these bytes probably ends the item; a native search finds it. If the bytes up to there parse
 * as JSON they are the item, since no object is a beginning of another. If they do not (a template inside the item opens the
 * same way), the rest of the list is looked through byte by byte.
 *
 * @throws SyntaxError from `write` and `end`: not JSON, not a list, cut short
 * @example
 * const splitter = createListSplitter<Pod>({ onItem: (pod) => names.push(pod.metadata.name) });
 * for await (const chunk of body) splitter.write(chunk);
 * const { metadata } = splitter.end();
 */
export const createListSplitter = <T>(options: ListSplitterOptions<T>): ListSplitter => {
  const splitter = new Splitter(options as ListSplitterOptions<unknown>);
  return { write: (chunk) => splitter.write(chunk), end: () => splitter.end() };
};

class Splitter {
  readonly #onItem: (item: unknown) => void;
  readonly #keepManagedFields: boolean;
  readonly #window = new ByteWindow();
  readonly #envelope = new Envelope();
  readonly #scanner = new ValueScanner();
  #inItems = false;
  /** The first bytes of the item at the window's start have been looked at. */
  #inItem = false;
  #items = 0;
  /** `},` and the bytes every item opens with; undefined until the first item is there, null when guessing does not work. */
  #boundary: Buffer | undefined | null;
  /** How far the item was searched or scanned, counted from the window's start. */
  #seen = 0;
  #scanning = false;

  constructor(options: ListSplitterOptions<unknown>) {
    this.#onItem = options.onItem;
    this.#keepManagedFields = options.keepManagedFields ?? false;
  }

  write(chunk: Buffer): void {
    this.#window.append(chunk);
    this.#drain(false);
  }

  end(): ListHead {
    this.#drain(true);
    if (this.#inItems) throw new SyntaxError(`the list ended after ${this.#items} items, in the middle of one`);
    const head = this.#envelope.parse() as (ListHead & { items?: unknown }) | null;
    if (!isList(head)) throw new SyntaxError('the body is JSON, but not a list: it has no "items"');
    delete head.items;
    return head;
  }

  #drain(isLast: boolean): void {
    const window = this.#window;
    while (window.start < window.end) {
      if (this.#inItems) {
        if (!this.#nextItem(isLast)) return;
      } else {
        const opened = this.#envelope.read(window.bytes, window.start, window.end);
        window.start = opened < 0 ? window.end : opened;
        this.#inItems = opened >= 0;
      }
    }
  }

  /** Takes one item off the window, or the end of the items. False: more bytes are needed. */
  #nextItem(isLast: boolean): boolean {
    if (!this.#inItem && !this.#beginItem()) return !this.#inItems;
    if (!this.#scanning) {
      const found = this.#guess(isLast);
      if (found !== 'scan instead') return found === 'taken';
    }
    return this.#scan();
  }

  /** Skips white space. False when there is no item (yet). */
  #beginItem(): boolean {
    const window = this.#window;
    while (window.start < window.end && isSpace(window.bytes[window.start])) window.start++;
    if (window.start === window.end) return false;
    if (this.#items === 0 && window.bytes[window.start] === CLOSE_BRACKET) {
      this.#leaveItems();
      return false;
    }
    this.#inItem = true;
    this.#seen = 0;
    this.#scanning = this.#boundary === null;
    this.#scanner.reset();
    return true;
  }

  /** Searches for the likely boundary. */
  #guess(isLast: boolean): 'taken' | 'needs more' | 'scan instead' {
    const window = this.#window;
    const bytes = window.bytes.subarray(window.start, window.end);
    this.#boundary ??= boundaryOf(bytes);
    if (!this.#boundary) {
      if (!isLast && bytes.length <= LONGEST_OPENING) return 'needs more';
      return this.#stopGuessing();
    }
    const hit = bytes.indexOf(this.#boundary, this.#seen);
    if (hit < 0 && !isLast && bytes.length <= LONGEST_SEARCH) {
      this.#seen = Math.max(0, bytes.length - this.#boundary.length + 1);
      return 'needs more';
    }
    const item = hit < 0 ? undefined : this.#tryParse(bytes.subarray(0, hit + 1));
    if (item === undefined) return this.#stopGuessing();
    window.start += hit + 2;
    this.#emit(item);
    return 'taken';
  }

  #stopGuessing(): 'scan instead' {
    this.#boundary = null;
    this.#scanning = true;
    this.#seen = 0;
    this.#scanner.reset();
    return 'scan instead';
  }

  /** Looks for the end of the item byte by byte. False: more bytes are needed. */
  #scan(): boolean {
    const window = this.#window;
    const at = this.#scanner.findEnd(window.bytes, window.start + this.#seen, window.end);
    this.#seen = window.end - window.start;
    if (at < 0) return false;
    const item = this.#parse(window.bytes.subarray(window.start, at));
    const isLast = window.bytes[at] === CLOSE_BRACKET;
    if (!isLast && window.bytes[at] !== COMMA) throw new SyntaxError(`item ${this.#items} of the list ends in "}"`);
    window.start = isLast ? at : at + 1;
    this.#emit(item);
    if (isLast) this.#leaveItems();
    return true;
  }

  #tryParse(bytes: Buffer): unknown {
    try {
      return this.#parse(bytes);
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  #parse(bytes: Buffer): unknown {
    if (this.#keepManagedFields) return JSON.parse(bytes.toString());
    const item = parseCutting(bytes, METADATA_OF_OBJECT);
    dropManagedFields(item);
    return item;
  }

  #emit(item: unknown): void {
    this.#inItem = false;
    this.#items++;
    this.#onItem(item);
  }

  #leaveItems(): void {
    this.#inItems = false;
    this.#envelope.resume();
  }
}

/** `},` and how the first item begins, up to and with `"metadata":{`; undefined if that is not at hand. */
const boundaryOf = (bytes: Buffer): Buffer | undefined => {
  const at = bytes.subarray(0, LONGEST_OPENING).indexOf(METADATA_OPENS);
  if (at < 0) return undefined;
  return Buffer.concat([Buffer.from('},'), bytes.subarray(0, at + METADATA_OPENS.length)]);
};

const isList = (head: { kind?: string; items?: unknown } | null): head is ListHead & { items?: unknown } =>
  typeof head === 'object' &&
  (Array.isArray(head?.items) || head?.items === null || (head?.items === undefined && !!head?.kind?.endsWith('List')));
