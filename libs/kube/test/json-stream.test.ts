import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { createLineSplitter, createListSplitter, parseWatchLine, type ListHead } from '../src/json-stream.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Cuts `bytes` at the given places, as a network would. */
const chunksOf = (bytes: Buffer, sizes: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    chunks.push(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
  return chunks;
};

const split = (
  text: string,
  sizes: readonly number[] = [65536],
  options: { keepManagedFields?: boolean } = {},
): { items: Json[]; head: ListHead } => {
  const items: Json[] = [];
  const splitter = createListSplitter<Json>({ ...options, onItem: (item) => items.push(item) });
  for (const chunk of chunksOf(Buffer.from(text), sizes)) splitter.write(chunk);
  return { items, head: splitter.end() };
};

/** What the splitter has to give: `JSON.parse` and nothing else, without `metadata.managedFields`. */
const withoutManagedFields = (item: Json): Json => {
  if (typeof item !== 'object' || !item || Array.isArray(item)) return item;
  const metadata = item['metadata'];
  if (typeof metadata === 'object' && metadata && !Array.isArray(metadata)) delete metadata['managedFields'];
  return item;
};

const managedFields: Json = [
  { manager: 'a', fieldsV1: { 'f:spec': { 'k:{"name":"x"}': { '.': {}, 'v:["\\"]}"]': {} } } } },
  { manager: '}]},"spec":{' },
];
const pod = (name: string, more: { [key: string]: Json } = {}): Json => ({
  metadata: { name, uid: `uid-${name}`, labels: { app: 'é✓𝄞' }, managedFields },
  spec: { containers: [{ name: 'c', args: ['},{"metadata":{', '\\', '"managedFields":[1]'] }] },
  ...more,
});
const listOf = (items: Json[]): string =>
  JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '7', continue: 'next' }, items });

t.test('a list is split into the items JSON.parse would give', async (t) => {
  const template = { spec: { volumeClaimTemplates: [{ a: 1 }, { metadata: { name: 'data' }, spec: {} }] } };
  const ordered = ({ metadata, spec }: { [key: string]: Json }): Json =>
    ({ apiVersion: 'v1', kind: 'Pod', metadata, spec }) as Json;
  const cases: Record<string, string> = {
    'an empty list': listOf([]),
    'one item': listOf([pod('a')]),
    'items as the server writes them': listOf([pod('a'), pod('b'), pod('c')]),
    'items with templates inside that open like an item': listOf([pod('a', template), pod('b', template), pod('c')]),
    'items that start with apiVersion and kind': listOf(['a', 'b', 'c'].map((name) => ordered(pod(name) as never))),
    'items of several kinds': listOf([pod('a'), ordered(pod('b') as never), pod('c'), 5, 'x', null, [1, [2]], true]),
    'indented JSON': JSON.stringify(JSON.parse(listOf([pod('a'), pod('b')])), null, 2),
    'metadata of the list after the items': JSON.stringify({
      items: [pod('a'), pod('b')],
      metadata: { continue: 'x' },
      kind: 'L',
    }),
    'items of another name nested before': JSON.stringify({
      kind: 'L',
      metadata: { items: [1], x: { items: [2] } },
      items: [pod('a')],
    }),
    'the key of the items escaped': '{"kind":"L","\\u0069tems":[{"a":1},{"a":2}]}',
    'items that are null': '{"kind":"PodList","items":null}',
    'items left out': '{"kind":"PodList","metadata":{}}',
    'managedFields where they are not the object’s own': listOf([
      { spec: { metadata: { managedFields: [1] } }, metadata: { name: 'a', managedFields: [2] } },
      { metadata: { name: 'b', x: { managedFields: [3] } }, managedFields: [4] },
      { metadata: [{ managedFields: [5] }] },
      { metadata: { managedFields: [6] } },
      { metadata: { managedFields: [7], name: 'c' } },
      { 'x"metadata': { managedFields: [8] }, metadata: { 'x,"managedFields': [9], managedFields: null } },
    ]),
  };
  for (const [name, text] of Object.entries(cases)) {
    const whole = JSON.parse(text) as { items?: Json[] | null } & ListHead;
    for (const sizes of [[65536], [1], [7, 3, 1]]) {
      const { items, head } = split(text, sizes);
      const { items: expected, ...rest } = structuredClone(whole);
      t.same(items, (expected ?? []).map(withoutManagedFields), `${name}, in chunks of ${sizes.join()}`);
      t.same(head, rest, `${name}: the rest of the list`);
    }
    t.same(split(text, [11], { keepManagedFields: true }).items, whole.items ?? [], `${name}, nothing cut`);
  }
});

t.test('what is no whole list is an error', async (t) => {
  const whole = listOf([pod('a'), pod('b')]);
  for (const length of [0, 1, 60, whole.length - 40, whole.length - 3, whole.length - 2, whole.length - 1])
    t.throws(() => split(whole.slice(0, length), [16]), SyntaxError, `cut short after ${length} characters`);
  const broken = [
    '',
    '[]',
    '{"kind":"Status","code":500}',
    '{"items":{}}',
    '{"items":[1,]}',
    '{"items":[,1]}',
    '{"items":[1}}',
  ];
  const more = [
    '{"items":[1 2]}',
    '{"items":[{"a":}]}',
    '{"items":[]} x',
    '{"items":[],"items":[1]}',
    'null',
    '{"items":[]]}',
  ];
  for (const text of [...broken, ...more]) t.throws(() => split(text, [3]), SyntaxError, `rejects ${text}`);
});

