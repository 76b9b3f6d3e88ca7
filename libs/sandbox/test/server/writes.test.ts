import type { Unstructured } from '@kube-steward/kube';
import t from 'tap';
import { configMap, deployment, makeCluster, R, refusal } from './world.ts';

const shop = { namespace: 'shop' } as const;

t.test('a create is refused when the object exists, and when its namespace does not', (t) => {
  const { cluster } = makeCluster();
  cluster.create(R.deployments, deployment('web'));
  t.match(
    refusal(() => cluster.create(R.deployments, deployment('web'))),
    {
      code: 409,
      reason: 'AlreadyExists',
      message: 'deployments.apps "web" already exists',
      details: { name: 'web', group: 'apps', kind: 'deployments' },
    },
  );
  const elsewhere = { ...configMap('a'), metadata: { name: 'a', namespace: 'nowhere' } };
  t.match(
    refusal(() => cluster.create(R.configMaps, elsewhere)),
    {
      code: 404,
      message: 'namespaces "nowhere" not found',
      details: { name: 'nowhere', kind: 'namespaces' },
    },
  );
  t.end();
});

t.test('generateName adds five characters', (t) => {
  const { cluster } = makeCluster();
  const generated = () => cluster.create(R.configMaps, configMap('', {}, { generateName: 'job-' })).metadata.name;
  t.match(generated(), /^job-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  t.not(generated(), generated());
  t.end();
});

t.test('a PUT with an old resourceVersion is a conflict, one with another uid too', (t) => {
  const { cluster } = makeCluster();
  const stored = cluster.create(R.configMaps, configMap('a'));
  cluster.patch(R.configMaps, 'a', { ...shop, type: 'merge', body: { data: { x: '1' } } });
  t.match(
    refusal(() => cluster.update(R.configMaps, stored)),
    {
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    },
  );
  t.match(
    refusal(() => cluster.update(R.configMaps, configMap('a', {}, { uid: 'other' }))),
    {
      code: 409,
      message: /Precondition failed: UID in precondition: other/,
    },
  );
  t.match(
    refusal(() => cluster.update(R.configMaps, configMap('b'))),
    { code: 404 },
  );
  const lease = { metadata: { name: 'l', namespace: 'shop', resourceVersion: '5' } };
  t.match(cluster.update(R.leases, lease), { metadata: { name: 'l' } }, 'a PUT creates leases, whatever it expects');
  t.end();
});

t.test('a PATCH takes resourceVersion as a precondition (409) and uid as a field that must not change (422)', (t) => {
  const { cluster } = makeCluster();
  const stored = cluster.create(R.configMaps, configMap('a'));
  const patch = (metadata: object) =>
    cluster.patch(R.configMaps, 'a', { ...shop, type: 'merge', body: { metadata, data: { x: '1' } } });
  t.match(
    refusal(() => patch({ resourceVersion: '1' })),
    { code: 409, reason: 'Conflict' },
  );
  t.match(
    refusal(() => patch({ uid: 'other' })),
    {
      code: 422,
      message: 'ConfigMap "a" is invalid: metadata.uid: Invalid value: "other": field is immutable',
    },
  );
  t.match(patch({ resourceVersion: stored.metadata.resourceVersion, uid: stored.metadata.uid }), {
    data: { x: '1' },
  });
  t.end();
});

t.test('merge, JSON and strategic patches change what they say', (t) => {
  const { cluster } = makeCluster();
  cluster.create(R.deployments, deployment('web'));
  const patch = (type: 'merge' | 'json' | 'strategic', body: unknown) =>
    cluster.patch(R.deployments, 'web', { ...shop, type, body });
  t.match(patch('merge', { metadata: { annotations: { a: '1', b: '2' } } }).metadata.annotations, { a: '1', b: '2' });
  t.same(patch('merge', { metadata: { annotations: { a: null } } }).metadata.annotations, { b: '2' });
  t.match(patch('json', [{ op: 'replace', path: '/spec/replicas', value: 4 }]), { spec: { replicas: 4 } });
  const sidecar = patch('strategic', {
    spec: { template: { spec: { containers: [{ name: 'log', image: 'log:1' }] } } },
  });
  t.match(sidecar, { spec: { template: { spec: { containers: [{ name: 'log' }, { name: 'main' }] } } } });
  t.end();
});

t.test('a strategic patch that takes the type away changes an object of the same type', (t) => {
  const { cluster } = makeCluster();
  cluster.create(R.deployments, deployment('web'));
  const patch = (body: object) => cluster.patch(R.deployments, 'web', { ...shop, type: 'strategic', body });
  const metadata = { name: 'web' };
  t.throws(() => patch({ $retainKeys: ['spec'], spec: { replicas: 2 } }), /undeterminable: name must be provided$/);
  t.throws(() => patch({ $patch: 'replace', metadata }), /spec.selector: Required value/);
  t.throws(() => patch({ spec: { $patch: 'merge' } }), { message: /^unknown patch type: merge in map/, code: 500 });
  t.end();
});

t.test('patches that are none or do not fit are refused', (t) => {
  const { cluster } = makeCluster();
  cluster.create(R.deployments, deployment('web'));
  const cases: [type: 'merge' | 'json' | 'strategic', body: unknown, code: number, message: RegExp][] = [
    [
      'json',
      [{ op: 'test', path: '/spec/replicas', value: 9 }],
      422,
      /^the server rejected our request due to an error in our request$/,
    ],
    ['json', [{ op: 'add', path: '/metadata/annotations/x', value: 'y' }], 422, /^the server rejected/],
    ['json', {}, 400, /cannot unmarshal object into Go value of type \[\]handlers.jsonPatchOp$/],
    ['merge', [], 400, /^error decoding patch: json: cannot unmarshal array/],
    ['merge', { spec: { replicas: -1 } }, 422, /spec.replicas: Invalid value: -1: must be greater than or equal to 0$/],
    [
      'merge',
      { spec: { replicas: 'three' } },
      422,
      /cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32$/,
    ],
    [
      'merge',
      { spec: { selector: { matchLabels: { app: 'other' } } } },
      422,
      /spec.selector: Invalid value: .*: field is immutable\]$/,
    ],
    ['merge', { metadata: { name: 'other' } }, 400, /does not match the name on the URL \(web\)$/],
    [
      'merge',
      { metadata: { labels: { 'a b': 'c' } } },
      422,
      /metadata.labels: Invalid value: "a b": name part must consist of/,
    ],
    [
      'merge',
      { metadata: { labels: { long: 'x'.repeat(64) } } },
      422,
      /metadata.labels: Invalid value: "x+": must be no more than 63 bytes$/,
    ],
    [
      'merge',
      { metadata: { annotations: { big: 'x'.repeat(263_000) } } },
      422,
      /Too long: may not be more than 262144 bytes$/,
    ],
  ];
  for (const [type, body, code, message] of cases) {
    t.match(
      refusal(() => cluster.patch(R.deployments, 'web', { ...shop, type, body })),
      { code, message },
    );
  }
  t.match(
    refusal(() => cluster.patch(R.deployments, 'db', { ...shop, type: 'merge', body: {} })),
    { code: 404 },
  );
  t.end();
});

