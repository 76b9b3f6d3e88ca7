import { RESOURCES, type Resource, type Unstructured } from '@kube-steward/kube';
import { customObject, customResourceDefinition, namespace, statefulSet } from '@kube-steward/sandbox';
import t, { type Test } from 'tap';
import { createOperator } from '../../../test/players/index.ts';
import { createStage } from './controller-stage.ts';
import { eventsOn } from './stage-events.ts';

const { statefulSets } = RESOURCES;
const CACHES: Resource = { group: 'example.org', version: 'v1', plural: 'caches', kind: 'Cache', namespaced: true };
const CRD = customResourceDefinition({ group: 'example.org', version: 'v1', kind: 'Cache', plural: 'caches' });
const OLD = '2026-01-01T00:00:00Z';

const OBJECTS: readonly Unstructured[] = [
  CRD,
  namespace({ name: 'shop', annotations: { 'downscaler/downtime': 'Mon-Sun 20:00-20:30 UTC' } }),
  customObject({
    apiVersion: 'example.org/v1',
    kind: 'Cache',
    namespace: 'shop',
    name: 'main',
    spec: { replicas: 2 },
    creationTimestamp: OLD,
  }),
];

/** An operator has made a StatefulSet of a custom resource; the downscaler is running. */
const begin = async (t: Test, ...argv: readonly string[]) => {
  const stage = await createStage({ at: '2026-11-19T19:59:30Z', objects: OBJECTS });
  t.teardown(() => stage.close());
  const operator = createOperator({
    client: stage.client('operator'),
    manager: 'cache-operator',
    owner: { resource: CACHES, namespace: 'shop', name: 'main' },
    child: { resource: statefulSets, object: statefulSet({ namespace: 'shop', name: 'main-cache' }) },
  });
  await operator.reconcile();
  const actor = await stage.start(['--grace-period=0', '--include-resources=statefulsets', ...argv]);
  /** Time passes, and the operator looks every half a minute. */
  const pass = async (until: string): Promise<void> => {
    while (stage.clock.now() < Date.parse(until)) {
      await stage.pass(30_000);
      await operator.reconcile();
      await stage.settle();
    }
  };
  const patches = (resource: string) => stage.writes({ verb: 'patch', resource }).length;
  return { stage, actor, pass, patches };
};

t.test('an owner in the table of kinds: the owner sleeps, and its operator sees to the child', async (t) => {
  const { stage, pass, patches } = await begin(t, '--scale-target=example.org/v1/caches:/spec/replicas=0');
  await pass('2026-11-19T20:10:00Z');
  t.equal(stage.size('main', CACHES), 0);
  t.equal(stage.size('main-cache', statefulSets), 0);
  await pass('2026-11-19T20:31:00Z');
  t.equal(stage.size('main', CACHES), 2);
  t.equal(stage.size('main-cache', statefulSets), 2);
  t.equal(patches('caches'), 2);
  t.equal(patches('statefulsets'), 0, 'the child is not touched');
});

t.test('an owner of an unknown kind: the child is left awake after its first revert', async (t) => {
  const { stage, actor, pass, patches } = await begin(t);
  await pass('2026-11-19T20:29:30Z');
  t.equal(stage.size('main-cache', statefulSets), 2);
  t.equal(patches('statefulsets'), 1, 'put to sleep once');
  const decided =
    'kube_steward_downscaler_decisions_total{controller="downscaler",action="blocked",reason="ManagedByOperator",dry_run="false"}';
  t.ok(await actor.metric(decided));
  const told = eventsOn(stage, 'main-cache').filter(({ type }) => type === 'Warning');
  t.match(told, [
    {
      reason: 'ManagedByOperator',
      note: 'set back to 2 by cache-operator; left awake. To put the owner to sleep instead: --scale-target example.org/v1/caches:/spec/replicas=0',
    },
  ]);
  await pass('2026-11-19T20:31:00Z');
  t.equal(stage.size('main-cache', statefulSets), 2);
  t.notMatch(stage.get(statefulSets, 'main-cache')?.metadata.annotations, { 'downscaler/original-replicas': '2' });
});
