import { setImmediate as settle } from 'node:timers/promises';
import { KubeApiError } from '@kube-steward/kube';
import { VirtualClock } from '@kube-steward/schedule';
import fc from 'fast-check';
import t from 'tap';
import { LeaderElector, createLogger, formatMicroTime, type LeaderElectorOptions } from '../src/index.ts';
import { LeaseApi, ProcessClock } from './lease-api.ts';

const LEASE = { namespace: 'steward', name: 'kube-steward-downscaler' };

interface Candidate {
  elector: LeaderElector;
  stop: AbortController;
  end: Promise<string>;
  lines: { level: string; msg: string }[];
  leadership: AbortSignal | undefined;
  lost: string | undefined;
}

const candidate = (
  api: LeaseApi,
  clock: VirtualClock | ProcessClock,
  options: Partial<LeaderElectorOptions> = {},
): Candidate => {
  const lines: Candidate['lines'] = [];
  const log = createLogger({
    name: 'test',
    level: 'info',
    clock,
    destination: { write: (line) => lines.push(JSON.parse(line) as Candidate['lines'][number]) },
  });
  const stop = new AbortController();
  const elector = new LeaderElector({
    client: api.client(),
    lease: LEASE,
    identity: 'a',
    clock,
    log,
    random: () => 0,
    onStarted: (signal) => (result.leadership = signal),
    onLost: (reason) => (result.lost = reason),
    ...options,
  });
  const result: Candidate = {
    elector,
    stop,
    lines,
    leadership: undefined,
    lost: undefined,
    end: elector.run(stop.signal),
  };
  return result;
};

const setup = (): { clock: VirtualClock; api: LeaseApi; pass: (ms: number) => Promise<void> } => {
  const clock = new VirtualClock('2026-11-20T19:00:00.123Z');
  const pass = (ms: number): Promise<void> => clock.advanceSettled(clock.now() + ms, () => settle());
  return { clock, api: new LeaseApi(), pass };
};

const mayWrite = (elector: LeaderElector): boolean => {
  try {
    elector.guard();
    return true;
  } catch {
    return false;
  }
};

t.test('MicroTime has exactly six fractional digits', (t) => {
  t.equal(formatMicroTime(Date.parse('2026-11-20T19:00:00Z')), '2026-11-20T19:00:00.000000Z');
  t.equal(formatMicroTime(1), '1970-01-01T00:00:00.001000Z');
  t.end();
});

t.test('creates the lease, leads, renews each 2 s, and gives it back when told to stop', async (t) => {
  const { clock, api, pass } = setup();
  const a = candidate(api, clock);
  t.notOk(mayWrite(a.elector), 'no write before the lease');
  await settle();
  const time = '2026-11-20T19:00:00.123000Z';
  t.match(api.lease?.spec, {
    holderIdentity: 'a',
    leaseDurationSeconds: 15,
    acquireTime: time,
    renewTime: time,
    leaseTransitions: 0,
  });
  t.ok(mayWrite(a.elector));
  await pass(20_000);
  t.equal(api.history.length, 11);
  t.match(api.lease?.spec, { acquireTime: time, renewTime: '2026-11-20T19:00:20.123000Z' });
  t.same(api.calls.slice(2), new Array(10).fill('patch'), 'a renewal is one request');
  a.stop.abort();
  t.equal(await a.end, 'released');
  t.notOk(mayWrite(a.elector));
  t.notOk(api.lease?.spec?.holderIdentity);
  t.match(api.lease?.spec, { leaseDurationSeconds: 1, leaseTransitions: 0 });
  t.equal(clock.pendingTimers, 0);
});

t.test('a standby follows a release within the retry period, and counts a transition', async (t) => {
  const { clock, api, pass } = setup();
  const a = candidate(api, clock);
  await settle();
  const b = candidate(api, clock, { identity: 'b' });
  await pass(10_000);
  t.equal(b.elector.state, 'standby');
  a.stop.abort();
  await a.end;
  await pass(2_000);
  t.ok(b.elector.isLeader);
  t.match(api.lease?.spec, { holderIdentity: 'b', leaseTransitions: 1, leaseDurationSeconds: 15 });
  b.stop.abort();
  await b.end;
});

