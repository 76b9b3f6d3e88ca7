import { EventEmitter, once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { defineOptions, text } from '@kube-steward/cli';
import { RESOURCES, keyOf, parseKey, type Endpoint, type KubeObject } from '@kube-steward/kube';
import { startSandbox, type Sandbox } from '@kube-steward/sandbox';
import { VirtualClock } from '@kube-steward/schedule';
import t from 'tap';
import {
  TerminalError,
  runController,
  source,
  type Controller,
  type ControllerContext,
  type ControllerDefinition,
  type RunningController,
} from '../src/index.ts';

const OPTIONS = defineOptions({ mark: { type: text, default: 'seen', description: 'The value written.' } });
type Context = ControllerContext<typeof OPTIONS>;

/** A controller that marks each ConfigMap of namespace `shop` once, and says so. */
const marking = (change: Partial<Controller> = {}, onSetup?: (context: Context) => void) =>
  ({
    name: 'downscaler',
    version: '1.2.3',
    description: 'Marks.',
    options: OPTIONS,
    concurrency: 4,
    setup(context) {
      onSetup?.(context);
      const configMaps = context.informers.get<KubeObject>({ resource: RESOURCES.configMaps });
      return {
        sources: [source(configMaps, (object) => (object.metadata.namespace === 'shop' ? [keyOf(object)] : []))],
        async reconcile(key, { signal }) {
          const object = configMaps.store.get(key);
          if (!object || object.metadata.annotations?.['mark'] === context.options.mark) return undefined;
          const { resourceVersion, uid } = object.metadata;
          const body = { metadata: { resourceVersion, annotations: { mark: context.options.mark } } };
          await context.client.patch(RESOURCES.configMaps, parseKey(key), { type: 'merge', body, signal });
          const regarding = { apiVersion: 'v1', kind: 'ConfigMap', ...parseKey(key), uid };
          context.events.event({ regarding, type: 'Normal', reason: 'Marked', action: 'Mark', note: 'marked' });
          return undefined;
        },
        ...change,
      };
    },
  }) satisfies ControllerDefinition<typeof OPTIONS>;

interface World {
  clock: VirtualClock;
  sandbox: Sandbox;
  signals: EventEmitter;
  out: string[];
  err: string[];
  start(argv: string[], definition?: ControllerDefinition<typeof OPTIONS>): RunningController;
  marks(): (string | undefined)[];
  /** Lets I/O happen until the condition holds. */
  until(condition: () => boolean): Promise<void>;
  pass(ms: number): Promise<void>;
  stop(): Promise<void>;
}

const setup = async (): Promise<World> => {
  const clock = new VirtualClock('2026-11-20T19:00:00Z');
  const sandbox = await startSandbox({ clock });
  sandbox.cluster.load([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'steward' } },
    ...['a', 'b', 'c'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name } })),
  ]);
  const endpoint: Endpoint = {
    server: new URL(sandbox.url),
    namespace: 'steward',
    contextName: 'sandbox',
    credentials: () => Promise.resolve({ headers: {}, tls: {} }),
    invalidate: () => undefined,
  };
  const [signals, out, err]: [EventEmitter, string[], string[]] = [new EventEmitter(), [], []];
  const running: RunningController[] = [];
  const until = async (condition: () => boolean): Promise<void> => {
    for (let calm = 0, turn = 0; calm < 20; turn++) {
      if (turn > 50_000) throw new Error('waited in vain');
      calm = condition() ? calm + 1 : 0;
      await nextTurn();
    }
  };
  return {
    clock,
    sandbox,
    signals,
    out,
    err,
    until,
    start(argv, definition = marking()) {
      const stdout = { write: (text: string) => out.push(text) };
      const stderr = { write: (text: string) => err.push(text) };
      const controller = runController(definition, {
        argv: ['--health-port=0', ...argv],
        env: { POD_NAME: `pod-${running.length}` },
        clock,
        stdout,
        stderr,
        signals,
        endpoint,
      });
      running.push(controller);
      return controller;
    },
    marks: () =>
      sandbox.cluster
        .list(RESOURCES.configMaps, { namespace: 'shop' })
        .map(({ metadata }) => metadata.annotations?.['mark']),
    pass: (ms) =>
      clock.advanceSettled(clock.now() + ms, () =>
        until(() => sandbox.inFlight() === 0 && running.every((each) => each.idle())),
      ),
    async stop() {
      await Promise.all(running.map((each) => each.stop()));
      await sandbox.stop();
    },
  };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
};

