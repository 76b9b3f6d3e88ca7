import type { Node } from './ast.ts';
import { childrenOf } from './check.ts';

/**
 * What is no error, and surely not meant: `!a.b`, where `!` takes `a` alone, so that `b` is looked for in true or false and
 * never found.
 */
export const odditiesOf = (node: Node): readonly string[] => {
  const operand = negated(node);
  const own = operand === undefined ? [] : [`"!" takes no more than the next name: ${meant(operand, node)}`];
  return [...own, ...childrenOf(node).flatMap(odditiesOf)];
};

/** What is negated, of a node that looks for something inside of that: it finds nothing, whatever the object. */
const negated = (node: Node): Node | undefined => {
  const looksInside =
    node.kind === 'project' ||
    node.kind === 'filter' ||
    (node.kind === 'pipe' && (node.right.kind === 'field' || node.right.kind === 'index'));
  return looksInside && node.left.kind === 'not' ? node.left.operand : undefined;
};

const meant = (operand: Node, node: Node): string => {
  const names = [operand, node.kind === 'pipe' ? node.right : node].map((each) =>
    each.kind === 'field' ? each.name : undefined,
  );
  const [a, b] = names.every((name) => name !== undefined) ? names : ['a', 'b'];
  return `!${a}.${b} is (!${a}).${b}, which finds nothing in any object (write !(${a}.${b}))`;
};
