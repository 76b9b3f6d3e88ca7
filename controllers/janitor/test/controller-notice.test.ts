import { RESOURCES } from '@kube-steward/kube';
import t from 'tap';
import { FEW, OWN_NAMESPACE, openShop, preview, type Stage } from './controller-stage.ts';

const { deployments, configMaps } = RESOURCES;
const ARGV = [FEW, '--delete-notification=10m'];
const HOUR = { 'janitor/ttl': '1h' };
const told = (stage: Stage, name = 'web'): string[] => stage.eventsOn(name).map(({ reason }) => reason);
const stateOf = ({ cluster }: Stage) =>
  cluster.get(configMaps, { namespace: OWN_NAMESPACE, name: 'kube-steward-janitor-state' });

t.test('is announced before it is deleted', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR)]);
  await stage.start(ARGV);
  await stage.passTo('2026-11-20T19:50:00Z');
  t.same(told(stage), []);
  await stage.pass(1000);
  t.match(stage.eventsOn('web'), [
    {
      type: 'Normal',
      reason: 'DeleteNotification',
      note: 'Deployment web will be deleted at 2026-11-20T20:00:00Z (annotation janitor/ttl is set)',
    },
  ]);
  t.notOk(stage.get(deployments, 'web')?.metadata.annotations?.['janitor/notified'], 'nothing is written on it');
  await stage.passTo('2026-11-20T20:00:01Z');
  t.same(told(stage), ['DeleteNotification', 'TimeToLiveExpired']);
  t.same(stage.deleted(), ['deployments/shop/web']);
});

t.test('whoever has missed the time for it is announced all the same, and has as long', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR)], '2026-11-20T22:00:00Z');
  await stage.start(ARGV);
  await stage.passTo('2026-11-20T22:10:00Z');
  t.same(told(stage), ['DeleteNotification']);
  t.same(stage.deleted(), []);
  await stage.pass(1000);
  t.same(stage.deleted(), ['deployments/shop/web']);
});

t.test('a notice that cannot be written is none', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR)]);
  const forbidden = stage.sandbox.faults.add({
    match: { resources: ['events'], verbs: ['create'] },
    effect: { kind: 'status', code: 403 },
  });
  await stage.start(ARGV);
  await stage.passTo('2026-11-20T20:30:00Z');
  t.same(stage.deleted(), []);
  forbidden.remove();
  await stage.pass(20 * 60_000);
  t.same(told(stage), ['DeleteNotification'], 'tried again until it can be');
  await stage.pass(30 * 60_000);
  t.same(stage.deleted(), ['deployments/shop/web']);
});

t.test('a deadline that moves is announced anew', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR)]);
  await stage.start(ARGV);
  await stage.passTo('2026-11-20T19:55:00Z');
  stage.edit(deployments, 'web', { metadata: { annotations: { 'janitor/ttl': '2h' } } });
  await stage.passTo('2026-11-20T20:59:00Z');
  t.same(told(stage), ['DeleteNotification', 'DeleteNotification']);
  t.same(stage.deleted(), []);
  await stage.passTo('2026-11-20T21:00:01Z');
  t.same(stage.deleted(), ['deployments/shop/web']);
});

t.test('a notice stands over a restart, and is not given twice', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR)]);
  const first = await stage.start(ARGV);
  await stage.passTo('2026-11-20T19:52:00Z');
  t.match(stateOf(stage)?.['data'], { 'state.json': /"notice":\[/ });
  first.kill();
  await stage.start(ARGV);
  await stage.passTo('2026-11-20T19:59:59Z');
  t.same(told(stage), ['DeleteNotification']);
  await stage.passTo('2026-11-20T20:00:01Z');
  t.same(stage.deleted(), ['deployments/shop/web']);
  await stage.pass(2000);
  t.match(stateOf(stage)?.['data'], { 'state.json': /"objects":\{\}/ }, 'what is gone is forgotten');
});

t.test('killed before its state was saved, it gives notice once more, and deletes no sooner', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR)]);
  const first = await stage.start(ARGV);
  await stage.passTo('2026-11-20T19:50:00.500Z');
  first.kill();
  t.equal(stateOf(stage), undefined);
  await stage.passTo('2026-11-20T19:58:00Z');
  await stage.start(ARGV);
  await stage.passTo('2026-11-20T20:08:00Z');
  t.same(told(stage), ['DeleteNotification', 'DeleteNotification']);
  t.same(stage.deleted(), []);
  await stage.pass(1000);
  t.same(stage.deleted(), ['deployments/shop/web']);
});

t.test('a state that cannot be read is as good as none', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR)], '2026-11-20T19:55:00Z');
  stage.cluster.load([
    {
      ...{ apiVersion: 'v1', kind: 'ConfigMap' },
      metadata: { namespace: OWN_NAMESPACE, name: 'kube-steward-janitor-state' },
      data: { 'state.json': '{"version":2' },
    },
  ]);
  const actor = await stage.start(ARGV);
  await stage.pass(2000);
  t.match(stateOf(stage)?.['data'], { 'state.json': /"notice":\[/ });
  t.match(
    actor.logs().filter(({ level }) => level === 40 || level === 'warn'),
    [{ msg: /saved state cannot be read/ }],
  );
});

t.test("kube-janitor's annotation is written where it is asked for, and counts for nothing", async (t) => {
  const stage = await openShop(t, [preview('web', HOUR), preview('api', { ...HOUR, 'janitor/notified': 'yes' })]);
  await stage.start([...ARGV, '--notify-annotation']);
  await stage.passTo('2026-11-20T19:51:00Z');
  t.equal(stage.get(deployments, 'web')?.metadata.annotations?.['janitor/notified'], 'yes');
  t.same(told(stage, 'api'), ['DeleteNotification']);
  await stage.passTo('2026-11-20T20:00:01Z');
  t.same(told(stage), ['DeleteNotification', 'TimeToLiveExpired'], 'its own annotation is no new deadline');
});

t.test('a dry run gives no notice, and none of its is taken for one later', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR)]);
  const dry = await stage.start([...ARGV, '--dry-run']);
  await stage.passTo('2026-11-20T20:30:00Z');
  t.same(stage.writes({ resource: 'events' }), []);
  t.match(
    dry.logs().filter(({ action }) => action !== undefined),
    [{ action: 'notify' }, { action: 'delete', dryRun: true }],
  );
  await dry.controller.stop();
  await stage.start(ARGV);
  await stage.pass(60_000);
  t.same(told(stage), ['DeleteNotification']);
  t.same(stage.deleted(), []);
});
