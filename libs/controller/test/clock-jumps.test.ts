import t from 'tap';
import { VirtualClock, type Clock } from '@kube-steward/schedule';
import { clockJumps } from '../src/clock-jumps.ts';

t.test('every key is due within a minute of a jump of the wall clock, and only then', (t) => {
  for (const { jump, due } of [
    { jump: 0, due: [] },
    { jump: 400, due: [] },
    { jump: 8 * 3_600_000, due: ['a', 'b'] },
    { jump: -2 * 3_600_000, due: ['a', 'b'] },
  ]) {
    const timers = new VirtualClock('2026-11-20T20:00:00Z');
    let ahead = 0;
    const clock: Clock = {
      now: () => timers.now() + ahead,
      monotonic: () => timers.monotonic(),
      setTimer: (ms, callback) => timers.setTimer(ms, callback),
    };
    const added: string[] = [];
    const disconnect = clockJumps(clock, () => ['a', 'b']).connect((key) => added.push(key));
    timers.advance(10 * 60_000);
    t.strictSame(added, [], 'nothing before');
    ahead += jump;
    timers.advance(60_000);
    t.strictSame(added, due, `${jump} ms`);
    timers.advance(60 * 60_000);
    t.strictSame(added, due, 'once a jump');
    disconnect();
    t.equal(timers.pendingTimers, 0, 'leaves no timer');
  }
  t.end();
});
