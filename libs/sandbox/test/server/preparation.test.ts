import t from 'tap';
import { deployment, makeCluster, R } from './world.ts';

const shop = { namespace: 'shop' } as const;
const metadata = { name: 'web', namespace: 'shop' };
const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } };

t.test('a DaemonSet counts the changes of its template in an annotation nobody else can set', (t) => {
  const { cluster } = makeCluster();
  const count = (): string | undefined =>
    cluster.get(R.daemonSets, metadata)?.metadata.annotations?.['deprecated.daemonset.template.generation'];
  cluster.create(R.daemonSets, deployment('web'));
  t.equal(count(), '1');
  cluster.patch(R.daemonSets, 'web', { ...shop, type: 'merge', body: { metadata: { annotations: null } } });
  t.equal(count(), '1');
  const body = { spec: { template: { spec: { nodeSelector: { disk: 'ssd' } } } } };
  cluster.patch(R.daemonSets, 'web', { ...shop, type: 'merge', body });
  t.equal(count(), '2');
  t.end();
});

t.test('a new node is tainted until it is ready', (t) => {
  const { cluster } = makeCluster();
  const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
  t.match(cluster.create(R.nodes, { metadata: { name: 'n' } }), { spec: { taints: [taint] } });
  cluster.load([{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'm' } }]);
  t.same(cluster.get(R.nodes, { name: 'm' })?.['spec'], {}, 'one that is loaded is as it was');
  t.end();
});

t.test('a job without labels has those of its pods', (t) => {
  const { cluster } = makeCluster();
  const bare = cluster.create(R.jobs, { metadata, spec: { template } }).metadata;
  t.match(bare.labels, { 'job-name': 'web', 'controller-uid': bare.uid ?? '' });
  const own = { ...metadata, name: 'own', labels: { app: 'web' } };
  t.same(cluster.create(R.jobs, { metadata: own, spec: { template } }).metadata.labels, { app: 'web' });
  t.end();
});

t.test('a service keeps its address, a namespace its finalizers, a pod its priority and tolerations', (t) => {
  const { cluster } = makeCluster();
  const service = cluster.create(R.services, { metadata, spec: { ports: [{ port: 80 }] } });
  const address = (service['spec'] as { clusterIP: string }).clusterIP;
  const replaced = cluster.patch(R.services, 'web', {
    ...shop,
    type: 'json',
    body: [{ op: 'replace', path: '/spec', value: { ports: [{ port: 81 }] } }],
  });
  t.match(replaced, { spec: { clusterIP: address, ports: [{ port: 81, targetPort: 81 }] } });
  const emptied = cluster.patch(R.namespaces, 'shop', { type: 'merge', body: { spec: null } });
  t.match(emptied, { spec: { finalizers: ['kubernetes'] } });
  cluster.create(R.pods, { metadata, spec: template.spec });
  const body = { spec: { tolerations: null, priority: null } };
  const pod = cluster.patch(R.pods, 'web', { ...shop, type: 'merge', body });
  t.match(pod, { spec: { priority: 0, tolerations: [{ key: 'node.kubernetes.io/not-ready' }, {}] } });
  t.end();
});

t.test('an owner that is named twice in the same way is named once', (t) => {
  const { cluster } = makeCluster();
  const owner = { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u' };
  const stored = cluster.create(R.configMaps, { metadata: { ...metadata, ownerReferences: [owner, { ...owner }] } });
  t.same(stored.metadata.ownerReferences, [owner]);
  t.end();
});

t.test('the secrets of an account are names', (t) => {
  const { cluster } = makeCluster();
  const accounts = { group: '', version: 'v1', plural: 'serviceaccounts', kind: 'ServiceAccount', namespaced: true };
  const secrets = [{ name: 'token', namespace: 'other' }];
  t.same(cluster.create(accounts, { metadata, secrets })['secrets'], [{ name: 'token' }]);
  t.end();
});
