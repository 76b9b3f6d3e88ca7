/**
 * What is wrong with a text that is no JSON, in the words of the server (those of Go's encoding/json): where its scanner
 * stops, and what it looked for there. `undefined` for JSON.
 */
export const jsonFault = (text: string): string | undefined => {
  const scanner = new Scanner(text);
  try {
    scanner.value();
    scanner.end();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
};

class Fault extends Error {}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): void {
    const first = this.#peek();
    if (first === '{') this.#members();
    else if (first === '[') this.#items();
    else if (first === '"') this.#string();
    else if (first === '-' || isDigit(first)) this.#number();
    else {
      const literal = LITERALS.find((one) => one[0] === first);
      if (!literal) throw this.#fault('looking for beginning of value');
      for (const letter of literal) {
        if (this.#text[this.#at] !== letter) throw this.#fault(`in literal ${literal} (expecting '${letter}')`);
        this.#at += 1;
      }
    }
  }

  end(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#fault('after top-level value');
  }

  #members(): void {
    this.#at += 1;
    if (this.#peek() === '}') {
      this.#step();
      return;
    }
    for (;;) {
      if (this.#peek() !== '"') throw this.#fault('looking for beginning of object key string');
      this.#string();
      if (this.#peek() !== ':') throw this.#fault('after object key');
      this.#step();
      this.value();
      const next = this.#peek();
      if (next !== ',' && next !== '}') throw this.#fault('after object key:value pair');
      this.#step();
      if (next === '}') return;
    }
  }

  #items(): void {
    this.#at += 1;
    if (this.#peek() === ']') {
      this.#step();
      return;
    }
    for (;;) {
      this.value();
      const next = this.#peek();
      if (next !== ',' && next !== ']') throw this.#fault('after array element');
      this.#step();
      if (next === ']') return;
    }
  }

  #string(): void {
    for (this.#at += 1; ; this.#at += 1) {
      const letter = this.#text[this.#at];
      if (letter === undefined || letter < ' ') throw this.#fault('in string literal');
      if (letter === '"') {
        this.#step();
        return;
      }
      if (letter === '\\') this.#escape();
    }
  }

  #escape(): void {
    this.#at += 1;
    const letter = this.#text[this.#at] ?? '';
    if (letter === '' || !'"\\/bfnrtu'.includes(letter)) throw this.#fault('in string escape code');
    if (letter !== 'u') return;
    for (let count = 0; count < 4; count += 1) {
      this.#at += 1;
      if (!/^[0-9a-f]$/i.test(this.#text[this.#at] ?? '')) {
        throw this.#fault('in \\u hexadecimal character escape');
      }
    }
  }

  #number(): void {
    if (this.#text[this.#at] === '-') this.#at += 1;
    if (this.#text[this.#at] === '0') this.#at += 1;
    else this.#digits('in numeric literal');
    if (this.#text[this.#at] === '.') {
      this.#at += 1;
      this.#digits('after decimal point in numeric literal');
    }
    if (/^[eE]$/.test(this.#text[this.#at] ?? '')) {
      this.#at += 1;
      if (/^[+-]$/.test(this.#text[this.#at] ?? '')) this.#at += 1;
      this.#digits('in exponent of numeric literal');
    }
  }

  #digits(where: string): void {
    if (!isDigit(this.#text[this.#at])) throw this.#fault(where);
    while (isDigit(this.#text[this.#at])) this.#at += 1;
  }

  #step(): void {
    this.#at += 1;
  }

  /** The next character that is no space. */
  #peek(): string | undefined {
    this.#skipSpace();
    return this.#text[this.#at];
  }

  #skipSpace(): void {
    while (/^[ \t\r\n]$/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #fault(where: string): Fault {
    const found = this.#text[this.#at];
    if (found === undefined) return new Fault('unexpected end of JSON input');
    return new Fault(`invalid character ${quoted(found)} ${where}`);
  }
}

const LITERALS = ['true', 'false', 'null'] as const;

const isDigit = (letter: string | undefined): boolean => letter !== undefined && letter >= '0' && letter <= '9';

const quoted = (letter: string): string => {
  if (letter === "'") return "'\\''";
  if (letter === '"') return `'"'`;
  return `'${JSON.stringify(letter).slice(1, -1)}'`;
};
