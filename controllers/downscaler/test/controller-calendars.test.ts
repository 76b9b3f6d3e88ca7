import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RESOURCES, type Unstructured } from '@kube-steward/kube';
import { deployment, namespace } from '@kube-steward/sandbox';
import t, { type Test } from 'tap';
import { createStage, type Actor, type Stage } from './controller-stage.ts';

const { configMaps, deployments, events } = RESOURCES;
/** Half a minute before a short working day: the watches of a whole night need not be kept up. */
const EVE = '2026-11-19T23:59:30Z';
const MORNING = '2026-11-20T00:00:00Z';
const UPTIME = 'Mon-Sun 00:00-00:10 UTC, !calendar(holidays) UTC';
const TODAY = '2026-11-20';
const OTHER_DAY = '2026-12-25';

const days = (text: string): Unstructured => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'days', namespace: 'lab' },
  data: { 'days.txt': text },
});

const begin = async (t: Test, ...objects: Unstructured[]): Promise<{ stage: Stage; actor: Actor }> => {
  const web = deployment({ namespace: 'shop', name: 'web', replicas: 3, creationTimestamp: '2026-01-01T00:00:00Z' });
  const stage = await createStage({
    at: EVE,
    objects: [namespace({ name: 'lab' }), namespace({ name: 'shop' }), web, ...objects],
  });
  t.teardown(() => stage.close());
  const config = join(t.testdir({}), 'config.yaml');
  writeFileSync(config, `downscaler: {defaultUptime: "${UPTIME}", calendars: {holidays: {configMap: lab/days}}}`);
  const actor = await stage.start([`--config=${config}`]);
  await stage.settle();
  return { stage, actor };
};

const setDays = ({ cluster }: Stage, text: string): void =>
  void cluster.patch(configMaps, 'days', { type: 'merge', body: { data: { 'days.txt': text } }, namespace: 'lab' });
const warnings = ({ cluster }: Stage) => cluster.list(events).filter((event) => event['type'] === 'Warning');

t.test('a holiday that is declared on its eve is kept', async (t) => {
  const { stage } = await begin(t, days(OTHER_DAY));
  t.equal(stage.size('web'), 0);
  setDays(stage, `${TODAY} Day of Rest\n${OTHER_DAY}`);
  await stage.passTo('2026-11-20T00:02:00Z');
  t.equal(stage.size('web'), 0);
});

t.test(
  'a holiday that is called off on its eve is a working day; called off during the day, it ends there',
  async (t) => {
    const { stage } = await begin(t, days(TODAY));
    setDays(stage, OTHER_DAY);
    await stage.passTo(MORNING);
    t.equal(stage.size('web'), 3);
    setDays(stage, TODAY);
    await stage.settle();
    t.equal(stage.size('web'), 0);
    setDays(stage, '# none');
    await stage.settle();
    t.equal(stage.size('web'), 3);
  },
);

t.test('what cannot be read as a calendar leaves the last days in force, with one Warning', async (t) => {
  const { stage } = await begin(t, days(TODAY));
  setDays(stage, '20.11.2026');
  await stage.passTo('2026-11-20T00:01:00Z');
  t.equal(stage.size('web'), 0, 'still a holiday');
  t.match(warnings(stage), [
    {
      reason: 'CalendarUnreadable',
      regarding: { kind: 'ConfigMap', namespace: 'lab', name: 'days' },
      note: /the calendar holidays cannot be read: ConfigMap lab\/days: line 1: .*; the last good content counts/,
    },
  ]);
});

t.test('without its ConfigMap everything that names a calendar is left as it is, with one Warning', async (t) => {
  const { stage, actor } = await begin(t);
  t.equal(stage.size('web'), 3, 'it is night, and nothing goes down');
  t.match(warnings(stage), [{ reason: 'CalendarUnreadable', note: /ConfigMap lab\/days is not there/ }]);
  t.same(stage.writes({ resource: 'deployments' }), []);
  t.ok(
    actor.logs().some(({ action, name }) => action === 'invalid' && name === 'web'),
    'the log says so of each',
  );
  stage.cluster.create(configMaps, days(OTHER_DAY));
  await stage.settle();
  t.equal(stage.size('web'), 0);
  stage.cluster.delete(configMaps, 'days', { namespace: 'lab' });
  await stage.passTo('2026-11-20T00:01:00Z');
  t.equal(stage.size('web'), 0, 'not even woken: nobody knows which days are holidays');
  stage.cluster.create(configMaps, days(OTHER_DAY));
  await stage.settle();
  t.equal(stage.size('web'), 3);
});

t.test('without the right to read it the downscaler runs all the same', async (t) => {
  const plain = deployment({
    namespace: 'shop',
    name: 'plain',
    replicas: 2,
    creationTimestamp: '2026-01-01T00:00:00Z',
    annotations: { 'downscaler/uptime': 'Mon-Fri 08:00-20:00 UTC' },
  });
  const stage = await createStage({
    at: EVE,
    objects: [namespace({ name: 'lab' }), namespace({ name: 'shop' }), plain],
  });
  t.teardown(() => stage.close());
  stage.sandbox.faults.add({ match: { resources: ['configmaps'] }, effect: { kind: 'status', code: 403 } });
  const config = join(t.testdir({}), 'config.yaml');
  writeFileSync(config, 'downscaler: {calendars: {holidays: {configMap: lab/days}}}');
  const { controller } = await stage.start([`--config=${config}`]);
  await controller.ready;
  await stage.settle();
  t.equal(stage.size('plain'), 0);
  t.match(warnings(stage), [{ reason: 'CalendarUnreadable' }]);
  t.match(
    stage.sandbox.requests.all({ resource: 'configmaps' }).map(({ namespace: where }) => where),
    new Array(stage.sandbox.requests.all({ resource: 'configmaps' }).length).fill('lab'),
    'nothing is read but that namespace',
  );
  t.equal(stage.get(deployments, 'plain')?.metadata.annotations?.['downscaler/original-replicas'], '2');
});
