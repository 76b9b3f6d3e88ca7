import { RESOURCES } from '@kube-steward/kube';
import { deployment, namespace } from '@kube-steward/sandbox';
import t from 'tap';
import { createStage, type Stage } from './controller-stage.ts';

const OLD = '2026-01-01T00:00:00Z';
const NIGHT = 'Mon-Sun 20:00-20:30 UTC';
const UNTIL = 'until 2026-11-19T20:10:00Z';
const { deployments, namespaces } = RESOURCES;

const shop = (annotations: Record<string, string> = {}) =>
  namespace({ name: 'shop', annotations: { 'downscaler/downtime': NIGHT, ...annotations } });
const web = (annotations: Record<string, string> = {}) =>
  deployment({ namespace: 'shop', name: 'web', replicas: 3, creationTimestamp: OLD, annotations });

const annotationOf = (stage: Stage, key = 'downscaler/force-uptime'): string | undefined =>
  (stage.get(deployments, 'web') ?? {}).metadata?.annotations?.[key];
const ofShop = ({ cluster }: Stage, key = 'downscaler/force-uptime'): string | undefined =>
  cluster.get(namespaces, { name: 'shop' })?.metadata.annotations?.[key];

t.test('an exception ends at its second: the workload goes down and is rid of it in one patch', async (t) => {
  const stage = await createStage({
    at: '2026-11-19T20:00:30Z',
    objects: [shop(), web({ 'downscaler/force-uptime': UNTIL })],
  });
  t.teardown(() => stage.close());
  await stage.start();
  await stage.passTo('2026-11-19T20:09:59.999Z');
  t.same(stage.writes(), []);
  await stage.passTo('2026-11-19T20:10:00Z');
  t.equal(stage.size('web'), 0);
  t.equal(annotationOf(stage), undefined);
  t.equal(annotationOf(stage, 'downscaler/original-replicas'), '3');
  t.match(stage.writes({ verb: 'patch' }), { length: 1 });
  await stage.passTo('2026-11-19T20:30:00Z');
  t.equal(stage.size('web'), 3);
});

t.test('one that ends where nothing else is due is removed in a patch of its own', async (t) => {
  const stage = await createStage({
    at: '2026-11-19T19:59:30Z',
    objects: [shop(), web({ 'downscaler/exclude-until': '2026-11-19 19:59' })],
  });
  t.teardown(() => stage.close());
  await stage.start();
  await stage.settle();
  t.equal(annotationOf(stage, 'downscaler/exclude-until'), undefined);
  t.match(stage.writes({ verb: 'patch' }), [{ name: 'web' }]);
  t.equal(stage.size('web'), 3);
  const events = stage.cluster.list(RESOURCES.events, { namespace: 'shop' });
  t.match(events, [
    { type: 'Normal', reason: 'ExceptionExpired', action: 'Annotate', note: /exclude-until .* is over/ },
  ]);
});

t.test('an exception of a namespace ends for all that is in it, and is removed', async (t) => {
  const stage = await createStage({
    at: '2026-11-19T20:00:30Z',
    objects: [shop({ 'downscaler/force-uptime': UNTIL }), web()],
  });
  t.teardown(() => stage.close());
  await stage.start();
  await stage.passTo('2026-11-19T20:09:59.999Z');
  t.equal(stage.size('web'), 3);
  await stage.passTo('2026-11-19T20:10:00Z');
  t.equal(stage.size('web'), 0);
  t.equal(ofShop(stage), undefined);
  t.equal(ofShop(stage, 'downscaler/downtime'), NIGHT, 'all else stays');
});

t.test('without the right to patch namespaces there is one Warning, and nothing else stops', async (t) => {
  const stage = await createStage({
    at: '2026-11-19T20:00:30Z',
    objects: [shop({ 'downscaler/force-uptime': UNTIL }), web()],
  });
  t.teardown(() => stage.close());
  stage.sandbox.faults.add({
    match: { verbs: ['patch'], resources: ['namespaces'] },
    effect: { kind: 'status', code: 403 },
  });
  const actor = await stage.start();
  await stage.passTo('2026-11-19T20:20:00Z');
  t.equal(stage.size('web'), 0);
  t.equal(stage.writes({ resource: 'namespaces' }).length, 1, 'it is not tried again and again');
  const warnings = stage.cluster.list(RESOURCES.events).filter((event) => event['type'] === 'Warning');
  t.match(warnings, [
    {
      reason: 'ExceptionExpired',
      note: /force-uptime is over, and may not be removed: .*namespaces/,
      regarding: { name: 'shop' },
    },
  ]);
  t.notMatch(actor.logs(), [{ level: 'error' }]);
  await stage.passTo('2026-11-19T20:30:00Z');
  t.equal(stage.size('web'), 3);
});

t.test('a dry run says what it would remove, and removes nothing', async (t) => {
  const stage = await createStage({
    at: '2026-11-19T19:59:30Z',
    objects: [shop({ 'downscaler/exclude-until': '2026-11-19' }), web()],
  });
  t.teardown(() => stage.close());
  const actor = await stage.start(['--dry-run']);
  await stage.settle();
  t.same(stage.writes(), []);
  t.ok(actor.logs().some(({ action, name }) => action === 'annotate' && name === 'shop'));
});
