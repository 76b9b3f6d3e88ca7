import fc from 'fast-check';
import t from 'tap';
import { jsonEqual } from '../../src/patch/json.ts';
import { schemaOf } from '../../src/patch/kind-schemas.ts';
import { applyStrategicMergePatch } from '../../src/patch/strategic-merge-patch.ts';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };
const SERVICE = { apiVersion: 'v1', kind: 'Service' };
const POD = { apiVersion: 'v1', kind: 'Pod' };

/** Applies a patch below `spec.template.spec` of a Deployment. */
const patchPodSpec = (podSpec: unknown, patch: unknown): unknown => {
  const wrap = (spec: unknown) => ({ spec: { template: { spec } } });
  const patched = applyStrategicMergePatch(wrap(podSpec), wrap(patch), schemaOf(DEPLOYMENT));
  return (patched as { spec: { template: { spec: unknown } } }).spec.template.spec;
};

t.test('lists of a pod merge by the keys of the API', (t) => {
  const rows: [list: string, before: unknown[], patch: unknown[], after: unknown[]][] = [
    [
      'containers',
      [{ name: 'a', image: 'a:1', tty: true }],
      [{ name: 'a', image: 'a:2' }],
      [{ name: 'a', image: 'a:2', tty: true }],
    ],
    ['initContainers', [{ name: 'a' }], [{ name: 'b' }], [{ name: 'b' }, { name: 'a' }]],
    ['ephemeralContainers', [{ name: 'a', tty: true }], [{ name: 'a', tty: null }], [{ name: 'a' }]],
    [
      'volumes',
      [{ name: 'v', emptyDir: {} }],
      [{ name: 'v', hostPath: { path: '/' } }],
      [{ name: 'v', emptyDir: {}, hostPath: { path: '/' } }],
    ],
    ['imagePullSecrets', [{ name: 'x' }], [{ name: 'y' }], [{ name: 'y' }, { name: 'x' }]],
    [
      'hostAliases',
      [{ ip: '1.1.1.1', hostnames: ['a'] }],
      [{ ip: '1.1.1.1', hostnames: ['b'] }],
      [{ ip: '1.1.1.1', hostnames: ['b'] }],
    ],
    ['tolerations', [{ key: 'a' }, { key: 'b' }], [{ key: 'c' }], [{ key: 'c' }]],
    [
      'topologySpreadConstraints',
      [{ topologyKey: 'zone', maxSkew: 1 }],
      [
        { topologyKey: 'zone', maxSkew: 2 },
        { topologyKey: 'host', maxSkew: 1 },
      ],
      [
        { topologyKey: 'zone', maxSkew: 2 },
        { topologyKey: 'host', maxSkew: 1 },
      ],
    ],
  ];
  for (const [list, before, patch, after] of rows)
    t.same(patchPodSpec({ [list]: before }, { [list]: patch }), { [list]: after }, list);
  t.end();
});

t.test('lists of a container merge by the keys of the API, scalars are replaced', (t) => {
  const rows: [list: string, before: unknown[], patch: unknown[], after: unknown[]][] = [
    [
      'env',
      [{ name: 'A', value: '1' }, { name: 'B' }],
      [{ name: 'A', value: '2' }],
      [{ name: 'A', value: '2' }, { name: 'B' }],
    ],
    [
      'ports',
      [{ containerPort: 80, name: 'web' }],
      [{ containerPort: 80, protocol: 'TCP' }],
      [{ containerPort: 80, name: 'web', protocol: 'TCP' }],
    ],
    [
      'volumeMounts',
      [{ mountPath: '/a', name: 'x' }],
      [{ mountPath: '/a', name: 'y' }],
      [{ mountPath: '/a', name: 'y' }],
    ],
    [
      'volumeDevices',
      [{ devicePath: '/d', name: 'x' }],
      [{ devicePath: '/e', name: 'x' }],
      [
        { devicePath: '/e', name: 'x' },
        { devicePath: '/d', name: 'x' },
      ],
    ],
    ['args', ['a', 'b'], ['c'], ['c']],
    ['envFrom', [{ prefix: 'a' }], [{ prefix: 'b' }], [{ prefix: 'b' }]],
  ];
  for (const [list, before, patch, after] of rows) {
    const container = (items: unknown[]) => ({ containers: [{ name: 'c', [list]: items }] });
    t.same(patchPodSpec(container(before), container(patch)), container(after), list);
  }
  t.end();
});

