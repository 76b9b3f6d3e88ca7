import { VirtualClock } from '@kube-steward/schedule';
import fc from 'fast-check';
import t from 'tap';

import { KubeApiError } from '../src/errors.ts';
import { createRateLimiter } from '../src/rate-limiter.ts';
import { RequestScope } from '../src/transport/scope.ts';

const START = '2026-11-20T00:00:00Z';
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

t.test('lets a burst through at once and the rest at the rate, in the order of asking', async (t) => {
  const clock = new VirtualClock(START);
  const limiter = createRateLimiter({ qps: 10, burst: 3, clock });
  const admitted: string[] = [];
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    void limiter.acquire().then((waitedMs) => admitted.push(`${name} after ${waitedMs}`));
  }
  await settle();
  t.same(admitted, ['a after 0', 'b after 0', 'c after 0']);
  t.equal(limiter.waiting, 2);
  clock.advance(99);
  await settle();
  t.equal(admitted.length, 3, 'no token before its time');
  clock.advance(1);
  await settle();
  t.same(admitted.slice(3), ['d after 100']);
  clock.advance(100);
  await settle();
  t.same(admitted.slice(4), ['e after 200']);
  t.equal(clock.pendingTimers, 0, 'no timer while nobody waits');
});

t.test('refills up to the burst and no further', async (t) => {
  const clock = new VirtualClock(START);
  const limiter = createRateLimiter({ qps: 1, burst: 2, clock });
  clock.advance(3600_000);
  t.same(await Promise.all([limiter.acquire(), limiter.acquire()]), [0, 0]);
  const third = limiter.acquire();
  t.equal(limiter.waiting, 1);
  clock.advance(1000);
  t.equal(await third, 1000);
});

t.test('a waiter that gives up spends no token and holds nobody back', async (t) => {
  const clock = new VirtualClock(START);
  const limiter = createRateLimiter({ qps: 1, burst: 1, clock });
  await limiter.acquire();
  const impatient = new RequestScope({ subject: 'GET /a', clock });
  const first = limiter.acquire(impatient);
  const second = limiter.acquire();
  impatient.end(new KubeApiError('Aborted', 'gone'));
  await t.rejects(first, { code: 'Aborted' });
  clock.advance(1000);
  t.equal(await second, 1000);

  const alone = new RequestScope({ subject: 'GET /b', clock });
  const third = limiter.acquire(alone);
  alone.end(new KubeApiError('Aborted', 'gone'));
  await t.rejects(third, { code: 'Aborted' });
  t.equal(clock.pendingTimers, 0, 'the last one to leave takes the timer along');
});

t.test('-1 means no limit', async (t) => {
  const limiter = createRateLimiter({ qps: -1, burst: 1, clock: new VirtualClock(START) });
  for (let i = 0; i < 100; i++) t.equal(await limiter.acquire(), 0);
});

t.test('refuses rates that would never let anything through', (t) => {
  const clock = new VirtualClock(START);
  for (const [qps, burst] of [
    [0, 1],
    [-2, 1],
    [Number.NaN, 1],
    [1, 0],
  ] as const) {
    t.throws(() => createRateLimiter({ qps, burst, clock }), RangeError, `qps ${qps}, burst ${burst}`);
  }
  t.end();
});

t.test('rates that are no whole number of milliseconds end all the same', async (t) => {
  for (const qps of [3, 7, 1000 / 3, 2500]) {
    const clock = new VirtualClock(START);
    const limiter = createRateLimiter({ qps, burst: 1, clock });
    const all = Promise.all(Array.from({ length: 50 }, () => limiter.acquire()));
    for (let turns = 0; limiter.waiting > 0 && turns < 100; turns++) clock.advanceTo(clock.nextTimer()!);
    t.equal(limiter.waiting, 0, `${qps} a second`);
    const last = (await all).at(-1)!;
    t.ok(last >= 49_000 / qps - 1 && last <= 49_000 / qps + 50, `the last waited ${last} ms`);
  }
});

t.test('never admits more than burst + qps × time, and everyone in the end', async (t) => {
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 50 }),
    fc.integer({ min: 1, max: 10 }),
    fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 30 }),
    async (qps, burst, pauses) => {
      const clock = new VirtualClock(START);
      const limiter = createRateLimiter({ qps, burst, clock });
      const admittedAt: number[] = [];
      for (const pause of pauses) {
        clock.advance(pause);
        void limiter.acquire().then(() => admittedAt.push(clock.monotonic()));
        await settle();
      }
      for (let next = clock.nextTimer(); next !== undefined; next = clock.nextTimer()) {
        clock.advanceTo(next);
        await settle();
      }
      const isWithinRate = admittedAt.every((at, i) => i + 1 <= burst + (at * qps) / 1000 + 1e-3);
      return admittedAt.length === pauses.length && isWithinRate && limiter.waiting === 0;
    },
  );
  await t.resolves(fc.assert(property, { numRuns: 100 }));
});