t.test('fieldValidation=Strict refuses what is not known: a create with 400, a patch with 422', (t) => {
  const { cluster } = makeCluster();
  const strict = { fieldValidation: 'Strict' } as const;
  const wrong = deployment('web', { replica: 3 });
  const create = (options: object) => cluster.create(R.deployments, wrong, { ...options, dryRun: true });
  const message =
    'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replica"';
  t.match(
    refusal(() => create(strict)),
    { code: 400, message },
  );
  t.match(create({ fieldValidation: 'Warn' }), { spec: { replica: undefined } }, 'only if asked for');
  cluster.create(R.deployments, deployment('web'), strict);
  const cases: [body: object, field: string][] = [
    [{ spec: { replica: 3 } }, 'spec.replica'],
    [{ metadata: { label: { a: 'b' } } }, 'metadata.label'],
    [{ data: {} }, 'data'],
  ];
  for (const [body, field] of cases) {
    const patch = { ...shop, ...strict, type: 'merge', body } as const;
    const expected = new RegExp(`^ "" is invalid: patch: .*: strict decoding error: unknown field "${field}"$`);
    t.match(
      refusal(() => cluster.patch(R.deployments, 'web', patch)),
      { code: 422, message: expected },
    );
  }
  const scale = { ...shop, ...strict, type: 'merge', subresource: 'scale', body: { spec: { replicas: 2 } } } as const;
  t.match(cluster.patch(R.deployments, 'web', scale), { spec: { replicas: 2 } });
  t.end();
});

