/**
 * JMESPath (jmespath.org/specification.html), for rules that decide what is deleted: an expression sees the fields an object
 * has itself and nothing that JavaScript adds, nothing is converted on the way, and its work is bounded.
 *
 * One thing beyond the specification: strings have an order (`metadata.creationTimestamp > '2019-04-01'`), as in the
 * implementation that kube-janitor uses. What has no order (a missing field and a number, say) compares to null.
 *
 * @example
 * const isPreview = compileJmespath("metadata.labels.preview && !spec.paused");
 * isPreview.evaluate({ metadata: { labels: { preview: 'yes' } } }); // true
 */
import type { Node } from './ast.ts';
import { createBudget } from './budget.ts';
import { check, childrenOf } from './check.ts';
import { JmespathError } from './error.ts';
import { evaluate } from './evaluate.ts';
import { odditiesOf } from './oddities.ts';
import { parse } from './parser.ts';
import type { Json } from './value.ts';

export { JmespathError, type JmespathErrorCode } from './error.ts';
export { isTruthy, type Json, type JsonMap } from './value.ts';

/** An expression that was read and found right. */
export interface Jmespath {
  readonly text: string;
  /** What is read of a field of this name, at whatever depth: fields of its own; `undefined`: itself, or in another way. */
  membersOf(field: string): readonly (string | undefined)[];
  /** What is no error in it, and surely not meant. */
  readonly oddities: readonly string[];
  /** @throws JmespathError where it makes no sense of this value */
  evaluate(value: Json): Json;
}

/** Nobody means a longer one. */
const LONGEST = 16_384;

/** @throws JmespathError `syntax`, `unknown-function`, `invalid-arity`, `limit` */
export const compileJmespath = (text: string): Jmespath => {
  if (text.length > LONGEST)
    throw new JmespathError('limit', `${text.length} characters are too many (allowed: ${LONGEST})`);
  const root = parse(text);
  check(root);
  return {
    text,
    membersOf: (field) => membersRead(root, field),
    oddities: odditiesOf(root),
    evaluate: (value) => evaluate(root, value, createBudget()),
  };
};

const membersRead = (node: Node, name: string): readonly (string | undefined)[] => {
  if (node.kind === 'field') return node.name === name ? [undefined] : [];
  if (node.kind !== 'pipe' || node.left.kind !== 'field' || node.left.name !== name)
    return childrenOf(node).flatMap((child) => membersRead(child, name));
  const member = firstOf(node.right);
  return [member.kind === 'field' ? member.name : undefined, ...membersRead(node.right, name)];
};

/** What is applied first. */
const firstOf = (node: Node): Node => (node.kind === 'pipe' ? firstOf(node.left) : node);
