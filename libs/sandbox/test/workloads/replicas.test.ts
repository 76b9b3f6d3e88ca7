import fc from 'fast-check';
import t from 'tap';
import { RESOURCES } from '@kube-steward/kube';
import {
  SANDBOX_ANNOTATIONS,
  ROLLOUTS,
  daemonSet,
  deployment,
  node,
  replicaSet,
  rollout,
  ROLLOUT_CRD,
  statefulSet,
} from '../../src/index.ts';
import { findCondition } from '../../src/workloads/status.ts';
import type { Deployment, Pod, ReplicaSet, StatefulSet } from '../../src/workloads/wire.ts';
import { world } from './world.ts';

const { deployments, statefulSets, replicaSets, daemonSets, pods, nodes, namespaces, events } = RESOURCES;

t.test('a Deployment gets its pods through a ReplicaSet it owns', (t) => {
  const { get, ready, cluster } = world([deployment({ name: 'web', replicas: 3 })]);
  const [set] = cluster.list(replicaSets) as ReplicaSet[];
  t.equal(cluster.count(replicaSets), 1);
  t.match(set?.metadata.ownerReferences, [
    { kind: 'Deployment', name: 'web', uid: get(deployments, 'web').metadata.uid },
  ]);
  t.match(set?.metadata.name, /^web-[a-z0-9]{8,}$/);
  const [pod] = cluster.list(pods) as Pod[];
  t.match(pod?.metadata.ownerReferences, [{ kind: 'ReplicaSet', uid: set?.metadata.uid }]);
  t.match(pod?.metadata.name, /^web-[a-z0-9]+-[a-z0-9]{5}$/);
  t.equal(ready('web'), 3);
  const { metadata, status } = get<Deployment>(deployments, 'web');
  t.match(status, { observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 });
  t.match(findCondition(status?.conditions, 'Available'), { status: 'True', reason: 'MinimumReplicasAvailable' });
  t.match(findCondition(status?.conditions, 'Progressing'), { status: 'True', reason: 'NewReplicaSetAvailable' });
  t.equal(metadata.annotations?.['deployment.kubernetes.io/revision'], '1');
  t.end();
});

t.test('a Deployment scaled to 0 loses its pods and gets them back', (t) => {
  const { clock, scale, get, ready, cluster } = world([deployment({ name: 'web', replicas: 3 })]);
  scale(deployments, 'web', 0);
  clock.advance(60_000);
  t.equal(cluster.count(pods), 0, 'none is left, not even terminating');
  t.match(get<Deployment>(deployments, 'web').status, { observedGeneration: 2, readyReplicas: undefined });
  scale(deployments, 'web', 3);
  clock.advance(1000);
  t.equal(ready('web'), 0, 'they take their time');
  t.match(get<Deployment>(deployments, 'web').status, { replicas: 3, unavailableReplicas: 3 });
  clock.advance(60_000);
  t.equal(ready('web'), 3);
  t.equal(cluster.count(replicaSets), 1, 'in the same ReplicaSet');
  t.end();
});

t.test('a changed template rolls out without falling below what may be unavailable', (t) => {
  const { clock, get, merge, ready, cluster } = world([deployment({ name: 'web', replicas: 4 })]);
  const image = (name: string): unknown => ({ spec: { template: { metadata: { annotations: { image: name } } } } });
  merge(deployments, 'web', image('2'));
  let fewest = 4;
  let most = 4;
  for (let second = 0; second < 60; second++) {
    clock.advance(1000);
    fewest = Math.min(fewest, ready('web'));
    most = Math.max(most, (cluster.list(pods) as Pod[]).filter((pod) => !pod.metadata.deletionTimestamp).length);
  }
  t.equal(fewest, 3, 'maxUnavailable 25 %');
  t.ok(most > 4 && most <= 5, 'maxSurge 25 %');
  t.equal(get(deployments, 'web').metadata.annotations?.['deployment.kubernetes.io/revision'], '2');
  t.same((cluster.list(replicaSets) as ReplicaSet[]).map(({ spec }) => spec.replicas).sort(), [0, 4]);
  merge(deployments, 'web', image('1'));
  clock.advance(60_000);
  merge(deployments, 'web', image('2'));
  clock.advance(60_000);
  t.equal(cluster.count(replicaSets), 3, 'going back uses the ReplicaSet of that template');
  t.equal(get(deployments, 'web').metadata.annotations?.['deployment.kubernetes.io/revision'], '4');
  t.end();
});

