import { VirtualClock } from '@kube-steward/schedule';
import fc from 'fast-check';
import t from 'tap';
import { createWorkQueue, type WorkQueue } from '../src/work-queue.ts';

const DAY = 24 * 3600 * 1000;

const setup = (): { clock: VirtualClock; queue: WorkQueue } => {
  const clock = new VirtualClock('2026-11-20T19:00:00Z');
  return { clock, queue: createWorkQueue({ clock, name: 'test' }) };
};

/** Takes and finishes everything that is ready. */
const drain = (queue: WorkQueue): string[] => {
  const keys: string[] = [];
  for (let key = queue.tryGet(); key !== undefined; key = queue.tryGet()) {
    keys.push(key);
    queue.done(key);
  }
  return keys;
};

t.test('keys come out once, in the order of their first add', (t) => {
  const { queue } = setup();
  for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
  t.equal(queue.length, 3);
  t.same(drain(queue), ['a', 'b', 'c']);
  t.ok(queue.idle);
  t.end();
});

t.test('a key added while it is processed is queued once, at done, and never handed out twice at a time', (t) => {
  const { queue } = setup();
  queue.add('a');
  t.equal(queue.tryGet(), 'a');
  queue.add('a');
  queue.add('a');
  t.equal(queue.tryGet(), undefined);
  t.equal(queue.length, 0);
  t.equal(queue.stats().depth, 1, 'it counts for the depth metric');
  queue.done('a');
  t.same(drain(queue), ['a']);
  queue.done('a');
  t.ok(queue.idle, 'done for a key that was not handed out changes nothing');
  t.end();
});

t.test('keys of low priority wait for all others, and are raised by a normal add', (t) => {
  const { queue } = setup();
  for (const key of ['low-1', 'low-2', 'low-3']) queue.add(key, { priority: 'low' });
  queue.add('normal');
  queue.add('low-2');
  queue.add('normal', { priority: 'low' });
  t.equal(queue.length, 4);
  t.same(drain(queue), ['normal', 'low-2', 'low-1', 'low-3']);
  t.end();
});

t.test('a key raised, taken and added anew is not handed out by the slot it left behind', (t) => {
  const { queue } = setup();
  queue.add('a', { priority: 'low' });
  queue.add('a');
  t.equal(queue.tryGet(), 'a');
  queue.add('a', { priority: 'low' });
  t.equal(queue.tryGet(), undefined, 'it is still being processed');
  queue.done('a');
  t.same(drain(queue), ['a']);
  t.end();
});

t.test('a retry keeps the priority its key came with', (t) => {
  const { clock, queue } = setup();
  queue.add('synced', { priority: 'low' });
  t.equal(queue.tryGet(), 'synced');
  queue.addRateLimited('synced');
  queue.done('synced');
  clock.advance(5);
  queue.add('event');
  t.same(drain(queue), ['event', 'synced']);
  t.end();
});

t.test('of several delays of a key the earliest wins, and an add ends the wait', (t) => {
  const { clock, queue } = setup();
  queue.addAfter('a', 5000);
  queue.addAfter('a', 1000);
  queue.addAfter('a', 3000);
  queue.addAfter('b', 1000);
  queue.addAfter('c', 2000);
  queue.addAfter('now', 0);
  t.same(drain(queue), ['now']);
  t.equal(clock.pendingTimers, 1, 'one timer for all');
  clock.advance(999);
  t.equal(queue.length, 0);
  clock.advance(1);
  t.same(drain(queue), ['a', 'b']);
  queue.add('c');
  t.same(drain(queue), ['c']);
  clock.advance(10_000);
  t.same(drain(queue), []);
  t.equal(clock.pendingTimers, 0);
  t.end();
});

t.test('a delay beyond the 24.8 days of setTimeout is waited out in several timers', (t) => {
  const { clock, queue } = setup();
  queue.addAfter('far', 100 * DAY);
  t.ok(clock.nextTimer()! - clock.now() <= 2 ** 31 - 1);
  clock.advance(100 * DAY - 1);
  t.equal(queue.length, 0);
  clock.advance(1);
  t.same(drain(queue), ['far']);
  t.end();
});

t.test('a key that falls due while it is processed is queued at done', (t) => {
  const { clock, queue } = setup();
  queue.add('a');
  queue.tryGet();
  queue.addAfter('a', 1000);
  clock.advance(2000);
  t.equal(queue.length, 0);
  queue.done('a');
  t.same(drain(queue), ['a']);
  t.end();
});

