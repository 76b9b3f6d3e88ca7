import fc from 'fast-check';
import t from 'tap';
import { applyConfiguration, type Applied } from '../../src/managed-fields/apply.ts';
import { ownersOf } from '../../src/managed-fields/owners.ts';
import { managedFieldsAfterUpdate } from '../../src/managed-fields/update.ts';
import { jsonEqual, type JsonObject } from '../../src/patch/json.ts';

const MONDAY = '2026-11-16T08:00:00Z';
const TUESDAY = '2026-11-17T08:00:00Z';
const TYPE = { apiVersion: 'apps/v1', kind: 'Deployment' };

const config = (spec: JsonObject, labels?: Record<string, string>): JsonObject => ({
  ...TYPE,
  metadata: { name: 'web', ...(labels ? { labels } : {}) },
  spec,
});
/** The object as it is stored after an apply: what is null is not there. */
const stored = ({ object, managedFields }: Applied): JsonObject => ({
  ...(JSON.parse(JSON.stringify(object), (_, value: unknown) => value ?? undefined) as JsonObject),
  metadata: { ...(object['metadata'] as object), managedFields },
});
const apply = (
  manager: string,
  live: JsonObject | undefined,
  body: JsonObject,
  force = false,
  time = MONDAY,
): Applied => applyConfiguration({ live, config: body, manager, force, time });
const update = (manager: string, before: JsonObject | undefined, after: JsonObject): JsonObject => {
  const entries = managedFieldsAfterUpdate({ before, after, manager, apiVersion: 'apps/v1', time: MONDAY });
  return { ...after, metadata: { ...(after['metadata'] as object), managedFields: entries } };
};
const owners = (object: JsonObject, pointer: string): string[] =>
  ownersOf((object['metadata'] as { managedFields: [] }).managedFields, pointer, object).map((owner) => owner.manager);

t.test('an apply that creates owns what it names', (t) => {
  const applied = apply('ci', undefined, config({ replicas: 3 }, { app: 'web' }));
  t.same(applied.object, config({ replicas: 3 }, { app: 'web' }));
  t.same(applied.managedFields, [
    {
      manager: 'ci',
      operation: 'Apply',
      apiVersion: 'apps/v1',
      time: MONDAY,
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:metadata': { 'f:labels': { 'f:app': {} } }, 'f:spec': { 'f:replicas': {} } },
    },
  ]);
  t.equal(applied.changed, true);
  t.end();
});

t.test("another value for another manager's field is a conflict, in the words of the server", (t) => {
  const live = stored(apply('ci', undefined, config({ replicas: 3, paused: false })));
  t.throws(() => apply('other', live, config({ replicas: 0 })), {
    code: 'Conflict',
    status: 409,
    message: 'Apply failed with 1 conflict: conflict with "ci": .spec.replicas',
    details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "ci"', field: '.spec.replicas' }] },
  });
  const scaled = update('kubectl', live, { ...live, spec: { replicas: 5, paused: false } });
  t.throws(() => apply('other', scaled, config({ replicas: 0, paused: true })), {
    message:
      'Apply failed with 2 conflicts: conflicts with "ci":\n- .spec.paused\nconflicts with "kubectl" using apps/v1:\n- .spec.replicas',
  });
  t.end();
});

t.test('a conflict names the subresource the field was written through', (t) => {
  const live = stored(apply('ci', undefined, config({ replicas: 3 })));
  const after = { ...live, spec: { replicas: 5 } };
  const entries = managedFieldsAfterUpdate({
    before: live,
    after,
    manager: 'kubectl',
    apiVersion: 'apps/v1',
    subresource: 'scale',
    time: MONDAY,
  });
  const scaled = { ...after, metadata: { name: 'web', managedFields: entries } };
  t.throws(() => apply('ci', scaled, config({ replicas: 3 })), {
    message:
      'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
  });
  t.end();
});

t.test('force takes the field over', (t) => {
  const live = stored(apply('ci', undefined, config({ replicas: 3, paused: false })));
  const forced = stored(apply('other', live, config({ replicas: 0 }), true));
  t.same(forced['spec'], { replicas: 0, paused: false });
  t.same(owners(forced, '/spec/replicas'), ['other']);
  t.same(owners(forced, '/spec/paused'), ['ci']);
  t.end();
});

t.test('the same value is shared', (t) => {
  const live = stored(apply('ci', undefined, config({ replicas: 3 })));
  const applied = apply('other', live, config({ replicas: 3 }));
  t.equal(applied.changed, false);
  t.same(owners(stored(applied), '/spec/replicas'), ['other', 'ci']);
  t.match(applied.managedFields, [
    { manager: 'other', time: undefined },
    { manager: 'ci', time: MONDAY },
  ]);
  t.end();
});

