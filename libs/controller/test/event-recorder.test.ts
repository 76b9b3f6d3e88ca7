import { setImmediate as settle } from 'node:timers/promises';
import { KubeApiError, type Client, type ObjectName, type PatchRequest, type Resource } from '@kube-steward/kube';
import { VirtualClock } from '@kube-steward/schedule';
import t from 'tap';
import {
  createEventRecorder,
  createLogger,
  createWorkQueue,
  type EventInput,
  type EventRecorder,
  type EventRecorderOptions,
  type KubeEvent,
} from '../src/index.ts';

const event = (change: Partial<EventInput> = {}, uid = 'uid-1'): EventInput => ({
  regarding: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'cart', uid },
  type: 'Normal',
  reason: 'OutsideUptime',
  action: 'ScaleDown',
  note: 'outside uptime since 20:30',
  ...change,
});

interface World {
  clock: VirtualClock;
  recorder: EventRecorder;
  created: KubeEvent[];
  patched: { name: string; body: unknown }[];
  outcomes: string[];
  lines: unknown[];
  /** What the API answers to the next writes; then it accepts again. */
  failures: Error[];
  pass: (ms: number) => Promise<void>;
}

const setup = (options: Partial<EventRecorderOptions> = {}): World => {
  const clock = new VirtualClock('2026-11-20T19:30:00Z');
  const world = { created: [], patched: [], outcomes: [], lines: [], failures: [] } as unknown as World;
  const answer = <T>(accept: () => T): Promise<T> => {
    const failure = world.failures.shift();
    return failure ? Promise.reject(failure) : Promise.resolve(accept());
  };
  const client: Pick<Client, 'create' | 'patch'> = {
    create: <T>(_resource: unknown, body: T) => answer(() => (world.created.push(body as KubeEvent), body)),
    patch: (_resource: Resource, { name }: ObjectName, { body }: PatchRequest) =>
      answer(() => void world.patched.push({ name, body })),
  };
  const log = createLogger({
    name: 'test',
    level: 'info',
    clock,
    destination: { write: (line) => world.lines.push(line) },
  });
  const recorder = createEventRecorder({
    client,
    clock,
    log,
    controller: 'kube-steward.io/downscaler',
    instance: 'pod-1',
    onEvent: (outcome) => world.outcomes.push(outcome),
    ...options,
  });
  const pass = (ms: number): Promise<void> => clock.advanceSettled(clock.now() + ms, () => settle());
  return Object.assign(world, { clock, recorder, pass });
};

t.test('an event is written as events.k8s.io/v1 wants it', async (t) => {
  const { recorder, created, pass } = setup();
  recorder.event(event());
  t.notOk(recorder.idle, 'taken, not yet written');
  await pass(0);
  t.ok(recorder.idle);
  t.match(created, [
    {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: /^cart\.[0-9a-f]+$/, namespace: 'shop' },
      eventTime: '2026-11-20T19:30:00.000000Z',
      reportingController: 'kube-steward.io/downscaler',
      reportingInstance: 'pod-1',
      action: 'ScaleDown',
      reason: 'OutsideUptime',
      regarding: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'cart', uid: 'uid-1' },
      note: 'outside uptime since 20:30',
      type: 'Normal',
    },
  ]);
});

t.test('events of cluster-scoped objects go to default; long notes and names are cut, names stay unique', async (t) => {
  const { recorder, created, pass } = setup();
  const regarding = { apiVersion: 'v1', kind: 'Node', name: 'n'.repeat(253) };
  recorder.event(event({ regarding, note: 'é'.repeat(600) }));
  recorder.event(event({ regarding, note: 'another' }));
  await pass(0);
  t.same([...new Set(created.map(({ metadata }) => metadata.namespace))], ['default']);
  t.ok(Buffer.byteLength(created[0]!.note) <= 1024 && created[0]!.note.endsWith('é…'), 'cut between characters');
  t.ok(created.every(({ metadata }) => metadata.name.length <= 253));
  t.not(created[0]!.metadata.name, created[1]!.metadata.name);
});

t.test('repeats within 2 minutes fold; later ones become the series of the same event', async (t) => {
  const { recorder, created, patched, outcomes, pass } = setup();
  for (let minute = 0; minute < 5; minute++) {
    recorder.event(event());
    await pass(60_000);
  }
  t.equal(created.length, 1);
  const [first] = created;
  t.same(patched, [
    { name: first!.metadata.name, body: { series: { count: 3, lastObservedTime: '2026-11-20T19:32:00.000000Z' } } },
    { name: first!.metadata.name, body: { series: { count: 5, lastObservedTime: '2026-11-20T19:34:00.000000Z' } } },
  ]);
  t.same(outcomes, ['sent', 'folded', 'sent', 'folded', 'sent']);
});

t.test('another note, reason or object is another event; after half an hour so is a repeat', async (t) => {
  const { recorder, created, pass } = setup();
  recorder.event(event());
  recorder.event(event({ note: 'another' }));
  recorder.event(event({ reason: 'GracePeriod' }));
  recorder.event(event({}, 'uid-2'));
  await pass(30 * 60_000);
  recorder.event(event());
  await pass(0);
  t.equal(created.length, 5);
});