t.test('lists of other kinds and of metadata', (t) => {
  const rows: [string, { apiVersion: string; kind: string }, object, object, object][] = [
    [
      'ports of a Service by port',
      SERVICE,
      { spec: { ports: [{ port: 80, targetPort: 1 }, { port: 443 }] } },
      { spec: { ports: [{ port: 80, targetPort: 2 }] } },
      { spec: { ports: [{ port: 80, targetPort: 2 }, { port: 443 }] } },
    ],
    [
      'a selector merges',
      SERVICE,
      { spec: { selector: { a: '1' } } },
      { spec: { selector: { b: '2' } } },
      { spec: { selector: { a: '1', b: '2' } } },
    ],
    [
      'conditions by type',
      POD,
      {
        status: {
          conditions: [
            { type: 'Ready', status: 'False' },
            { type: 'Initialized', status: 'True' },
          ],
        },
      },
      { status: { conditions: [{ type: 'Ready', status: 'True' }] } },
      {
        status: {
          conditions: [
            { type: 'Ready', status: 'True' },
            { type: 'Initialized', status: 'True' },
          ],
        },
      },
    ],
    [
      'the selector of a PodDisruptionBudget is replaced',
      { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
      { spec: { selector: { matchLabels: { a: '1' } } } },
      { spec: { selector: { matchLabels: { b: '2' } } } },
      { spec: { selector: { matchLabels: { b: '2' } } } },
    ],
    [
      'templates inside a CronJob',
      { apiVersion: 'batch/v1', kind: 'CronJob' },
      { spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'a' }] } } } } } },
      { spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'a', image: 'x' }] } } } } } },
      { spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'a', image: 'x' }] } } } } } },
    ],
    [
      'metrics of an autoscaler are replaced',
      { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
      { spec: { metrics: [{ type: 'Resource' }] } },
      { spec: { metrics: [{ type: 'Pods' }] } },
      { spec: { metrics: [{ type: 'Pods' }] } },
    ],
    [
      'owner references by uid, finalizers as a set',
      { apiVersion: 'example.com/v1', kind: 'Whatever' },
      { metadata: { ownerReferences: [{ uid: '1', name: 'a' }], finalizers: ['x', 'y'] } },
      { metadata: { ownerReferences: [{ uid: '1', name: 'b' }, { uid: '2' }], finalizers: ['y', 'z'] } },
      { metadata: { ownerReferences: [{ uid: '1', name: 'b' }, { uid: '2' }], finalizers: ['x', 'y', 'z'] } },
    ],
  ];
  for (const [name, kind, before, patch, after] of rows) {
    t.same(applyStrategicMergePatch(before, patch, schemaOf(kind)), after, name);
  }
  t.end();
});

t.test('directives', (t) => {
  const two = {
    containers: [
      { name: 'a', image: '1' },
      { name: 'b', image: '1' },
    ],
  };
  const rows: [name: string, before: object, patch: object, after: object][] = [
    [
      'an item is deleted',
      two,
      { containers: [{ name: 'a', $patch: 'delete' }] },
      { containers: [{ name: 'b', image: '1' }] },
    ],
    [
      'a list is replaced',
      two,
      { containers: [{ $patch: 'replace' }, { name: 'c' }] },
      { containers: [{ name: 'c' }] },
    ],
    [
      'a list without rules is taken as it is, directives in it too',
      { tolerations: [{ key: 'a' }] },
      { tolerations: [{ $patch: 'replace' }, { key: 'b' }] },
      { tolerations: [{ $patch: 'replace' }, { key: 'b' }] },
    ],
    [
      'a new object or list is taken without what carries directives',
      {},
      { securityContext: { $patch: 'replace', a: 1 }, containers: [{ name: 'a', $patch: 'delete' }, { name: 'b' }] },
      { containers: [{ name: 'b' }] },
    ],
    [
      'a new item is taken as it is',
      { volumes: [{ name: 'v' }] },
      { volumes: [{ name: 'w', emptyDir: null }] },
      { volumes: [{ name: 'w', emptyDir: null }, { name: 'v' }] },
    ],
    [
      'a new item has the place of one that is gone, ahead of which those only the server has stay',
      { containers: [{ name: 'sidecar' }, { name: 'a' }] },
      {
        '$setElementOrder/containers': [{ name: 'b' }],
        containers: [{ name: 'b' }, { name: 'a', $patch: 'delete' }],
      },
      { containers: [{ name: 'sidecar' }, { name: 'b' }] },
    ],
    [
      'retained keys that are none',
      { securityContext: { a: 1 } },
      { securityContext: { $retainKeys: [] } },
      { securityContext: {} },
    ],
    [
      'an object is replaced',
      { securityContext: { a: 1, b: 2 } },
      { securityContext: { $patch: 'replace', c: 3 } },
      { securityContext: { c: 3 } },
    ],
    [
      'an object is emptied',
      { securityContext: { a: 1 } },
      { securityContext: { $patch: 'delete' } },
      { securityContext: {} },
    ],
    ['null removes', { hostNetwork: true, dnsPolicy: 'x' }, { hostNetwork: null, other: null }, { dnsPolicy: 'x' }],
    ['nulls of new objects are not kept', {}, { securityContext: { a: null, b: 1 } }, { securityContext: { b: 1 } }],
    [
      'a volume retains only some keys',
      { volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/' } }] },
      { volumes: [{ name: 'v', hostPath: { path: '/' } }] },
    ],
    [
      'items are put in order, those only the server has keep their place',
      { containers: [{ name: 'a' }, { name: 'sidecar' }, { name: 'b' }] },
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [{ name: 'a', image: '2' }] },
      { containers: [{ name: 'sidecar' }, { name: 'b' }, { name: 'a', image: '2' }] },
    ],
    [
      'order alone',
      two,
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] },
      {
        containers: [
          { name: 'b', image: '1' },
          { name: 'a', image: '1' },
        ],
      },
    ],
    ['order of a list that is not there', {}, { '$setElementOrder/containers': [{ name: 'b' }] }, {}],
  ];
  for (const [name, before, patch, after] of rows) t.same(patchPodSpec(before, patch), after, name);
  t.end();
});

