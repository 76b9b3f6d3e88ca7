import { ScheduleError, type ScheduleErrorCode } from './errors.ts';

/** Reads one member of a schedule from left to right; positions are those in the whole value. */
export class Scanner {
  readonly #text: string;
  readonly #end: number;
  #position: number;

  constructor(text: string, start: number, end: number) {
    this.#text = text;
    this.#end = end;
    this.#position = start;
    this.blanks();
  }

  /** The index, in the whole value, of what comes next. */
  get position(): number {
    return this.#position;
  }

  /** What is left, without trailing blanks. */
  get rest(): string {
    return this.#text.slice(this.#position, this.#end).trimEnd();
  }

  /** Takes what the expression matches right here, and the blanks after it; `undefined` when it matches nothing. */
  take(expression: RegExp): string | undefined {
    const match = new RegExp(`^(?:${expression.source})`, expression.flags).exec(this.rest);
    if (!match?.[0]) return undefined;
    this.#position += match[0].length;
    this.blanks();
    return match[0];
  }

  /** Skips blanks. */
  blanks(): void {
    while (this.#position < this.#end && /\s/.test(this.#text.charAt(this.#position))) this.#position++;
  }

  /** An error about the value, at `position` (by default here). */
  error(code: ScheduleErrorCode, what: string, position = this.#position, cause?: unknown): ScheduleError {
    return memberError(this.#text, code, what, position, cause);
  }
}

/** `… (character 5 of "Mon-Fry 08:00-20:00 UTC")` */
export function memberError(
  text: string,
  code: ScheduleErrorCode,
  what: string,
  position: number,
  cause?: unknown,
): ScheduleError {
  const where = `character ${position + 1} of ${JSON.stringify(text)}`;
  return new ScheduleError(code, `${what} (${where})`, cause === undefined ? { position } : { position, cause });
}