t.test('failures back off by 5 ms doubling to 1000 s a key, and start over after forget', (t) => {
  const { clock, queue } = setup();
  const delayOfRetry = (): number => {
    queue.addRateLimited('a');
    const delay = clock.nextTimer()! - clock.now();
    clock.advance(delay);
    t.same(drain(queue), ['a']);
    return delay;
  };
  t.same(Array.from({ length: 4 }, delayOfRetry), [5, 10, 20, 40]);
  for (let i = 0; i < 20; i++) delayOfRetry();
  t.equal(delayOfRetry(), 1_000_000);
  t.equal(queue.failures('a'), 25);
  queue.forget('a');
  t.equal(delayOfRetry(), 5);
  t.end();
});

t.test('retries of all keys together are held to 10 a second after a burst of 100', (t) => {
  const { clock, queue } = setup();
  for (let i = 0; i < 120; i++) queue.addRateLimited(`key-${i}`);
  clock.advance(5);
  t.equal(drain(queue).length, 100);
  clock.advance(995);
  t.equal(drain(queue).length, 10);
  clock.advance(1000);
  t.equal(drain(queue).length, 10);
  t.end();
});

t.test('get waits for a key, in the order of asking, and ends with the signal', async (t) => {
  const { queue } = setup();
  const stop = new AbortController();
  const first = queue.get(stop.signal);
  const second = queue.get(stop.signal);
  const third = queue.get(stop.signal);
  queue.add('a');
  queue.add('b');
  t.equal(await first, 'a');
  t.equal(await second, 'b');
  stop.abort();
  t.equal(await third, undefined);
  queue.add('c');
  t.equal(await queue.get(stop.signal), undefined, 'an aborted worker gets nothing more');
  t.equal(await queue.get(), 'c');
});

t.test('shutdown without drain drops what is queued and waits for what is being processed', async (t) => {
  const { clock, queue } = setup();
  for (const key of ['a', 'b']) queue.add(key);
  queue.addAfter('later', 1000);
  queue.tryGet();
  let isOver = false;
  const over = queue.shutdown({ drain: false }).then(() => (isOver = true));
  queue.add('c');
  queue.addAfter('c', 10);
  queue.addRateLimited('c');
  t.equal(await queue.get(), undefined);
  t.equal(clock.pendingTimers, 0);
  t.notOk(isOver);
  queue.done('a');
  await over;
});

t.test('shutdown with drain hands out the rest, also what was added again while being processed', async (t) => {
  const { queue } = setup();
  for (const key of ['a', 'b']) queue.add(key);
  t.equal(queue.tryGet(), 'a');
  queue.add('a');
  queue.addAfter('later', 1000);
  const over = queue.shutdown({ drain: true });
  queue.add('too-late');
  queue.done('a');
  t.same([await queue.get(), await queue.get(), await queue.get()], ['b', 'a', undefined]);
  queue.done('b');
  queue.done('a');
  await over;
});

t.test('a waiting worker is sent home by shutdown, and whenIdle reports the last done', async (t) => {
  const { queue } = setup();
  const waiting = queue.get();
  await queue.whenIdle();
  queue.add('a');
  t.equal(await waiting, 'a');
  let isIdle = false;
  const idle = queue.whenIdle().then(() => (isIdle = true));
  const next = queue.get();
  t.notOk(isIdle);
  queue.done('a');
  await idle;
  await queue.shutdown({ drain: true });
  t.equal(await next, undefined);
});

t.test('metrics get adds, retries, waits and work, and can read the rest at any time', (t) => {
  const clock = new VirtualClock(0);
  const seen: string[] = [];
  let read = (): unknown => undefined;
  const queue = createWorkQueue({
    clock,
    name: 'test',
    metrics: {
      added: () => seen.push('added'),
      retried: () => seen.push('retried'),
      started: (ms) => seen.push(`started after ${ms}`),
      finished: (ms) => seen.push(`finished after ${ms}`),
      attach: (reader) => (read = reader),
    },
  });
  queue.add('a');
  queue.add('a');
  clock.advance(30);
  queue.tryGet();
  clock.advance(70);
  queue.addAfter('b', 1000);
  queue.add('c');
  t.same(read(), { depth: 1, processing: 1, delayed: 1, unfinishedMs: 70, longestMs: 70 });
  queue.done('a');
  t.same(seen, ['added', 'started after 30', 'retried', 'added', 'finished after 70']);
  t.end();
});

