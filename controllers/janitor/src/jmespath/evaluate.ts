import type { Comparator, Node } from './ast.ts';
import type { Budget } from './budget.ts';
import { FUNCTIONS, callFunction, type Argument, type Evaluate } from './functions.ts';
import { JmespathError } from './error.ts';
import { compareText, fieldOf, isArray, isEqual, isMap, isTruthy, type Json, type JsonMap } from './value.ts';

/** What an expression gives for a value. @throws JmespathError `invalid-type`, `invalid-value`, `limit` */
export const evaluate = (node: Node, value: Json, budget: Budget): Json => {
  budget.spend(1);
  const at = (inner: Node, of: Json): Json => evaluate(inner, of, budget);
  switch (node.kind) {
    case 'current':
      return value;
    case 'literal':
      return node.value;
    case 'field':
      return fieldOf(value, node.name);
    case 'index':
      return isArray(value) ? (value.at(node.index) ?? null) : null;
    case 'slice':
      return sliceOf(value, node);
    case 'pipe':
      return at(node.right, at(node.left, value));
    case 'project':
      return project(at(node.left, value), SOURCES[node.over], budget, (element) => at(node.right, element));
    case 'filter':
      return project(at(node.left, value), elementsOf, budget, (element) =>
        isTruthy(at(node.condition, element)) ? at(node.right, element) : null,
      );
    case 'compare':
      return compare(node.comparator, at(node.left, value), at(node.right, value));
    case 'and': {
      const left = at(node.left, value);
      return isTruthy(left) ? at(node.right, value) : left;
    }
    case 'or': {
      const left = at(node.left, value);
      return isTruthy(left) ? left : at(node.right, value);
    }
    case 'not':
      return !isTruthy(at(node.operand, value));
    case 'list':
      return value === null ? null : node.items.map((item) => at(item, value));
    case 'hash':
      return value === null ? null : mapOf(node.entries.map(([key, entry]) => [key, at(entry, value)] as const));
    case 'call':
      return call(node, value, budget);
    case 'reference':
      throw new JmespathError('invalid-type', '&… is no value: it is only an argument of a function');
  }
};

/** With keys of any name: `__proto__` is a key like others. */
const mapOf = (entries: readonly (readonly [string, Json])[]): JsonMap => Object.fromEntries(entries);

type Slice = Extract<Node, { kind: 'slice' }>;

/** As Python slices: ends beyond the list are the list's ends, a negative step goes backwards. */
const sliceOf = (value: Json, { start, stop, step = 1 }: Slice): Json => {
  if (!isArray(value)) return null;
  if (step === 0) throw new JmespathError('invalid-value', 'a slice with step 0 has no end');
  const { length } = value;
  const [least, most] = step > 0 ? [0, length] : [-1, length - 1];
  const bounded = (end: number): number => Math.max(least, Math.min(most, end < 0 ? end + length : end));
  const from = start === undefined ? (step > 0 ? least : most) : bounded(start);
  const to = stop === undefined ? (step > 0 ? most : least) : bounded(stop);
  const picked: Json[] = [];
  for (let at = from; step > 0 ? at < to : at > to; at += step) picked.push(value[at] ?? null);
  return picked;
};

type ElementsOf = (value: Json) => readonly Json[] | undefined;

const elementsOf: ElementsOf = (value) => (isArray(value) ? value : undefined);

/** What is projected over; nothing of the right type projects to null. */
const SOURCES: { readonly [O in Extract<Node, { kind: 'project' }>['over']]: ElementsOf } = {
  elements: elementsOf,
  values: (value) => (isMap(value) ? Object.values(value) : undefined),
  flattened: (value) => (isArray(value) ? value.flatMap((element) => element) : undefined),
};

const project = (value: Json, source: ElementsOf, budget: Budget, one: (element: Json) => Json): Json => {
  const elements = source(value);
  if (!elements) return null;
  budget.spend(elements.length);
  const results: Json[] = [];
  for (const element of elements) {
    const result = one(element);
    if (result !== null) results.push(result);
  }
  return results;
};

const ORDERINGS: { readonly [C in Exclude<Comparator, '==' | '!='>]: (difference: number) => boolean } = {
  '<': (difference) => difference < 0,
  '<=': (difference) => difference <= 0,
  '>': (difference) => difference > 0,
  '>=': (difference) => difference >= 0,
};

/** Two numbers have an order, and two strings; anything else compares to null, so that an absent field matches nothing. */
const compare = (comparator: Comparator, left: Json, right: Json): Json => {
  if (comparator === '==') return isEqual(left, right);
  if (comparator === '!=') return !isEqual(left, right);
  if (typeof left === 'number' && typeof right === 'number') return ORDERINGS[comparator](left - right);
  if (typeof left === 'string' && typeof right === 'string') return ORDERINGS[comparator](compareText(left, right));
  return null;
};

const call = ({ name, args }: Extract<Node, { kind: 'call' }>, value: Json, budget: Budget): Json => {
  const definition = FUNCTIONS.get(name);
  if (!definition) throw new JmespathError('unknown-function', `there is no function ${name}`);
  const given = args.map((argument): Argument =>
    argument.kind === 'reference' ? referenceTo(argument.body, budget) : evaluate(argument, value, budget),
  );
  return callFunction(name, definition, given, budget);
};

const referenceTo =
  (body: Node, budget: Budget): Evaluate =>
  (value) =>
    evaluate(body, value, budget);
