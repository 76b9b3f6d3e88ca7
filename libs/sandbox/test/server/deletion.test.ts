import type { Unstructured } from '@kube-steward/kube';
import t from 'tap';
import type { Cluster } from '../../src/index.ts';
import { configMap, deployment, makeCluster, names, R, refusal } from './world.ts';

const shop = { namespace: 'shop' } as const;

const ownedBy = (owner: Unstructured, name: string, extra: object = {}): Unstructured =>
  configMap(
    name,
    {},
    {
      ownerReferences: [
        {
          apiVersion: owner.apiVersion,
          kind: owner.kind,
          name: owner.metadata.name,
          uid: owner.metadata.uid,
          ...extra,
        },
      ],
    },
  );

const pod = (cluster: Cluster, name: string, rest: object = {}): Unstructured =>
  cluster.create(R.pods, {
    metadata: { name, namespace: 'shop', labels: { app: 'web' } },
    spec: { containers: [{ name: 'a', image: 'b' }], nodeName: 'n1', ...rest },
  });

t.test('delete preconditions that do not hold are a 409 that names the kind', (t) => {
  const { cluster } = makeCluster();
  cluster.create(R.deployments, deployment('web'));
  t.match(
    refusal(() => cluster.delete(R.deployments, 'web', { ...shop, preconditions: { uid: 'other' } })),
    {
      code: 409,
      reason: 'Conflict',
      message:
        /^Operation cannot be fulfilled on Deployment.apps "web": the UID in the precondition \(other\) does not match/,
    },
  );
  t.match(
    refusal(() => cluster.delete(R.deployments, 'web', { ...shop, preconditions: { resourceVersion: '1' } })),
    {
      code: 409,
      message: /the ResourceVersion in the precondition \(1\) does not match/,
    },
  );
  t.end();
});

t.test('finalizers hold a deleted object until the last is taken off; none can be added', (t) => {
  const { cluster } = makeCluster();
  cluster.create(R.configMaps, configMap('a', {}, { finalizers: ['x.io/one', 'x.io/two'] }));
  const marked = cluster.delete(R.configMaps, 'a', shop);
  t.match(marked.metadata, { deletionTimestamp: '2026-11-20T10:00:00Z', deletionGracePeriodSeconds: 0 });
  const finalizers = (list: string[] | null) =>
    cluster.patch(R.configMaps, 'a', { ...shop, type: 'merge', body: { metadata: { finalizers: list } } });
  t.match(
    refusal(() => finalizers(['x.io/one', 'x.io/two', 'x.io/three'])),
    {
      code: 422,
      message: /no new finalizers can be added if the object is being deleted/,
    },
  );
  t.match(
    refusal(() => cluster.create(R.configMaps, configMap('a'))),
    { message: /^object is being deleted: / },
  );
  finalizers(['x.io/two']);
  t.ok(cluster.get(R.configMaps, { ...shop, name: 'a' }));
  finalizers(null);
  t.equal(cluster.get(R.configMaps, { ...shop, name: 'a' }), undefined);
  t.end();
});

t.test('Background deletes dependents, Orphan lets them go, Foreground waits for those that block', (t) => {
  const cases = [
    ['Background', [], []],
    ['Orphan', ['child'], []],
    ['Foreground', [], []],
  ] as const;
  for (const [propagationPolicy, left, owners] of cases) {
    const { cluster } = makeCluster();
    const owner = cluster.create(R.deployments, deployment('web'));
    cluster.create(R.configMaps, ownedBy(owner, 'child', { blockOwnerDeletion: true }));
    cluster.delete(R.deployments, 'web', { ...shop, propagationPolicy });
    t.equal(cluster.get(R.deployments, { ...shop, name: 'web' }), undefined, propagationPolicy);
    const children = cluster.list(R.configMaps);
    t.same(names(children), left);
    t.same(
      children.flatMap((child) => child.metadata.ownerReferences ?? []),
      owners,
    );
  }
  t.end();
});

t.test('a Foreground owner stays while a dependent that blocks it is held by a finalizer', (t) => {
  const { cluster } = makeCluster();
  const owner = cluster.create(R.deployments, deployment('web'));
  const child = ownedBy(owner, 'child', { blockOwnerDeletion: true });
  cluster.create(R.configMaps, { ...child, metadata: { ...child.metadata, finalizers: ['x.io/hold'] } });
  cluster.delete(R.deployments, 'web', { ...shop, propagationPolicy: 'Foreground' });
  t.same(cluster.get(R.deployments, { ...shop, name: 'web' })?.metadata.finalizers, ['foregroundDeletion']);
  cluster.patch(R.configMaps, 'child', { ...shop, type: 'merge', body: { metadata: { finalizers: null } } });
  t.equal(cluster.get(R.deployments, { ...shop, name: 'web' }), undefined);
  t.end();
});

