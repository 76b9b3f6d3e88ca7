import { RESOURCES } from '@kube-steward/kube';
import { deployment, namespace } from '@kube-steward/sandbox';
import t from 'tap';
import { createStage } from './controller-stage.ts';

const { deployments, namespaces } = RESOURCES;
const AT = '2026-11-20T19:00:00Z';
const preview = (name: string, annotations: Record<string, string> = { 'janitor/ttl': '1h' }) =>
  deployment({ namespace: 'shop', name, creationTimestamp: AT, annotations });

t.test('deletes at the second after the deadline, with one event before', async (t) => {
  const stage = await createStage({ at: AT, objects: [namespace({ name: 'shop' }), preview('web')] });
  t.teardown(() => stage.close());
  await stage.start();
  await stage.passTo('2026-11-20T20:00:00Z');
  t.same(stage.writes(), [], 'at the deadline it is as old as it may be');
  await stage.pass(1000);
  t.equal(stage.get(deployments, 'web'), undefined);
  t.match(
    stage.writes().map(({ verb, resource }) => `${verb} ${resource ?? ''}`),
    ['create events', 'delete deployments'],
  );
  t.match(stage.eventsOn('web'), [
    {
      type: 'Normal',
      reason: 'TimeToLiveExpired',
      note: 'Deployment web with 1h TTL is 1h old and will be deleted (annotation janitor/ttl is set)',
      regarding: { kind: 'Deployment', namespace: 'shop', name: 'web' },
    },
  ]);
});

t.test('asks for nothing but watches while nothing changes', async (t) => {
  const stage = await createStage({ at: AT, objects: [namespace({ name: 'shop' }), preview('web')] });
  t.teardown(() => stage.close());
  await stage.start();
  await stage.settle();
  const before = stage.sandbox.requests.size;
  await stage.pass(10 * 60_000);
  const asked = stage.sandbox.requests.all().slice(before);
  t.same(
    asked.filter(({ verb }) => verb !== 'watch'),
    [],
  );
});

t.test('a namespace goes by its own annotation', async (t) => {
  const objects = [namespace({ name: 'shop', creationTimestamp: AT, annotations: { 'janitor/ttl': '1h' } })];
  const stage = await createStage({ at: AT, objects });
  t.teardown(() => stage.close());
  await stage.start();
  await stage.passTo('2026-11-20T20:00:01Z');
  t.equal(stage.get(namespaces, 'shop'), undefined);
  t.match(stage.eventsOn('shop'), [{ metadata: { namespace: 'default' } }]);
});
