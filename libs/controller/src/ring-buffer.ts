/**
 * A first-in first-out buffer on a power-of-two array, constant time at any depth (`array.shift()` is linear, and a queue is
 * deepest right after a sync). Each value has a position that is never used again, so that the owner of a value can tell the
 * slot it holds now from one it has left.
 */
export class RingBuffer<T> {
  #slots = new Array<T | undefined>(64).fill(undefined);
  #head = 0;
  #tail = 0;

  get size(): number {
    return this.#tail - this.#head;
  }

  /** The position `shift` will take next. */
  get head(): number {
    return this.#head;
  }

  /** Appends a value and returns its position. */
  push(value: T): number {
    if (this.size === this.#slots.length) this.#grow();
    this.#slots[this.#tail & (this.#slots.length - 1)] = value;
    return this.#tail++;
  }

  /** Takes the oldest value, or `undefined` when empty. */
  shift(): T | undefined {
    if (this.#head === this.#tail) return undefined;
    const slot = this.#head++ & (this.#slots.length - 1);
    const value = this.#slots[slot];
    this.#slots[slot] = undefined;
    return value;
  }

  clear(): void {
    this.#slots = new Array<T | undefined>(64).fill(undefined);
    this.#head = this.#tail;
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Array<T | undefined>(old.length * 2).fill(undefined);
    for (let position = this.#head; position < this.#tail; position++)
      slots[position & (slots.length - 1)] = old[position & (old.length - 1)];
    this.#slots = slots;
  }
}