t.test('a Recreate Deployment ends the old pods first', (t) => {
  const { clock, merge, pods, ready } = world([
    deployment({ name: 'web', replicas: 2, spec: { strategy: { type: 'Recreate' } } }),
  ]);
  const before = pods('web');
  merge(deployments, 'web', { spec: { template: { metadata: { annotations: { v: '2' } } } } });
  clock.advance(0);
  t.same(pods('web'), []);
  clock.advance(60_000);
  t.equal(ready('web'), 2);
  t.notSame(pods('web'), before);
  t.end();
});

t.test('a paused Deployment is resized and not rolled out', (t) => {
  const { clock, merge, ready, cluster } = world([deployment({ name: 'web', replicas: 2 })]);
  merge(deployments, 'web', {
    spec: { paused: true, replicas: 3, template: { metadata: { annotations: { v: '2' } } } },
  });
  clock.advance(60_000);
  t.equal(ready('web'), 3);
  t.equal(cluster.count(replicaSets), 1);
  t.end();
});

t.test('a Rollout is sized like a Deployment', (t) => {
  const { clock, scale, get, ready } = world([ROLLOUT_CRD, rollout({ name: 'canary', replicas: 2 })]);
  t.equal(ready('canary'), 2);
  t.match(get(ROLLOUTS, 'canary'), { status: { HPAReplicas: 2, phase: 'Healthy', selector: 'app=canary' } });
  scale(ROLLOUTS, 'canary', 0);
  clock.advance(60_000);
  t.equal(ready('canary'), 0);
  t.end();
});

t.test('a ReplicaSet makes up for a deleted pod and gives up the newest, unready ones first', (t) => {
  const { clock, cluster, pods: names, scale } = world([replicaSet({ name: 'web', replicas: 3 })]);
  const [first = ''] = names('web');
  cluster.delete(pods, first, { namespace: 'default' });
  clock.advance(60_000);
  const settled = names('web');
  t.equal(settled.length, 3);
  t.notOk(settled.includes(first));
  scale(replicaSets, 'web', 6);
  clock.advance(1000);
  scale(replicaSets, 'web', 3);
  clock.advance(0);
  t.same(names('web'), settled);
  t.end();
});

t.test('a StatefulSet starts its pods one by one and stops them from the highest down', (t) => {
  const { clock, scale, get, pods: names, cluster } = world([statefulSet({ name: 'db', replicas: 0 })]);
  scale(statefulSets, 'db', 3);
  clock.advance(0);
  t.same(names(), ['db-0']);
  clock.advance(5000);
  t.same(names(), ['db-0', 'db-1'], 'the next one when the first is ready');
  clock.advance(60_000);
  t.same(names(), ['db-0', 'db-1', 'db-2']);
  t.match(get<StatefulSet>(statefulSets, 'db').status, { observedGeneration: 2, replicas: 3, readyReplicas: 3 });
  scale(statefulSets, 'db', 0);
  clock.advance(0);
  t.same(names(), ['db-0', 'db-1']);
  clock.advance(2000);
  t.same(names(), ['db-0'], 'the next one when the last is gone');
  clock.advance(60_000);
  t.equal(cluster.count(pods), 0);
  t.end();
});

t.test('a Parallel StatefulSet starts and stops all at once; a changed template replaces one at a time', (t) => {
  const {
    clock,
    scale,
    merge,
    pods: names,
    ready,
  } = world([statefulSet({ name: 'db', replicas: 3, spec: { podManagementPolicy: 'Parallel' } })]);
  merge(statefulSets, 'db', { spec: { template: { metadata: { annotations: { v: '2' } } } } });
  for (let second = 0; second < 60; second++) {
    clock.advance(1000);
    t.ok(ready('db') >= 2);
  }
  t.equal(ready('db'), 3);
  scale(statefulSets, 'db', 0);
  clock.advance(0);
  t.same(names(), []);
  t.end();
});

