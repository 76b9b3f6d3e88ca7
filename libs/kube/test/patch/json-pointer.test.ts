import fc from 'fast-check';
import t from 'tap';
import { isJsonObject, jsonEqual } from '../../src/patch/json.ts';
import {
  escapePointer,
  formatPointer,
  getPointer,
  parsePointer,
  setPointer,
  unescapePointer,
} from '../../src/patch/json-pointer.ts';

const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'a/b', '~', '~1', '0', '-', ''));

t.test('RFC 6901 section 5: every pointer leads to its value', (t) => {
  const document = {
    foo: ['bar', 'baz'],
    '': 0,
    'a/b': 1,
    'c%d': 2,
    'e^f': 3,
    'g|h': 4,
    'i\\j': 5,
    'k"l': 6,
    ' ': 7,
    'm~n': 8,
  };
  const cases: [string, unknown][] = [
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
    ['/foo/2', undefined],
    ['/foo/-', undefined],
    ['/foo/01', undefined],
    ['/nothing/below', undefined],
    ['/toString', undefined],
  ];
  for (const [pointer, value] of cases) t.same(getPointer(document, pointer), value, pointer);
  t.end();
});

t.test('pointers that are none are refused', (t) => {
  for (const pointer of ['foo', '/~', '/a~2b']) t.throws(() => parsePointer(pointer), { code: 'InvalidPatch' });
  t.end();
});

t.test('escaping and formatting can be undone', (t) => {
  fc.assert(fc.property(key, (text) => unescapePointer(escapePointer(text)) === text));
  fc.assert(fc.property(fc.array(key), (keys) => t.same(parsePointer(formatPointer(keys)), keys)));
  t.end();
});

const leadsThroughValues = (object: unknown, keys: string[]): boolean =>
  keys.some((_, depth) => {
    const value = getPointer(object, keys.slice(0, depth));
    return value !== undefined && value !== null && !isJsonObject(value);
  });

t.test('what is set can be got, and the input stays as it was', (t) => {
  fc.assert(
    fc.property(
      fc.dictionary(key, fc.object()),
      fc.array(key, { minLength: 1 }),
      fc.integer(),
      (object, keys, value) => {
        fc.pre(!leadsThroughValues(object, keys));
        const before = JSON.stringify(object);
        const after = setPointer(object, keys, value);
        t.equal(getPointer(after, keys), value);
        t.equal(getPointer(setPointer(after, keys, undefined), keys), undefined);
        t.equal(JSON.stringify(object), before);
      },
    ),
  );
  t.equal(({} as Record<string, unknown>)['polluted'], undefined);
  t.end();
});

t.test('items are replaced by index, appended with "-", and never beyond the end', (t) => {
  const list = { items: [1, 2] };
  t.same(setPointer(list, '/items/0', 9), { items: [9, 2] });
  t.same(setPointer(list, '/items/-', 3), { items: [1, 2, 3] });
  t.same(setPointer(list, '/items/2', 3), { items: [1, 2, 3] });
  t.same(setPointer(list, '/items/0', undefined), { items: [2] });
  t.throws(() => setPointer(list, '/items/3', 3), { code: 'InvalidPatch', message: /"3" is no index into 2 items/ });
  t.throws(() => setPointer(list, '/items/x/y', 3), { code: 'InvalidPatch' });
  t.throws(() => setPointer({ a: 'text' }, '/a/b', 3), { code: 'InvalidPatch', message: /\/a is no object/ });
  t.end();
});

t.test('JSON values are equal whatever the order of their keys', (t) => {
  t.ok(jsonEqual({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 }));
  t.ok(jsonEqual({ a: undefined }, {}));
  t.notOk(jsonEqual({ a: null }, {}));
  t.notOk(jsonEqual([1, 2], [2, 1]));
  t.notOk(jsonEqual({}, []));
  t.notOk(jsonEqual({ constructor: 1 }, {}));
  t.notOk(jsonEqual({}, { toString: 1 }));
  t.end();
});