const LEASE = { namespace: 'steward', name: 'kube-steward-downscaler' };
const holder = ({ sandbox }: World): string | undefined =>
  (sandbox.cluster.get(RESOURCES.leases, LEASE)?.['spec'] as { holderIdentity?: string } | undefined)?.holderIdentity;

t.test('fills its caches, is elected, reconciles, and writes events', async (t) => {
  const world = await setup();
  const controller = world.start([]);
  await controller.ready;
  await world.until(() => controller.idle());
  t.same(world.marks(), ['seen', 'seen', 'seen']);
  t.match(holder(world), /^pod-0_[0-9a-f-]{36}$/);
  t.equal(world.sandbox.cluster.count(RESOURCES.events), 3);
  const before = world.sandbox.requests.size;
  await world.pass(60_000);
  const quiet = world.sandbox.requests.all().slice(before);
  t.ok(
    quiet.every(({ resource, verb }) => resource === 'leases' && verb === 'patch'),
    'then only the lease is renewed',
  );
  world.sandbox.cluster.load([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'd' } }]);
  await world.until(() => controller.idle() && world.marks().every((mark) => mark === 'seen'));
  t.equal(await controller.stop(), 0);
  await world.stop();
  t.equal(world.clock.pendingTimers, 0, 'no timer is left');
});

t.test(
  'a graceful stop drains the queue, writes the events, gives the lease back, and closes the watches last',
  async (t) => {
    const world = await setup();
    const steps: string[] = [];
    const onStop = (): void => void steps.push(`state saved, lease held: ${holder(world) !== undefined}`);
    const controller = world.start([], marking({ onStop }));
    await controller.ready;
    await world.until(() => controller.idle());
    world.sandbox.requests.all();
    const before = world.sandbox.requests.size;
    world.sandbox.cluster.load([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'd' } }]);
    await world.until(() => !controller.idle() || world.marks().length === 4);
    world.signals.emit('SIGTERM');
    t.equal(await controller.done, 0);
    t.same(world.marks(), ['seen', 'seen', 'seen', 'seen']);
    t.same(steps, ['state saved, lease held: true']);
    const after = world.sandbox.requests.all().slice(before);
    t.equal(after.at(-1)?.resource, 'leases');
    t.ok(after.some(({ resource }) => resource === 'events'));
    t.notOk(holder(world));
    await world.stop();
  },
);

t.test('a reconcile that does not end is aborted after 25 s, and the process ends within 30', async (t) => {
  const world = await setup();
  let wasAborted = false;
  const controller = world.start(
    [],
    marking({
      reconcile: (_key, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            wasAborted = true;
            resolve(undefined);
          });
        }),
    }),
  );
  await controller.ready;
  await world.until(() => holder(world) !== undefined);
  const from = world.clock.now();
  let exitCode: number | undefined;
  void controller.stop().then((code) => (exitCode = code));
  for (let ms = 0; exitCode === undefined && ms < 60_000; ms += 500) {
    world.clock.advance(500);
    for (let turn = 0; turn < 50; turn++) await nextTurn();
  }
  t.equal(exitCode, 0);
  t.ok(wasAborted);
  t.ok(world.clock.now() - from >= 25_000 && world.clock.now() - from <= 30_000);
  await world.stop();
});

t.test('a second signal ends it at once with exit code 1', async (t) => {
  const world = await setup();
  const controller = world.start([], marking({ reconcile: () => new Promise(() => undefined) }));
  await controller.ready;
  world.signals.emit('SIGTERM');
  world.signals.emit('SIGINT');
  t.equal(await controller.done, 1);
  t.equal(world.signals.listenerCount('SIGTERM'), 0);
  await world.sandbox.stop();
});