t.test('a series whose event the server has forgotten begins a new one', async (t) => {
  const { recorder, created, failures, pass } = setup();
  recorder.event(event());
  await pass(180_000);
  failures.push(new KubeApiError('NotFound', 'events "cart.x" not found', { status: 404 }));
  recorder.event(event());
  await pass(0);
  t.same(
    created.map(({ eventTime }) => eventTime),
    ['2026-11-20T19:30:00.000000Z', '2026-11-20T19:33:00.000000Z'],
  );
});

t.test('one object has 25 events at once, then one each 5 minutes; others are not held back', async (t) => {
  const { recorder, created, outcomes, pass } = setup();
  for (let i = 0; i < 30; i++) recorder.event(event({ note: `note ${i}` }));
  recorder.event(event({}, 'uid-2'));
  await pass(300_000);
  t.equal(created.length, 26);
  t.equal(outcomes.filter((outcome) => outcome === 'throttled').length, 5);
  for (let i = 0; i < 3; i++) recorder.event(event({ note: `later ${i}` }));
  await pass(0);
  t.equal(created.length, 27);
});

t.test('a full queue drops and counts', async (t) => {
  const { recorder, created, outcomes, pass } = setup({ queueSize: 10, concurrency: 1 });
  for (let i = 0; i < 20; i++) recorder.event(event({}, `uid-${i}`));
  t.equal(outcomes.filter((outcome) => outcome === 'overflowed').length, 9);
  await pass(0);
  t.equal(created.length, 11);
});

t.test('reconciles go first: events wait while the queue has work, at most half a minute', async (t) => {
  const queueClock = new VirtualClock(0);
  const queue = createWorkQueue({ clock: queueClock, name: 'test' });
  const { recorder, created, clock, pass } = setup({ yieldTo: queue });
  queue.add('shop/cart');
  recorder.event(event());
  await pass(29_000);
  t.equal(created.length, 0);
  queue.done(queue.tryGet()!);
  await pass(0);
  t.equal(created.length, 1);
  t.equal(clock.pendingTimers, 0);
  queue.add('shop/cart');
  recorder.event(event({}, 'uid-2'));
  await pass(30_000);
  t.equal(created.length, 2);
});

t.test('a failure that may pass is tried again a few times, another is given up and logged once', async (t) => {
  const { recorder, created, failures, outcomes, lines, pass } = setup();
  const unavailable = new KubeApiError('Unavailable', 'try again', { status: 503 });
  failures.push(unavailable, unavailable);
  recorder.event(event());
  await pass(10_000);
  t.equal(created.length, 1);
  failures.push(...new Array<Error>(4).fill(unavailable));
  recorder.event(event({}, 'uid-2'));
  await pass(60_000);
  const forbidden = new KubeApiError('Forbidden', 'events is forbidden', { status: 403 });
  failures.push(forbidden, forbidden);
  recorder.event(event({}, 'uid-3'));
  recorder.event(event({}, 'uid-4'));
  await pass(0);
  t.same(outcomes, ['sent', 'failed', 'failed', 'failed']);
  t.equal(lines.length, 2);
  t.match(lines[1], /allow create and patch of events.k8s.io events/);
});

t.test('flush ends all waits, and gives up what is not written in time', async (t) => {
  const queue = createWorkQueue({ clock: new VirtualClock(0), name: 'test' });
  queue.add('busy');
  const { recorder, created, failures, clock, pass } = setup({ yieldTo: queue });
  failures.push(new KubeApiError('Unavailable', 'try again', { status: 503 }));
  for (let i = 0; i < 5; i++) recorder.event(event({}, `uid-${i}`));
  const over = recorder.flush(2000);
  await pass(0);
  await over;
  t.equal(created.length, 4, 'one failed, and there is no time for another try');
  t.equal(clock.pendingTimers, 0);

  const stuck = setup({
    client: { create: () => new Promise<never>(() => undefined), patch: () => new Promise<never>(() => undefined) },
  });
  for (let i = 0; i < 5; i++) stuck.recorder.event(event({}, `uid-${i}`));
  const givenUp = stuck.recorder.flush(2000);
  await stuck.pass(2000);
  await givenUp;
  t.same(stuck.outcomes, ['failed', 'failed', 'failed']);
});

t.test('what has to be told before it is done waits for nothing, and is told once', async (t) => {
  const queue = createWorkQueue({ clock: new VirtualClock(0), name: 'test' });
  queue.add('busy');
  const { recorder, created, failures, outcomes } = setup({ yieldTo: queue, concurrency: 1 });
  recorder.event(event({}, 'uid-1'));
  t.equal(await recorder.write(event({}, 'uid-2')), true);
  t.match(created, [{ regarding: { uid: 'uid-2' } }]);
  t.equal(await recorder.write(event({}, 'uid-2')), true, 'it has been told');
  t.same(outcomes, ['sent', 'folded']);
  failures.push(new KubeApiError('Forbidden', 'events is forbidden', { status: 403 }));
  t.equal(await recorder.write(event({}, 'uid-3')), false);
  t.same(outcomes, ['sent', 'folded', 'failed'], 'a failure holds nobody up');
  t.equal(await recorder.write(event({}, 'uid-3')), false, 'a repeat of what was never written is not written either');
  for (let time = 0; time < 25; time++) await recorder.write(event({ note: `${time}` }, 'uid-4'));
  t.equal(await recorder.write(event({ note: 'one too many' }, 'uid-4')), false);
});
