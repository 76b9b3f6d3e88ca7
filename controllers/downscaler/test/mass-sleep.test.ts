import { RESOURCES, type KubeObject } from '@kube-steward/kube';
import { deployment, namespace, pod } from '@kube-steward/sandbox';
import t, { type Test } from 'tap';
import { createStage, type Stage } from './controller-stage.ts';
import { inShort, prefixed } from './decisions.ts';
import { createLooks } from './looks.ts';
import { eventsOn } from './stage-events.ts';

const { deployments, namespaces, pods } = RESOURCES;
const OLD = '2026-01-01T00:00:00Z';
const NIGHT = 'Mon-Sun 20:00-22:00 UTC';
const DAY_OFF = 'Mon-Sun 08:00-22:00 UTC';
const app = (name: string, where = 'shop') =>
  deployment({ namespace: where, name, replicas: 1, creationTimestamp: OLD });
const shop = (downtime: string) => namespace({ name: 'shop', annotations: prefixed({ downtime }) });
const NAMES = Array.from({ length: 60 }, (_, index) => `web-${index}`);

const begin = async (
  t: Test,
  at: string,
  argv: readonly string[] = [],
  objects = [shop(NIGHT), ...NAMES.map((name) => app(name))],
) => {
  const stage = await createStage({ at, objects });
  t.teardown(() => stage.close());
  const actor = await stage.start(argv);
  await stage.settle();
  const annotate = (annotations: Record<string, string | null>): void =>
    stage.edit(namespaces, 'shop', { metadata: { annotations } });
  const held = () => actor.metric('kube_steward_downscaler_held_workloads');
  return { stage, actor, annotate, held };
};

const asleep = (stage: Stage): number => NAMES.filter((name) => stage.size(name) === 0).length;

t.test(
  'an annotation edited by day that would put everything to sleep: nothing goes, and it is said once',
  async (t) => {
    const { stage, actor, annotate, held } = await begin(t, '2026-11-19T14:00:00Z');
    annotate({ 'downscaler/downtime': DAY_OFF });
    await stage.settle();
    t.equal(asleep(stage), 0);
    const note =
      '60 of 60 managed workloads would go to sleep within 10m, outside any transition: namespace/shop downscaler/downtime "Mon-Sun 08:00-22:00 UTC" (InsideDowntime) has asked for that for longer, so an annotation, a label or the configuration has changed. Held until their next transition; undo the change, or start with --yes to let it through';
    t.match(eventsOn(stage, 'shop'), [{ type: 'Warning', reason: 'MassSleepHeld', action: 'Blocked', note }]);
    t.equal(stage.cluster.count(RESOURCES.events), 1, 'none on the workloads');
    t.match(
      actor.logs().filter(({ level }) => level === 'warn'),
      [{ reason: 'MassSleepHeld', msg: note }],
    );
    t.equal(await held(), 60);
    const decided =
      'kube_steward_downscaler_decisions_total{controller="downscaler",action="blocked",reason="MassSleepHeld",dry_run="false"}';
    t.equal(await actor.metric(decided), 60);

    for (const name of NAMES.slice(0, 3)) stage.edit(deployments, name, { metadata: { labels: { looked: 'again' } } });
    await stage.settle();
    await stage.pass(15 * 60_000);
    t.equal(asleep(stage), 0, 'time alone does not let it through');
    t.equal(stage.cluster.count(RESOURCES.events), 1);

    annotate({ 'downscaler/downtime': NIGHT });
    await stage.settle();
    t.equal(await held(), 0, 'undone');
    stage.edit(deployments, 'web-0', { metadata: { annotations: prefixed({ 'force-downtime': 'true' }) } });
    await stage.settle();
    t.equal(asleep(stage), 1, 'a single one goes at any time again');
    await stage.passTo('2026-11-19T20:00:00Z');
    t.equal(asleep(stage), 60, 'and the night comes as always');
  },
);

t.test('held, it goes at its next transition', async (t) => {
  const { stage, annotate, held } = await begin(t, '2026-11-19T14:00:00Z');
  annotate({ 'downscaler/downtime': 'Mon-Sun 08:00-15:00 UTC, Mon-Sun 16:00-16:30 UTC' });
  await stage.passTo('2026-11-19T15:59:59Z');
  t.equal(asleep(stage), 0);
  t.equal(await held(), 0);
  await stage.passTo('2026-11-19T16:00:00Z');
  t.equal(asleep(stage), 60);
});

t.test('no mistake: the nightly transition', async (t) => {
  const { stage, actor } = await begin(t, '2026-11-19T19:59:00Z');
  await stage.passTo('2026-11-19T20:00:00Z');
  t.equal(asleep(stage), 60);
  t.same(
    actor.logs().filter(({ level }) => level === 'warn'),
    [],
  );
});