t.test('the garbage collector looks at uids: a namesake is no owner, a second owner keeps', (t) => {
  const { cluster } = makeCluster();
  const first = cluster.create(R.deployments, deployment('web'));
  const other = cluster.create(R.deployments, deployment('other'));
  const both = ownedBy(first, 'both');
  both.metadata.ownerReferences?.push(...(ownedBy(other, 'x').metadata.ownerReferences ?? []));
  cluster.create(R.configMaps, both);
  cluster.create(R.configMaps, ownedBy({ ...first, metadata: { ...first.metadata, uid: 'gone' } }, 'stale'));
  t.same(names(cluster.list(R.configMaps)), ['both'], 'an object whose owners are all gone does not last');
  cluster.delete(R.deployments, 'web', shop);
  const [kept] = cluster.list(R.configMaps);
  t.same(
    kept?.metadata.ownerReferences?.map((owner) => owner.name),
    ['other'],
  );
  t.end();
});

t.test('jobs orphan their pods unless told otherwise', (t) => {
  const { cluster } = makeCluster();
  const job = cluster.create(R.jobs, {
    metadata: { name: 'j', namespace: 'shop' },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } } },
  });
  cluster.create(R.configMaps, ownedBy(job, 'child'));
  cluster.delete(R.jobs, 'j', shop);
  t.same(names(cluster.list(R.configMaps)), ['child']);
  t.end();
});

t.test('without garbage collection dependents stay, as on an API server alone', (t) => {
  const { cluster } = makeCluster({ garbageCollection: false });
  const owner = cluster.create(R.deployments, deployment('web'));
  cluster.create(R.configMaps, ownedBy(owner, 'child'));
  cluster.delete(R.deployments, 'web', shop);
  t.same(names(cluster.list(R.configMaps)), ['child']);
  t.end();
});

t.test('a running pod gets its grace period, which a second delete can only shorten', (t) => {
  const { cluster, clock } = makeCluster();
  pod(cluster, 'p');
  t.match(cluster.delete(R.pods, 'p', shop).metadata, {
    deletionTimestamp: '2026-11-20T10:00:30Z',
    deletionGracePeriodSeconds: 30,
  });
  t.match(cluster.delete(R.pods, 'p', { ...shop, gracePeriodSeconds: 60 }).metadata, {
    deletionGracePeriodSeconds: 30,
  });
  t.match(cluster.delete(R.pods, 'p', { ...shop, gracePeriodSeconds: 5 }).metadata, {
    deletionTimestamp: '2026-11-20T10:00:05Z',
  });
  clock.advance(4999);
  t.ok(cluster.get(R.pods, { ...shop, name: 'p' }));
  clock.advance(1);
  t.equal(cluster.get(R.pods, { ...shop, name: 'p' }), undefined);
  t.end();
});

t.test('a pod that runs nowhere, or is deleted with grace 0, goes at once, but is told as terminating first', (t) => {
  const { cluster } = makeCluster();
  const events: string[] = [];
  cluster.subscribe(
    R.pods,
    ({ type, object }) => void events.push(`${type} ${object.metadata.deletionTimestamp ? 'terminating' : 'alive'}`),
  );
  pod(cluster, 'a', { nodeName: '' });
  cluster.delete(R.pods, 'a', shop);
  pod(cluster, 'b');
  cluster.delete(R.pods, 'b', { ...shop, gracePeriodSeconds: 0 });
  const life = ['ADDED alive', 'MODIFIED terminating', 'DELETED terminating'];
  t.same(events, [...life, ...life]);
  t.end();
});