t.test('a DaemonSet has a pod on each node its nodeSelector matches', (t) => {
  const { clock, merge, get, ready, cluster } = world([
    node({ name: 'a' }),
    node({ name: 'b' }),
    node({ name: 'gpu', taints: [{ key: 'gpu', effect: 'NoSchedule' }] }),
    daemonSet({ name: 'agent' }),
  ]);
  t.equal(ready('agent'), 2);
  t.match(get(daemonSets, 'agent'), { status: { desiredNumberScheduled: 2, numberReady: 2 } });
  merge(daemonSets, 'agent', { spec: { template: { spec: { nodeSelector: { 'no-such': 'true' } } } } });
  clock.advance(60_000);
  t.equal(cluster.count(pods), 0);
  merge(daemonSets, 'agent', { spec: { template: { spec: { nodeSelector: null } } } });
  clock.advance(60_000);
  t.equal(ready('agent'), 2);
  t.end();
});

t.test('a pod that fits on no node waits until one has room', (t) => {
  const { clock, scale, ready, cluster } = world([
    node({ name: 'a', cpu: '1' }),
    deployment({ name: 'first', replicas: 2, requests: { cpu: '400m' } }),
    deployment({ name: 'second', replicas: 1, requests: { cpu: '400m' } }),
  ]);
  t.equal(ready(), 2);
  const waiting = (cluster.list(pods) as Pod[]).find(({ spec }) => !spec.nodeName);
  t.match(waiting?.status?.conditions, [
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: /Insufficient cpu/ },
  ]);
  scale(deployments, 'first', 1);
  clock.advance(60_000);
  t.equal(ready('second'), 1);
  cluster.create(nodes, node({ name: 'b', cpu: '1' }));
  scale(deployments, 'first', 3);
  clock.advance(60_000);
  t.equal(ready(), 4, 'and on a new node');
  t.end();
});

t.test('pods fail as their annotation says', (t) => {
  const failing = (fail: string): Deployment =>
    deployment({ name: fail, podAnnotations: { [SANDBOX_ANNOTATIONS.fail]: fail } });
  const { clock, cluster, get, ready, simulation } = world(['quota', 'unschedulable', 'image', 'crash'].map(failing));
  clock.advance(3600_000);
  t.equal(ready(), 0);
  const podOf = (app: string): Pod | undefined => (cluster.list(pods, { labelSelector: `app=${app}` }) as Pod[])[0];
  t.equal(podOf('quota'), undefined);
  t.match(get<Deployment>(deployments, 'quota').status?.conditions, [
    {},
    {},
    { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: /exceeded quota/ },
  ]);
  t.match(podOf('unschedulable')?.status, { phase: 'Pending', conditions: [{ reason: 'Unschedulable' }] });
  t.match(podOf('image')?.status?.containerStatuses, [{ state: { waiting: { reason: 'ImagePullBackOff' } } }]);
  t.match(podOf('crash')?.status?.containerStatuses, [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }]);
  t.match(findCondition(get<Deployment>(deployments, 'image').status?.conditions, 'Progressing'), {
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
  });
  t.ok(simulation.settled(), 'and nothing goes on trying in circles');
  t.end();
});

t.test('a StatefulSet that a quota keeps small says so in one Event', (t) => {
  const podAnnotations = { [SANDBOX_ANNOTATIONS.fail]: 'quota' };
  const { clock, cluster, get, scale, simulation } = world([statefulSet({ name: 'db', replicas: 2, podAnnotations })]);
  clock.advance(3600_000);
  t.equal(cluster.count(pods), 0);
  t.equal(get<StatefulSet>(statefulSets, 'db').status?.conditions, undefined, 'it has no condition for it');
  const ofSet = 'regarding.kind=StatefulSet,regarding.name=db,reason=FailedCreate';
  t.match(cluster.list(events, { fieldSelector: ofSet }), [{ type: 'Warning', note: /exceeded quota/ }]);
  scale(statefulSets, 'db', 3);
  clock.advance(1000);
  t.match(cluster.list(events, { fieldSelector: ofSet }), [{ series: { count: Number } }], 'and counts on');
  t.ok(simulation.settled());
  t.end();
});

