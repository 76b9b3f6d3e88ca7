import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './bytes.ts';

/**
 * Finds where one JSON value ends inside an array, byte by byte, however the stream is cut into chunks. It knows strings and
 * nesting and nothing else: `JSON.parse` of the value judges the rest.
 */
export class ValueScanner {
  #depth = 0;
  #inString = false;
  #escaped = false;

  reset(): void {
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
  }

  /** Offset of the `,` or `]` that ends the value, or -1 when it lies beyond `limit`: then call again with `from` = `limit`. */
  findEnd(bytes: Buffer, from: number, limit: number): number {
    if (from === limit) return -1;
    let depth = this.#depth;
    let at = this.#escaped ? from + 1 : from;
    let inString = this.#inString;
    this.#escaped = false;
    while (at < limit) {
      if (inString) {
        while (at < limit) {
          const byte = bytes[at++];
          if (byte === QUOTE) {
            inString = false;
            break;
          }
          if (byte === BACKSLASH) at++;
        }
        continue;
      }
      const byte = bytes[at];
      if (byte === QUOTE) inString = true;
      else if (byte === COMMA) {
        if (depth === 0) return at;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (depth === 0) return at;
        depth--;
      }
      at++;
    }
    this.#escaped = at > limit;
    this.#depth = depth;
    this.#inString = inString;
    return -1;
  }
}