t.test('no mistake: a start at night', async (t) => {
  const { stage } = await begin(t, '2026-11-19T21:00:00Z');
  t.equal(asleep(stage), 60);
});

t.test('no mistake: a night that goes slowly', async (t) => {
  const more = Array.from({ length: 10 }, (_, index) => app(`more-${index}`));
  const objects = [shop(NIGHT), ...NAMES.map((name) => app(name)), ...more];
  const { stage } = await begin(t, '2026-11-19T19:59:00Z', ['--max-changes-per-minute=1'], objects);
  await stage.passTo('2026-11-19T21:10:00Z');
  t.equal(asleep(stage), 60, 'more than fifty of them after more than ten minutes');
});

t.test('no mistake: an API server that was away over the transition', async (t) => {
  const { stage } = await begin(t, '2026-11-19T19:59:00Z');
  const fault = stage.sandbox.faults.add({ match: { verbs: ['patch'] }, effect: { kind: 'status', code: 503 } });
  await stage.passTo('2026-11-19T20:15:00Z');
  t.equal(asleep(stage), 0);
  fault.remove();
  await stage.passTo('2026-11-19T21:00:00Z');
  t.equal(asleep(stage), 60);
});

t.test('no mistake: the pod that kept a namespace up has ended', async (t) => {
  const { stage } = await begin(
    t,
    '2026-11-19T19:59:00Z',
    [],
    [
      shop(NIGHT),
      pod({ namespace: 'shop', name: 'batch', annotations: prefixed({ 'force-uptime': 'true' }) }),
      ...NAMES.map((name) => app(name)),
    ],
  );
  await stage.passTo('2026-11-19T21:00:00Z');
  t.equal(asleep(stage), 0);
  stage.cluster.delete(pods, 'batch', { namespace: 'shop', gracePeriodSeconds: 0 });
  await stage.settle();
  t.equal(asleep(stage), 60);
});

t.test('--yes lets everything through', async (t) => {
  const { stage, annotate, held } = await begin(t, '2026-11-19T14:00:00Z', ['--yes']);
  annotate({ 'downscaler/downtime': DAY_OFF });
  await stage.settle();
  t.equal(asleep(stage), 60);
  t.equal(await held(), 0);
});

t.test('fewer than half may be put to sleep at any time', async (t) => {
  const others = Array.from({ length: 70 }, (_, index) => app(`api-${index}`, 'lab'));
  const objects = [shop(NIGHT), namespace({ name: 'lab' }), ...NAMES.map((name) => app(name)), ...others];
  const { stage, annotate } = await begin(t, '2026-11-19T14:00:00Z', [], objects);
  annotate({ 'downscaler/downtime': DAY_OFF });
  await stage.settle();
  t.equal(asleep(stage), 60);
});

t.test('waking is never held', async (t) => {
  const { stage, annotate } = await begin(t, '2026-11-19T20:30:00Z');
  t.equal(asleep(stage), 60);
  annotate({ 'downscaler/downtime': null });
  await stage.settle();
  t.equal(asleep(stage), 0);
});

/** Ten namespaces of ten workloads each: those before `edited` sleep already, and in that one it was just asked for. */
const teams = (edited: number): KubeObject[] =>
  Array.from({ length: 10 }, (_, team) => [
    namespace({ name: `team-${team}`, annotations: prefixed({ downtime: team <= edited ? 'always' : NIGHT }) }),
    ...Array.from({ length: 10 }, (_, index) =>
      deployment({
        namespace: `team-${team}`,
        name: `web-${team}-${index}`,
        replicas: team < edited ? 0 : 1,
        ...(team < edited && { annotations: prefixed({ 'original-replicas': '1' }) }),
      }),
    ),
  ]).flat();

t.test('one namespace after the other adds up, within ten minutes', (t) => {
  const noon = Date.parse('2026-11-19T12:00:00Z');
  const rows = [
    { after: 0, expected: 'blocked MassSleepHeld' },
    { after: 9 * 60_000, expected: 'blocked MassSleepHeld' },
    { after: 11 * 60_000, expected: 'scaleDown InsideDowntime 1→0' },
  ];
  for (const { after, expected } of rows) {
    const looks = createLooks([]);
    const lookAt = (team: number, now: number): string[] =>
      Array.from({ length: 10 }, (_, index) => inShort(looks.look(`web-${team}-${index}`, now)));
    looks.show(...teams(-1));
    for (let team = 0; team < 10; team += 1) lookAt(team, noon);
    for (let team = 0; team < 5; team += 1) {
      looks.show(...teams(team));
      t.match(
        lookAt(team, noon + team),
        Array.from({ length: 10 }, () => 'scaleDown'),
      );
    }
    looks.show(...teams(5));
    const minutes = after / 60_000;
    t.strictSame([...new Set(lookAt(5, noon + 5 + after))], [expected], `${minutes} minutes after 50 of 100`);
  }
  t.end();
});
