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

t.test('what the API server takes and RFC 6902 does not', (t) => {
  const document = freeze({ foo: 'bar', list: ['a', 'b'] });
  const vectors: [rule: string, patch: unknown[], result: unknown][] = [
    ['a replaced field need not be there', [{ op: 'replace', path: '/new', value: 1 }], { ...document, new: 1 }],
    ['a copied field need not be there', [{ op: 'copy', from: '/none', path: '/new' }], { ...document, new: null }],
    ['a field that is not there is null to a test', [{ op: 'test', path: '/none', value: null }], document],
    ['and to one without a value', [{ op: 'test', path: '/none' }], document],
    ['no value is null', [{ op: 'add', path: '/new' }], { ...document, new: null }],
    ['zeros before an index', [{ op: 'replace', path: '/list/01', value: 'c' }], { ...document, list: ['a', 'c'] }],
    ['a plus before an index', [{ op: 'remove', path: '/list/+0' }], { ...document, list: ['b'] }],
    ['-1 is the last item', [{ op: 'remove', path: '/list/-1' }], { ...document, list: ['a'] }],
    [
      'and the end, where items are added',
      [{ op: 'add', path: '/list/-1', value: 'c' }],
      { ...document, list: ['a', 'b', 'c'] },
    ],
    ['a pointer leads on from its first /', [{ op: 'replace', path: 'spec/foo', value: 1 }], { ...document, foo: 1 }],
    ['~ is itself before other characters', [{ op: 'add', path: '/a~2', value: 1 }], { ...document, 'a~2': 1 }],
  ];
  for (const [rule, patch, result] of vectors) t.same(applyJsonPatch(document, freeze(patch)), result, rule);
  t.end();
});

t.test('a patch that does not fit says which operation and why', (t) => {
  const document = freeze({ foo: 'bar', baz: ['a'], q: { bar: 2 } });
  const refused: [operation: object, message: RegExp][] = [
    [{ op: 'test', path: '/foo', value: 'bat' }, /operation 1 \(test \/foo\): the value there is another/],
    [{ op: 'add', path: '/a/b', value: 1 }, /operation 1 \(add \/a\/b\): there is nothing that holds "b"/],
    [{ op: 'add', path: '/foo/b', value: 1 }, /there is nothing that holds "b"/],
    [{ op: 'add', path: '/baz/2', value: 1 }, /"2" is no index into 2 places/],
    [{ op: 'add', path: '/baz/-3', value: 1 }, /"-3" is no index into 2 places/],
    [{ op: 'remove', path: '/nothing' }, /there is no "nothing"/],
    [{ op: 'remove', path: '/baz/-' }, /"-" is no index into 1 places/],
    [{ op: 'remove', path: '' }, /"path" must lead to a field or an item/],
    [{ op: 'remove', path: 'foo' }, /"path" must lead to a field or an item/],
    [{ op: 'remove', path: '/constructor' }, /there is no "constructor"/],
    [{ op: 'remove' }, /operation 1 \(remove without a path\): needs a "path"/],
    [{ op: 'replace', path: '/baz/1', value: 0 }, /"1" is no index into 1 places/],
    [{ op: 'replace', path: '', value: 0 }, /must be an object or a list/],
    [{ op: 'move', from: '/q', path: '/q/bar' }, /there is nothing that holds "bar"/],
    [{ op: 'move', from: '/x', path: '/y' }, /there is no "x"/],
    [{ op: 'copy', from: '/x/z', path: '/y' }, /there is nothing that holds "z"/],
    [{ op: 'copy', path: '/a' }, /needs a "from"/],
    [{ op: 'spam', path: '/a' }, /"op" must be one of add, remove/],
    [{ path: '/a' }, /"op" must be one of add, remove/],
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

t.test('what is no list of operations is refused before anything is done', (t) => {
  const malformed: [unknown, RegExp][] = [
    [{ op: 'add' }, /array of operations/],
    [['add'], /operation 0 of the JSON patch must be an object/],
    [[{ op: 1, path: '/a' }], /"op" must be text, not 1/],
    [[{ op: 'remove', path: {} }], /"path" must be text, not \{\}/],
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