t.test('scalars are taken out of a set, and the set is put in order', (t) => {
  const finalizers = (...names: string[]) => ({ metadata: { finalizers: names } });
  const patch = (directives: object) =>
    applyStrategicMergePatch(finalizers('a', 'b', 'c'), { metadata: directives }, schemaOf(POD));
  t.same(patch({ '$deleteFromPrimitiveList/finalizers': ['b', 'x'] }), finalizers('a', 'c'));
  t.same(patch({ '$deleteFromPrimitiveList/finalizers': ['b'], finalizers: ['d'] }), finalizers('d', 'a', 'c'));
  t.same(patch({ '$setElementOrder/finalizers': ['c', 'a', 'b'] }), finalizers('c', 'a', 'b'));
  t.same(patch({ '$deleteFromPrimitiveList/labels': ['b'] }), finalizers('a', 'b', 'c'));
  t.end();
});

t.test('the strategy of a Deployment retains only the keys named', (t) => {
  const before = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } };
  const patch = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } };
  t.same(applyStrategicMergePatch(before, patch, schemaOf(DEPLOYMENT)), { spec: { strategy: { type: 'Recreate' } } });
  t.end();
});

t.test('patches that make no sense are refused as the API server refuses them', (t) => {
  const refused: [name: string, status: number, patch: unknown][] = [
    ['an item without its key', 500, { containers: [{ image: 'x' }] }],
    ['an item that is no object', 500, { containers: ['x'] }],
    ['an unknown directive', 500, { securityContext: { $patch: 'explode' } }],
    ['merging, which goes without saying', 500, { securityContext: { $patch: 'merge' } }],
    ['an unknown directive of an item', 500, { containers: [{ name: 'a', $patch: 'merge' }] }],
    ['retained keys that miss one', 400, { securityContext: { $retainKeys: ['a'], b: 1 } }],
    ['retained keys that are no list', 400, { securityContext: { $retainKeys: 'a' } }],
    [
      'an order that misses an item',
      500,
      { '$setElementOrder/containers': [{ name: 'a' }], containers: [{ name: 'b' }] },
    ],
    [
      'an order that ends before the directive to replace',
      500,
      { '$setElementOrder/containers': [{ name: 'a' }], containers: [{ name: 'a' }, { $patch: 'replace' }] },
    ],
    ['an order of nothing', 500, { '$setElementOrder/volumes': [], volumes: [] }],
    ['an order of a list that is removed', 500, { '$setElementOrder/containers': [{ name: 'a' }], containers: null }],
    ['an order that is no list', 500, { '$setElementOrder/containers': 'a' }],
  ];
  for (const [name, status, patch] of refused) {
    t.throws(
      () => patchPodSpec({ containers: [{ name: 'b' }, { name: 'a' }], securityContext: {} }, patch),
      { code: 'InvalidPatch', status },
      name,
    );
  }
  t.throws(() => applyStrategicMergePatch({}, [], schemaOf(POD)), { code: 'InvalidPatch', status: 400 });
  t.end();
});

const item = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), image: fc.constantFrom('1', '2') });
const items = fc.uniqueArray(item, { selector: (each) => each.name });

t.test('merging by key: nothing is lost, the patch wins, twice is once, the input stays', (t) => {
  fc.assert(
    fc.property(items, items, (before, patch) => {
      const frozen = JSON.stringify([before, patch]);
      const once = patchPodSpec({ containers: before }, { containers: patch }) as { containers: typeof before };
      const names = new Set([...before, ...patch].map((each) => each.name));
      t.same(new Set(once.containers.map((each) => each.name)), names);
      for (const each of patch)
        t.same(
          once.containers.find((other) => other.name === each.name),
          each,
        );
      t.same(
        once.containers.filter((each) => patch.some((other) => other.name === each.name)).map((each) => each.name),
        patch.map((each) => each.name),
      );
      t.ok(jsonEqual(patchPodSpec(once, { containers: patch }), once));
      t.equal(JSON.stringify([before, patch]), frozen);
    }),
  );
  t.end();
});
