import type { Stored } from './stored.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** One change of one object. A DELETED change carries the last state under the revision of the deletion. */
export interface Change {
  readonly revision: number;
  readonly type: ChangeType;
  readonly current: Stored;
  readonly previous: Stored | undefined;
}

/** All objects of one storage, in key order, and the changes that led here as far back as the history reaches. */
export class Table {
  readonly storage: string;
  /** The revision of the last change, 0 before the first. */
  lastRevision = 0;
  readonly #objects = new Map<string, Stored>();
  readonly #historySize: number;
  #sorted: string[] | undefined = [];
  /** Changes in order; the first `#dropped` of them are forgotten. */
  #history: Change[] = [];
  #dropped = 0;
  #oldest = 0;

  constructor(storage: string, historySize: number) {
    this.storage = storage;
    this.#historySize = historySize;
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Nothing is known of changes up to and including this revision: a watch or list must start from it or later. */
  get oldestRevision(): number {
    return this.#oldest;
  }

  get(key: string): Stored | undefined {
    return this.#objects.get(key);
  }

  values(): IterableIterator<Stored> {
    return this.#objects.values();
  }

  /** Takes in a change, forgetting the oldest one when the history is full. */
  apply(change: Change): void {
    if (change.type === 'DELETED') this.#delete(change.current.key);
    else this.#set(change.current);
    this.lastRevision = change.revision;
    this.#history.push(change);
    if (this.#history.length - this.#dropped > this.#historySize) this.#forgetOne();
  }

  /** Takes in an object without history. */
  seed(stored: Stored): void {
    if (!this.#objects.has(stored.key)) this.#sorted = undefined;
    this.#objects.set(stored.key, stored);
    this.lastRevision = stored.revision;
    this.#oldest = stored.revision;
  }

  /** Forgets all changes up to `revision`. */
  compact(revision: number): void {
    this.#history = this.#history.slice(this.#dropped).filter((change) => change.revision > revision);
    this.#dropped = 0;
    this.#oldest = Math.max(this.#oldest, revision);
  }

  /** The changes after `revision`, oldest first. The caller has checked `oldestRevision`. */
  changesAfter(revision: number): Change[] {
    return this.#history.slice(this.#firstAfter(revision));
  }

  /**
   * The objects as they were at `revision` (now, if it is left out) whose key starts with `prefix` and is not before `from`,
   * in key order.
   */
  *scan(prefix: string, from: string, revision?: number): Generator<Stored> {
    const then = revision === undefined || revision >= this.lastRevision ? undefined : this.#differencesAt(revision);
    const vanished = then ? keysOnlyThen(then, this.#objects, prefix, from) : [];
    const sorted = this.#keys();
    let next = lowerBound(sorted, from > prefix ? from : prefix);
    let gone = 0;
    for (;;) {
      const live = keyAt(sorted, next, prefix);
      const lost = vanished[gone];
      if (live === undefined && lost === undefined) return;
      const takeLost = live === undefined || (lost !== undefined && lost < live);
      const key = takeLost ? lost : live;
      if (takeLost) gone++;
      else next++;
      const stored = then?.has(key as string) ? then.get(key as string) : this.#objects.get(key as string);
      if (stored) yield stored;
    }
  }

  /** How many objects follow in a prefix, `from` included. */
  countFrom(prefix: string, from: string): number {
    const sorted = this.#keys();
    const start = lowerBound(sorted, from > prefix ? from : prefix);
    return (prefix === '' ? sorted.length : lowerBound(sorted, `${prefix.slice(0, -1)}0`)) - start;
  }

  #set(stored: Stored): void {
    if (!this.#objects.has(stored.key) && this.#sorted) insertSorted(this.#sorted, stored.key);
    this.#objects.set(stored.key, stored);
  }

  #delete(key: string): void {
    if (!this.#objects.delete(key) || !this.#sorted) return;
    this.#sorted.splice(lowerBound(this.#sorted, key), 1);
  }

  #keys(): string[] {
    return (this.#sorted ??= [...this.#objects.keys()].sort(byCodeUnit));
  }

  #forgetOne(): void {
    this.#oldest = this.#history[this.#dropped]?.revision ?? this.#oldest;
    this.#dropped++;
    if (this.#dropped > this.#historySize) {
      this.#history = this.#history.slice(this.#dropped);
      this.#dropped = 0;
    }
  }

  #firstAfter(revision: number): number {
    let low = this.#dropped;
    let high = this.#history.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#history[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** What each object that changed after `revision` was at it; `undefined` for one that did not exist. */
  #differencesAt(revision: number): Map<string, Stored | undefined> {
    const then = new Map<string, Stored | undefined>();
    for (let index = this.#firstAfter(revision); index < this.#history.length; index++) {
      const change = this.#history[index];
      if (change && !then.has(change.current.key)) then.set(change.current.key, change.previous);
    }
    return then;
  }
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const lowerBound = (sorted: readonly string[], key: string): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
};

const insertSorted = (sorted: string[], key: string): void => {
  const last = sorted[sorted.length - 1];
  if (last === undefined || last < key) sorted.push(key);
  else sorted.splice(lowerBound(sorted, key), 0, key);
};

const keyAt = (sorted: readonly string[], index: number, prefix: string): string | undefined => {
  const key = sorted[index];
  return key?.startsWith(prefix) ? key : undefined;
};

const keysOnlyThen = (
  then: ReadonlyMap<string, Stored | undefined>,
  now: ReadonlyMap<string, Stored>,
  prefix: string,
  from: string,
): string[] =>
  [...then.entries()]
    .filter(([key, stored]) => stored && !now.has(key) && key.startsWith(prefix) && key >= from)
    .map(([key]) => key)
    .sort(byCodeUnit);