/** The same queue, written to be obviously right: lists searched from end to end. */
class NaiveQueue {
  readonly ready: { key: string; low: boolean }[] = [];
  readonly processing = new Map<string, 'clean' | 'dirty' | 'dirty low'>();
  readonly delayed: { key: string; at: number; low: boolean }[] = [];
  now = 0;

  add(key: string, low: boolean): void {
    const waiting = this.delayed.findIndex((entry) => entry.key === key);
    if (waiting >= 0) this.delayed.splice(waiting, 1);
    const state = this.processing.get(key);
    if (state !== undefined) {
      if (!low) this.processing.set(key, 'dirty');
      else if (state === 'clean') this.processing.set(key, 'dirty low');
      return;
    }
    const index = this.ready.findIndex((entry) => entry.key === key);
    const present = this.ready[index];
    if (present && (low || !present.low)) return;
    if (present) this.ready.splice(index, 1);
    this.ready.push({ key, low });
  }

  addAfter(key: string, ms: number, low: boolean): void {
    if (ms <= 0) {
      this.add(key, low);
      return;
    }
    const state = this.processing.get(key);
    if (this.ready.some((entry) => entry.key === key) || (state && state !== 'clean')) return;
    const waiting = this.delayed.find((entry) => entry.key === key);
    if (waiting && waiting.at <= this.now + ms) return;
    if (waiting) this.delayed.splice(this.delayed.indexOf(waiting), 1);
    this.delayed.push({ key, at: this.now + ms, low });
  }

  advance(ms: number): void {
    this.now += ms;
    const due = this.delayed.filter((entry) => entry.at <= this.now).sort((a, b) => a.at - b.at);
    for (const { key, low } of due) this.add(key, low);
  }

  get(): string | undefined {
    const next = this.ready.find((entry) => !entry.low) ?? this.ready[0];
    if (!next) return undefined;
    this.ready.splice(this.ready.indexOf(next), 1);
    this.processing.set(next.key, 'clean');
    return next.key;
  }

  done(key: string): void {
    const state = this.processing.get(key);
    this.processing.delete(key);
    if (state && state !== 'clean') this.ready.push({ key, low: state === 'dirty low' });
  }
}

t.test('behaves as a naive model over any sequence of calls', (t) => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const command = fc.oneof(
    fc.record({ call: fc.constant('add' as const), key, low: fc.boolean() }),
    fc.record({ call: fc.constant('addAfter' as const), key, low: fc.boolean(), ms: fc.integer({ min: 0, max: 50 }) }),
    fc.record({ call: fc.constant('get' as const) }),
    fc.record({ call: fc.constant('done' as const), key }),
    fc.record({ call: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 40 }) }),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 80 }), (commands) => {
      const { clock, queue } = setup();
      const model = new NaiveQueue();
      for (const step of commands) {
        if (step.call === 'add') {
          queue.add(step.key, { priority: step.low ? 'low' : 'normal' });
          model.add(step.key, step.low);
        } else if (step.call === 'addAfter') {
          queue.addAfter(step.key, step.ms, { priority: step.low ? 'low' : 'normal' });
          model.addAfter(step.key, step.ms, step.low);
        } else if (step.call === 'get') {
          if (queue.tryGet() !== model.get()) return false;
        } else if (step.call === 'done') {
          queue.done(step.key);
          model.done(step.key);
        } else {
          clock.advance(step.ms);
          model.advance(step.ms);
        }
        const isEqual =
          queue.length === model.ready.length &&
          queue.stats().processing === model.processing.size &&
          queue.stats().delayed === model.delayed.length &&
          queue.idle === (model.ready.length === 0 && model.processing.size === 0) &&
          clock.pendingTimers === Math.min(1, model.delayed.length);
        if (!isEqual) return false;
      }
      return true;
    }),
    { numRuns: Number(process.env['QUEUE_RUNS'] ?? 5000) },
  );
  t.pass('any sequence');
  t.end();
});

t.test('keeps the order of keys beyond the first size of its ring', (t) => {
  const { queue } = setup();
  const keys = Array.from({ length: 5000 }, (_, i) => `ns/${i}`);
  for (const key of keys.slice(0, 50)) queue.add(key);
  t.same(drain(queue), keys.slice(0, 50));
  for (const key of [...keys, ...keys]) queue.add(key);
  t.same(drain(queue), keys);
  t.end();
});
