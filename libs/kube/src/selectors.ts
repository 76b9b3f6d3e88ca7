import { KubeApiError } from './errors.ts';
import { isSelectorDelimiter, tokenize, type SelectorToken } from './selector-tokens.ts';
import { labelKeyProblem, labelValueProblem } from './label-syntax.ts';

/** How a requirement compares the label's value. `Gt` and `Lt` compare integers. */
export type LabelOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';

/** One condition on one label. `values` are sorted and without doubles; none for `Exists` and `DoesNotExist`. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

/** Conditions that must all hold, sorted by key. None at all selects everything. */
export type LabelSelector = readonly LabelRequirement[];

/** `LabelSelector` of the API, as objects carry it in `spec.selector`. */
export interface LabelSelectorSpec {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined;
  readonly matchExpressions?:
    | readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] | undefined }[]
    | undefined;
}

/** Selects every object. */
export const EVERYTHING: LabelSelector = [];

/**
 * Reads a label selector as `kubectl -l` and the `labelSelector` parameter take it. Empty text selects everything.
 *
 * ```text
 * a=b  a==b  a!=b  a in (b,c)  a notin (b,c)  a  !a  a>1  a<9     joined by commas: all must hold
 * ```
 * Throws KubeApiError `InvalidSelector` (status 400) that says what was expected where.
 *
 * @example matchesLabels(parseLabelSelector('app in (web,api),!legacy'), pod.metadata.labels)
 */
export const parseLabelSelector = (text: string): LabelSelector => {
  const tokens = tokenize(text);
  const requirements: LabelRequirement[] = [];
  if (tokens[0]?.text === '') return EVERYTHING;
  const reader = new TokenReader(text, tokens);
  for (;;) {
    requirements.push(readRequirement(reader));
    if (reader.peek().text === '') return sortByKey(requirements);
    reader.expect(',');
    if (reader.peek().text === '') throw reader.unexpected('a label key after the comma');
  }
};

/** The selector of an object's `matchLabels` and `matchExpressions`; nothing given selects everything. */
export const labelSelectorOf = (spec: LabelSelectorSpec | null | undefined): LabelSelector => {
  const labels = Object.entries(spec?.matchLabels ?? {}).map(([key, value]) => requirement(key, 'In', [value]));
  const expressions = (spec?.matchExpressions ?? []).map(({ key, operator, values }) =>
    requirement(key, expressionOperator(key, operator), values ?? []),
  );
  return sortByKey([...labels, ...expressions]);
};

/** Whether the labels meet every requirement. An absent label meets `NotIn` and `DoesNotExist`. */
export const matchesLabels = (
  selector: LabelSelector,
  labels: Readonly<Record<string, string>> | null | undefined,
): boolean => selector.every((each) => matchesRequirement(each, labels ?? {}));

/**
 * The selector as text, in one form for all ways of writing it, so that equal selectors are equal texts.
 *
 * @example formatLabelSelector(parseLabelSelector('b notin (y, x), a == 1')) // 'a=1,b notin (x,y)'
 */
export const formatLabelSelector = (selector: LabelSelector): string => selector.map(formatRequirement).join(',');

const INTEGER = /^[+-]?\d+$/;

const matchesRequirement = (each: LabelRequirement, labels: Readonly<Record<string, string>>): boolean => {
  const value = Object.hasOwn(labels, each.key) ? labels[each.key] : undefined;
  switch (each.operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return value !== undefined && each.values.includes(value);
    case 'NotIn':
      return value === undefined || !each.values.includes(value);
    case 'Gt':
      return value !== undefined && INTEGER.test(value) && BigInt(value) > BigInt(each.values[0] ?? '');
    case 'Lt':
      return value !== undefined && INTEGER.test(value) && BigInt(value) < BigInt(each.values[0] ?? '');
  }
};

const formatRequirement = ({ key, operator, values }: LabelRequirement): string => {
  const single = values.length === 1 ? values[0] : undefined;
  switch (operator) {
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'In':
      return single === undefined ? `${key} in (${values.join(',')})` : `${key}=${single}`;
    case 'NotIn':
      return single === undefined ? `${key} notin (${values.join(',')})` : `${key}!=${single}`;
    case 'Gt':
      return `${key}>${values.join('')}`;
    case 'Lt':
      return `${key}<${values.join('')}`;
  }
};

