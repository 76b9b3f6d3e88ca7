import t from 'tap';
import { ownersOf, ownersWithin } from '../../src/managed-fields/owners.ts';
import { managedFieldsAfterUpdate } from '../../src/managed-fields/update.ts';
import type { ManagedFieldsEntry } from '../../src/objects.ts';

const MONDAY = '2026-11-16T08:00:00Z';
const TUESDAY = '2026-11-17T08:00:00Z';

const deployment = (replicas: number | undefined, extra: Record<string, unknown> = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', uid: 'u1', labels: { app: 'web' }, ...(extra['metadata'] as object) },
  spec: {
    ...(replicas === undefined ? {} : { replicas }),
    selector: { matchLabels: { app: 'web' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web:1', resources: {} }], dnsPolicy: 'ClusterFirst' },
    },
  },
});

type Write = Parameters<typeof managedFieldsAfterUpdate>[0];
const write = (after: object, options: Partial<Write> = {}): ManagedFieldsEntry[] =>
  managedFieldsAfterUpdate({
    after: after as Write['after'],
    manager: 'kubectl',
    apiVersion: 'apps/v1',
    time: MONDAY,
    ...options,
  });
const withEntries = (object: ReturnType<typeof deployment>, managedFields: ManagedFieldsEntry[]) => ({
  ...object,
  metadata: { ...object.metadata, managedFields },
});

t.test('who creates an object owns all of it, as a real server records it', (t) => {
  t.same(write(deployment(3)), [
    {
      manager: 'kubectl',
      operation: 'Update',
      apiVersion: 'apps/v1',
      time: MONDAY,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
        'f:spec': {
          'f:replicas': {},
          'f:selector': {},
          'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {} }, 'f:type': {} },
          'f:template': {
            'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
            'f:spec': {
              'f:containers': {
                'k:{"name":"web"}': { '.': {}, 'f:image': {}, 'f:name': {}, 'f:resources': {} },
              },
              'f:dnsPolicy': {},
            },
          },
        },
      },
    },
  ]);
  t.end();
});

t.test('a field changes hands with its value', (t) => {
  const created = withEntries(deployment(3), write(deployment(3)));
  const entries = write(withEntries(deployment(0), []), {
    before: created,
    manager: 'kube-steward-downscaler',
    time: TUESDAY,
  });
  t.same(
    entries.map((entry) => [entry.manager, entry.time]),
    [
      ['kubectl', MONDAY],
      ['kube-steward-downscaler', TUESDAY],
    ],
  );
  t.same(entries[1]?.fieldsV1, { 'f:spec': { 'f:replicas': {} } });
  t.same(
    ownersOf(entries, '/spec/replicas').map((owner) => owner.manager),
    ['kube-steward-downscaler'],
  );
  t.same(
    ownersOf(entries, '/spec/strategy/type').map((owner) => owner.manager),
    ['kubectl'],
  );
  t.end();
});

t.test('a write through a subresource is kept apart', (t) => {
  const created = withEntries(deployment(3), write(deployment(3)));
  const entries = write(withEntries(deployment(5), []), { before: created, subresource: 'scale', time: TUESDAY });
  t.same(ownersOf(entries, '/spec/replicas'), [
    { manager: 'kubectl', operation: 'Update', apiVersion: 'apps/v1', time: TUESDAY, subresource: 'scale' },
  ]);
  t.equal(entries.length, 2);
  t.end();
});

t.test('a write that changes nothing leaves every entry and time as it was', (t) => {
  const entries = write(deployment(3));
  const created = withEntries(deployment(3), entries);
  t.same(write(created, { before: created, time: TUESDAY }), entries);
  t.same(write(withEntries(deployment(3), []), { before: created, manager: 'other', time: TUESDAY }), entries);
  t.end();
});

t.test('a new value renews the time of a writer who owned the field already', (t) => {
  const created = withEntries(deployment(3), write(deployment(3)));
  const [entry] = write(withEntries(deployment(4), []), { before: created, time: TUESDAY });
  t.equal(entry?.time, TUESDAY);
  t.same(entry?.fieldsV1, created.metadata.managedFields[0]?.fieldsV1);
  t.end();
});

t.test('fields that are gone have no owners, managers without fields are gone', (t) => {
  const created = withEntries(deployment(3), write(deployment(3)));
  const scaled = withEntries(
    deployment(0),
    write(withEntries(deployment(0), []), { before: created, manager: 'scaler', time: TUESDAY }),
  );
  const entries = write(withEntries(deployment(undefined), []), { before: scaled, manager: 'third', time: TUESDAY });
  t.same(
    entries.map((entry) => entry.manager),
    ['kubectl'],
  );
  t.same(ownersOf(entries, '/spec/replicas'), []);
  t.end();
});