t.test('a main write leaves status alone, a status write everything else', (t) => {
  const { cluster } = makeCluster();
  cluster.create(R.deployments, { ...deployment('web'), status: { replicas: 9 } });
  const body = { spec: { replicas: 5 }, status: { replicas: 5 }, metadata: { labels: { a: 'b' } } };
  t.match(cluster.patch(R.deployments, 'web', { ...shop, type: 'merge', body }), { spec: { replicas: 5 }, status: {} });
  const other = { spec: { replicas: 6 }, status: { replicas: 6 }, metadata: { labels: { c: 'd' } } };
  const after = cluster.patch(R.deployments, 'web', { ...shop, type: 'merge', body: other, subresource: 'status' });
  t.match(after, { spec: { replicas: 5 }, status: { replicas: 6 } });
  t.same(after.metadata.labels, { a: 'b' });
  t.end();
});

t.test('the scale reads and writes the replicas and shows the selector', (t) => {
  const { cluster } = makeCluster();
  cluster.create(R.deployments, deployment('web', { replicas: 2 }));
  t.match(cluster.getScale(R.deployments, { ...shop, name: 'web' }), {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    spec: { replicas: 2 },
    status: { replicas: 0, selector: 'app=web' },
  });
  const patch = (body: unknown) =>
    cluster.patch(R.deployments, 'web', { ...shop, type: 'merge', subresource: 'scale', body });
  t.match(patch({ spec: { replicas: 0 } })['spec'], {});
  t.match(cluster.get(R.deployments, { ...shop, name: 'web' }), { spec: { replicas: 0 }, metadata: { generation: 2 } });
  t.match(
    refusal(() => patch({ spec: { replicas: -1 } })),
    { code: 422 },
  );
  t.match(
    refusal(() => patch({ metadata: { resourceVersion: '1' }, spec: { replicas: 1 } })),
    { code: 409 },
  );
  t.match(
    refusal(() => cluster.getScale(R.cronJobs, { ...shop, name: 'x' })),
    { code: 404 },
  );
  t.end();
});

t.test('a dry run answers like the write and changes nothing', (t) => {
  const { cluster } = makeCluster();
  cluster.create(R.configMaps, configMap('a'));
  const before = cluster.resourceVersion();
  t.match(cluster.create(R.configMaps, configMap('b'), { dryRun: true }), { metadata: { name: 'b' } });
  t.match(cluster.patch(R.configMaps, 'a', { ...shop, type: 'merge', body: { data: { x: '1' } }, dryRun: true }), {
    data: { x: '1' },
  });
  cluster.delete(R.configMaps, 'a', { ...shop, dryRun: true });
  t.equal(cluster.resourceVersion(), before);
  t.ok(cluster.get(R.configMaps, { ...shop, name: 'a' }));
  t.match(
    refusal(() => cluster.create(R.configMaps, configMap('a'), { dryRun: true })),
    { code: 409 },
  );
  t.end();
});