t.test('a killed leader is followed within lease + 2 s, not before the lease is over', async (t) => {
  const { clock, api, pass } = setup();
  const a = candidate(api, new ProcessClock(clock), { client: api.client() });
  await settle();
  const b = candidate(api, clock, { identity: 'b' });
  await settle();
  a.stop.abort(); // stands for the kill: what it writes while leaving is undone
  await a.end;
  api.lease = api.history[0];
  await pass(14_999);
  t.notOk(b.elector.isLeader);
  await pass(2_001);
  t.ok(b.elector.isLeader);
  b.stop.abort();
  await b.end;
});

t.test('the jitter of waiting is up to 1.2 times the retry period', async (t) => {
  const { clock, api, pass } = setup();
  const a = candidate(api, clock);
  await settle();
  const b = candidate(api, clock, { identity: 'b', random: () => 1 });
  await settle();
  const before = api.calls.filter((call) => call === 'get').length;
  await pass(4_399);
  t.equal(api.calls.filter((call) => call === 'get').length, before);
  await pass(1);
  t.equal(api.calls.filter((call) => call === 'get').length, before + 1);
  for (const each of [a, b]) each.stop.abort();
  t.same(await Promise.all([a.end, b.end]), ['released', 'stopped']);
});

t.test('a leader that cannot renew for 10 s stops writing, then leading, before another can begin', async (t) => {
  const { clock, api, pass } = setup();
  let isDown = false;
  const exchange = <T>(serve: () => T): Promise<T> =>
    isDown ? new Promise(() => undefined) : Promise.resolve().then(serve);
  const a = candidate(api, clock, { client: api.client(exchange) });
  await settle();
  const b = candidate(api, clock, { identity: 'b' });
  await pass(100);
  isDown = true;
  await pass(9_899);
  t.ok(mayWrite(a.elector));
  await pass(1);
  t.notOk(mayWrite(a.elector));
  t.equal(await a.end, 'lost');
  t.match(a.leadership?.reason, { code: 'NotLeader' });
  t.match(a.lost, /could not be renewed in time/);
  t.notOk(b.elector.isLeader);
  await pass(7_000);
  t.ok(b.elector.isLeader);
  b.stop.abort();
  await b.end;
  t.equal(clock.pendingTimers, 0);
});

t.test('a lease taken by another is lost at once', async (t) => {
  const { clock, api, pass } = setup();
  const a = candidate(api, clock);
  await settle();
  api.patch({ metadata: api.lease!.metadata, spec: { ...api.lease!.spec, holderIdentity: 'thief' } });
  await pass(2_000);
  t.equal(await a.end, 'lost');
  t.match(a.lost, /taken by another/);
  t.equal(api.lease?.spec?.holderIdentity, 'thief', 'and is left alone');
});

t.test('a conflict while renewing is read again and renewed in the same attempt', async (t) => {
  const { clock, api, pass } = setup();
  const a = candidate(api, clock);
  await settle();
  api.patch({ metadata: api.lease!.metadata, spec: api.lease!.spec }); // say, an annotation by somebody else
  await pass(2_000);
  t.ok(mayWrite(a.elector));
  t.same(api.calls.slice(-3), ['patch', 'get', 'patch']);
  a.stop.abort();
  await a.end;
});

t.test('a lease deleted under its leader is made anew by it, and no standby takes it meanwhile', async (t) => {
  const { clock, api, pass } = setup();
  const a = candidate(api, clock);
  await settle();
  const b = candidate(api, clock, { identity: 'b' });
  await pass(1_900);
  api.lease = undefined;
  await pass(2_500);
  t.ok(mayWrite(a.elector));
  t.notOk(b.elector.isLeader);
  for (const each of [a, b]) each.stop.abort();
  await Promise.all([a.end, b.end]);
});

