import { writeFileSync } from 'node:fs';
import { RESOURCES, type Unstructured } from '@kube-steward/kube';
import { deployment, job } from '@kube-steward/sandbox';
import t from 'tap';
import { acknowledgementOf } from '../src/ack.ts';
import { decodeState } from '../src/state.ts';
import {
  AT,
  FEW,
  OWN_NAMESPACE,
  openShop,
  passRestlessly,
  preview,
  type Actor,
  type Stage,
} from './controller-stage.ts';

const { configMaps } = RESOURCES;
const HOUR = { 'janitor/ttl': '1h' };
const LATER = '2026-11-20T21:00:00Z';
const many = (count: number, annotations: Record<string, string> = {}, prefix = 'app'): Unstructured[] =>
  Array.from({ length: count }, (_, index) => preview(`${prefix}-${index}`, annotations));
const STATE = { namespace: OWN_NAMESPACE, name: 'kube-steward-janitor-state' };

const rulesFile = (t: { testdir(files: Record<string, string>): string }, ...rules: readonly string[]): string =>
  `--rules-file=${t.testdir({ 'rules.yaml': `rules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}` })}/rules.yaml`;
const UNLABELLED = "{id: unlabelled, resources: [deployments], jmespath: '!(metadata.labels.team)', ttl: 1h}";
const NONE = "{id: none, resources: [deployments], jmespath: 'metadata.labels.none', ttl: 1h}";

/** What `steward janitor ack` does. */
const acknowledge = (stage: Stage, scope: string): void => {
  const { data } = stage.cluster.get(configMaps, STATE) as unknown as { data: Record<string, string> };
  const trip = decodeState(data['state.json'] ?? '').breaker.trips.find((each) => each.scope === scope);
  if (!trip) throw new Error(`${scope} has not tripped`);
  const body = acknowledgementOf(trip);
  stage.cluster.patch(configMaps, STATE.name, { type: 'merge', body, namespace: STATE.namespace });
};

t.test('a rule that would delete most of a kind deletes none of it, and says how to go on', async (t) => {
  const stage = await openShop(t, many(60), LATER);
  const actor = await stage.start([FEW, rulesFile(t, UNLABELLED)]);
  await stage.pass(60_000);
  t.same(stage.deleted(), [], 'not even the first fifty');
  const [said] = stage.eventsOn(STATE.name);
  t.match(said, { type: 'Warning', reason: 'MassDeleteHeld', note: /steward janitor ack unlabelled"/ });
  t.match(said?.note, /60 of 60 deployments\.apps|51 of 60 deployments\.apps/);
  t.match(
    actor.logs().filter(({ reason }) => reason === 'MassDeleteHeld'),
    [{ scope: 'rule/unlabelled', msg: /steward janitor ack unlabelled/ }],
    'once, and not for each object',
  );
  t.equal(await actor.metric('kube_steward_janitor_breaker_tripped{breaker="rule/unlabelled"}'), 1);
});

t.test('once it is acknowledged it goes on, also after a restart in between', async (t) => {
  const stage = await openShop(t, many(60), LATER);
  const argv = [FEW, rulesFile(t, UNLABELLED)];
  const first = await stage.start(argv);
  await stage.pass(2000);
  first.kill();
  const second = await stage.start(argv);
  await stage.pass(60_000);
  t.same(stage.deleted(), [], 'a restart is no acknowledgement');
  acknowledge(stage, 'rule/unlabelled');
  await stage.pass(2000);
  t.equal(stage.deleted().length, 60);
  t.equal(await second.metric('kube_steward_janitor_breaker_tripped{breaker="rule/unlabelled"}'), undefined);
});

t.test('what comes due at one moment is counted before the first of it goes', async (t) => {
  const stage = await openShop(t, many(60, HOUR));
  await stage.start([FEW, '--delete-notification=10m']);
  await stage.passTo('2026-11-20T20:01:00Z');
  t.same(stage.deleted(), []);
  t.match(stage.eventsOn(STATE.name)[0], { reason: 'MassDeleteHeld' });
});

/** Puts other rules into a file, and waits until these actors have read it. */
const changeRules = async (stage: Stage, file: string, rules: string, actors: readonly Actor[]): Promise<void> => {
  writeFileSync(file.replace('--rules-file=', ''), `rules: [${rules}]`);
  await passRestlessly(stage, 600, () =>
    actors.every((actor) => actor.logs().some(({ msg }) => msg === 'other rules are in force')),
  );
  await stage.settle();
  await stage.pass(2000);
};

t.test('where nothing was due before other rules came, what they hold is saved, and let go by a person', async (t) => {
  const stage = await openShop(t, many(60), LATER);
  const file = rulesFile(t, NONE);
  const actor = await stage.start([FEW, file]);
  await stage.settle();
  await changeRules(stage, file, UNLABELLED, [actor]);
  t.same(stage.deleted(), []);
  acknowledge(stage, 'rule/unlabelled');
  await stage.pass(2000);
  t.equal(stage.deleted().length, 60);
});

t.test('who follows a leader holds what that one held, and hears of what is let go', async (t) => {
  const stage = await openShop(t, many(60), LATER);
  const file = rulesFile(t, NONE);
  const argv = [FEW, file, '--leader-elect'];
  const leader = await stage.start(argv);
  await leader.controller.ready;
  await stage.settle();
  const standby = await stage.start(argv);
  await standby.controller.ready;
  await changeRules(stage, file, UNLABELLED, [leader, standby]);
  leader.kill();
  await stage.pass(60_000);
  t.same(stage.deleted(), []);
  t.same(
    standby.logs().filter(({ reason }) => reason === 'MassDeleteHeld'),
    [],
    'it was told before',
  );
  acknowledge(stage, 'rule/unlabelled');
  await stage.pass(2000);
  t.equal(stage.deleted().length, 60);
});

t.test('what may have lost its owner is counted before anybody has looked', async (t) => {
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'report', uid: 'gone', controller: true };
  const jobs = Array.from({ length: 60 }, (_, index) => {
    const made = job({ namespace: 'shop', name: `report-${index}`, creationTimestamp: AT, annotations: HOUR });
    return { ...made, metadata: { ...made.metadata, ownerReferences: [owner] } };
  });
  const stage = await openShop(t, jobs, LATER);
  await stage.start(['--include-resources=jobs']);
  await stage.pass(60_000);
  t.same(stage.deleted(), []);
  t.match(stage.eventsOn(STATE.name)[0], { reason: 'MassDeleteHeld' });
});

t.test('many of a kind of which there are many more are nothing special', async (t) => {
  const stage = await openShop(t, [...many(60, HOUR), ...many(70, {}, 'other')], LATER);
  await stage.start([FEW]);
  await stage.settle();
  t.equal(stage.deleted().length, 60);
  const counts = stage.sandbox.requests.all().filter(({ query }) => /[?&]limit=1(&|$)/.test(query));
  t.ok(counts.length > 0 && counts.length <= 4, `${counts.length} questions of how many there are`);
});

t.test('a breaker holds what it is about, and nothing else', async (t) => {
  const elsewhere = { namespace: 'lab', name: 'settings', creationTimestamp: AT, annotations: HOUR };
  const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: elsewhere };
  const stage = await openShop(t, [...many(60), settings], LATER);
  await stage.start([FEW, rulesFile(t, UNLABELLED)]);
  await stage.settle();
  t.same(stage.deleted(), ['configmaps/lab/settings']);
});

