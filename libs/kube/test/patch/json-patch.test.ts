import fc from 'fast-check';
import t from 'tap';
import { jsonEqual } from '../../src/patch/json.ts';
import { applyJsonPatch } from '../../src/patch/json-patch.ts';

const freeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
};

t.test('RFC 6902 appendix A: what succeeds', (t) => {
  const vectors: [name: string, document: unknown, patch: unknown[], result: unknown][] = [
    ['A.1 add a member', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { baz: 'qux', foo: 'bar' }],
    [
      'A.2 add an item',
      { foo: ['bar', 'baz'] },
      [{ op: 'add', path: '/foo/1', value: 'qux' }],
      { foo: ['bar', 'qux', 'baz'] },
    ],
    ['A.3 remove a member', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    ['A.4 remove an item', { foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
    [
      'A.5 replace',
      { baz: 'qux', foo: 'bar' },
      [{ op: 'replace', path: '/baz', value: 'boo' }],
      { baz: 'boo', foo: 'bar' },
    ],
    [
      'A.6 move a value',
      { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
    ],
    [
      'A.7 move an item',
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [
      'A.8 test',
      { baz: 'qux', foo: ['a', 2, 'c'] },
      [
        { op: 'test', path: '/baz', value: 'qux' },
        { op: 'test', path: '/foo/1', value: 2 },
      ],
      { baz: 'qux', foo: ['a', 2, 'c'] },
    ],
    [
      'A.10 add a nested member',
      { foo: 'bar' },
      [{ op: 'add', path: '/child', value: { grandchild: {} } }],
      { foo: 'bar', child: { grandchild: {} } },
    ],
    [
      'A.11 unknown members are ignored',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }],
      { foo: 'bar', baz: 'qux' },
    ],
    ['A.14 ~ is escaped', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    [
      'A.16 add to the end',
      { foo: ['bar'] },
      [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
      { foo: ['bar', ['abc', 'def']] },
    ],
    ['copy', { a: [1], b: {} }, [{ op: 'copy', from: '/a', path: '/b/c' }], { a: [1], b: { c: [1] } }],
    ['add replaces a member', { a: 1 }, [{ op: 'add', path: '/a', value: null }], { a: null }],
    [
      'a null that is there',
      { a: null },
      [
        { op: 'test', path: '/a', value: null },
        { op: 'remove', path: '/a' },
      ],
      {},
    ],
    [
      'the whole document',
      { a: 1 },
      [
        { op: 'replace', path: '', value: [1] },
        { op: 'add', path: '/-', value: 2 },
      ],
      [1, 2],
    ],
    ['a move onto itself', { a: 1 }, [{ op: 'move', from: '/a', path: '/a' }], { a: 1 }],
    [
      'equal objects in another order',
      { a: { x: 1, y: 2 } },
      [{ op: 'test', path: '/a', value: { y: 2, x: 1 } }],
      { a: { x: 1, y: 2 } },
    ],
    ['nothing', { a: 1 }, [], { a: 1 }],
  ];
  for (const [name, document, patch, result] of vectors) {
    t.same(applyJsonPatch(freeze(document), freeze(patch)), result, name);
  }
  t.end();
});

t.test('a patch that does not fit says which operation and why', (t) => {
  const document = freeze({ foo: 'bar', baz: ['a'], q: { bar: 2 } });
  const refused: [operation: object, message: RegExp][] = [
    [{ op: 'test', path: '/foo', value: 'bat' }, /operation 1 \(test \/foo\): the value there is another/],
    [{ op: 'test', path: '/a', value: null }, /there is no \/a/],
    [{ op: 'add', path: '/a/b', value: 1 }, /operation 1 \(add \/a\/b\): there is no \/a/],
    [{ op: 'add', path: '/foo/b', value: 1 }, /\/foo holds no fields/],
    [{ op: 'add', path: '/baz/2', value: 1 }, /"2" is no index into 1 items/],
    [{ op: 'add', path: '/baz/01', value: 1 }, /"01" is no index/],
    [{ op: 'remove', path: '/nothing' }, /there is no \/nothing/],
    [{ op: 'remove', path: '/baz/-' }, /there is no \/baz\/-/],
    [{ op: 'remove', path: '' }, /whole document cannot be removed/],
    [{ op: 'remove', path: '/constructor' }, /there is no \/constructor/],
    [{ op: 'replace', path: '/baz/1', value: 0 }, /there is no \/baz\/1/],
    [{ op: 'move', from: '/q', path: '/q/bar' }, /cannot move \/q into itself/],
    [{ op: 'copy', from: '/x', path: '/y' }, /there is no \/x/],
  ];
  for (const [operation, message] of refused) {
    const patch = [{ op: 'test', path: '/foo', value: 'bar' }, operation];
    t.throws(
      () => applyJsonPatch(document, patch),
      { code: 'InvalidPatch', status: 422, message },
      JSON.stringify(operation),
    );
  }
  t.end();
});

t.test('what is no JSON patch is refused before anything is done', (t) => {
  const malformed: [unknown, RegExp][] = [
    [{ op: 'add' }, /array of operations/],
    [['add'], /operation 0 of the JSON patch: must be an object/],
    [[{ op: 'add', path: '/a' }], /add needs a "value"/],
    [[{ op: 'remove' }], /needs a "path"/],
    [[{ op: 'copy', path: '/a' }], /needs a "from"/],
    [[{ op: 'spam', path: '/a' }], /"op" must be one of add, .* not "spam"/],
    [[{ path: '/a' }], /not undefined/],
    [[{ op: 'remove', path: 'a' }], /must be empty or start with/],
  ];
  for (const [patch, message] of malformed) {
    t.throws(() => applyJsonPatch({}, patch), { code: 'InvalidPatch', status: 400, message }, JSON.stringify(patch));
  }
  t.end();
});

t.test('prototype keys are keys like any other', (t) => {
  const result = applyJsonPatch({}, [
    { op: 'add', path: '/__proto__', value: {} },
    { op: 'add', path: '/__proto__/polluted', value: 1 },
  ]);
  t.equal(JSON.stringify(result), '{"__proto__":{"polluted":1}}');
  t.equal(({} as Record<string, unknown>)['polluted'], undefined);
  t.end();
});

t.test('an addition can be taken back, and a move is a copy and a removal', (t) => {
  const lists = fc.array(fc.integer(), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(lists, fc.nat(), fc.nat(), fc.integer(), (list, a, b, value) => {
      const from = `/${a % list.length}`;
      const path = `/${b % (list.length + 1)}`;
      const there = applyJsonPatch(list, [{ op: 'add', path, value }]);
      t.ok(
        jsonEqual(
          applyJsonPatch(there, [
            { op: 'test', path, value },
            { op: 'remove', path },
          ]),
          list,
        ),
      );
      const target = `/${b % list.length}`;
      const moved = applyJsonPatch(list, [{ op: 'move', from, path: target }]);
      const item = list[a % list.length];
      t.same(
        applyJsonPatch(list, [
          { op: 'remove', path: from },
          { op: 'add', path: target, value: item },
        ]),
        moved,
      );
    }),
  );
  t.end();
});
