import fc from 'fast-check';
import t from 'tap';
import { JmespathError, compileJmespath, type Json } from '../../src/jmespath/index.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 3000);
const NAMES = ['a', 'b', 'metadata', '_context', 'constructor', '__proto__', '"x y"', '"\\u0000"'];
const FUNCTIONS = ['abs', 'avg', 'contains', 'join', 'keys', 'length', 'map', 'max_by', 'merge', 'min', 'not_null'];
const MORE_FUNCTIONS = [
  'reverse',
  'sort',
  'sort_by',
  'starts_with',
  'sum',
  'to_array',
  'to_number',
  'to_string',
  'type',
];

/** Texts that are expressions, nearly. */
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...NAMES, '@', '*', '[]', '[0]', '[-1]', '[*]', '[1:2]', '[::-1]', '[::0]'),
    fc.constantFrom('`1`', '`null`', '`[1, "a", {}]`', "'text'", '`"\\ud83d"`', '`{`', "'open"),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('.', ' | ', ' || ', ' && ', ' == ', ' < ', ' >= ', '', ' '),
        tie('expression'),
      )
      .map(([left, operator, right]) => `${left}${operator}${right}`),
    tie('expression').map((inner) => `!${inner}`),
    tie('expression').map((inner) => `(${inner})`),
    fc.tuple(tie('expression'), tie('expression')).map(([of, inner]) => `${of}[?${inner}]`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `[${a}, ${b}]`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `{a: ${a}, "b": ${b}}`),
    fc
      .tuple(
        fc.constantFrom(...FUNCTIONS, ...MORE_FUNCTIONS),
        fc.array(tie('expression'), { maxLength: 2 }),
        fc.boolean(),
      )
      .map(([name, args, isReference]) => `${name}(${args.join(isReference ? ', &' : ', ')})`),
  ),
}));

/** What an object may say of itself, which is anything. */
const value = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
const object = fc.dictionary(fc.constantFrom('a', 'b', 'metadata', 'x y', '__proto__', 'constructor'), value);

const attempt = (text: string, of: Json): Json | JmespathError => {
  try {
    return compileJmespath(text).evaluate(of);
  } catch (error) {
    if (error instanceof JmespathError) return error;
    throw new Error(`${text} on ${JSON.stringify(of)}`, { cause: error });
  }
};

t.test('whatever is written and whatever it meets, there is a JSON value or an error of the language', async (t) => {
  let values = 0;
  fc.assert(
    fc.property(expression, fc.oneof(value, object), (text, of) => {
      const before = JSON.stringify(of);
      const result = attempt(text, of);
      if (result instanceof JmespathError) return;
      values++;
      JSON.stringify(result);
      if (JSON.stringify(of) !== before) throw new Error('the object was changed');
    }),
    { numRuns: RUNS },
  );
  t.ok(values > RUNS / 20, 'many of them are expressions');
});

t.test('any text at all', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), value, (text, of) => void attempt(text, of)),
    { numRuns: RUNS },
  );
});