t.test('no delete while our clock and that of the server differ by more than a minute', async (t) => {
  const stage = await openShop(t, [preview('web', HOUR)], LATER);
  stage.sandbox.skewClock(-2 * 60_000);
  const actor = await stage.start([FEW]);
  await stage.pass(60_000);
  t.same(stage.deleted(), []);
  t.match(
    actor.logs().filter(({ reason }) => reason === 'ClockSkew'),
    [{ seconds: 120, msg: /nothing is deleted/ }],
    'said once',
  );
  stage.sandbox.skewClock(0);
  await stage.pass(2 * 60_000);
  t.same(stage.deleted(), ['deployments/shop/web']);
});

t.test('the limit of deletes is kept to, the oldest deadline first', async (t) => {
  const since = (name: string, minute: number) =>
    deployment({ namespace: 'shop', name, creationTimestamp: `2026-11-20T18:${minute}:00Z`, annotations: HOUR });
  const stage = await openShop(t, [since('c', 30), since('a', 10), since('d', 40), since('b', 20)], LATER);
  await stage.start([FEW, '--max-deletes-per-minute=2']);
  const gone: number[] = [];
  for (const ms of [0, 30_000, 30_000, 30_000, 30_000]) {
    await stage.pass(ms);
    await stage.settle();
    gone.push(stage.deleted().length);
  }
  t.same(gone, [1, 2, 3, 4, 4]);
  t.same(
    stage.deleted(),
    ['a', 'b', 'c', 'd'].map((name) => `deployments/shop/${name}`),
  );
});

t.test('what somebody makes again each time is left alone for a while', async (t) => {
  const web = (creationTimestamp: string) =>
    deployment({
      ...{ namespace: 'shop', name: 'web', creationTimestamp, annotations: { 'janitor/expires': '2026-11-01' } },
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    });
  const stage = await openShop(t, [], LATER);
  await stage.start([FEW]);
  for (let time = 0; time < 5; time += 1) {
    stage.cluster.load([web(new Date(stage.clock.now()).toISOString())]);
    await stage.pass(60_000);
  }
  t.equal(stage.deleted().length, 3);
  t.match(stage.eventsOn('web').at(-1), { type: 'Warning', reason: 'RecreationLoop', note: /made again by Helm/ });
  await stage.pass(2 * 3_600_000);
  t.equal(stage.deleted().length, 4, 'tried once more');
});

t.test('what one process has deleted counts for the next', async (t) => {
  const stage = await openShop(t, many(40, HOUR), LATER);
  const first = await stage.start([FEW]);
  await stage.settle();
  await stage.pass(2000);
  t.equal(stage.deleted().length, 40);
  first.kill();
  stage.cluster.load(many(30, HOUR, 'more'));
  await stage.start([FEW]);
  await stage.pass(60_000);
  t.equal(stage.deleted().length, 40, '70 within ten minutes would be all there are');
  t.match(stage.eventsOn(STATE.name)[0], { reason: 'MassDeleteHeld' });
});

t.test('what is made again each time is left alone by the next process too', async (t) => {
  const stage = await openShop(t, [], LATER);
  for (let time = 0; time < 5; time += 1) {
    const actor = await stage.start([FEW]);
    const creationTimestamp = new Date(stage.clock.now()).toISOString();
    const annotations = { 'janitor/expires': '2026-11-01' };
    stage.cluster.load([deployment({ namespace: 'shop', name: 'web', creationTimestamp, annotations })]);
    await stage.pass(60_000);
    actor.kill();
  }
  t.equal(stage.deleted().length, 3);
});
