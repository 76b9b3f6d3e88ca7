/** What the heap needs of its entries; it owns `heapIndex` and `heapOrder`. Start with `heapIndex: -1` (not in the heap). */
export interface DeadlineEntry {
  /** When the entry is due, in milliseconds of a monotonic clock. */
  readyAt: number;
  heapIndex: number;
  heapOrder: number;
}

/**
 * A binary heap of deadlines, earliest first, then in the order of insertion. An entry knows its place, so moving or removing
 * one costs O(log n).
 */
export class DeadlineHeap<T extends DeadlineEntry> {
  readonly #entries: T[] = [];
  #inserted = 0;

  get size(): number {
    return this.#entries.length;
  }

  peek(): T | undefined {
    return this.#entries[0];
  }

  /** Inserts the entry, or moves it when it is there already. */
  set(entry: T, readyAt: number): void {
    entry.readyAt = readyAt;
    entry.heapOrder = this.#inserted++;
    if (entry.heapIndex < 0) {
      entry.heapIndex = this.#entries.length;
      this.#entries.push(entry);
    }
    this.#settle(entry);
  }

  /** Takes the entry out; one that is not in the heap is left alone. */
  remove(entry: T): void {
    const index = entry.heapIndex;
    if (index < 0) return;
    entry.heapIndex = -1;
    const last = this.#entries.pop();
    if (last === undefined || last === entry) return;
    this.#place(last, index);
    this.#settle(last);
  }

  clear(): void {
    for (const entry of this.#entries) entry.heapIndex = -1;
    this.#entries.length = 0;
  }

  #settle(entry: T): void {
    this.#rise(entry);
    this.#sink(entry);
  }

  #rise(entry: T): void {
    for (let index = entry.heapIndex; index > 0;) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#entries[parentIndex];
      if (parent === undefined || isBefore(parent, entry)) return;
      this.#place(parent, index);
      this.#place(entry, parentIndex);
      index = parentIndex;
    }
  }

  #sink(entry: T): void {
    for (let child = this.#earlierChild(entry); child && isBefore(child, entry); child = this.#earlierChild(entry)) {
      const index = child.heapIndex;
      this.#place(child, entry.heapIndex);
      this.#place(entry, index);
    }
  }

  #earlierChild(entry: T): T | undefined {
    const left = this.#entries[2 * entry.heapIndex + 1];
    const right = this.#entries[2 * entry.heapIndex + 2];
    return left && right && isBefore(right, left) ? right : left;
  }

  #place(entry: T, index: number): void {
    this.#entries[index] = entry;
    entry.heapIndex = index;
  }
}

const isBefore = (a: DeadlineEntry, b: DeadlineEntry): boolean =>
  a.readyAt < b.readyAt || (a.readyAt === b.readyAt && a.heapOrder < b.heapOrder);