const REFUSALS: { name: string; error: KubeApiError; hint: RegExp }[] = [
  {
    name: 'a 403',
    error: new KubeApiError('Forbidden', 'leases is forbidden', { status: 403 }),
    hint: /allow get, create and patch of coordination.k8s.io leases in namespace steward/,
  },
  {
    name: 'a missing namespace',
    error: new KubeApiError('NotFound', 'namespaces "steward" not found', { status: 404 }),
    hint: /namespace steward does not exist/,
  },
];
for (const { name, error, hint } of REFUSALS) {
  t.test(`${name} is logged once with what to do, and tried again until it works`, async (t) => {
    const { clock, api, pass } = setup();
    let isRefused = true;
    const exchange = <T>(serve: () => T): Promise<T> =>
      isRefused ? Promise.reject(error) : Promise.resolve().then(serve);
    const a = candidate(api, clock, { client: api.client(exchange) });
    await pass(20_000);
    t.match(a.lines, [{ level: 'warn', msg: hint }]);
    t.equal(a.lines.length, 1);
    isRefused = false;
    await pass(2_000);
    t.ok(a.elector.isLeader);
    a.stop.abort();
    await a.end;
  });
}

t.test(
  'after a suspend nothing is written until the lease is renewed, though the monotonic clock stood still',
  async (t) => {
    const { clock, api, pass } = setup();
    const own = new ProcessClock(clock);
    const exchange = <T>(serve: () => T): Promise<T> =>
      new Promise((resolve) => void clock.setTimer(500, () => void own.whenAwake(() => resolve(serve()))));
    api.create({ metadata: { name: LEASE.name } });
    const a = candidate(api, own, { client: api.client(exchange) });
    await pass(1_100);
    own.pause(30_000, 'suspended');
    await pass(30_000);
    t.notOk(own.isPaused || mayWrite(a.elector), 'woken, not renewed');
    await pass(2_000);
    t.ok(mayWrite(a.elector), 'nobody took the lease: goes on');
    a.stop.abort();
    await pass(2_000);
    await a.end;
  },
);

t.test("jumps of the wall clock neither shorten another's lease nor end a renewed one", async (t) => {
  const { clock, api, pass } = setup();
  const [leaderClock, standbyClock] = [new ProcessClock(clock), new ProcessClock(clock)];
  const a = candidate(api, leaderClock);
  await settle();
  const b = candidate(api, standbyClock, { identity: 'b' });
  await pass(1_000);
  standbyClock.jump(3600_000);
  leaderClock.jump(-3600_000);
  await pass(30_000);
  t.ok(mayWrite(a.elector));
  t.notOk(b.elector.isLeader);
  leaderClock.jump(7200_000);
  t.notOk(mayWrite(a.elector), 'not sure: no writes');
  await pass(2_000);
  t.ok(mayWrite(a.elector));
  for (const each of [a, b]) each.stop.abort();
  await Promise.all([a.end, b.end]);
});

t.test('the health check fails for a leader that has not renewed for its lease and 20 s', async (t) => {
  const { clock, api, pass } = setup();
  const own = new ProcessClock(clock);
  const a = candidate(api, own);
  await pass(100);
  own.pause(36_000, 'stopped');
  await pass(35_001);
  t.match(a.elector.check(), /has not renewed it for 35 s/);
  await pass(10_000);
  t.equal(a.elector.check(), undefined, 'no longer a leader');
  a.stop.abort();
  await a.end;
});

