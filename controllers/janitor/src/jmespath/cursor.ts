import { JmespathError } from './error.ts';
import type { Token } from './lexer.ts';

type Kind = Token['kind'];

/** Deeper nesting is nothing a person writes, and would end in a stack overflow. */
const DEEPEST = 100;

/** Where in the tokens a parser is. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)] as Token;
  }

  isAt(kind: Kind): boolean {
    return this.peek().kind === kind;
  }

  take(): Token {
    const token = this.peek();
    this.#next++;
    return token;
  }

  /** Takes the next token if it is of this kind. */
  takes(kind: Kind): boolean {
    const isNext = this.isAt(kind);
    if (isNext) this.#next++;
    return isNext;
  }

  expect(kind: Kind): void {
    if (!this.takes(kind)) throw this.unexpected(this.peek(), `"${kind}"`);
  }

  /** One or more, with commas between, up to and with the closing mark. */
  separated<T>(closing: Kind, one: () => T): T[] {
    const found = [one()];
    while (this.takes(',')) found.push(one());
    this.expect(closing);
    return found;
  }

  /** One level further down. */
  nested<T>(parse: () => T): T {
    if (++this.#depth > DEEPEST) throw new JmespathError('syntax', `nested more than ${DEEPEST} deep`, this.peek().at);
    const found = parse();
    this.#depth--;
    return found;
  }

  unexpected(token = this.peek(), wanted?: string): JmespathError {
    const found = token.kind === 'end' ? 'the expression ends here' : `${shown(token)} does not fit here`;
    return new JmespathError('syntax', wanted === undefined ? found : `${found}, where ${wanted} should be`, token.at);
  }
}

const shown = (token: Token): string => {
  if ('text' in token) return `"${token.text}"`;
  if ('number' in token) return String(token.number);
  return 'value' in token ? JSON.stringify(token.value) : `"${token.kind}"`;
};
