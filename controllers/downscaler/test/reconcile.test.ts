import { RESOURCES } from '@kube-steward/kube';
import { deployment, namespace, statefulSet } from '@kube-steward/sandbox';
import t from 'tap';
import { createStage, until, type Stage } from './controller-stage.ts';

const OLD = '2026-01-01T00:00:00Z';
const { deployments, statefulSets, events } = RESOURCES;
const TRANSITION = '2026-11-19T20:00:00Z';

const OBJECTS = [
  namespace({ name: 'shop', annotations: { 'downscaler/downtime': 'Mon-Sun 20:00-20:30 UTC' } }),
  deployment({ namespace: 'shop', name: 'web', replicas: 3, creationTimestamp: OLD }),
  statefulSet({ namespace: 'shop', name: 'db', replicas: 2, creationTimestamp: OLD }),
];
const BOTH = '--include-resources=deployments,statefulsets';

const begin = async (t: Tap, argv: readonly string[] = [BOTH]) => {
  const stage = await createStage({ at: '2026-11-19T19:59:50Z', objects: OBJECTS });
  t.teardown(() => stage.close());
  const actor = await stage.start(argv);
  return { stage, actor };
};
type Tap = Pick<typeof t, 'teardown'>;

/** Lets the transition come, and holds the patch of `web` back while somebody else acts. */
const whilePatching = async (stage: Stage, act: () => void): Promise<void> => {
  await stage.settle();
  stage.sandbox.faults.add({
    match: { verbs: ['patch'], name: 'web' },
    effect: { kind: 'latency', ms: 100 },
    times: 1,
  });
  stage.clock.advanceTo(Date.parse(TRANSITION));
  await until(() => stage.sandbox.inFlight() === 1 && stage.size('db', statefulSets) === 0);
  act();
  stage.clock.advance(100);
  await stage.settle();
};

const codesOf = (stage: Stage, name: string): number[] => stage.writes({ verb: 'patch', name }).map(({ code }) => code);

t.test('a conflict: reads again and decides again', async (t) => {
  const { stage, actor } = await begin(t);
  await whilePatching(stage, () => stage.edit(deployments, 'web', { spec: { replicas: 5 } }));
  t.same(codesOf(stage, 'web'), [409, 200]);
  t.match(stage.get(deployments, 'web'), {
    spec: { replicas: 0 },
    metadata: { annotations: { 'downscaler/original-replicas': '5' } },
  });
  t.equal(await actor.metric('controller_runtime_reconcile_errors_total{controller="downscaler"}'), 0, 'no error');
});

t.test('a conflict that makes the patch pointless: none follows', async (t) => {
  const { stage } = await begin(t);
  await whilePatching(stage, () =>
    stage.edit(deployments, 'web', { metadata: { annotations: { 'downscaler/exclude': 'true' } } }),
  );
  t.same(codesOf(stage, 'web'), [409]);
  t.equal(stage.size('web'), 3);
});

t.test('deleted while it is patched: nothing to do', async (t) => {
  const { stage, actor } = await begin(t);
  await whilePatching(stage, () => stage.cluster.delete(deployments, 'web', { namespace: 'shop' }));
  await stage.pass(60_000);
  t.same(codesOf(stage, 'web'), [404]);
  t.equal(await actor.metric('controller_runtime_reconcile_errors_total{controller="downscaler"}'), 0, 'no error');
});

t.test('deleted and made anew while it is patched: the new one is decided for itself', async (t) => {
  const { stage } = await begin(t);
  await whilePatching(stage, () => {
    stage.cluster.delete(deployments, 'web', { namespace: 'shop' });
    stage.cluster.create(deployments, deployment({ namespace: 'shop', name: 'web', replicas: 9 }));
  });
  t.equal(stage.size('web'), 9, 'it is in its grace period');
  t.notMatch(stage.get(deployments, 'web')?.metadata.annotations, { 'downscaler/original-replicas': String });
});

for (const { title, rule } of [
  { title: 'refused with 403', rule: { kind: 'status', code: 403 } },
  { title: 'failing with 500', rule: { kind: 'status', code: 500 } },
  { title: 'cut off before the answer', rule: { kind: 'reset' } },
] as const)
  t.test(`patches of one kind ${title}: the others are put to sleep, and it is tried again`, async (t) => {
    const { stage, actor } = await begin(t);
    await stage.settle();
    const fault = stage.sandbox.faults.add({
      match: { verbs: ['patch'], resources: ['statefulsets'] },
      effect: rule,
    });
    await stage.passTo(TRANSITION);
    await stage.pass(10_000);
    t.equal(stage.size('web'), 0);
    t.equal(stage.size('db', statefulSets), 2);
    t.ok(fault.hits > 1, 'it is tried again');
    t.ok(fault.hits < 40, 'at growing distances');
    const errors = actor.logs().filter(({ level }) => level === 'error');
    t.match(errors, [{ controllerKind: 'StatefulSet', namespace: 'shop', name: 'db' }], 'the log names the object');
    fault.remove();
    await stage.pass(60_000);
    t.equal(stage.size('db', statefulSets), 0);
  });

t.test('applied, but the answer is lost: it is not applied twice', async (t) => {
  const { stage } = await begin(t);
  await stage.settle();
  stage.sandbox.faults.add({
    match: { verbs: ['patch'], name: 'web' },
    effect: { kind: 'reset', afterBytes: 0 },
    times: 1,
  });
  await stage.passTo(TRANSITION);
  await stage.pass(60_000);
  t.match(stage.get(deployments, 'web'), {
    spec: { replicas: 0 },
    metadata: { annotations: { 'downscaler/original-replicas': '3' } },
  });
  t.equal(codesOf(stage, 'web').filter((code) => code === 200).length, 1);
});

t.test('a kind that may not be read: the others work, and it joins them once it may', async (t) => {
  const stage = await createStage({ at: '2026-11-19T20:01:00Z', objects: OBJECTS });
  t.teardown(() => stage.close());
  const fault = stage.sandbox.faults.add({
    match: { resources: ['statefulsets'] },
    effect: { kind: 'status', code: 403 },
  });
  const { controller } = await stage.start([BOTH]);
  await controller.ready;
  await stage.settle();
  t.equal(stage.size('web'), 0);
  t.equal(stage.size('db', statefulSets), 2);
  fault.remove();
  await stage.pass(2 * 60_000);
  t.equal(stage.size('db', statefulSets), 0);
});

t.test('events that cannot be written hold no patch up', async (t) => {
  const { stage } = await begin(t);
  await stage.settle();
  stage.sandbox.faults.add({ match: { resources: ['events'] }, effect: { kind: 'latency', ms: 60_000 } });
  stage.clock.advanceTo(Date.parse(TRANSITION));
  await until(() => stage.size('web') === 0 && stage.size('db', statefulSets) === 0);
  t.equal(stage.cluster.count(events), 0);
  await until(() => stage.sandbox.inFlight() === 2);
  stage.clock.advance(60_000);
  await stage.settle();
  t.equal(stage.cluster.count(events), 2, 'they come when they can');
});
