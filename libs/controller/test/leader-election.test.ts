import { setImmediate as settle } from 'node:timers/promises';
import { KubeApiError } from '@kube-steward/kube';
import { VirtualClock } from '@kube-steward/schedule';
import fc from 'fast-check';
import t from 'tap';
import { formatMicroTime } from '../src/index.ts';
import { LEASE, candidate, mayWrite } from './candidate.ts';
import { play, story, type Story } from './election-model.ts';
import { LeaseApi, type Exchange } from './lease-api.ts';
import { ProcessClock } from './process-clock.ts';

const setup = (): { clock: VirtualClock; api: LeaseApi; pass: (ms: number) => Promise<void> } => {
  const clock = new VirtualClock('2026-11-20T19:00:00.123Z');
  const pass = (ms: number): Promise<void> => clock.advanceSettled(clock.now() + ms, () => settle());
  return { clock, api: new LeaseApi(), pass };
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

t.test(
  'a killed leader is followed at the moment its lease is over, as the standby has seen it, not before',
  async (t) => {
    const { clock, api, pass } = setup();
    const a = candidate(api, new ProcessClock(clock), { client: api.client() });
    await settle();
    const b = candidate(api, clock, { identity: 'b', random: () => 0.7 });
    await settle();
    a.stop.abort(); // stands for the kill: what it writes while leaving is undone
    await a.end;
    api.lease = api.history[0];
    await pass(14_999);
    t.notOk(b.elector.isLeader);
    await pass(1);
    t.ok(b.elector.isLeader);
    b.stop.abort();
    await b.end;
  },
);

t.test('whatever the jitter, a killed leader is followed within 17 s', async (t) => {
  for (const random of [0, 0.5, 1]) {
    for (const renewedAt of [2_000, 4_000, 6_000, 8_000, 10_000]) {
      const { clock, api, pass } = setup();
      const a = candidate(api, new ProcessClock(clock), { client: api.client() });
      const b = candidate(api, clock, { identity: 'b', random: () => random });
      await pass(renewedAt);
      const renewed = api.lease;
      a.stop.abort();
      await a.end;
      const released = api.lease;
      api.lease = renewed;
      await pass(14_999);
      t.notOk(b.elector.isLeader, 'the lease is not over');
      await pass(1_901);
      t.ok(b.elector.isLeader, `killed at ${renewedAt}, jitter ${random}`);
      api.lease = released;
      b.stop.abort();
      await b.end;
    }
  }
});

t.test('a standby looks after 1.0 to 1.6 s', async (t) => {
  const { clock, api, pass } = setup();
  const a = candidate(api, clock);
  await settle();
  const b = candidate(api, clock, { identity: 'b', random: () => 1 });
  await settle();
  const looks = (): number => api.calls.filter((call) => call === 'get').length;
  const before = looks();
  await pass(1_599);
  t.equal(looks(), before);
  await pass(1);
  t.equal(looks(), before + 1);
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

for (const heedsSignal of [true, false]) {
  const client = heedsSignal ? 'client that heeds its signal' : 'client that does not';
  t.test(`told to stop while cut off, a leader ends within the retry period, with a ${client}`, async (t) => {
    const { clock, api, pass } = setup();
    let isDown = false;
    const exchange: Exchange = (serve) => (isDown ? new Promise(() => undefined) : Promise.resolve().then(serve));
    const a = candidate(api, clock, { client: api.client(exchange, heedsSignal) });
    await pass(1_000);
    isDown = true;
    a.stop.abort();
    let end: string | undefined;
    void a.end.then((value) => (end = value));
    await pass(2_000);
    t.equal(end, 'released');
    t.match(a.lines.at(-1), { msg: /could not give the lease back; it expires by itself/ });
    t.equal(clock.pendingTimers, 0);
  });

  t.test(`an answer that comes after its attempt was given up leads to no write, with a ${client}`, async (t) => {
    const { clock, api, pass } = setup();
    let delayMs = 6_000;
    const exchange: Exchange = (serve) =>
      new Promise((resolve, reject) => {
        const answer = (): void => void Promise.resolve().then(serve).then(resolve, reject);
        clock.setTimer(delayMs, answer);
      });
    const a = candidate(api, clock, { client: api.client(exchange, heedsSignal) });
    await pass(30_000);
    t.same(new Set(api.calls), new Set(['get']), 'each answer takes 6 s, an attempt 5');
    delayMs = 0;
    await pass(10_000);
    t.ok(a.elector.isLeader);
    delayMs = 3_000;
    const before = api.calls.length;
    a.stop.abort();
    await pass(10_000);
    t.same(api.calls.slice(before), ['get'], 'giving back is over after 2 s');
    t.equal(await a.end, 'released');
  });
}

/** Whoever leads, the leader is told to stop while its giving back gets no answer; later so is its successor. */
const LEADERS_STOP_WHILE_CUT_OFF: Story['events'] = [20_000, 60_000].flatMap((at) =>
  [0, 1].flatMap((who) => [
    { at, who, fault: { kind: 'cut off', ms: 10_000 } },
    { at: at + 2_500, who, fault: { kind: 'told to stop', ms: 0 } },
  ]),
);
t.test('one leads in the end after each leader was told to stop while cut off from the API server', async (t) => {
  const story = { rates: [1.05, 0.95], offsets: [0, 0], heedsSignal: false, events: LEADERS_STOP_WHILE_CUT_OFF };
  t.match(await play(story, 1), { mostWriters: 1, writersInTheEnd: 1 });
});

t.test(
  'never two may write at once, whatever is slow, lost, paused or suspended; and one leads in the end',
  async (t) => {
    const numRuns = Number(process.env['ELECTION_RUNS'] ?? 50);
    let handovers = 0;
    await fc.assert(
      fc.asyncProperty(story, fc.integer(), async (story, seed) => {
        const outcome = await play(story, seed);
        handovers += outcome.handovers;
        return outcome.mostWriters === 1 && outcome.writersInTheEnd === 1;
      }),
      { numRuns, endOnFailure: true },
    );
    t.ok(handovers > numRuns / 10, `${handovers} handovers`);
  },
);