t.test('an unhandled rejection is logged and ends it with exit code 1', async (t) => {
  const world = await setup();
  const controller = world.start([]);
  await controller.ready;
  world.signals.emit('unhandledRejection', new Error('forgotten'));
  t.equal(await controller.done, 1);
  t.match(world.out.at(-1), /"level":"fatal".*forgotten/);
  await world.sandbox.stop();
});

t.test('a lost lease ends it with exit code 1 without grace, and a standby acts instead', async (t) => {
  const world = await setup();
  const [leader, standby] = [world.start([]), world.start([])];
  await Promise.all([leader.ready, standby.ready]);
  await world.until(() => holder(world) !== undefined && leader.idle() && standby.idle());
  const [first, second] = holder(world)?.startsWith('pod-0') ? [leader, standby] : [standby, leader];
  const lease = world.sandbox.cluster.get(RESOURCES.leases, LEASE)!;
  const spec = { ...(lease['spec'] as object), holderIdentity: 'thief', leaseDurationSeconds: 1 };
  world.sandbox.cluster.update(RESOURCES.leases, { ...lease, spec });
  let exitCode: number | undefined;
  void first.done.then((code) => (exitCode = code));
  for (let ms = 0; ms < 10_000; ms += 500) {
    world.clock.advance(500);
    for (let turn = 0; turn < 50; turn++) await nextTurn();
  }
  t.equal(exitCode, 1);
  t.match(holder(world), /^pod-/);
  world.sandbox.cluster.load([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'd' } }]);
  await world.until(() => second.idle() && world.marks().length === 4);
  t.same(world.marks(), ['seen', 'seen', 'seen', 'seen']);
  await world.stop();
});

t.test(
  '--once reconciles each key once without an election; output is the controller’s, logs go to stderr',
  async (t) => {
    const world = await setup();
    let stdout: Context['stdout'] | undefined;
    const onOnce: Controller['onOnce'] = ({ failures, unread }) => {
      stdout?.write(`done ${failures} ${unread.length}\n`);
      return 2;
    };
    const controller = world.start(
      ['--once', '--mark=x'],
      marking({ onOnce }, (context) => (stdout = context.stdout)),
    );
    t.equal(await controller.done, 2);
    t.same(world.marks(), ['x', 'x', 'x']);
    t.same(world.out, ['done 0 0\n']);
    t.match(world.err[0], /"msg":"starting"/);
    t.equal(world.sandbox.requests.all({ resource: 'leases' }).length, 0);
    t.equal(world.sandbox.cluster.count(RESOURCES.events), 3, 'events are flushed');
    await world.stop();
  },
);

t.test(
  '--once ends with exit code 1 after a failure, which is not retried, and when something could not be read',
  async (t) => {
    const world = await setup();
    let attempts = 0;
    const failing = marking({
      reconcile: () => Promise.reject(attempts++ === 0 ? new Error('x') : new TerminalError('y')),
    });
    t.equal(await world.start(['--once'], failing).done, 1);
    t.equal(attempts, 3);
    world.sandbox.faults.add({ match: { resources: ['configmaps'] }, effect: { kind: 'status', code: 403 } });
    t.equal(await world.start(['--once']).done, 1);
    await world.stop();
  },
);

t.test(
  'in a dry run the client refuses writes, nobody is elected, no event is written; own state may be saved',
  async (t) => {
    const world = await setup();
    const state = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'steward', name: 'state' } };
    let context: Context | undefined;
    const controller = world.start(
      ['--dry-run'],
      marking({}, (given) => (context = given)),
    );
    await controller.ready;
    await world.until(() => controller.idle());
    t.same(world.marks(), [undefined, undefined, undefined]);
    t.equal(world.sandbox.requests.mutating().length, 0);
    await t.rejects(context!.client.create(RESOURCES.configMaps, state), { code: 'ReadOnly' });
    await context!.ownState.create(RESOURCES.configMaps, state);
    const elsewhere = { ...state, metadata: { namespace: 'shop', name: 'state' } };
    await t.rejects(context!.ownState.create(RESOURCES.configMaps, elsewhere), { code: 'ReadOnly' });
    await controller.stop();
    await world.stop();
  },
);

