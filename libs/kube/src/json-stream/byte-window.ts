const FIRST_SIZE = 128 * 1024;

/**
 * The bytes of a stream that are still needed, in one piece of memory. Reading moves `start` on; `append` moves what is
 * left to the front, and grows the memory only when one value does not fit. Offsets given out before an `append` are
 * therefore kept relative to `start`.
 */
export class ByteWindow {
  bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_SIZE);
  start = 0;
  end = 0;

  append(chunk: Buffer): void {
    const length = this.end - this.start;
    if (this.end + chunk.length > this.bytes.length) this.#makeRoom(length + chunk.length);
    chunk.copy(this.bytes, this.end);
    this.end += chunk.length;
  }

  #makeRoom(needed: number): void {
    const length = this.end - this.start;
    const old = this.bytes;
    if (needed > old.length) this.bytes = Buffer.allocUnsafeSlow(Math.max(needed, old.length * 2));
    old.copy(this.bytes, 0, this.start, this.end);
    this.start = 0;
    this.end = length;
  }
}
