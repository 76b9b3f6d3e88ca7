import type { Comparator, Node } from './ast.ts';
import { Cursor } from './cursor.ts';
import { JmespathError } from './error.ts';
import { tokensOf, type Token } from './lexer.ts';

type Kind = Token['kind'];
type Taken<K extends Kind> = Extract<Token, { kind: K }>;

const CURRENT: Node = { kind: 'current' };

/** @throws JmespathError `syntax`, with the place */
export const parse = (text: string): Node => {
  const cursor = new Cursor(tokensOf(text));
  const node = expression(cursor, 0);
  if (!cursor.isAt('end')) throw cursor.unexpected();
  return node;
};

/**
 * How strongly a token binds what stands before it to what stands behind. Top-down operator precedence: each token knows
 * what it means at the beginning of an expression (`BEGINNINGS`) and behind another one (`CONTINUATIONS`).
 */
const BINDING: { readonly [K in Kind]?: number } = {
  '|': 1,
  '||': 2,
  '&&': 3,
  '==': 5,
  '!=': 5,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  '[]': 9,
  '*': 20,
  '[?': 21,
  '.': 40,
  '!': 45,
  '[': 55,
};
const bindingOf = (kind: Kind): number => BINDING[kind] ?? 0;

/** What binds less ends a projection: `a[*].b | c` applies `c` to the list, not to each element. */
const PROJECTION_ENDS_BELOW = 10;

const expression = (cursor: Cursor, binding: number): Node =>
  cursor.nested(() => {
    let node = beginning(cursor);
    while (binding < bindingOf(cursor.peek().kind)) node = continued(cursor, node);
    return node;
  });

const operand = (cursor: Cursor, operator: Kind): Node => expression(cursor, bindingOf(operator));

/** What each token means at the beginning of an expression; it has been taken. */
const BEGINNINGS: { readonly [K in Kind]?: (cursor: Cursor, token: Taken<K>) => Node } = {
  name: (cursor, { text, at }) => (cursor.takes('(') ? call(cursor, text, at) : { kind: 'field', name: text }),
  quoted(cursor, { text, at }) {
    if (cursor.isAt('(')) throw new JmespathError('syntax', 'the name of a function stands without quotes', at);
    return { kind: 'field', name: text };
  },
  literal: (_cursor, { value }) => ({ kind: 'literal', value }),
  '@': () => CURRENT,
  '*': (cursor) => project('values', CURRENT, cursor),
  '[]': (cursor) => flatten(cursor, CURRENT),
  '[?': (cursor) => filter(cursor, CURRENT),
  '[': (cursor) => bracket(cursor, CURRENT) ?? list(cursor),
  '{': (cursor) => hash(cursor),
  '!': (cursor) => ({ kind: 'not', operand: operand(cursor, '!') }),
  '('(cursor) {
    const node = expression(cursor, 0);
    cursor.expect(')');
    return node;
  },
};

const beginning = (cursor: Cursor): Node => {
  const token = cursor.take();
  const parse = BEGINNINGS[token.kind] as ((cursor: Cursor, token: Token) => Node) | undefined;
  if (!parse) throw cursor.unexpected(token);
  return parse(cursor, token);
};

const comparison =
  (comparator: Comparator) =>
  (cursor: Cursor, left: Node): Node => ({ kind: 'compare', comparator, left, right: operand(cursor, comparator) });

/** What each token means behind an expression; it has been taken. */
const CONTINUATIONS: { readonly [K in Kind]?: (cursor: Cursor, left: Node) => Node } = {
  '.': (cursor, left) =>
    cursor.takes('*')
      ? project('values', left, cursor)
      : { kind: 'pipe', left, right: behindDot(cursor, bindingOf('.')) },
  '|': (cursor, left) => ({ kind: 'pipe', left, right: operand(cursor, '|') }),
  '||': (cursor, left) => ({ kind: 'or', left, right: operand(cursor, '||') }),
  '&&': (cursor, left) => ({ kind: 'and', left, right: operand(cursor, '&&') }),
  '[]': (cursor, left) => flatten(cursor, left),
  '[?': (cursor, left) => filter(cursor, left),
  '['(cursor, left) {
    const node = bracket(cursor, left);
    if (!node) throw cursor.unexpected();
    return node;
  },
  '==': comparison('=='),
  '!=': comparison('!='),
  '<': comparison('<'),
  '<=': comparison('<='),
  '>': comparison('>'),
  '>=': comparison('>='),
};