const fault = fc.oneof(
  fc.record({
    kind: fc.constantFrom('stopped' as const, 'suspended' as const),
    ms: fc.integer({ min: 1, max: 40_000 }),
  }),
  fc.record({ kind: fc.constant('cut off' as const), ms: fc.integer({ min: 1, max: 25_000 }) }),
  fc.record({ kind: fc.constant('slow' as const), ms: fc.integer({ min: 1, max: 9_000 }) }),
  fc.record({ kind: fc.constant('answers lost' as const), ms: fc.integer({ min: 1, max: 15_000 }) }),
  fc.record({ kind: fc.constant('told to stop' as const), ms: fc.constant(0) }),
);
const story = fc.record({
  rates: fc.array(fc.double({ min: 0.95, max: 1.05, noNaN: true }), { minLength: 2, maxLength: 2 }),
  offsets: fc.array(fc.integer({ min: -1e7, max: 1e7 }), { minLength: 2, maxLength: 2 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  events: fc.array(fc.record({ at: fc.integer({ min: 0, max: 90_000 }), who: fc.nat(1), fault }), { maxLength: 8 }),
});

type NetworkFault = 'cut off' | 'slow' | 'answers lost';

/** A process that takes part in the election for ever: when its elector ends it starts anew under a new name. */
class Process {
  readonly clock: ProcessClock;
  readonly #api: LeaseApi;
  readonly #master: VirtualClock;
  readonly #random: () => number;
  readonly #until = { 'cut off': 0, slow: 0, 'answers lost': 0 };
  #life = 0;
  current: Candidate;

  constructor(api: LeaseApi, master: VirtualClock, clock: ProcessClock, random: () => number) {
    this.#api = api;
    this.#master = master;
    this.clock = clock;
    this.#random = random;
    this.current = this.#start();
  }

  #start(): Candidate {
    const client = this.#api.client((serve) => this.#exchange(serve));
    const identity = `${Math.floor(this.#random() * 1e9)}-${this.#life++}`;
    const started = candidate(this.#api, this.clock, { client, identity, random: this.#random });
    void started.end.then(() => (this.current = this.#start()));
    return started;
  }

  #is(kind: NetworkFault): boolean {
    return this.#master.monotonic() < this.#until[kind];
  }

  suffer({ kind, ms }: { kind: string; ms: number }): void {
    if (kind === 'stopped' || kind === 'suspended') this.clock.pause(ms, kind);
    else if (kind === 'told to stop') this.current.stop.abort();
    else this.#until[kind as NetworkFault] = this.#master.monotonic() + ms;
  }

  /** Request and answer each take their time; either may be lost. A paused process hears its answer when it wakes. */
  #exchange<T>(serve: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const delay = (): number => this.#random() * (this.#is('slow') ? 8_000 : 50);
      const answer = (deliver: () => void): void =>
        void this.#master.setTimer(delay(), () => void this.clock.whenAwake(deliver));
      if (this.#is('cut off')) return;
      this.#master.setTimer(delay(), () => {
        try {
          const value = serve();
          if (!this.#is('answers lost')) answer(() => resolve(value));
        } catch (error) {
          const refusal = error instanceof KubeApiError ? error : new Error('the test is wrong', { cause: error });
          answer(() => reject(refusal));
        }
      });
    });
  }
}

const mulberry = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

t.test(
  'never two may write at once, whatever is slow, lost, paused or suspended; and one leads in the end',
  async (t) => {
    let handovers = 0;
    await fc.assert(
      fc.asyncProperty(story, fc.integer(), async ({ rates, offsets, events }, seed) => {
        const master = new VirtualClock('2026-11-20T19:00:00Z');
        const api = new LeaseApi();
        const random = mulberry(seed);
        const processes = [0, 1].map(
          (i) =>
            new Process(api, master, new ProcessClock(master, { rate: rates[i]!, wallOffset: offsets[i]! }), random),
        );
        for (const { at, who, fault } of events) master.setTimer(at, () => processes[who]!.suffer(fault));
        const writers = (): number =>
          processes.filter((each) => !each.clock.isPaused && mayWrite(each.current.elector)).length;
        let most = 0;
        for (let second = 0; second < 160; second++) {
          await master.advanceSettled(master.now() + 1000, async () => {
            await settle();
            most = Math.max(most, writers());
          });
        }
        handovers += new Set(api.history.map((lease) => lease.spec?.holderIdentity)).size - 1;
        return most <= 1 && writers() === 1;
      }),
      { numRuns: Number(process.env['ELECTION_RUNS'] ?? 100), endOnFailure: true },
    );
    t.ok(handovers > 20, `${handovers} handovers`);
  },
);