t.test('what is no longer in the configuration goes, unless another manager has it too', (t) => {
  const both = stored(
    apply('other', stored(apply('ci', undefined, config({ replicas: 3, paused: true }))), config({ replicas: 3 })),
  );
  const fewer = stored(apply('ci', both, config({})));
  t.same(fewer['spec'], { replicas: 3 });
  t.same(owners(fewer, '/spec/replicas'), ['other']);
  t.same(stored(apply('other', fewer, config({ progressDeadlineSeconds: 9 })))['spec'], { progressDeadlineSeconds: 9 });
  t.end();
});

t.test('what a manager owns by an update keeps a field alive, what nobody owns stays', (t) => {
  const live = update('controller', undefined, config({ replicas: 3 }));
  const shared = stored(apply('ci', live, config({ replicas: 3, paused: true })));
  t.same(stored(apply('ci', shared, config({})))['spec'], { replicas: 3 });
  const defaulted = { ...shared, spec: { replicas: 3, paused: true, revisionHistoryLimit: 10 } };
  t.same(stored(apply('ci', defaulted, config({})))['spec'], { replicas: 3, revisionHistoryLimit: 10 });
  t.end();
});

t.test('a label removed from the configuration is removed, labels of others stay', (t) => {
  const live = stored(apply('ci', undefined, config({}, { a: '1', b: '2' })));
  const labelled = update('other', live, { ...live, metadata: { name: 'web', labels: { a: '1', b: '2', c: '3' } } });
  t.same(apply('ci', labelled, config({}, { a: '1' })).object['metadata'], { name: 'web', labels: { a: '1', c: '3' } });
  t.end();
});

t.test('list items are applied by key, in the order of the configuration', (t) => {
  const containers = (...items: object[]) => config({ template: { spec: { containers: items } } });
  const live = stored(apply('ci', undefined, containers({ name: 'web', image: '1' }, { name: 'log', image: '1' })));
  const injected = update('injector', live, {
    ...live,
    spec: {
      template: {
        spec: {
          containers: [
            { name: 'web', image: '1' },
            { name: 'proxy', image: 'p' },
            { name: 'log', image: '1' },
          ],
        },
      },
    },
  });
  const next = stored(apply('ci', injected, containers({ name: 'log', image: '2' }, { name: 'job', image: '1' })));
  t.same(next['spec'], {
    template: {
      spec: {
        containers: [
          { name: 'proxy', image: 'p' },
          { name: 'log', image: '2' },
          { name: 'job', image: '1' },
        ],
      },
    },
  });
  t.same(owners(next, '/spec/template/spec/containers/0/image'), ['injector']);
  t.end();
});

t.test('the order of merged lists is that of the server', (t) => {
  const names = (object: JsonObject): string[] =>
    (object['spec'] as { template: { spec: { containers: { name: string }[] } } }).template.spec.containers.map(
      ({ name }) => name,
    );
  const containers = (order: string): JsonObject =>
    config({ template: { spec: { containers: [...order].map((name) => ({ name })) } } });
  const rows: [live: string, applied: string, merged: string][] = [
    ['a', 'cd', 'acd'],
    ['ab', 'ba', 'ba'],
    ['abc', 'ca', 'bca'],
    ['bda', 'dcba', 'dcba'],
    ['xay', 'ba', 'xbay'],
    ['axb', 'ba', 'xba'],
  ];
  for (const [live, applied, merged] of rows) {
    const before = update('other', undefined, containers(live));
    t.same(names(apply('ci', before, containers(applied)).object), [...merged], `${applied} over ${live}`);
  }
  t.end();
});

t.test('an empty list of items is nothing to own, an empty object is', (t) => {
  const applied = apply('ci', undefined, config({ template: { spec: { volumes: [], securityContext: {} } } }));
  t.same(applied.managedFields[0]?.fieldsV1, {
    'f:spec': { 'f:template': { 'f:spec': { 'f:securityContext': {} } } },
  });
  t.end();
});

