import { RESOURCES } from '@kube-steward/kube';
import { deployment, namespace } from '@kube-steward/sandbox';
import t from 'tap';
import { createStage, type Stage } from './controller-stage.ts';

const TRANSITION = '2026-11-19T20:00:00Z';
/** A standby looks every 2 to 4.4 s, and waits for 15 s from when it saw the last renewal. */
const TAKEN_OVER = '2026-11-19T20:00:15Z';

const begin = async (t: { teardown(end: () => Promise<void>): void }) => {
  const stage = await createStage({
    at: '2026-11-19T19:59:30Z',
    objects: [
      namespace({ name: 'shop', annotations: { 'downscaler/downtime': 'Mon-Sun 20:00-20:30 UTC' } }),
      deployment({ namespace: 'shop', name: 'web', replicas: 3, creationTimestamp: '2026-01-01T00:00:00Z' }),
    ],
  });
  t.teardown(() => stage.close());
  const leader = await stage.start(['--leader-elect']);
  await leader.controller.ready;
  await stage.settle();
  const standby = await stage.start(['--leader-elect']);
  await standby.controller.ready;
  await stage.settle();
  return { stage, leader, standby };
};

const patchersOf = (stage: Stage): string[] =>
  stage.writes({ verb: 'patch', resource: 'deployments' }).map(({ user }) => user);

const holder = ({ cluster }: Stage): unknown =>
  (
    cluster.get(RESOURCES.leases, { namespace: 'kube-steward', name: 'kube-steward-downscaler' })?.['spec'] as {
      holderIdentity?: string;
    }
  ).holderIdentity;

t.test('only the leader writes; the standby is ready to', async (t) => {
  const { stage, leader, standby } = await begin(t);
  await stage.passTo('2026-11-19T20:00:10Z');
  t.same(patchersOf(stage), [leader.user]);
  t.equal(stage.writes({ user: standby.user }).length, 0);
});

t.test('a leader that stops gives the lease back, and the other goes on within seconds', async (t) => {
  const { stage, leader, standby } = await begin(t);
  await stage.passTo('2026-11-19T19:59:50Z');
  t.equal(await leader.controller.stop(), 0);
  await stage.passTo('2026-11-19T19:59:55Z');
  t.match(holder(stage), /^downscaler-1_/);
  await stage.passTo(TRANSITION);
  t.same(patchersOf(stage), [standby.user]);
});

t.test('a leader that is killed is replaced once its lease has run out', async (t) => {
  const { stage, leader, standby } = await begin(t);
  await stage.passTo('2026-11-19T19:59:50Z');
  leader.kill();
  await stage.passTo(TAKEN_OVER);
  t.same(patchersOf(stage), [standby.user]);
  t.equal(stage.size('web'), 0);
});

t.test('a leader that cannot renew stops writing before another may, and ends', async (t) => {
  const { stage, leader, standby } = await begin(t);
  await stage.passTo('2026-11-19T19:59:48Z');
  stage.sandbox.faults.add({
    match: { user: leader.user, resources: ['leases'] },
    effect: { kind: 'status', code: 500 },
  });
  await stage.passTo(TAKEN_OVER);
  t.equal(await leader.controller.done, 1);
  t.same(patchersOf(stage), [standby.user], 'the one who was cut off wrote nothing at the transition');
  t.equal(stage.size('web'), 0);
});