t.test('a pod takes as long to start as its annotation says', (t) => {
  const { clock, ready } = world([
    deployment({ name: 'slow', podAnnotations: { [SANDBOX_ANNOTATIONS.podStart]: '3m' } }),
  ]);
  clock.advance(119_000);
  t.equal(ready('slow'), 0);
  clock.advance(1000);
  t.equal(ready('slow'), 1);
  t.end();
});

t.test('a stopped simulation leaves no timer and does nothing', (t) => {
  const { clock, scale, simulation, ready } = world([deployment({ name: 'web', replicas: 2 })]);
  scale(deployments, 'web', 0);
  t.notOk(simulation.settled());
  simulation.stop();
  t.equal(clock.pendingTimers, 0);
  clock.advance(60_000);
  t.equal(ready('web'), 2);
  t.end();
});

t.test('what is deleted takes its pods along', (t) => {
  const { clock, cluster, simulation } = world([
    deployment({ name: 'web', replicas: 2 }),
    statefulSet({ name: 'db', replicas: 2 }),
  ]);
  cluster.delete(deployments, 'web', { namespace: 'default', propagationPolicy: 'Background' });
  clock.advance(60_000);
  t.equal(cluster.count(replicaSets), 0);
  t.equal(cluster.count(pods), 2);
  cluster.delete(statefulSets, 'db', { namespace: 'default', propagationPolicy: 'Foreground' });
  clock.advance(60_000);
  t.equal(cluster.count(statefulSets), 0);
  t.equal(cluster.count(pods), 0);
  t.ok(simulation.settled());
  t.end();
});

t.test('a deleted namespace goes, though its controllers may create nothing in it any more', (t) => {
  const refused: string[] = [];
  const onError = (_error: unknown, key: string): void => void refused.push(key);
  const objects = [
    deployment({ name: 'web', namespace: 'shop', replicas: 2 }),
    replicaSet({ name: 'r', namespace: 'shop' }),
  ];
  const { clock, cluster, simulation } = world(objects, { onError });
  cluster.delete(namespaces, 'shop');
  clock.advance(300_000);
  t.equal(cluster.get(namespaces, { name: 'shop' }), undefined);
  t.equal(cluster.count(pods), 0);
  t.ok(simulation.settled());
  t.ok(refused.length < 10, refused.join(', '));
  t.end();
});

t.test('after any sequence of changes the number of ready pods equals spec.replicas', (t) => {
  const targets = [
    { resource: deployments, name: 'd' },
    { resource: statefulSets, name: 's' },
    { resource: replicaSets, name: 'r' },
  ];
  const change = fc.record({
    target: fc.constantFrom(...targets),
    replicas: fc.integer({ min: 0, max: 6 }),
    version: fc.integer({ min: 0, max: 3 }),
    waitMs: fc.constantFrom(0, 900, 3000, 20_000),
  });
  const property = fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
    const { clock, cluster, merge, get, ready, simulation } = world([
      node({ name: 'a', cpu: '64' }),
      deployment({ name: 'd', replicas: 2 }),
      statefulSet({ name: 's', replicas: 2 }),
      replicaSet({ name: 'r', replicas: 2 }),
    ]);
    for (const { target, replicas, version, waitMs } of changes) {
      // A ReplicaSet does not replace its pods when its template changes.
      const template = target.name === 'r' ? {} : { metadata: { annotations: { version: String(version) } } };
      merge(target.resource, target.name, { spec: { replicas, template } });
      clock.advance(waitMs);
    }
    clock.advance(600_000);
    for (const { resource, name } of targets) {
      const { spec, status } = get<Deployment>(resource, name);
      if (ready(name) !== spec.replicas) throw new Error(`${name}: ${ready(name)} ready of ${String(spec.replicas)}`);
      if ((status?.readyReplicas ?? 0) !== spec.replicas) throw new Error(`${name}: status ${JSON.stringify(status)}`);
    }
    if (cluster.count(pods) !== ready()) throw new Error('pods are left over');
    if (!simulation.settled()) throw new Error('not settled');
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 60 }));
  t.end();
});