t.test('what onItem throws passes through', async (t) => {
  const splitter = createListSplitter({
    onItem: () => {
      throw new SyntaxError('from the callback');
    },
  });
  t.throws(() => splitter.write(Buffer.from(listOf([pod('a'), pod('b')]))), { message: 'from the callback' });
});

t.test('items arrive while the list is still coming, also when the server ignores the limit', async (t) => {
  let count = 0;
  const splitter = createListSplitter({ onItem: () => count++ });
  splitter.write(Buffer.from('{"items":['));
  for (let i = 0; i < 5000; i++) {
    splitter.write(Buffer.from(`${i ? ',' : ''}${JSON.stringify(pod(`p${i}`))}`));
    if (count < i - 1) throw new Error(`only ${count} items after ${i}`);
  }
  splitter.write(Buffer.from(']}'));
  splitter.end();
  t.equal(count, 5000);
});

t.test('an item longer than any search finds its end', async (t) => {
  const long = [{ metadata: { name: 'a' }, data: 'x'.repeat(700_000) }, { metadata: { name: 'b' } }, { kind: 'other' }];
  t.same(split(listOf(long), [16384]).items, long);
});

/** JSON text with random white space, random escapes, and keys in random order. */
const textOf = (value: Json, random: () => number): string => {
  const space = (): string => (random() < 0.1 ? [' ', '\n', '\t', '\r\n  '][Math.floor(random() * 4)]! : '');
  const quoted = (text: string): string =>
    random() < 0.1
      ? `"${Array.from(text)
          .map((c) => (c.length === 1 ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c))
          .join('')}"`
      : JSON.stringify(text);
  if (Array.isArray(value))
    return `[${space()}${value.map((each) => textOf(each, random)).join(`${space()},${space()}`)}]${space()}`;
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || !value) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, each]) => `${quoted(key)}${space()}:${space()}${textOf(each, random)}`,
  );
  if (random() < 0.3) members.sort(() => random() - 0.5);
  return `{${space()}${members.join(`${space()},${space()}`)}${space()}}`;
};

const anyJson = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
const anyObject = fc.dictionary(
  fc.oneof(fc.constantFrom('metadata', 'managedFields', 'items', 'object', '},{"metadata":{', '\\"', ','), fc.string()),
  fc.oneof(anyJson, fc.dictionary(fc.constantFrom('metadata', 'managedFields', 'name', 'items'), anyJson)),
) as fc.Arbitrary<Json>;
const anyItem = fc.oneof(
  anyObject,
  anyJson,
  fc.tuple(fc.string(), anyObject).map(([name, more]) => pod(name, typeof more === 'object' ? (more as never) : {})),
);
const anySizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 });
const anySeed = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
};

t.test('any list, cut anywhere, gives what JSON.parse gives without managedFields', async () => {
  const property = fc.property(fc.array(anyItem), anyJson, anySizes, anySeed, (items, metadata, sizes, seed) => {
    const list = { kind: 'L', metadata, items, after: [{ metadata: {} }, { metadata: {} }] };
    const text = seed % 2 ? textOf(list, randomFrom(seed)) : JSON.stringify(list);
    const expected = (JSON.parse(text) as { items: Json[] }).items;
    assert.deepStrictEqual(split(text, sizes, { keepManagedFields: true }).items, expected);
    assert.deepStrictEqual(split(text, sizes).items, expected.map(withoutManagedFields));
  });
  fc.assert(property, { numRuns: 500 });
});

t.test('any lines, cut anywhere, come out whole; a last line cut short is dropped', async () => {
  const property = fc.property(fc.array(fc.string()), fc.string(), anySizes, (texts, rest, sizes) => {
    const lines: string[] = [];
    const splitter = createLineSplitter({ onLine: (line) => lines.push(line.toString()) });
    const bytes = Buffer.from(texts.map((text) => `${text}\n`).join('') + rest.replaceAll('\n', ''));
    for (const chunk of chunksOf(bytes, sizes)) splitter.write(chunk);
    splitter.end();
    assert.deepStrictEqual(
      lines,
      texts.flatMap((text) => text.split('\n')).filter((text) => text !== ''),
    );
  });
  fc.assert(property, { numRuns: 300 });
});

t.test('a line of a watch loses the managedFields of its object and nothing else', async (t) => {
  const event = (object: unknown): Buffer => Buffer.from(JSON.stringify({ type: 'MODIFIED', object }));
  t.same(parseWatchLine(event(pod('a'))), { type: 'MODIFIED', object: withoutManagedFields(pod('a')) });
  t.same(parseWatchLine(event(pod('a')), { keepManagedFields: true }).object, pod('a'));
  const error = Buffer.from('{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}\n');
  t.same(parseWatchLine(error).object, { kind: 'Status', code: 410, reason: 'Expired' });
  const property = fc.property(anyItem, (item) => {
    const { object } = parseWatchLine(event(item));
    assert.deepStrictEqual(object, withoutManagedFields(JSON.parse(JSON.stringify(item)) as Json));
  });
  fc.assert(property, { numRuns: 300 });
});

t.test('a line that is no event is an error', async (t) => {
  for (const line of ['{"type":"ADDED","obj', 'null', '[]', '{"object":{}}', '<html>'])
    t.throws(() => parseWatchLine(Buffer.from(line)), SyntaxError, `rejects ${line}`);
});
