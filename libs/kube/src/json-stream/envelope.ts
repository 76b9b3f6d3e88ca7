import { CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, BACKSLASH, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './bytes.ts';

/**
 * Everything of a list but the contents of `items`. It is read byte by byte (some 200 bytes a page) until the array of items
 * opens, and again from its `]` on; what was read is then a small JSON text of its own, with `"items":[]`.
 */
export class Envelope {
  readonly #parts: Buffer[] = [];
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** The bytes of the string being read at depth 1, with its quotes. */
  #text: number[] = [];
  /** The last string at depth 1 and whether a colon followed: the key of the value to come. */
  #key: string | undefined;
  #keyIsComplete = false;
  #itemsSeen = false;

  /** Reads on from `from`. Returns the offset after the `[` that opens `items`, or -1 when all bytes up to `limit` were read. */
  read(bytes: Buffer, from: number, limit: number): number {
    for (let at = from; at < limit; at++) {
      if (!this.#step(bytes[at] as number)) continue;
      this.#keep(bytes, from, at + 1);
      return at + 1;
    }
    this.#keep(bytes, from, limit);
    return -1;
  }

  /** Goes on after the contents of `items`, whose `]` is the next byte to read. */
  resume(): void {
    this.#depth = 2;
    this.#key = undefined;
  }

  /** @throws SyntaxError if the list ended early or is not JSON */
  parse(): unknown {
    return JSON.parse(Buffer.concat(this.#parts).toString());
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    if (to > from) this.#parts.push(Buffer.from(bytes.subarray(from, to)));
  }

  /** True when the byte opens the array of items. */
  #step(byte: number): boolean {
    if (this.#inString) this.#stepInString(byte);
    else if (byte === QUOTE) {
      this.#inString = true;
      this.#text = [byte];
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (byte === OPEN_BRACKET && this.#opensItems()) return true;
      this.#depth++;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#depth--;
    else if (this.#depth === 1 && byte === COLON) this.#keyIsComplete = true;
    else if (this.#depth === 1 && byte === COMMA) this.#forgetKey();
    return false;
  }

  #stepInString(byte: number): void {
    if (this.#depth === 1) this.#text.push(byte);
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) {
      this.#inString = false;
      if (this.#depth === 1 && !this.#keyIsComplete)
        this.#key = JSON.parse(Buffer.from(this.#text).toString()) as string;
    }
  }

  #forgetKey(): void {
    this.#key = undefined;
    this.#keyIsComplete = false;
  }

  #opensItems(): boolean {
    if (this.#depth !== 1 || this.#key !== 'items' || !this.#keyIsComplete) return false;
    if (this.#itemsSeen) throw new SyntaxError('the list has two members called "items"');
    return (this.#itemsSeen = true);
  }
}
