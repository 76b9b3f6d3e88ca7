import t from 'tap';
import { compileJmespath, type Json, type JmespathErrorCode } from '../../src/jmespath/index.ts';

/** Expression, value, result. */
type Row = readonly [expression: string, value: Json, result: Json];

const POD: Json = {
  metadata: { name: 'api', labels: { app: 'shop', 'app.kubernetes.io/part-of': 'store' }, annotations: {} },
  spec: {
    replicas: 0,
    containers: [
      { name: 'web', image: 'nginx:1', ports: [{ port: 80 }, { port: 443 }] },
      { name: 'log', image: 'fluent:2', ports: [] },
    ],
  },
  status: null,
};

const TOPICS: { readonly [topic: string]: readonly Row[] } = {
  'fields and paths': [
    ['metadata.name', POD, 'api'],
    ['metadata.labels."app.kubernetes.io/part-of"', POD, 'store'],
    ['metadata.none.deeper', POD, null],
    ['status.phase', POD, null],
    ['@', 7, 7],
    ['spec.containers[0].name', POD, 'web'],
    ['spec.containers[-1].name', POD, 'log'],
    ['spec.containers[9].name', POD, null],
    ['spec.containers.name', POD, null],
  ],
  projections: [
    ['spec.containers[*].name', POD, ['web', 'log']],
    ['spec.containers[].ports[].port', POD, [80, 443]],
    ['spec.containers[*].ports[*].port', POD, [[80, 443], []]],
    ['spec.containers[*].none', POD, []],
    ['spec.containers[*].name | [0]', POD, 'web'],
    ['spec.containers[*].ports[0].port', POD, [80]],
    ['metadata.labels.*', POD, ['shop', 'store']],
    ['metadata.*.app', POD, ['shop']],
    ['metadata.name[*]', POD, null],
    ["spec.containers[?name == 'log'].image", POD, ['fluent:2']],
    ['spec.containers[?length(ports) > `1`] | [0].name', POD, 'web'],
    ['[?@ > `1`]', [1, 2, 3], [2, 3]],
  ],
  slices: [
    ['[1:3]', [0, 1, 2, 3], [1, 2]],
    ['[::-1]', [0, 1, 2], [2, 1, 0]],
    ['[-2:]', [0, 1, 2], [1, 2]],
    ['[:-1]', [0, 1, 2], [0, 1]],
    ['[5:1:-2]', [0, 1, 2, 3, 4], [4, 2]],
    ['[100:]', [0], []],
    ['[1:]', 'text', null],
  ],
  'lists and hashes': [
    ['[metadata.name, spec.replicas]', POD, ['api', 0]],
    ['{n: metadata.name, "r s": spec.replicas}', POD, { n: 'api', 'r s': 0 }],
    ['status.[a, b]', POD, null],
  ],
  literals: [
    ['`"a"`', null, 'a'],
    ['`[1, {"a": null}]`', null, [1, { a: null }]],
    ["'it\\'s'", null, "it's"],
    ['`a \\` b`', null, 'a ` b'],
  ],
  'what is true: the empty ones, false and null are not, 0 is': [
    ["!''", null, true],
    ['!`[]`', null, true],
    ['!`{}`', null, true],
    ['!`0`', null, false],
    ['spec.replicas && `"yes"`', POD, 'yes'],
    ["status || 'none'", POD, 'none'],
    ['!status', POD, true],
  ],
  'order: numbers with numbers, strings with strings, nothing else': [
    ['`1` < `2`', null, true],
    ["metadata.created > '2019-04-01'", { metadata: { created: '2026-01-01T00:00:00Z' } }, true],
    ["metadata.created > '2019-04-01'", { metadata: {} }, null],
    ['none < `1`', {}, null],
    ['none <= `0`', {}, null],
    ['none >= `0`', {}, null],
    ['`true` >= `0`', null, null],
    ["'2' < `3`", null, null],
    ['`[1]` < `[2]`', null, null],
    ["'\uffff' < '\u{1f600}'", null, true],
  ],
  'equality is of type and content': [
    ["'1' == `1`", null, false],
    ['`{"a": 1, "b": [2]}` == `{"b": [2], "a": 1}`', null, true],
    ['`0` == `false`', null, false],
    ['none == `null`', {}, true],
  ],
  'nothing that JavaScript adds to an object can be seen': [
    ['metadata.labels.constructor', POD, null],
    ['toString', {}, null],
    ['__proto__', {}, null],
    ['length', [1, 2], null],
    ['{"__proto__": @}."__proto__"', 1, 1],
    ['keys(@)', JSON.parse('{"__proto__": 1}') as Json, ['__proto__']],
  ],
  functions: [
    ['abs(`-2`)', null, 2],
    ['avg(`[1, 2]`)', null, 1.5],
    ['avg(`[]`)', null, null],
    ['ceil(`1.2`)', null, 2],
    ['floor(`-1.2`)', null, -2],
    ["contains('abc', 'b')", null, true],
    ['contains(@, `{"a": 1}`)', [{ a: 1 }], true],
    ["contains('abc', `1`)", null, false],
    ["starts_with('abc', 'ab') && ends_with('abc', 'bc')", null, true],
    ["join(', ', @)", ['a', 'b'], 'a, b'],
    ['keys(@)', { a: 1, b: 2 }, ['a', 'b']],
    ['values(@)', { a: 1, b: 2 }, [1, 2]],
    ["length('\u{1f600}')", null, 1],
    ['length(@)', { a: 1 }, 1],
    ['map(&name, spec.containers)', POD, ['web', 'log']],
    ['map(&none, spec.containers)', POD, [null, null]],
    ['max(`[]`)', null, null],
    ['max(@)', ['a', 'c', 'b'], 'c'],
    ['min_by(spec.containers, &length(ports)).name', POD, 'log'],
    ['max_by(spec.containers, &length(ports)).name', POD, 'web'],
    ['merge(@, `{"b": 2}`)', { a: 1, b: 1 }, { a: 1, b: 2 }],
    ["not_null(none, status, 'x')", POD, 'x'],
    ["reverse('a\u{1f600}')", null, '\u{1f600}a'],
    ['sort(@)', [3, 1, 2], [1, 2, 3]],
    [
      'sort_by(@, &n)[*].i',
      [
        { n: 1, i: 0 },
        { n: 0, i: 1 },
        { n: 1, i: 2 },
      ],
      [1, 0, 2],
    ],
    ['sum(`[]`)', null, 0],
    ['to_array(`1`)', null, [1]],
    ["to_number('1.5e1')", null, 15],
    ["to_number('0x10')", null, null],
    ["to_number('')", null, null],
    ['to_string(@)', { a: [1] }, '{"a":[1]}'],
    ['type(@)', [], 'array'],
  ],
};

