import { Environment, type ASTNode } from '@marcbachmann/cel-js';
import { serialize } from '@marcbachmann/cel-js/serialize';
import { RE2JS } from 're2js';
import type { Json } from './jmespath/index.ts';

/** A condition in the Common Expression Language (cel.dev), over `object` and, for volume claims, `context`. */
export interface Cel {
  /** What is read of `context`: its fields; `undefined`: itself, or in another way. */
  readonly contextKeys: readonly (string | undefined)[];
  /** @throws Error where it makes no sense of this object (a missing field is an error: ask `has()` first) */
  evaluate(object: Json, context: Json): boolean;
}

/** Loops inside loops multiply; more than two would take for ever on a long list. */
const DEEPEST_LOOP = 2;
const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

/** Takes the place of `matches`, which would run a backtracking engine: minutes for one pattern on one long name. */
const LINEAR_MATCHES = 'matchesInLinearTime';

const ENVIRONMENT = new Environment({ unlistedVariablesAreDyn: false, limits: { maxDepth: 50, maxAstNodes: 2000 } })
  .registerVariable('object', 'map')
  .registerVariable('context', 'map')
  .registerFunction(`string.${LINEAR_MATCHES}(string): bool`, (text: string, pattern: string) =>
    RE2JS.compile(pattern).test(text),
  );

/** @throws Error that says what is wrong, in the language's own words and with the place */
export const compileCel = (text: string): Cel => {
  const { ast } = ENVIRONMENT.parse(text);
  const contextKeys: (string | undefined)[] = [];
  prepare(ast, 0, contextKeys);
  const program = ENVIRONMENT.parse(serialize(ast));
  const { valid, error, type } = program.check();
  if (!valid) throw new Error(error?.message ?? 'it does not fit together');
  if (type !== 'bool' && type !== 'dyn') throw new Error(`it gives a ${type}, and has to give true or false`);
  return {
    contextKeys,
    evaluate(object, context) {
      const result: unknown = program({ object, context });
      if (typeof result !== 'boolean') throw new Error(`it gave ${typeof result}, and has to give true or false`);
      return result;
    },
  };
};

/** Puts our `matches` in place, measures the loops, and sees what is read. */
const prepare = (node: ASTNode, loops: number, contextKeys: (string | undefined)[]): void => {
  if (isContext(node)) contextKeys.push(undefined);
  if (node.op === '.' && isContext(node.args[0])) return void contextKeys.push(node.args[1]);
  const inside = node.op === 'rcall' && LOOPS.has(node.args[0]) ? loops + 1 : loops;
  if (inside > DEEPEST_LOOP)
    throw new Error(`loops (${[...LOOPS].join(', ')}) are nested more than ${DEEPEST_LOOP} deep`);
  if (node.op === 'call' && node.args[0] === 'matches') throw new Error('write text.matches(pattern)');
  if (node.op === 'rcall' && node.args[0] === 'matches') node.args[0] = LINEAR_MATCHES;
  for (const child of nodesIn(node.args)) prepare(child, inside, contextKeys);
};

const isContext = ({ op, args }: ASTNode): boolean => op === 'id' && args === 'context';

const nodesIn = (args: unknown): readonly ASTNode[] => {
  if (Array.isArray(args)) return args.flatMap(nodesIn);
  return typeof args === 'object' && args !== null && 'op' in args ? [args as ASTNode] : [];
};