t.test('--once --dry-run writes nothing at all, not even its own state', async (t) => {
  const world = await setup();
  let context: Context | undefined;
  const state = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'steward', name: 'state' } };
  const onStop = async (): Promise<void> => {
    await t.rejects(context!.ownState.create(RESOURCES.configMaps, state), { code: 'ReadOnly' });
  };
  await world.start(
    ['--once', '--dry-run'],
    marking({ onStop }, (given) => (context = given)),
  ).done;
  t.equal(world.sandbox.requests.mutating().length, 0);
  await world.stop();
});

t.test('a write without the lease is refused before it is sent', async (t) => {
  const world = await setup();
  let context: Context | undefined;
  const controller = world.start(
    [],
    marking({}, (given) => {
      context = given;
      t.throws(() => given.guard(), { code: 'NotLeader' });
    }),
  );
  await controller.ready;
  await world.until(() => controller.idle());
  context!.guard();
  await controller.stop();
  t.throws(() => context!.guard(), { code: 'NotLeader' });
  const body = { metadata: { annotations: { late: 'yes' } } };
  const late = context!.client.patch(RESOURCES.configMaps, { namespace: 'shop', name: 'a' }, { type: 'merge', body });
  await t.rejects(late, { code: 'NotLeader' });
  await world.stop();
});

t.test('a kind that may not be read does not hold up the others', async (t) => {
  const world = await setup();
  world.sandbox.faults.add({ match: { resources: ['secrets', 'pods'] }, effect: { kind: 'status', code: 403 } });
  const controller = world.start(
    [],
    marking({}, ({ informers }) => void informers.get({ resource: RESOURCES.pods })),
  );
  await controller.ready;
  await world.until(() => world.marks().every((mark) => mark === 'seen'));
  t.match(world.out.join(''), /"resource":"pods".*cannot follow/);
  await controller.stop();
  await world.stop();
});

t.test('serves health while it runs: ready once synced, not while stopping', async (t) => {
  const world = await setup();
  const port = await freePort();
  let finish: (() => void) | undefined;
  const onStop = (): Promise<void> => new Promise((resolve) => (finish = resolve));
  const controller = world.start([`--health-port=${port}`, '--health-address=127.0.0.1'], marking({ onStop }));
  const get = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  await controller.ready;
  await world.until(() => controller.idle());
  t.equal(await get('/readyz'), 'ok');
  t.equal(await get('/healthz'), 'ok');
  const metrics = await get('/metrics');
  t.match(metrics, 'leader_election_master_status{name="kube-steward-downscaler"} 1');
  t.match(metrics, 'informer_objects{resource="configmaps"} 3');
  t.match(metrics, /controller_runtime_reconcile_total\{controller="downscaler",result="success"\} [3-9]/);
  t.match(metrics, /rest_client_requests_total\{code="200",method="PATCH"/);
  const over = controller.stop();
  await world.until(() => finish !== undefined);
  t.match(await get('/readyz'), /shutdown failed: the process is stopping/);
  finish?.();
  t.equal(await over, 0);
  await world.stop();
});

for (const [argv, exitCode, expected] of [
  [['--unknown'], 64, /unknown flag/],
  [['--concurrency=0', '--qps=fast'], 3, /concurrency[\s\S]*qps/],
  [['stray'], 64, /unexpected argument "stray"/],
  [['--help'], 0, /--mark <text>/],
  [['--version'], 0, /^1\.2\.3\n$/],
  [['--show-config'], 0, /--lease-name +kube-steward-downscaler/],
] as const)
  t.test(`${argv.join(' ')} ends with exit code ${exitCode} and says why`, async (t) => {
    const world = await setup();
    const controller = world.start([...argv]);
    t.equal(await controller.done, exitCode);
    t.match([...world.out, ...world.err].join(''), expected);
    t.equal(world.sandbox.requests.size, 0);
    await world.stop();
  });