t.test('a deleted namespace terminates, refuses new content and goes when it is empty', (t) => {
  const { cluster } = makeCluster();
  cluster.create(R.configMaps, configMap('held', {}, { finalizers: ['x.io/hold'] }));
  cluster.create(R.deployments, deployment('web'));
  t.match(cluster.delete(R.namespaces, 'shop'), { status: { phase: 'Terminating' } });
  t.same(cluster.list(R.deployments), []);
  t.match(
    refusal(() => cluster.create(R.configMaps, configMap('new'))),
    {
      code: 403,
      reason: 'Forbidden',
      message:
        'configmaps "new" is forbidden: unable to create new content in namespace shop because it is being terminated',
      details: { causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }] },
    },
  );
  cluster.patch(R.configMaps, 'held', { ...shop, type: 'merge', body: { metadata: { finalizers: null } } });
  t.equal(cluster.get(R.namespaces, { name: 'shop' }), undefined);
  t.match(
    refusal(() => cluster.delete(R.namespaces, 'default')),
    { code: 403, message: /this namespace may not be deleted$/ },
  );
  t.end();
});

t.test('deletecollection deletes what is selected', (t) => {
  const { cluster } = makeCluster();
  for (const name of ['a', 'b', 'c']) cluster.create(R.configMaps, configMap(name, {}, { labels: { name } }));
  t.same(names(cluster.deleteCollection(R.configMaps, { ...shop, labelSelector: 'name in (a,c)' })), ['a', 'c']);
  t.same(names(cluster.list(R.configMaps)), ['b']);
  t.end();
});

t.test('an eviction is refused with 429 and its cause when a budget forbids it', (t) => {
  const { cluster } = makeCluster();
  const ready = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
  for (const name of ['a', 'b']) {
    pod(cluster, name);
    cluster.patch(R.pods, name, { ...shop, type: 'merge', subresource: 'status', body: ready });
  }
  cluster.create(R.podDisruptionBudgets, {
    metadata: { name: 'web', namespace: 'shop' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
  });
  cluster.evict({ ...shop, name: 'a' });
  t.ok(cluster.get(R.pods, { ...shop, name: 'a' })?.metadata.deletionTimestamp);
  t.match(
    refusal(() => cluster.evict({ ...shop, name: 'b' })),
    {
      code: 429,
      reason: 'TooManyRequests',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: {
        causes: [
          { reason: 'DisruptionBudget', message: 'The disruption budget web needs 1 healthy pods and has 1 currently' },
        ],
      },
    },
  );
  const status = {
    observedGeneration: 1,
    disruptionsAllowed: 1,
    currentHealthy: 1,
    desiredHealthy: 1,
    expectedPods: 2,
  };
  cluster.patch(R.podDisruptionBudgets, 'web', { ...shop, type: 'merge', subresource: 'status', body: { status } });
  cluster.evict({ ...shop, name: 'b' });
  const budget = cluster.get(R.podDisruptionBudgets, { ...shop, name: 'web' });
  t.match(budget, { status: { disruptionsAllowed: 0, disruptedPods: { b: '2026-11-20T10:00:00Z' } } });
  t.end();
});

const ANYTHING = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };

t.test('a CustomResourceDefinition serves its kind until it is deleted, and takes all objects along', (t) => {
  const { cluster } = makeCluster();
  cluster.create(R.customResourceDefinitions, {
    metadata: { name: 'things.x.io' },
    spec: {
      group: 'x.io',
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' } },
          schema: ANYTHING,
        },
        { name: 'v1beta1', served: true, storage: false, schema: ANYTHING },
      ],
    },
  });
  const v1 = cluster.registry.find('x.io', 'v1', 'things')!;
  const beta = cluster.registry.find('x.io', 'v1beta1', 'things')!;
  cluster.create(v1, { metadata: { name: 'a', namespace: 'shop' }, spec: { size: 3 } });
  t.match(cluster.get(beta, { ...shop, name: 'a' }), { apiVersion: 'x.io/v1beta1', spec: { size: 3 } });
  cluster.patch(v1, 'a', { ...shop, type: 'merge', subresource: 'scale', body: { spec: { replicas: 1 } } });
  t.match(cluster.get(v1, { ...shop, name: 'a' }), { spec: { size: 1 }, metadata: { generation: 2 } });
  const gone: string[] = [];
  cluster.subscribe('all', ({ type, object }) => type === 'DELETED' && void gone.push(object.kind ?? ''));
  cluster.delete(R.customResourceDefinitions, 'things.x.io');
  t.same(gone, ['Thing', 'CustomResourceDefinition']);
  t.equal(cluster.registry.find('x.io', 'v1', 'things'), undefined);
  t.match(
    refusal(() => cluster.list(v1)),
    { code: 404, message: 'the server could not find the requested resource' },
  );
  t.end();
});