for (const [topic, rows] of Object.entries(TOPICS))
  t.test(topic, async (t) => {
    for (const [expression, value, result] of rows)
      t.strictSame(compileJmespath(expression).evaluate(value), result, expression);
  });

/** Expression, code, words of the message, place. */
const UNREADABLE: readonly (readonly [string, JmespathErrorCode, RegExp, number?])[] = [
  ['', 'syntax', /ends here/, 0],
  ['a.', 'syntax', /ends here/, 2],
  ['a b', 'syntax', /"b" does not fit/, 2],
  ["a == 'b", 'syntax', /never closed/, 5],
  ['a = b', 'syntax', /did you mean "=="/, 2],
  ['a[1', 'syntax', /"]" should be|ends here/, 3],
  ['a # b', 'syntax', /"#" means nothing/, 2],
  ['`{a`', 'syntax', /no JSON/, 0],
  ['"a"(@)', 'syntax', /without quotes/, 0],
  ['a || lenght(b)', 'unknown-function', /did you mean length/, 5],
  ['lower(a)', 'unknown-function', /allowed: abs, avg/, 0],
  ['starts_with(a)', 'invalid-arity', /takes 2 arguments, not 1/, 0],
  ['!'.repeat(200) + 'a', 'syntax', /nested more than 100/],
  ['a'.repeat(20_000), 'limit', /20000 characters/],
];

t.test('what cannot be read is refused with its place, before any object is seen', async (t) => {
  for (const [expression, code, message, at] of UNREADABLE)
    t.throws(
      () => compileJmespath(expression),
      { code, message, ...(at !== undefined && { at }) },
      expression.slice(0, 40),
    );
});

const UNFIT: readonly (readonly [string, Json, JmespathErrorCode, RegExp])[] = [
  [
    "starts_with(metadata.labels.team, 'x')",
    POD,
    'invalid-type',
    /argument 1 of starts_with\(\) is null, and has to be string/,
  ],
  ['sort(@)', [1, 'a'], 'invalid-type', /array of number and string/],
  ['sort_by(@, &a)', [{ a: 1 }, {}], 'invalid-type', /number and null/],
  ['[::0]', [1], 'invalid-value', /step 0/],
  ['length(`1`)', null, 'invalid-type', /number/],
];

t.test('what makes no sense of an object says so', async (t) => {
  for (const [expression, value, code, message] of UNFIT)
    t.throws(() => compileJmespath(expression).evaluate(value), { code, message }, expression);
});

t.test('an evaluation ends, whatever it is asked for', async (t) => {
  const list = Array.from({ length: 500 }, (_, index) => index);
  const doubled = compileJmespath(`[*]${'.[@, @][]'.repeat(12)}`);
  t.throws(() => doubled.evaluate(list), { code: 'limit' });
});

t.test('tells what an expression reads of a field', async (t) => {
  const rows: readonly [text: string, read: readonly (string | undefined)[]][] = [
    ['!(_context.in_use) && spec.items[?a == `1`]', ['in_use']],
    ['items[?_context.a.b || (_context | c.d)]', ['a', 'c']],
    ['_context == `null`', [undefined]],
    ['keys(_context)', [undefined]],
    ['@._context.a', [undefined]],
    ['_context.*', [undefined]],
    ['_context.[a]', [undefined]],
    ['metadata.context', []],
  ];
  for (const [text, read] of rows) t.same(compileJmespath(text).membersOf('_context'), read, text);
});
