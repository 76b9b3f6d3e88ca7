import t from 'tap';
import { RESOURCES, getPointer, type Unstructured } from '@kube-steward/kube';
import { VirtualClock } from '@kube-steward/schedule';
import * as builders from '../../src/index.ts';

const cluster = (): builders.Cluster => builders.createCluster({ clock: new VirtualClock('2026-11-16T05:00:00Z') });

t.test('what the builders make, the API server accepts as it is', (t) => {
  const name = 'x';
  const objects: Record<string, Unstructured> = {
    namespaces: builders.namespace({ name }),
    nodes: builders.node({ name }),
    pods: builders.pod({ name }),
    deployments: builders.deployment({ name }),
    statefulSets: builders.statefulSet({ name }),
    daemonSets: builders.daemonSet({ name }),
    replicaSets: builders.replicaSet({ name }),
    cronJobs: builders.cronJob({ name }),
    jobs: builders.job({ name }),
    horizontalPodAutoscalers: builders.hpa({ name }),
    podDisruptionBudgets: builders.pdb({ name }),
  };
  const target = cluster();
  for (const [kind, object] of Object.entries(objects)) {
    const created = target.create(RESOURCES[kind as keyof typeof RESOURCES], object, { fieldValidation: 'Strict' });
    t.ok(created.metadata.uid, kind);
    t.equal(created.metadata.namespace, RESOURCES[kind as keyof typeof RESOURCES].namespaced ? 'default' : undefined);
  }
  target.load([builders.ROLLOUT_CRD, builders.SCALED_OBJECT_CRD]);
  target.load([builders.rollout({ name }), builders.scaledObject({ name })]);
  t.ok(
    target.get(
      { group: 'keda.sh', version: 'v1alpha1', plural: 'scaledobjects', kind: 'ScaledObject', namespaced: true },
      { namespace: 'default', name },
    ),
  );
  t.end();
});

t.test('options reach every part', (t) => {
  const made = builders.deployment({
    name: 'web',
    namespace: 'shop',
    replicas: 3,
    requests: { cpu: '2' },
    annotations: { a: 'b' },
    podAnnotations: { c: 'd' },
    spec: { paused: true },
  });
  t.match(made, {
    metadata: { name: 'web', namespace: 'shop', annotations: { a: 'b' }, labels: { app: 'web' } },
    spec: {
      replicas: 3,
      paused: true,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' }, annotations: { c: 'd' } },
        spec: { containers: [{ name: 'web', resources: { requests: { cpu: '2', memory: '128Mi' } } }] },
      },
    },
  });
  t.notOk('replicas' in builders.rollout({ name: 'r', replicas: null }).spec);
  const owned = builders.pod({ name: 'p', owner: { ...made, metadata: { ...made.metadata, uid: 'u' } } });
  t.match(owned.metadata.ownerReferences, [
    { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u', controller: true },
  ]);
  const task = builders.cronJob({
    name: 'c',
    timeZone: 'Asia/Kolkata',
    image: 'busybox',
    jobSpec: { backoffLimit: 0 },
  });
  t.match(task.spec, {
    timeZone: 'Asia/Kolkata',
    jobTemplate: {
      spec: { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers: [{ image: 'busybox' }] } } },
    },
  });
  t.end();
});

t.test('big objects have the size of real ones', (t) => {
  const size = (value: unknown): number => JSON.stringify(value).length;
  const pod = builders.bigPod({ name: 'web-7c5ddbdf54-abcde' });
  t.ok(Math.abs(size(pod) - 11_800) < 200, `pod ${size(pod)}`);
  t.ok(Math.abs(size(pod.metadata.managedFields) - 4_800) < 200, `managedFields ${size(pod.metadata.managedFields)}`);
  const deployment = builders.bigDeployment({ name: 'web' });
  t.ok(size(deployment) > 9_000 && size(deployment) < 12_000, `deployment ${size(deployment)}`);
  t.end();
});

t.test(
  'seeded pods are the same text each time, begin as stored objects do, and differ in name, uid, node and namespace',
  (t) => {
    const entries = [...builders.seedPods({ count: 6, namespaces: 2, nodes: 3 })];
    for (const entry of entries) {
      t.equal(entry.text('41'), entry.text('41'));
      t.ok(entry.text('41').startsWith('{"metadata":{'));
      const object = JSON.parse(entry.text('41')) as Unstructured;
      t.match(object.metadata, { name: entry.name, namespace: entry.namespace, resourceVersion: '41' });
      t.notOk('kind' in object);
      t.strictSame(
        JSON.parse(entry.metadata?.('41') ?? ''),
        object.metadata,
        'the metadata alone are those in the text',
      );
      for (const [path, value] of Object.entries(entry.fields ?? {}))
        t.equal(getPointer(object, `/${path.replaceAll('.', '/')}`), value, path);
    }
    const objects = entries.map(
      (entry) => JSON.parse(entry.text('1')) as Unstructured & { spec: { nodeName: string } },
    );
    t.equal(new Set(objects.map(({ metadata }) => metadata.uid)).size, 6);
    t.same([...new Set(objects.map(({ spec }) => spec.nodeName))], ['node-0', 'node-1', 'node-2']);
    t.same([...new Set(objects.map(({ metadata }) => metadata.namespace))], ['load-0', 'load-1']);
    t.end();
  },
);

t.test('seeded pods are served as if they had been created', (t) => {
  const target = cluster();
  target.seed(RESOURCES.pods, builders.seedPods({ count: 4, namespaces: 2 }));
  t.equal(target.count(RESOURCES.pods), 4);
  t.equal(target.list(RESOURCES.pods, { namespace: 'load-1', labelSelector: 'app=web' }).length, 2);
  t.end();
});
