import fc from 'fast-check';
import t from 'tap';
import {
  differenceOf,
  type FieldSet,
  fieldSetOfV1,
  fieldsV1Of,
  hasPath,
  intersectionOf,
  isEmptySet,
  leavesOf,
  NO_FIELDS,
  pathsOf,
  sameSets,
  unionOf,
} from '../../src/managed-fields/field-set.ts';
import { fieldSetOf } from '../../src/managed-fields/object-fields.ts';
import { formatFieldPath } from '../../src/managed-fields/path-element.ts';
import { schemaOf } from '../../src/patch/kind-schemas.ts';

const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:"y"', 'i:0');
const fields = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    fc.constant({}),
    fc.dictionary(fc.oneof(element, fc.constant('.')), tie('node'), { maxKeys: 4 }),
  ),
})).node;
const set: fc.Arbitrary<FieldSet> = fields.map(fieldSetOfV1);
const texts = (value: FieldSet): Set<string> => new Set(pathsOf(value).map((path) => path.join(' ')));

t.test('the operations are those of sets of paths', (t) => {
  fc.assert(
    fc.property(set, set, (a, b) => {
      const [inA, inB] = [texts(a), texts(b)];
      t.same(texts(unionOf(a, b)), new Set([...inA, ...inB]));
      t.same(texts(differenceOf(a, b)), new Set([...inA].filter((path) => !inB.has(path))));
      t.same(texts(intersectionOf(a, b)), new Set([...inA].filter((path) => inB.has(path))));
      t.ok(sameSets(unionOf(differenceOf(a, b), intersectionOf(a, b)), a));
      t.ok(isEmptySet(differenceOf(a, a)));
      t.equal(sameSets(a, b), inA.size === inB.size && [...inA].every((path) => inB.has(path)));
      for (const path of pathsOf(a)) t.ok(hasPath(a, path));
    }),
    { numRuns: 60 },
  );
  t.end();
});

t.test('a set goes through JSON unharmed, sorted, with "." where a parent is in it', (t) => {
  fc.assert(
    fc.property(set, (value) => {
      const json = fieldsV1Of(value);
      t.ok(sameSets(fieldSetOfV1(JSON.parse(JSON.stringify(json))), value));
      t.equal(JSON.stringify(fieldsV1Of(fieldSetOfV1(json))), JSON.stringify(json));
    }),
  );
  t.equal(
    JSON.stringify(
      fieldsV1Of(fieldSetOfV1({ 'i:0': {}, 'f:b': { 'f:x': {}, '.': {} }, 'v:"s"': {}, 'k:{"n":1}': {}, 'f:a': {} })),
    ),
    '{"f:a":{},"f:b":{".":{},"f:x":{}},"k:{\\"n\\":1}":{},"v:\\"s\\"":{},"i:0":{}}',
  );
  t.ok(isEmptySet(fieldSetOfV1({})));
  t.ok(isEmptySet(fieldSetOfV1(undefined)));
  t.end();
});

t.test('the fields of a configuration, as the server would print them', (t) => {
  const deployment = {
    metadata: { labels: { app: 'web' }, finalizers: ['example.com/keep'], annotations: {} },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { creationTimestamp: null },
        spec: {
          containers: [
            { name: 'web', args: ['a', 'b'], ports: [{ containerPort: 80 }], env: [{ name: 'A', value: '1' }] },
          ],
          tolerations: [{ key: 'spot' }],
        },
      },
    },
  };
  const paths = pathsOf(fieldSetOf(deployment, schemaOf({ apiVersion: 'apps/v1', kind: 'Deployment' })));
  const container = '.spec.template.spec.containers[name="web"]';
  t.same(paths.map(formatFieldPath), [
    '.metadata.annotations',
    '.metadata.finalizers[="example.com/keep"]',
    '.metadata.labels.app',
    '.spec.replicas',
    '.spec.selector',
    '.spec.template.metadata.creationTimestamp',
    '.spec.template.spec.tolerations',
    container,
    `${container}.args`,
    `${container}.name`,
    `${container}.env[name="A"]`,
    `${container}.env[name="A"].name`,
    `${container}.env[name="A"].value`,
    `${container}.ports[containerPort=80,protocol="TCP"]`,
    `${container}.ports[containerPort=80,protocol="TCP"].containerPort`,
  ]);
  t.end();
});

t.test('leaves are the paths with nothing below', (t) => {
  const value = fieldSetOfV1({ 'f:a': { '.': {}, 'f:b': {} }, 'f:c': {} });
  t.same(leavesOf(value), [['f:a', 'f:b'], ['f:c']]);
  t.same(leavesOf(NO_FIELDS), []);
  t.ok(hasPath(value, ['f:a']));
  t.notOk(hasPath(value, ['f:a', 'f:x', 'f:y']));
  t.end();
});

t.test('custom resources: objects field by field, lists whole', (t) => {
  const value = { spec: { list: [{ name: 'a' }], nested: { x: 1 } } };
  const paths = pathsOf(fieldSetOf(value, schemaOf({ apiVersion: 'example.com/v1', kind: 'Thing' })));
  t.same(paths.map(formatFieldPath), ['.spec.list', '.spec.nested.x']);
  t.end();
});