t.test('managedFields say who set what; subresources are managers of their own', (t) => {
  const { cluster } = makeCluster();
  cluster.create(R.deployments, deployment('web', { replicas: 2 }), { fieldManager: 'kubectl' });
  const options = { ...shop, type: 'merge', fieldManager: 'scaler' } as const;
  cluster.patch(R.deployments, 'web', { ...options, subresource: 'scale', body: { spec: { replicas: 3 } } });
  const after = cluster.patch(R.deployments, 'web', { ...options, body: { metadata: { annotations: { x: 'y' } } } });
  const owned = after.metadata.managedFields?.map(({ manager, subresource, fieldsV1 }) => ({
    manager,
    subresource,
    fieldsV1,
  }));
  t.match(owned, [
    { manager: 'scaler', subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    { manager: 'kubectl', fieldsV1: { 'f:spec': { 'f:template': {} } } },
    { manager: 'scaler', fieldsV1: { 'f:metadata': { 'f:annotations': { 'f:x': {} } } } },
  ]);
  t.equal(after.metadata.managedFields?.[0]?.time, undefined, 'a write through scale has no time, and comes first');
  cluster.load([{ ...configMap('loaded'), apiVersion: 'v1', kind: 'ConfigMap' }]);
  const loaded = cluster.patch(R.configMaps, 'loaded', { ...options, body: { data: { x: '1' } } });
  t.equal(loaded.metadata.managedFields, undefined, 'what was never tracked is not tracked by an update');
  t.end();
});

t.test('server-side apply creates, owns, meets conflicts, takes over by force and removes what it gave up', (t) => {
  const { cluster } = makeCluster();
  const apply = (manager: string, data: object, force = false): Unstructured =>
    cluster.patch(R.configMaps, 'a', {
      ...shop,
      type: 'apply',
      fieldManager: manager,
      force,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data },
    });
  t.same(apply('one', { x: '1', y: '1' })['data'], { x: '1', y: '1' });
  t.match(
    refusal(() => apply('two', { x: '2' })),
    {
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "one": .data.x',
      details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.x' }] },
    },
  );
  t.same(apply('two', { x: '2' }, true)['data'], { x: '2', y: '1' });
  t.same(apply('one', {})['data'], { x: '2' });
  const same = apply('one', {});
  t.equal(apply('one', {}).metadata.resourceVersion, same.metadata.resourceVersion);
  t.match(
    refusal(() => apply('', {})),
    { code: 422, message: /fieldManager: Required value: is required for apply patch$/ },
  );
  t.end();
});

t.test('one HorizontalPodAutoscaler and one Event are served in two versions each', (t) => {
  const { cluster } = makeCluster();
  const v1 = cluster.registry.find('autoscaling', 'v1', 'horizontalpodautoscalers')!;
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  cluster.create(v1, {
    metadata: { name: 'h', namespace: 'shop' },
    spec: { maxReplicas: 5, targetCPUUtilizationPercentage: 50, scaleTargetRef },
  });
  t.match(cluster.get(R.horizontalPodAutoscalers, { ...shop, name: 'h' }), {
    apiVersion: 'autoscaling/v2',
    spec: { minReplicas: 1, metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 50 } } }] },
  });
  const core = cluster.registry.find('', 'v1', 'events')!;
  const regarding = { kind: 'Deployment', name: 'web', namespace: 'shop' };
  cluster.create(R.events, {
    metadata: { name: 'e', namespace: 'shop' },
    eventTime: '2026-11-20T10:00:00.000000Z',
    action: 'Sleep',
    reportingController: 'example.com/downscaler',
    reportingInstance: 'downscaler-0',
    note: 'asleep',
    regarding,
    reason: 'Slept',
    type: 'Normal',
  });
  t.match(cluster.list(core, { fieldSelector: 'involvedObject.name=web' }), [
    { message: 'asleep', involvedObject: regarding },
  ]);
  t.end();
});

t.test('the server fills in defaults and refuses Lease times that are no MicroTime', (t) => {
  const { cluster } = makeCluster();
  t.match(cluster.create(R.deployments, deployment('web')), {
    spec: { replicas: 1, strategy: { type: 'RollingUpdate' }, template: { spec: { restartPolicy: 'Always' } } },
  });
  const jobTemplate = {
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } } },
  };
  t.match(
    cluster.create(R.cronJobs, {
      metadata: { name: 'c', namespace: 'shop' },
      spec: { schedule: '* * * * *', jobTemplate },
    }),
    {
      spec: { suspend: false, concurrencyPolicy: 'Allow' },
    },
  );
  const lease = (renewTime: string) => ({ metadata: { name: 'l', namespace: 'shop' }, spec: { renewTime } });
  t.match(
    refusal(() => cluster.create(R.leases, lease('2026-11-20T10:00:00.123Z'))),
    { code: 400, message: /parsing time/ },
  );
  t.ok(cluster.create(R.leases, lease('2026-11-20T10:00:00.123000Z')));
  t.end();
});
