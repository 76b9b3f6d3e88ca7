import fc from 'fast-check';
import t from 'tap';
import { systemClock, VirtualClock } from '../src/clock.ts';

t.test('a virtual clock stands still until it is moved', (t) => {
  const clock = new VirtualClock('2026-11-20T19:00:00Z');
  t.equal(clock.now(), Date.UTC(2026, 10, 20, 19));
  t.equal(clock.monotonic(), 0);
  clock.advance(1500);
  t.equal(clock.now(), Date.UTC(2026, 10, 20, 19, 0, 1, 500));
  t.equal(clock.monotonic(), 1500);
  clock.advanceTo(0);
  t.equal(clock.monotonic(), 1500, 'a time in the past leaves it where it is');
  t.end();
});

t.test('a clock refuses to start at no time', (t) => {
  t.throws(() => new VirtualClock('yesterday'), { message: 'a clock cannot start at "yesterday"' });
  t.end();
});

t.test('timers fire in the order of their time, then of their creation, each at its own time', (t) => {
  const clock = new VirtualClock(0);
  const fired: string[] = [];
  const note = (name: string) => () => void fired.push(`${name}@${clock.now()}`);
  clock.setTimer(20, note('late'));
  clock.setTimer(10, note('first'));
  clock.setTimer(10, note('second'));
  clock.setTimer(-5, note('now'));
  clock.advance(19);
  t.strictSame(fired, ['now@0', 'first@10', 'second@10']);
  t.equal(clock.nextTimer(), 20);
  clock.advance(1);
  t.strictSame(fired.at(-1), 'late@20');
  t.equal(clock.nextTimer(), undefined);
  t.end();
});

t.test('a timer set by a timer fires in the same move when it is due', (t) => {
  const clock = new VirtualClock(0);
  const times: number[] = [];
  const tick = (): void => {
    times.push(clock.now());
    clock.setTimer(10, tick);
  };
  clock.setTimer(10, tick);
  clock.advance(35);
  t.strictSame(times, [10, 20, 30]);
  t.equal(clock.pendingTimers, 1);
  t.end();
});

t.test('a cancelled timer never fires, and cancelling again or too late does nothing', (t) => {
  const clock = new VirtualClock(0);
  const fired: string[] = [];
  const cancelFirst = clock.setTimer(10, () => void fired.push('cancelled'));
  const cancelSecond = clock.setTimer(10, () => void fired.push('kept'));
  cancelFirst();
  cancelFirst();
  t.equal(clock.pendingTimers, 1);
  clock.advance(10);
  cancelSecond();
  t.strictSame(fired, ['kept']);
  t.equal(clock.pendingTimers, 0);
  t.end();
});

t.test('a timer that cancels another one due at the same moment wins', (t) => {
  const clock = new VirtualClock(0);
  let fired = false;
  clock.setTimer(5, () => cancel());
  const cancel = clock.setTimer(5, () => (fired = true));
  clock.advance(5);
  t.equal(fired, false);
  t.end();
});

t.test('advanceSettled settles before, between and after the timers, at their virtual times', async (t) => {
  const clock = new VirtualClock(0);
  const seen: string[] = [];
  clock.setTimer(10, () => void seen.push('a'));
  clock.setTimer(10, () => void seen.push('b'));
  clock.setTimer(20, () => void seen.push('c'));
  await clock.advanceSettled(25, () => {
    seen.push(`settle@${clock.now()}`);
    return Promise.resolve();
  });
  t.strictSame(seen, ['settle@0', 'a', 'b', 'settle@10', 'c', 'settle@20', 'settle@25']);
});

t.test('thousands of timers, set and cancelled in any order, fire as a sorted list would', (t) => {
  const timers = fc.array(fc.record({ delay: fc.nat(50), isCancelled: fc.boolean() }), { maxLength: 300 });
  fc.assert(
    fc.property(timers, fc.nat(60), (specs, until) => {
      const clock = new VirtualClock(0);
      const fired: number[] = [];
      const cancels = specs.map(({ delay }, index) => clock.setTimer(delay, () => void fired.push(index)));
      specs.forEach(({ isCancelled }, index) => isCancelled && cancels[index]?.());
      const kept = specs.map((spec, index) => ({ ...spec, index })).filter(({ isCancelled }) => !isCancelled);
      clock.advanceTo(until);
      const due = kept.filter(({ delay }) => delay <= until).sort((a, b) => a.delay - b.delay || a.index - b.index);
      t.strictSame(
        fired,
        due.map(({ index }) => index),
      );
      t.equal(clock.pendingTimers, kept.length - due.length);
    }),
    { numRuns: 50 },
  );
  t.end();
});

t.test('timers keep their order when most of many are cancelled', (t) => {
  const clock = new VirtualClock(0);
  const fired: number[] = [];
  const delayOf = (index: number): number => (index * 7919) % 1009;
  const cancels = Array.from({ length: 1000 }, (_, index) =>
    clock.setTimer(delayOf(index), () => void fired.push(delayOf(index))),
  );
  cancels.forEach((cancel, index) => index % 10 < 7 && cancel());
  t.equal(clock.pendingTimers, 300);
  clock.advance(2000);
  const kept = Array.from({ length: 1000 }, (_, index) => index).filter((index) => index % 10 >= 7);
  t.strictSame(
    fired,
    kept.map(delayOf).sort((left, right) => left - right),
  );
  t.end();
});

t.test('the system clock tells the time, fires timers, and can be told not to', async (t) => {
  t.ok(Math.abs(systemClock.now() - Date.now()) < 60_000);
  let cancelledFired = false;
  const cancel = systemClock.setTimer(0, () => (cancelledFired = true));
  cancel();
  const cancelFarAway = systemClock.setTimer(100 * 365 * 24 * 3600 * 1000, () => t.fail('fired a century early'));
  await new Promise<void>((resolve) => void systemClock.setTimer(0, resolve));
  cancelFarAway();
  t.equal(cancelledFired, false);
});