const sortByKey = (requirements: readonly LabelRequirement[]): LabelSelector =>
  requirements.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));

const invalid = (message: string): KubeApiError =>
  new KubeApiError('InvalidSelector', message, { status: 400, reason: 'BadRequest' });

const expressionOperator = (key: string, operator: string): LabelOperator => {
  if (operator === 'In' || operator === 'NotIn' || operator === 'Exists' || operator === 'DoesNotExist')
    return operator;
  throw invalid(`label selector: operator of "${key}" must be In, NotIn, Exists or DoesNotExist, not "${operator}"`);
};

/** A requirement whose key and values are such as labels can have. */
const requirement = (key: string, operator: LabelOperator, values: readonly string[]): LabelRequirement => {
  const keyProblem = labelKeyProblem(key);
  if (keyProblem) throw invalid(`label selector: key "${key}" ${keyProblem}`);
  for (const value of values) {
    const problem = labelValueProblem(value);
    if (problem) throw invalid(`label selector: value "${value}" of "${key}" ${problem}`);
  }
  const problem = countProblem(operator, values);
  if (problem) throw invalid(`label selector: ${operator} on "${key}" ${problem}`);
  return { key, operator, values: [...new Set(values)].sort() };
};

const countProblem = (operator: LabelOperator, values: readonly string[]): string | undefined => {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length === 0 ? 'needs at least one value' : undefined;
    case 'Exists':
    case 'DoesNotExist':
      return values.length > 0 ? 'takes no values' : undefined;
    case 'Gt':
    case 'Lt':
      return values.length === 1 && INTEGER.test(values[0] ?? '') ? undefined : 'needs one integer';
  }
};

class TokenReader {
  readonly #text: string;
  readonly #tokens: readonly SelectorToken[];
  #position = 0;

  constructor(text: string, tokens: readonly SelectorToken[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  /** The next token; an empty one at the end. */
  peek(): SelectorToken {
    return this.#tokens[this.#position] ?? { text: '', at: this.#text.length };
  }

  take(): string {
    const { text } = this.peek();
    this.#position += 1;
    return text;
  }

  expect(delimiter: string): void {
    if (this.peek().text !== delimiter) throw this.unexpected(`"${delimiter}"`);
    this.take();
  }

  /** A key or a value; empty text when a delimiter comes instead. */
  takeWord(): string {
    return isSelectorDelimiter(this.peek().text) ? '' : this.take();
  }

  unexpected(expected: string): KubeApiError {
    const { text, at } = this.peek();
    return invalid(`label selector "${this.#text}", position ${at + 1}: found "${text}", expected ${expected}`);
  }
}

const readRequirement = (reader: TokenReader): LabelRequirement => {
  const negated = reader.peek().text === '!';
  if (negated) reader.take();
  if (isSelectorDelimiter(reader.peek().text)) throw reader.unexpected('a label key');
  const key = reader.take();
  const next = reader.peek().text;
  if (next === '' || next === ',') return requirement(key, negated ? 'DoesNotExist' : 'Exists', []);
  if (negated) throw reader.unexpected('"," or the end: "!" stands before a key alone');
  switch (next) {
    case '=':
    case '==':
      reader.take();
      return requirement(key, 'In', [reader.takeWord()]);
    case '!=':
      reader.take();
      return requirement(key, 'NotIn', [reader.takeWord()]);
    case '>':
    case '<':
      reader.take();
      return requirement(key, next === '>' ? 'Gt' : 'Lt', [reader.takeWord()]);
    case 'in':
    case 'notin':
      reader.take();
      return requirement(key, next === 'in' ? 'In' : 'NotIn', readValues(reader));
    default:
      throw reader.unexpected('one of =, ==, !=, in, notin, >, <, or a comma');
  }
};

const readValues = (reader: TokenReader): string[] => {
  reader.expect('(');
  const values = [reader.takeWord()];
  while (reader.peek().text === ',') {
    reader.take();
    values.push(reader.takeWord());
  }
  reader.expect(')');
  return values;
};
