import { RESOURCES, getPointer } from '@kube-steward/kube';
import { deployment, namespace } from '@kube-steward/sandbox';
import t, { type Test } from 'tap';
import { createStage, type Stage } from './controller-stage.ts';
import { ownerOf } from './decisions.ts';

const { deployments } = RESOURCES;
const OBJECTS = [
  namespace({
    name: 'shop',
    annotations: { 'downscaler/downtime': 'Mon-Sun 20:00-20:30 UTC', 'downscaler/awake-after-deploy': '5m' },
  }),
  deployment({
    namespace: 'shop',
    name: 'web',
    replicas: 3,
    creationTimestamp: '2026-01-01T00:00:00Z',
    metadata: { managedFields: [ownerOf('/spec/template/spec', 'helm', { time: '2026-01-01T00:00:00Z' })] },
  }),
];

/** Asleep since 20:00; it is 20:10. */
const atNight = async (t: Test): Promise<Stage> => {
  const stage = await createStage({ at: '2026-11-19T19:59:50Z', objects: OBJECTS });
  t.teardown(() => stage.close());
  await stage.start();
  await stage.passTo('2026-11-19T20:10:00Z');
  t.equal(stage.size('web'), 0);
  return stage;
};

const deploy = (stage: Stage, image: string, more: object = {}): void => {
  const [container] = getPointer(stage.get(deployments, 'web'), '/spec/template/spec/containers') as object[];
  const spec = { ...more, template: { spec: { containers: [{ ...container, image }] } } };
  stage.edit(deployments, 'web', { spec }, 'helm');
};
const annotations = (stage: Stage) => stage.get(deployments, 'web')?.metadata.annotations ?? {};

t.test('a deploy at night wakes the workload for as long as was asked, and then it sleeps as before', async (t) => {
  const stage = await atNight(t);
  deploy(stage, 'web:2');
  await stage.settle();
  t.equal(stage.size('web'), 3, 'at once');
  await stage.passTo('2026-11-19T20:14:59.999Z');
  t.equal(stage.size('web'), 3);
  await stage.passTo('2026-11-19T20:15:00Z');
  t.equal(stage.size('web'), 0);
  t.equal(annotations(stage)['downscaler/original-replicas'], '3', 'the same original');
  await stage.passTo('2026-11-19T20:30:00Z');
  t.equal(stage.size('web'), 3);
  t.notOk(Object.keys(annotations(stage)).some((key) => key.startsWith('downscaler/original')));
  t.match(stage.writes({ verb: 'patch', resource: 'deployments' }), { length: 4 }, 'down, up, down, up');
});

t.test('a second deploy begins the time anew', async (t) => {
  const stage = await atNight(t);
  deploy(stage, 'web:2');
  await stage.passTo('2026-11-19T20:13:00Z');
  deploy(stage, 'web:3');
  await stage.passTo('2026-11-19T20:17:59.999Z');
  t.equal(stage.size('web'), 3);
  await stage.passTo('2026-11-19T20:18:00Z');
  t.equal(stage.size('web'), 0);
});

t.test('a deploy that writes the size as well is not put down after a minute', async (t) => {
  const stage = await atNight(t);
  deploy(stage, 'web:2', { replicas: 4 });
  await stage.passTo('2026-11-19T20:14:59Z');
  t.equal(stage.size('web'), 4);
  await stage.passTo('2026-11-19T20:30:00Z');
  t.equal(stage.size('web'), 4);
});

t.test('a size set back without a new template is no deploy, however often', async (t) => {
  const stage = await atNight(t);
  deploy(stage, 'web:2');
  await stage.passTo('2026-11-19T20:15:00Z');
  stage.edit(deployments, 'web', { spec: { replicas: 3 } }, 'helm');
  await stage.passTo('2026-11-19T20:16:00Z');
  t.equal(stage.size('web'), 0, 'a minute later it is down again, as after any manual change');
});

t.test('a downscaler that starts in the middle of it goes on', async (t) => {
  const stage = await createStage({ at: '2026-11-19T19:59:50Z', objects: OBJECTS });
  t.teardown(() => stage.close());
  const first = await stage.start();
  await stage.passTo('2026-11-19T20:10:00Z');
  first.kill();
  deploy(stage, 'web:2');
  await stage.passTo('2026-11-19T20:12:00Z');
  const second = await stage.start();
  await stage.settle();
  t.equal(stage.size('web'), 3);
  second.kill();
  await stage.passTo('2026-11-19T20:16:00Z');
  await stage.start();
  await stage.settle();
  t.equal(stage.size('web'), 0);
});
