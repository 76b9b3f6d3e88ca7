import type { Node } from './ast.ts';
import { JmespathError } from './error.ts';
import { FUNCTIONS, arityProblem } from './functions.ts';
import { didYouMean } from '@kube-steward/cli';

/**
 * What would fail on whatever value: functions that do not exist, and calls with too few or too many arguments.
 *
 * @throws JmespathError `unknown-function`, `invalid-arity`, with the place
 */
export const check = (node: Node): void => {
  if (node.kind === 'call') checkCall(node);
  for (const child of childrenOf(node)) check(child);
};

const checkCall = ({ name, args, at }: Extract<Node, { kind: 'call' }>): void => {
  const definition = FUNCTIONS.get(name);
  if (!definition) {
    const names = [...FUNCTIONS.keys()];
    const hint = didYouMean(name, names) || ` (allowed: ${names.join(', ')})`;
    throw new JmespathError('unknown-function', `there is no function ${name}()${hint}`, at);
  }
  const problem = arityProblem(name, definition, args.length);
  if (problem !== undefined) throw new JmespathError('invalid-arity', problem, at);
};

/** The expressions an expression is made of. */
export const childrenOf = (node: Node): readonly Node[] => {
  switch (node.kind) {
    case 'current':
    case 'literal':
    case 'field':
    case 'index':
    case 'slice':
      return [];
    case 'pipe':
    case 'project':
    case 'compare':
    case 'and':
    case 'or':
      return [node.left, node.right];
    case 'filter':
      return [node.left, node.condition, node.right];
    case 'not':
      return [node.operand];
    case 'list':
      return node.items;
    case 'hash':
      return node.entries.map(([, value]) => value);
    case 'call':
      return node.args;
    case 'reference':
      return [node.body];
  }
};