t.test('what an apply empties is null, which is not there; what keeps something stays', (t) => {
  const surge = { rollingUpdate: { maxSurge: 1 } };
  const claims = (...names: string[]): JsonObject => ({ volumes: names.map((name) => ({ name })) });
  const rows: [was: JsonObject, applied: JsonObject, becomes: JsonObject][] = [
    [{ strategy: surge }, { strategy: { rollingUpdate: {} } }, { strategy: { rollingUpdate: null } }],
    [{ strategy: surge }, { strategy: {} }, { strategy: null }],
    [{ strategy: surge }, {}, {}],
    [{ strategy: {} }, { strategy: {} }, { strategy: {} }],
    [{ template: { spec: claims('a') } }, { template: { spec: claims() } }, {}],
    [
      { template: { spec: claims('a', 'b') } },
      { template: { spec: claims('b') } },
      { template: { spec: claims('b') } },
    ],
  ];
  for (const [was, applied, becomes] of rows) {
    const live = stored(apply('ci', undefined, config({ replicas: 1, ...was })));
    t.same(apply('ci', live, config({ replicas: 1, ...applied })).object['spec'], { replicas: 1, ...becomes });
  }
  t.end();
});

t.test('null is a value to own, and says nothing where there are parts', (t) => {
  const live = stored(apply('other', undefined, config({ replicas: 1, strategy: { type: 'Recreate' } })));
  const applied = apply('ci', live, config({ paused: null, strategy: null }));
  t.same(applied.object['spec'], { replicas: 1, strategy: { type: 'Recreate' }, paused: null });
  t.same(applied.managedFields.find(({ manager }) => manager === 'ci')?.fieldsV1, {
    'f:spec': { 'f:paused': {}, 'f:strategy': {} },
  });
  t.throws(() => apply('ci', live, config({ replicas: null })), { status: 409, message: /: .spec.replicas/ });
  t.end();
});

t.test('an object that was emptied keeps the owners of itself', (t) => {
  const first = stored(apply('ci', undefined, config({}, { a: '1' })));
  const shared = stored(apply('other', first, { ...config({ replicas: 1 }), metadata: { name: 'web', labels: {} } }));
  const emptied = stored(apply('ci', shared, { ...TYPE, metadata: { name: 'web' } }));
  t.same(owners(emptied, '/metadata/labels'), ['other']);
  t.throws(() => apply('ci', emptied, { ...TYPE, metadata: { name: 'web', labels: {} } }), {
    message: 'Apply failed with 1 conflict: conflict with "other": .metadata.labels',
  });
  t.end();
});

t.test('an object from before anyone applied belongs to "before-first-apply"', (t) => {
  const applied = apply('ci', config({ replicas: 3, paused: true }), config({ replicas: 3 }));
  t.same(
    applied.managedFields.map(({ manager, operation }) => [manager, operation]),
    [
      ['ci', 'Apply'],
      ['before-first-apply', 'Update'],
    ],
  );
  t.throws(() => apply('ci', config({ replicas: 3 }), config({ replicas: 4 })), {
    message: 'Apply failed with 1 conflict: conflict with "before-first-apply" using apps/v1: .spec.replicas',
  });
  t.end();
});

t.test('applying the same again changes neither the object nor the entries', (t) => {
  const live = stored(apply('ci', undefined, config({ replicas: 3 })));
  const again = apply('ci', live, config({ replicas: 3 }), false, TUESDAY);
  t.equal(again.changed, false);
  t.same(stored(again), live);
  t.end();
});

t.test('a configuration with managed fields is refused', (t) => {
  const live = stored(apply('ci', undefined, config({ replicas: 3 })));
  t.throws(() => apply('ci', live, live), { code: 'BadRequest', status: 400, message: /managedFields must be nil/ });
  t.end();
});

const specs = (minKeys: number) =>
  fc.dictionary(fc.constantFrom('replicas', 'paused', 'minReadySeconds'), fc.integer({ min: 0, max: 2 }), { minKeys });
/** What it empties an apply takes away, and the next brings back: only what has something in it stays as it is. */
const SOMETHING = 1;

t.test('whatever was applied before: a forced apply makes its values so, owns them, and is idempotent', (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), specs(0))), specs(SOMETHING), (history, last) => {
      let live: JsonObject | undefined;
      for (const [manager, spec] of history) live = stored(apply(manager, live, config(spec), true));
      const applied = stored(apply('a', live, config(last), true));
      const spec = (applied['spec'] ?? {}) as JsonObject;
      for (const [field, value] of Object.entries(last)) {
        t.equal(spec[field], value);
        t.ok(owners(applied, `/spec/${field}`).includes('a'));
      }
      for (const field of Object.keys(spec))
        t.ok(owners(applied, `/spec/${field}`).length > 0, 'nothing is left without an owner');
      t.ok(jsonEqual(stored(apply('a', applied, config(last), false, TUESDAY)), applied));
    }),
    { numRuns: 60 },
  );
  t.end();
});
