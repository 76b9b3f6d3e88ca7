import { didYouMean } from '@kube-steward/cli';
import { compileCel } from './cel.ts';
import { compileJmespath, isTruthy, type Json, type JsonMap } from './jmespath/index.ts';
import { CONTEXT_KEYS } from './references.ts';

export type Language = 'jmespath' | 'cel';

/** What a rule asks of an object. */
export interface Expression {
  readonly language: Language;
  readonly text: string;
  /** Whether it asks what else in the cluster says of the object: who uses a volume claim. */
  readonly needsContext: boolean;
  /** What it asks of that, where it does not ask for what there is (`CONTEXT_KEYS`). */
  readonly contextProblem: string | undefined;
  /** What is no error in it, and surely not meant. */
  readonly oddities: readonly string[];
  /**
   * @param context what `_context` (JMESPath) or `context` (CEL) is; an object's own field of that name is not seen
   * @throws Error where it makes no sense of this object: that is no match, and no "no match" either
   */
  matches(object: JsonMap, context: JsonMap): boolean;
}

const CONTEXT = '_context';

/** In JMESPath 0 is true; what a rule finds in the end counts as it does in Python, where it is not. */
const isFound = (value: Json): boolean => value !== 0 && isTruthy(value);

interface Asked extends Pick<Expression, 'oddities' | 'matches'> {
  readonly contextKeys: readonly (string | undefined)[];
}

const COMPILERS: { readonly [L in Language]: (text: string) => Asked } = {
  jmespath(text) {
    const compiled = compileJmespath(text);
    return {
      contextKeys: compiled.membersOf(CONTEXT),
      oddities: compiled.oddities,
      matches: (object, context) => isFound(compiled.evaluate({ ...object, [CONTEXT]: context })),
    };
  },
  cel(text) {
    const compiled = compileCel(text);
    return {
      contextKeys: compiled.contextKeys,
      oddities: [],
      matches: (object, context) => compiled.evaluate(object, context),
    };
  },
};

/** @throws Error that says what is wrong with the text, and where in it */
export const compileExpression = (language: Language, text: string): Expression => {
  const { contextKeys, ...compiled } = COMPILERS[language](text);
  return {
    ...{ language, text, ...compiled },
    needsContext: contextKeys.length > 0,
    contextProblem: problemWith(contextKeys),
  };
};

/** What is not there would be null, and `!(_context.in_use)` would match every claim. */
const problemWith = (keys: readonly (string | undefined)[]): string | undefined => {
  const unknown = keys.find((key) => key === undefined || !CONTEXT_KEYS.some((known) => known === key));
  const allowed = `allowed: ${CONTEXT_KEYS.join(', ')}`;
  if (unknown !== undefined)
    return `there is no ${unknown} in the context${didYouMean(unknown, CONTEXT_KEYS)} (${allowed})`;
  return keys.includes(undefined) ? `the context is read by its fields alone (${allowed})` : undefined;
};