t.test('list items have owners of their own', (t) => {
  const created = withEntries(deployment(3), write(deployment(3)));
  const after = structuredClone(withEntries(deployment(3), []));
  (after.spec.template.spec.containers as unknown[]).push({ name: 'sidecar', image: 'proxy:1' });
  const entries = write(after, { before: created, manager: 'injector', time: TUESDAY });
  t.same(
    ownersOf(entries, '/spec/template/spec/containers/1/image', after).map((owner) => owner.manager),
    ['injector'],
  );
  t.same(
    ownersOf(entries, '/spec/template/spec/containers/0/image', after).map((owner) => owner.manager),
    ['kubectl'],
  );
  t.same(
    ownersOf(entries, '/spec/template/spec/containers/k:{"name":"sidecar"}').map((owner) => owner.manager),
    ['injector'],
  );
  t.end();
});

t.test('an owner of a whole object owns each of its fields, an object with owners inside has none', (t) => {
  const entries = write(deployment(3));
  const managers = (pointer: string) => ownersOf(entries, pointer, deployment(3)).map((owner) => owner.manager);
  t.same(managers('/spec/selector/matchLabels/app'), ['kubectl']);
  t.same(managers('/metadata/labels'), ['kubectl']);
  for (const pointer of ['/spec', '/spec/nothing', '/metadata/name', '/metadata/labels/other', ''])
    t.same(managers(pointer), [], pointer);
  t.same(ownersOf(undefined, '/spec/replicas'), []);
  t.end();
});

t.test(
  'without the object at hand, an owned object without owners inside counts, unless the field has an owner',
  (t) => {
    const entry = (manager: string, fieldsV1: Record<string, unknown>): ManagedFieldsEntry => ({
      manager,
      operation: 'Update',
      apiVersion: 'apps/v1',
      fieldsType: 'FieldsV1',
      fieldsV1,
    });
    const whole = entry('whole', { 'f:spec': { 'f:selector': {} } });
    const field = entry('field', { 'f:spec': { 'f:selector': { 'f:app': {} } } });
    const managers = (...entries: ManagedFieldsEntry[]) =>
      ownersOf(entries, '/spec/selector/app').map((owner) => owner.manager);
    t.same(managers(whole), ['whole']);
    t.same(managers(whole, field), ['field']);
    t.end();
  },
);

t.test('owner references and image pull secrets change hands one by one, each whole', (t) => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'x', ownerReferences: [{ uid: 'u', name: 'a', kind: 'ReplicaSet' }] },
    spec: { containers: [], imagePullSecrets: [{ name: 's' }] },
  };
  t.same(write(pod, { apiVersion: 'v1' })[0]?.fieldsV1, {
    'f:metadata': { 'f:ownerReferences': { '.': {}, 'k:{"uid":"u"}': {} } },
    'f:spec': { 'f:imagePullSecrets': { '.': {}, 'k:{"name":"s"}': {} } },
  });
  t.end();
});

t.test('a client may rewrite the entries, or clear them with one that is empty', (t) => {
  const created = withEntries(deployment(3), write(deployment(3)));
  const renamed = write(deployment(3)).map((entry) => ({ ...entry, manager: 'renamed' }));
  t.same(
    write(withEntries(deployment(3), renamed), { before: created }).map((entry) => entry.manager),
    ['renamed'],
  );
  const cleared = [{}] as unknown as ManagedFieldsEntry[];
  t.same(write(withEntries(deployment(3), cleared), { before: created }), []);
  t.end();
});

t.test('custom resources: the spec itself is a field that comes and goes', (t) => {
  const thing = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'x' }, spec: { size: 1 } };
  t.same(write(thing, { apiVersion: 'example.com/v1' })[0]?.fieldsV1, { 'f:spec': { '.': {}, 'f:size': {} } });
  t.end();
});

t.test('owners within: whoever has a field at or below a place', (t) => {
  const entry = (manager: string, fieldsV1: Record<string, unknown>) =>
    ({ manager, operation: 'Update', apiVersion: 'apps/v1', fieldsType: 'FieldsV1', fieldsV1 }) as const;
  const entries = [
    entry('deployer', { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': {} } } } }),
    entry('whole', { 'f:spec': { 'f:template': {} } }),
    entry('scaler', { 'f:spec': { 'f:replicas': {} } }),
  ];
  const within = (pointer: string): string[] => ownersWithin(entries, pointer).map(({ manager }) => manager);
  t.strictSame(within('/spec/template'), ['deployer', 'whole']);
  t.strictSame(within('/spec/template/spec'), ['deployer']);
  t.strictSame(within('/spec'), ['deployer', 'whole', 'scaler']);
  t.strictSame(ownersWithin(undefined, '/spec'), []);
  t.end();
});
