import fc from 'fast-check';
import t from 'tap';
import { jsonEqual } from '../../src/patch/json.ts';
import { applyMergePatch, createMergePatch, mergePatchOf } from '../../src/patch/merge-patch.ts';

const parse = (text: string): unknown => JSON.parse(text);

t.test('RFC 7386 appendix A', (t) => {
  const vectors: [target: string, patch: string, result: string][] = [
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ];
  for (const [target, patch, result] of vectors) {
    t.same(applyMergePatch(parse(target), parse(patch)), parse(result), `${target} + ${patch}`);
  }
  t.end();
});

t.test('objects inside an array lose their nulls, unless the array replaces an object', (t) => {
  const vectors: [target: string, patch: string, result: string][] = [
    ['{}', '{"a":[{"b":null,"c":1}]}', '{"a":[{"c":1}]}'],
    ['{"a":[1]}', '{"a":[[{"b":null}]]}', '{"a":[[{}]]}'],
    ['{"a":null}', '{"a":[{"b":null}]}', '{"a":[{}]}'],
    ['{"a":{}}', '{"a":[{"b":null}]}', '{"a":[{"b":null}]}'],
    ['{}', '{"a":[null,1]}', '{"a":[null,1]}'],
  ];
  for (const [target, patch, result] of vectors) {
    t.same(applyMergePatch(parse(target), parse(patch)), parse(result), `${target} + ${patch}`);
  }
  t.end();
});

t.test('keys of the prototype are keys like any other', (t) => {
  const result = applyMergePatch(
    {},
    parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}}}'),
  );
  t.equal(JSON.stringify(result), '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}}}');
  t.equal(({} as Record<string, unknown>)['polluted'], undefined);
  t.equal(JSON.stringify(applyMergePatch(result, parse('{"__proto__":{"more":1}}'))).includes('"more":1'), true);
  t.same(applyMergePatch(result, parse('{"__proto__":null,"constructor":null}')), {});
  t.end();
});

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(0, 1, 'a', true),
    fc.array(fc.integer(), { maxLength: 2 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('value'), { maxKeys: 4 }),
}));

t.test('the patch made from two objects turns the one into the other, and nothing into itself', (t) => {
  fc.assert(
    fc.property(json.object, json.object, (before, after) => {
      const text = JSON.stringify(before);
      const patch = createMergePatch(before, after);
      t.ok(jsonEqual(applyMergePatch(before, patch), after));
      t.same(createMergePatch(before, before), {});
      t.equal(JSON.stringify(before), text, 'the input stays as it was');
    }),
  );
  t.end();
});

t.test('a patch is idempotent', (t) => {
  fc.assert(
    fc.property(json.object, json.object, (target, patch) => {
      const once = applyMergePatch(target, patch);
      t.ok(jsonEqual(applyMergePatch(once, patch), once));
    }),
  );
  t.end();
});

t.test('field changes become one patch', (t) => {
  t.same(
    mergePatchOf([
      { path: '/spec/replicas', to: 0 },
      { path: '/spec/paused', to: false },
      { path: '/metadata/annotations/downscaler~1state', to: '3' },
      { path: '/metadata/annotations/old' },
    ]),
    { spec: { replicas: 0, paused: false }, metadata: { annotations: { 'downscaler/state': '3', old: null } } },
  );
  t.same(mergePatchOf([]), {});
  t.same(mergePatchOf([{ path: '/spec/a', from: { x: 1, y: 1 }, to: { y: 2 } }]), { spec: { a: { x: null, y: 2 } } });
  t.end();
});

t.test('changes that contradict each other are refused', (t) => {
  const refused: [string, { path: string; to?: unknown }[], RegExp][] = [
    [
      'twice',
      [
        { path: '/a', to: 1 },
        { path: '/a', to: 2 },
      ],
      /\/a is changed twice/,
    ],
    [
      'inside',
      [
        { path: '/a', to: { c: 1 } },
        { path: '/a/b', to: 2 },
      ],
      /\/a\/b lies inside another change/,
    ],
    [
      'around',
      [
        { path: '/a/b', to: 2 },
        { path: '/a', to: {} },
      ],
      /\/a is changed twice/,
    ],
    ['everything', [{ path: '', to: {} }], /must name a field/],
  ];
  for (const [name, changes, message] of refused) {
    t.throws(() => mergePatchOf(changes), { code: 'InvalidPatch', message }, name);
  }
  t.end();
});
