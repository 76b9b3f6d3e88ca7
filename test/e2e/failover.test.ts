import { RESOURCES } from '@kube-steward/kube';
import { deployment, namespace } from '@kube-steward/sandbox';
import t from 'tap';
import { startBundle, type Program } from './programs.ts';
import { fieldOf, serveCluster } from './served-cluster.ts';

const LEASE = { namespace: 'kube-steward', name: 'kube-steward-downscaler' };

t.test('of several replicas one acts, and another takes over from it', async (t) => {
  const served = await serveCluster(t, [
    namespace({ name: 'kube-steward' }),
    namespace({ name: 'shop', annotations: { 'downscaler/downtime': 'always' } }),
    deployment({ namespace: 'shop', name: 'web', replicas: 3, creationTimestamp: '2026-01-01T00:00:00Z' }),
  ]);
  const replica = (name: string): Program =>
    startBundle(t, 'downscaler', [`--kubeconfig=${served.kubeconfig}`, '--health-port=0'], {
      env: { POD_NAMESPACE: 'kube-steward', POD_NAME: name },
    });
  const leader = (): string =>
    String(fieldOf(served, RESOURCES.leases, LEASE, '/spec/holderIdentity') ?? '').split('_')[0] ?? '';
  const size = (): unknown =>
    fieldOf(served, RESOURCES.deployments, { namespace: 'shop', name: 'web' }, '/spec/replicas');
  const force = (annotation: string | null): void =>
    void served.cluster.patch(RESOURCES.namespaces, 'shop', {
      type: 'merge',
      body: { metadata: { annotations: { 'downscaler/force-uptime': annotation } } },
    });

  const first = replica('first');
  await served.untilCluster(() => leader() === 'first' && size() === 0);
  const second = replica('second');
  await second.says(/caches are filled/);
  first.child.kill('SIGTERM');
  t.match(await first.outcome, { code: 0 });
  await served.untilCluster(() => leader() === 'second');
  force('true');
  await served.untilCluster(() => size() === 3);

  const third = replica('third');
  await third.says(/caches are filled/);
  second.child.kill('SIGKILL');
  await second.outcome;
  force(null);
  await served.untilCluster(() => size() === 0);
  t.equal(leader(), 'third');
  t.same(
    served.sandbox.requests.all({ resource: 'deployments', verb: 'patch' }).map(({ code }) => code),
    [200, 200, 200],
    'each change was made once',
  );
});
