import { JmespathError } from './error.ts';
import type { Json } from './value.ts';

const PUNCTUATION = [
  ...['[]', '[?', '||', '&&', '==', '!=', '<=', '>='],
  ...['.', '*', '[', ']', '{', '}', '(', ')', ',', ':', '|', '&', '@', '!', '<', '>'],
] as const;
export type Punctuation = (typeof PUNCTUATION)[number];

/** A piece of an expression's text; `at` is where it begins. */
export type Token = { readonly at: number } & (
  | { readonly kind: Punctuation | 'end' }
  | { readonly kind: 'name' | 'quoted'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'literal'; readonly value: Json }
);

const WHITE_SPACE = /[ \t\n\r]*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /-?\d+/y;
const QUOTED = /"(?:[^"\\]|\\.)*"/sy;
const RAW = /'(?:[^'\\]|\\.)*'/sy;
const LITERAL = /`(?:[^`\\]|\\.)*`/sy;

const match = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

/** @throws JmespathError `syntax` */
export const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += match(WHITE_SPACE, text, at)?.length ?? 0;
    if (at === text.length) return [...tokens, { kind: 'end', at }];
    const [token, length] = tokenAt(text, at);
    tokens.push(token);
    at += length;
  }
};

const tokenAt = (text: string, at: number): readonly [Token, length: number] => {
  const name = match(NAME, text, at);
  if (name !== undefined) return [{ kind: 'name', text: name, at }, name.length];
  const number = match(NUMBER, text, at);
  if (number !== undefined) return [{ kind: 'number', number: Number(number), at }, number.length];
  const quoted = match(QUOTED, text, at);
  if (quoted !== undefined) return [{ kind: 'quoted', text: unquoted(quoted, at), at }, quoted.length];
  const raw = match(RAW, text, at);
  if (raw !== undefined) return [{ kind: 'literal', value: raw.slice(1, -1).replaceAll("\\'", "'"), at }, raw.length];
  const literal = match(LITERAL, text, at);
  if (literal !== undefined) return [{ kind: 'literal', value: literalValue(literal, at), at }, literal.length];
  const punctuation = PUNCTUATION.find((mark) => text.startsWith(mark, at));
  if (punctuation !== undefined) return [{ kind: punctuation, at }, punctuation.length];
  throw new JmespathError('syntax', problemWith(text.slice(at)), at);
};

const problemWith = (rest: string): string => {
  if (/^["'`]/.test(rest)) return `${rest.charAt(0)} is opened and never closed`;
  if (rest.startsWith('=')) return '"=" is no comparison (did you mean "=="?)';
  return `${JSON.stringify(Array.from(rest)[0])} means nothing here`;
};

/** A quoted identifier is a JSON string. */
const unquoted = (quoted: string, at: number): string => {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw new JmespathError('syntax', `${quoted} is no JSON string`, at);
  }
};

/** What cannot be read as JSON counts as a text without its quotes, as in the first edition of the language. */
const literalValue = (literal: string, at: number): Json => {
  const content = literal.slice(1, -1).replaceAll('\\`', '`').trimStart();
  try {
    return JSON.parse(content) as Json;
  } catch {
    if (/^["[{]/.test(content)) throw new JmespathError('syntax', `${literal} is no JSON`, at);
  }
  try {
    return JSON.parse(`"${content}"`) as string;
  } catch {
    throw new JmespathError('syntax', `${literal} is no JSON`, at);
  }
};
