interface Entry {
  readonly key: string;
  readonly at: number;
}

interface Due<T> {
  readonly at: number;
  readonly item: T;
}

/**
 * What is due when: one moment a key, the earliest first. A binary heap with lazy removal, because a clock with thousands of
 * timers of its own is slow and one timer for all is enough.
 */
export class Agenda<T> {
  readonly #heap: Entry[] = [];
  readonly #due = new Map<string, Due<T>>();

  /** Sets the moment of `key`, replacing an earlier one; `undefined` takes the key off. */
  set(key: string, item: T, at: number | undefined): void {
    const before = this.#due.get(key)?.at;
    if (before === at) return;
    if (at === undefined) {
      this.#due.delete(key);
      return;
    }
    this.#due.set(key, { at, item });
    this.#push({ key, at });
  }

  /** The earliest moment. */
  next(): number | undefined {
    for (let top = this.#heap[0]; top; top = this.#heap[0]) {
      if (this.#due.get(top.key)?.at === top.at) return top.at;
      this.#pop();
    }
    return undefined;
  }

  /** Takes off and returns everything due at `now` or before, in order of time. */
  takeDue(now: number): T[] {
    const items: T[] = [];
    for (let at = this.next(); at !== undefined && at <= now; at = this.next()) {
      const { key } = this.#pop();
      const due = this.#due.get(key);
      if (due) items.push(due.item);
      this.#due.delete(key);
    }
    return items;
  }

  /** Everything with a moment set. */
  *values(): Generator<T> {
    for (const { item } of this.#due.values()) yield item;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as Entry).at <= entry.at) break;
      heap[at] = heap[parent] as Entry;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): Entry {
    const heap = this.#heap;
    const top = heap[0] as Entry;
    const last = heap.pop() as Entry;
    if (heap.length > 0) this.#sink(last);
    return top;
  }

  #sink(entry: Entry): void {
    const heap = this.#heap;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      const right = heap[child + 1];
      if (right && right.at < (heap[child] as Entry).at) child++;
      if ((heap[child] as Entry).at >= entry.at) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = entry;
  }
}
