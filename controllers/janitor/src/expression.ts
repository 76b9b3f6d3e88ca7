import { compileCel } from './cel.ts';
import { compileJmespath, isTruthy, type Json, type JsonMap } from './jmespath/index.ts';

export type Language = 'jmespath' | 'cel';

/** What a rule asks of an object. */
export interface Expression {
  readonly language: Language;
  readonly text: string;
  /** Whether it asks what else in the cluster says of the object: who uses a volume claim. */
  readonly needsContext: boolean;
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

const COMPILERS: {
  readonly [L in Language]: (text: string) => Pick<Expression, 'needsContext' | 'oddities' | 'matches'>;
} = {
  jmespath(text) {
    const compiled = compileJmespath(text);
    return {
      needsContext: compiled.reads(CONTEXT),
      oddities: compiled.oddities,
      matches: (object, context) => isFound(compiled.evaluate({ ...object, [CONTEXT]: context })),
    };
  },
  cel(text) {
    const compiled = compileCel(text);
    return {
      needsContext: compiled.needsContext,
      oddities: [],
      matches: (object, context) => compiled.evaluate(object, context),
    };
  },
};

/** @throws Error that says what is wrong with the text, and where in it */
export const compileExpression = (language: Language, text: string): Expression => ({
  language,
  text,
  ...COMPILERS[language](text),
});
