/** A timer in the heap. `callback` is dropped when it is cancelled or taken. */
export interface HeapTimer {
  readonly at: number;
  readonly sequence: number;
  callback: (() => void) | undefined;
}

const isBefore = (left: HeapTimer, right: HeapTimer): boolean =>
  left.at < right.at || (left.at === right.at && left.sequence < right.sequence);

/**
 * A binary heap of timers in the order of their time, then of their creation.
 *
 * A cancelled timer stays where it is, without its callback, until it comes to the top or the cancelled outnumber the live:
 * then the heap is rebuilt. Cancelling thus costs O(1) on average, and never more than half of the heap is waste.
 */
export class TimerHeap {
  #heap: HeapTimer[] = [];
  #sequence = 0;
  #live = 0;

  /** How many timers wait. */
  get size(): number {
    return this.#live;
  }

  add(at: number, callback: () => void): HeapTimer {
    const timer = { at, sequence: this.#sequence++, callback };
    this.#live++;
    this.#heap.push(timer);
    this.#rise(this.#heap.length - 1);
    return timer;
  }

  /** Forgets a timer; one that was taken or cancelled before stays as it is. */
  cancel(timer: HeapTimer): void {
    if (!timer.callback) return;
    timer.callback = undefined;
    this.#live--;
    if (this.#heap.length > 64 && this.#live * 2 < this.#heap.length) this.#rebuild();
  }

  /** The next timer due, left in place. */
  peek(): HeapTimer | undefined {
    for (let top = this.#heap[0]; top; top = this.#heap[0]) {
      if (top.callback) return top;
      this.#removeTop();
    }
    return undefined;
  }

  /** Takes the next timer out and returns its callback. */
  take(): (() => void) | undefined {
    const top = this.peek();
    if (!top) return undefined;
    const { callback } = top;
    top.callback = undefined;
    this.#live--;
    this.#removeTop();
    return callback;
  }

  #removeTop(): void {
    const last = this.#heap.pop();
    if (!last || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rebuild(): void {
    this.#heap = this.#heap.filter((timer) => timer.callback !== undefined);
    for (let index = (this.#heap.length >> 1) - 1; index >= 0; index--) this.#sink(index);
  }

  #rise(start: number): void {
    for (let index = start; index > 0;) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #sink(start: number): void {
    for (let index = start; ;) {
      const left = 2 * index + 1;
      const first = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfBefore(first, index)) return;
      index = first;
    }
  }

  #isBefore(left: number, right: number): boolean {
    const [one, other] = [this.#heap[left], this.#heap[right]];
    return one !== undefined && other !== undefined && isBefore(one, other);
  }

  #swapIfBefore(left: number, right: number): boolean {
    const [one, other] = [this.#heap[left], this.#heap[right]];
    if (one === undefined || other === undefined || !isBefore(one, other)) return false;
    this.#heap[left] = other;
    this.#heap[right] = one;
    return true;
  }
}