const continued = (cursor: Cursor, left: Node): Node => {
  const token = cursor.take();
  const parse = CONTINUATIONS[token.kind];
  if (!parse) throw cursor.unexpected(token);
  return parse(cursor, left);
};

/** What may stand behind a dot: a name, a call, `*`, `[a, b]` or `{a: b}`. */
const behindDot = (cursor: Cursor, binding: number): Node => {
  if (cursor.takes('[')) return list(cursor);
  if (cursor.takes('{')) return hash(cursor);
  if (cursor.isAt('name') || cursor.isAt('quoted') || cursor.isAt('*')) return expression(cursor, binding);
  throw cursor.unexpected();
};

type Over = Extract<Node, { kind: 'project' }>['over'];

const project = (over: Over, left: Node, cursor: Cursor): Node => ({
  kind: 'project',
  over,
  left,
  right: projected(cursor, bindingOf('*')),
});

const flatten = (cursor: Cursor, left: Node): Node => ({
  kind: 'project',
  over: 'flattened',
  left,
  right: projected(cursor, bindingOf('[]')),
});

const filter = (cursor: Cursor, left: Node): Node => {
  const condition = expression(cursor, 0);
  cursor.expect(']');
  return { kind: 'filter', left, condition, right: projected(cursor, bindingOf('[?')) };
};

/** What is applied to each element of a projection. */
const projected = (cursor: Cursor, binding: number): Node => {
  if (bindingOf(cursor.peek().kind) < PROJECTION_ENDS_BELOW) return CURRENT;
  if (cursor.takes('.')) return behindDot(cursor, binding);
  if (cursor.isAt('[') || cursor.isAt('[?')) return expression(cursor, binding);
  throw cursor.unexpected();
};

/** Behind `[`: an index, a slice, `*]`. @returns `undefined` for anything else, which may be a list */
const bracket = (cursor: Cursor, left: Node): Node | undefined => {
  if (cursor.isAt('number') || cursor.isAt(':')) return indexOrSlice(cursor, left);
  if (!cursor.isAt('*') || cursor.peek(1).kind !== ']') return undefined;
  cursor.take();
  cursor.take();
  return project('elements', left, cursor);
};

const indexOrSlice = (cursor: Cursor, left: Node): Node => {
  const parts: [number?, number?, number?] = [];
  let colons = 0;
  while (!cursor.takes(']')) {
    const token = cursor.take();
    if (token.kind === ':' && colons < 2) colons++;
    else if (token.kind === 'number' && parts[colons] === undefined) parts[colons] = token.number;
    else throw cursor.unexpected(token);
  }
  const [start, stop, step] = parts;
  if (colons === 0) return { kind: 'pipe', left, right: { kind: 'index', index: start ?? 0 } };
  const slice: Node = {
    kind: 'slice',
    ...(start !== undefined && { start }),
    ...(stop !== undefined && { stop }),
    ...(step !== undefined && { step }),
  };
  return project('elements', { kind: 'pipe', left, right: slice }, cursor);
};

const list = (cursor: Cursor): Node => ({
  kind: 'list',
  items: cursor.separated(']', () => expression(cursor, 0)),
});

const hash = (cursor: Cursor): Node => ({
  kind: 'hash',
  entries: cursor.separated('}', () => {
    const key = cursor.take();
    if (key.kind !== 'name' && key.kind !== 'quoted') throw cursor.unexpected(key);
    cursor.expect(':');
    return [key.text, expression(cursor, 0)] as const;
  }),
});

/** Behind `name(`. */
const call = (cursor: Cursor, name: string, at: number): Node => {
  if (cursor.takes(')')) return { kind: 'call', name, args: [], at };
  const args = cursor.separated(')', (): Node => {
    const isReference = cursor.takes('&');
    const body = expression(cursor, 0);
    return isReference ? { kind: 'reference', body } : body;
  });
  return { kind: 'call', name, args, at };
};
