import { setImmediate as nextTurn } from 'node:timers/promises';
import { VirtualClock } from '@kube-steward/schedule';
import t from 'tap';
import {
  TerminalError,
  createLogger,
  createReconcileLoop,
  createWorkQueue,
  type Reconcile,
  type ReconcileLoopOptions,
  type WorkQueue,
} from '../src/index.ts';

interface Running {
  clock: VirtualClock;
  queue: WorkQueue;
  lines: Record<string, unknown>[];
  seen: string[];
  stop: AbortController;
  over: Promise<void>;
}

/** A loop over `reconcile`; `seen` collects what its metrics were told. */
const start = (reconcile: Reconcile, options: Partial<ReconcileLoopOptions> = {}): Running => {
  const clock = new VirtualClock('2026-11-20T19:00:00Z');
  const queue = createWorkQueue({ clock, name: 'test' });
  const lines: Record<string, unknown>[] = [];
  const seen: string[] = [];
  const log = createLogger({
    name: 'test',
    level: 'info',
    clock,
    destination: { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const metrics = {
    concurrency: () => undefined,
    started: () => undefined,
    finished: (outcome: string) => seen.push(outcome),
    failedTerminally: () => seen.push('terminal'),
    panicked: () => seen.push('panic'),
    timedOut: () => seen.push('timeout'),
  };
  const stop = new AbortController();
  const loop = createReconcileLoop({ queue, reconcile, clock, log, metrics, ...options });
  return { clock, queue, lines, seen, stop, over: loop.run(stop.signal) };
};

const delayOfNext = (clock: VirtualClock): number | undefined => {
  const next = clock.nextTimer();
  return next === undefined ? undefined : next - clock.now();
};

const OUTCOMES: {
  name: string;
  reconcile: Reconcile;
  seen: string[];
  requeuedAfter: number | undefined;
}[] = [
  {
    name: 'nothing returned: success, no requeue',
    reconcile: async () => {},
    seen: ['success'],
    requeuedAfter: undefined,
  },
  {
    name: 'requeueAfterMs: again after that time',
    reconcile: () => Promise.resolve({ requeueAfterMs: 60_000 }),
    seen: ['requeue_after'],
    requeuedAfter: 60_000,
  },
  {
    name: 'a rejected promise: rate-limited requeue',
    reconcile: () => Promise.reject(new Error('boom')),
    seen: ['error'],
    requeuedAfter: 5,
  },
  {
    name: 'an error beats requeueAfterMs',
    reconcile: () => Promise.resolve({ requeueAfterMs: 60_000, error: new Error('boom') }),
    seen: ['error'],
    requeuedAfter: 5,
  },
  {
    name: 'a fault of the program is counted as a panic and retried',
    reconcile: () => {
      throw new TypeError('undefined is not a function');
    },
    seen: ['panic', 'error'],
    requeuedAfter: 5,
  },
  {
    name: 'a TerminalError: no retry',
    reconcile: () => Promise.reject(new TerminalError('the annotation is invalid')),
    seen: ['terminal', 'error'],
    requeuedAfter: undefined,
  },
  {
    name: 'a TerminalError as the cause: no retry',
    reconcile: () => Promise.reject(new Error('outer', { cause: new TerminalError('inner') })),
    seen: ['terminal', 'error'],
    requeuedAfter: undefined,
  },
  {
    name: 'a throw of nothing: retried',
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is what a library may do
    reconcile: () => Promise.reject<undefined>(undefined),
    seen: ['error'],
    requeuedAfter: 5,
  },
];

for (const { name, reconcile, seen, requeuedAfter } of OUTCOMES) {
  t.test(name, async (t) => {
    const run = start(reconcile);
    run.queue.add('ns/a');
    await run.queue.whenIdle();
    t.same(run.seen, seen);
    t.equal(delayOfNext(run.clock), requeuedAfter);
    run.queue.add('ns/b');
    await run.queue.whenIdle();
    t.equal(run.seen.length, 2 * seen.length, 'the loop goes on');
    await run.queue.shutdown({ drain: true });
    await run.over;
  });
}

t.test('requeueAfterMs resets the back-off of failures', async (t) => {
  let attempts = 0;
  const run = start(() =>
    ++attempts === 4 ? Promise.resolve({ requeueAfterMs: 1000 }) : Promise.reject(new Error('boom')),
  );
  run.queue.add('ns/a');
  const delays: (number | undefined)[] = [];
  for (let i = 0; i < 6; i++) {
    await nextTurn();
    delays.push(delayOfNext(run.clock));
    run.clock.advance(delays[i] ?? 0);
  }
  t.same(delays, [5, 10, 20, 1000, 5, 10]);
  run.stop.abort();
  await run.over;
});

t.test('an error is logged with the object and the reconcileID', async (t) => {
  const ids: string[] = [];
  const run = start(
    (_key, { reconcileId }) => {
      ids.push(reconcileId);
      return Promise.reject(new Error('boom'));
    },
    { describe: (key) => ({ namespace: 'ns', name: key.slice(3) }) },
  );
  run.queue.add('ns/a');
  await run.queue.whenIdle();
  t.match(run.lines, [
    { level: 'error', controller: 'test', namespace: 'ns', name: 'a', reconcileID: ids[0], error: { message: 'boom' } },
  ]);
  run.stop.abort();
  await run.over;
});

t.test('keys run side by side up to the concurrency, one key never twice', async (t) => {
  const running = new Map<string, number>();
  let most = 0;
  let mostOfOneKey = 0;
  const release: (() => void)[] = [];
  const run = start(
    async (key) => {
      running.set(key, (running.get(key) ?? 0) + 1);
      most = Math.max(
        most,
        [...running.values()].reduce((a, b) => a + b),
      );
      mostOfOneKey = Math.max(mostOfOneKey, ...running.values());
      await new Promise<void>((resolve) => release.push(resolve));
      running.set(key, running.get(key)! - 1);
    },
    { concurrency: 3 },
  );
  for (let round = 0; round < 40; round++) {
    for (const key of ['a', 'b', 'c', 'd', 'e']) run.queue.add(key);
    release.shift()?.();
    await nextTurn();
  }
  t.equal(most, 3);
  t.equal(mostOfOneKey, 1);
  const over = run.queue.shutdown({ drain: true });
  while (!run.queue.idle) {
    release.shift()?.();
    await nextTurn();
  }
  await over;
  await run.over;
});

t.test('the timeout aborts the signal and is counted; the key stays with its worker until it returns', async (t) => {
  let aborted: unknown;
  let finish = (): void => undefined;
  const run = start(
    async (_key, { signal }) => {
      signal.addEventListener('abort', () => (aborted = signal.reason as unknown));
      await new Promise<void>((resolve) => (finish = resolve));
    },
    { timeoutMs: 30_000 },
  );
  run.queue.add('ns/a');
  await nextTurn();
  run.clock.advance(30_000);
  t.match(aborted, { message: 'the reconcile took longer than 30 s' });
  t.same(run.seen, ['timeout']);
  run.queue.add('ns/a');
  await nextTurn();
  t.equal(run.queue.length, 0);
  finish();
  await nextTurn();
  t.same(run.seen, ['timeout', 'success']);
  finish();
  run.stop.abort();
  await run.over;
  t.equal(run.clock.pendingTimers, 0);
});

t.test('a signal asked for after the timeout is aborted already', async (t) => {
  let finish = (): void => undefined;
  let wasAborted = false;
  const run = start(
    async (_key, context) => {
      await new Promise<void>((resolve) => (finish = resolve));
      wasAborted = context.signal.aborted;
    },
    { timeoutMs: 1000 },
  );
  run.queue.add('ns/a');
  await nextTurn();
  run.clock.advance(1000);
  finish();
  await run.queue.whenIdle();
  t.ok(wasAborted);
  run.stop.abort();
  await run.over;
});

t.test('stopping aborts reconciles, waits for them and logs none of their errors', async (t) => {
  const run = start(
    (_key, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
  );
  run.queue.add('ns/a');
  run.queue.add('ns/b');
  await nextTurn();
  run.stop.abort();
  await run.over;
  t.same(run.seen, ['error']);
  t.same(run.lines, []);
  t.equal(run.queue.length, 1, 'what had not begun is not begun');
});

t.test('a long run of reconciles that never wait leaves room for I/O', async (t) => {
  let turns = 0;
  const run = start(async () => {});
  for (let i = 0; i < 1000; i++) run.queue.add(`ns/${i}`);
  const counting = (async () => {
    for (; !run.queue.idle; turns++) await nextTurn();
  })();
  await counting;
  t.ok(turns >= 1000 / 32 - 1, `${turns} turns of the event loop`);
  run.stop.abort();
  await run.over;
});
