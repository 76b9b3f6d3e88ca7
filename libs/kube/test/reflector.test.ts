import { VirtualClock } from '@kube-steward/schedule';
import t from 'tap';
import { KubeApiError } from '../src/errors.ts';
import type { KubeObject } from '../src/objects.ts';
import { keyOf } from '../src/objects.ts';
import { createReflector, type Reflector, type ReflectorSink } from '../src/reflector.ts';
import type { RelistReason } from '../src/reflector/recovery.ts';
import type { Resource } from '../src/resources.ts';
import {
  added,
  bookmark,
  createScriptedClient,
  deleted,
  errorEvent,
  gone,
  initialEventsEnd,
  modified,
  refused,
  settle,
  status,
  thing,
  type ScriptedClient,
  type WatchRequest,
} from './scripted-client.ts';

const things: Resource = { group: '', version: 'v1', plural: 'things', kind: 'Thing', namespaced: true };

interface Setup extends ScriptedClient {
  clock: VirtualClock;
  reflector: Reflector;
  relists: RelistReason[];
  /** What was delivered: `+a1` listed, `add a2`, `modify a3`, `delete a4`, and `commit` between. */
  log: string[];
  pass: (ms: number) => Promise<void>;
  stop: () => Promise<void>;
}

const nameOf = ({ metadata }: KubeObject): string => `${metadata.name}${metadata.resourceVersion}`;

const sinkInto = (log: string[], delivered?: (object: KubeObject) => void): ReflectorSink<KubeObject> => ({
  begin: () => ({
    add: (object) => void log.push(`+${nameOf(object)}`),
    remove: (object) => void log.push(`-${keyOf(object)}`),
    commit: async () => void log.push('commit'),
  }),
  event: (type, object) => {
    delivered?.(object);
    log.push(`${type.toLowerCase()} ${nameOf(object)}`);
  },
});

/** Random is 0: delays are 800, 1600, 3200 ms, …; watches last 300 s. Lists come in pages unless `streaming`. */
const setup = (
  options: { streaming?: boolean; random?: number; delivered?: (object: KubeObject) => void } = {},
): Setup => {
  const { streaming = false, random = 0, delivered } = options;
  const clock = new VirtualClock('2026-11-20T19:00:00Z');
  const scripted = createScriptedClient();
  const log: string[] = [];
  const relists: RelistReason[] = [];
  const reflector = createReflector({
    client: scripted.client,
    resource: things,
    sink: sinkInto(log, delivered),
    clock,
    random: () => random,
    strategy: { streaming },
    onRelist: (reason) => relists.push(reason),
  });
  const stopping = new AbortController();
  const done = reflector.run(stopping.signal);
  const pass = async (ms: number): Promise<void> => clock.advanceSettled(clock.now() + ms, settle);
  const stop = async (): Promise<void> => {
    stopping.abort();
    await done;
  };
  return { ...scripted, clock, reflector, relists, log, pass, stop };
};

/** A reflector that has listed at `resourceVersion` and whose watch was accepted. */
const watching = async (options: Parameters<typeof setup>[0] = {}): Promise<Setup & { opened: WatchRequest }> => {
  const s = setup(options);
  await (await s.list()).reply([thing('a', 5)], { resourceVersion: '10' });
  const opened = await s.watch();
  await opened.accept();
  s.log.length = 0;
  return { ...s, opened };
};

t.test('the list is read in pages, and becomes visible when it is complete', async (t) => {
  const { list, log, reflector, stop, waiting } = setup();
  const first = await list();
  t.match(first.options, { limit: 500, continue: undefined, resourceVersion: undefined, maxRetries: 0 });
  await first.reply([thing('a', 1)], { resourceVersion: '10', continue: 'x' });
  t.same(log, ['+a1']);
  t.match(reflector.status, { phase: 'listing', synced: false });
  const second = await list();
  t.equal(second.options.continue, 'x');
  await second.reply([thing('b', 2)], { resourceVersion: '10' });
  t.same(log, ['+a1', '+b2', 'commit']);
  t.equal(await waiting(), 1, 'the watch has been asked for');
  t.match(reflector.status, { synced: true, resourceVersion: '10', relists: 0 });
  await stop();
});

t.test('the watch starts from the resourceVersion of the list, with bookmarks, for 5 to 10 minutes', async (t) => {
  for (const [random, timeoutSeconds] of [
    [0, 300],
    [0.5, 450],
    [0.999, 599],
  ] as const) {
    const { list, watch, stop } = setup({ random });
    await (await list()).reply([], { resourceVersion: '10' });
    const { options } = await watch();
    t.match(options, { resourceVersion: '10', allowWatchBookmarks: true, timeoutSeconds, maxRetries: 0 });
    t.equal(options.idleTimeoutMs, timeoutSeconds * 1000 + 15_000);
    await stop();
  }
});

t.test('events are delivered in order; a bookmark moves the resourceVersion and nothing else', async (t) => {
  const { opened, log, reflector, stop } = await watching();
  await opened.send(added('b', 11), modified('b', 12), bookmark(20), deleted('b', 21), bookmark(30));
  t.same(log, ['added b11', 'modified b12', 'deleted b21']);
  t.equal(reflector.status.resourceVersion, '30');
  await stop();
});

t.test('a watch that ends cleanly goes on from the last resourceVersion, at once and without a list', async (t) => {
  const { opened, watch, pass, reflector, stop } = await watching();
  await opened.send(added('b', 11), bookmark(20));
  await pass(300_000);
  await opened.end();
  t.equal((await watch()).options.resourceVersion, '20');
  t.match(reflector.status, { relists: 0, lastError: undefined });
  await stop();
});

t.test('410 leads to a new list, whether it comes as the status or as an ERROR event', async (t) => {
  const ways: Record<string, (s: Setup & { opened: WatchRequest }) => Promise<void>> = {
    'as an ERROR event': ({ opened }) => opened.send(added('b', 11), errorEvent(gone())),
    'as the status': async ({ opened, watch, pass }) => {
      await pass(2000);
      await opened.end();
      await (await watch()).refuse(gone());
    },
  };
  for (const [name, expire] of Object.entries(ways)) {
    const s = await watching();
    await expire(s);
    t.equal(await s.waiting(), 0, `${name}: waits, so that a server that always answers 410 is not flooded`);
    await s.pass(800);
    const list = await s.list();
    t.match(list.options, { continue: undefined, resourceVersion: undefined }, `${name}: a consistent list`);
    await list.reply([thing('c', 30)], { resourceVersion: '30' });
    t.equal((await s.watch()).options.resourceVersion, '30', name);
    t.same(s.relists, ['expired'], name);
    t.equal(s.reflector.status.relists, 1, name);
    await s.stop();
  }
});

t.test(
  'a continue token that expired starts the list again; the second time it is asked for in one piece',
  async (t) => {
    const { list, log, pass, relists, stop } = setup();
    for (const ms of [800, 1600]) {
      await (await list()).reply([thing('a', 1)], { resourceVersion: '10', continue: 'x' });
      await (await list()).fail(gone());
      await pass(ms);
    }
    const { options, reply } = await list();
    t.match(options, { continue: undefined, limit: 0 });
    log.length = 0;
    await reply([thing('a', 3)], { resourceVersion: '12' });
    t.same(log, ['+a3', 'commit']);
    t.same(relists, ['continueExpired', 'continueExpired']);
    await stop();
  },
);

t.test('a failure on a page goes on with that page', async (t) => {
  const { list, log, pass, relists, stop } = setup();
  await (await list()).reply([thing('a', 1)], { resourceVersion: '10', continue: 'x' });
  await (await list()).fail(status(503, 'ServiceUnavailable'));
  await pass(800);
  const again = await list();
  t.equal(again.options.continue, 'x');
  await again.reply([thing('b', 2)], { resourceVersion: '10' });
  t.same(log, ['+a1', '+b2', 'commit']);
  t.same(relists, []);
  await stop();
});

t.test('failures that pass by themselves are waited out without a list', async (t) => {
  const failures = [
    status(429, 'TooManyRequests'),
    status(503, 'ServiceUnavailable'),
    status(500, 'InternalError'),
    status(504, 'Timeout', { message: 'Too large resource version: 10, current: 8' }),
    refused(),
  ];
  for (const error of failures) {
    const { opened, watch, waiting, pass, reflector, stop } = await watching();
    await pass(2000);
    await opened.reset();
    t.match(reflector.status, { phase: 'waiting', lastError: { code: 'Network' }, problem: undefined });
    await pass(800);
    await (await watch()).refuse(error);
    t.equal(reflector.status.lastError, error);
    await pass(1599);
    t.equal(await waiting(), 0, 'the delay has doubled');
    await pass(1);
    const again = await watch();
    t.equal(again.options.resourceVersion, '10', error.message);
    await again.accept();
    t.match(reflector.status, { phase: 'watching', relists: 0, restarts: 1, lastError: undefined });
    await stop();
  }
});

t.test('Retry-After is honoured when it is longer than the back-off', async (t) => {
  const { opened, watch, waiting, pass, stop } = await watching();
  await opened.reset();
  await pass(800);
  await (await watch()).refuse(status(429, 'TooManyRequests', { retryAfterSeconds: 17 }));
  await pass(16_999);
  t.equal(await waiting(), 0);
  await pass(1);
  t.equal((await watch()).options.resourceVersion, '10');
  await stop();
});

t.test(
  'delays double from 0.8 to 30 s with up to as much jitter, and start over after two healthy minutes',
  async (t) => {
    for (const random of [0, 1]) {
      const { opened, watch, clock, pass, stop } = await watching({ random });
      let stream = opened;
      const delayAfterReset = async (): Promise<number> => {
        await stream.reset();
        const delay = clock.nextTimer()! - clock.now();
        await pass(delay);
        stream = await watch();
        await stream.accept();
        return delay / (1 + random);
      };
      const delays: number[] = [];
      for (let i = 0; i < 8; i++) delays.push(await delayAfterReset());
      t.same(delays, [800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
      await pass(119_999);
      t.equal(await delayAfterReset(), 30_000);
      await pass(120_000);
      t.equal(await delayAfterReset(), 800);
      await stop();
    }
  },
);

t.test('a watch that ends at once without a word counts as a failure', async (t) => {
  const { opened, watch, waiting, pass, reflector, stop } = await watching();
  await opened.end();
  t.equal(await waiting(), 0);
  t.match(reflector.status, {
    phase: 'waiting',
    lastError: { message: 'the server ended the watch of things after 0 ms' },
  });
  await pass(800);
  const again = await watch();
  await again.accept(added('b', 11));
  await again.end();
  t.equal((await watch()).options.resourceVersion, '11', 'but not when it brought something');
  await stop();
});

t.test('403 and 404 do not end it: it waits longer, says what is missing, and recovers by itself', async (t) => {
  const cases = [
    [
      status(403, 'Forbidden'),
      'no permission for things: grant apiGroups [""], resources ["things"], verbs ["list", "watch"] in all namespaces (ClusterRole)',
    ],
    [status(404, 'NotFound'), 'things v1 is not served: install its CustomResourceDefinition or API server'],
  ] as const;
  for (const [error, problem] of cases) {
    const { opened, watch, clock, pass, reflector, relists, stop } = await watching();
    await opened.reset();
    let delay = 800;
    for (let i = 0; i < 10; i++) {
      await pass(delay);
      await (await watch()).refuse(error);
      t.match(reflector.status, { phase: 'waiting', problem, synced: true });
      delay = clock.nextTimer()! - clock.now();
    }
    t.equal(delay, 120_000, 'the longest delay');
    await pass(delay);
    const recovered = await watch();
    t.equal(recovered.options.resourceVersion, '10');
    await recovered.accept();
    t.match(reflector.status, { phase: 'watching', problem: undefined });
    t.same(relists, []);
    await stop();
  }
});

t.test('a kind that is not there at the start is listed when it is', async (t) => {
  const { list, pass, reflector, log, stop } = setup();
  await (await list()).fail(status(404, 'NotFound'));
  t.match(reflector.status, { phase: 'waiting', synced: false, problem: /things v1 is not served/ });
  await pass(800);
  await (await list()).reply([], { resourceVersion: '3' });
  t.same(log, ['commit']);
  t.match(reflector.status, { synced: true, problem: undefined });
  await stop();
});

t.test(
  'an ERROR event other than 410 is not ignored: back-off, and a list if it comes again at the same place',
  async (t) => {
    const { opened, watch, list, pass, reflector, relists, stop } = await watching();
    await opened.send(errorEvent(status(500, 'InternalError')));
    t.match(reflector.status, { phase: 'waiting', lastError: { code: 'ServerError' } });
    t.ok(opened.isClosed);
    await pass(800);
    const second = await watch();
    t.equal(second.options.resourceVersion, '10');
    await second.accept(added('b', 11), errorEvent(status(500, 'InternalError')));
    await pass(1600);
    const third = await watch();
    t.equal(third.options.resourceVersion, '11', 'there was progress: no list yet');
    await third.accept(errorEvent(status(500, 'InternalError')));
    await pass(3200);
    await list();
    t.same(relists, ['watchError']);
    await stop();
  },
);

t.test('a server that went back in time is listed again after three tries', async (t) => {
  const { opened, watch, list, pass, relists, stop } = await watching();
  await opened.reset();
  for (const delay of [800, 1600, 3200]) {
    await pass(delay);
    await (await watch()).refuse(status(504, 'Timeout', { message: 'Too large resource version: 10, current: 3' }));
  }
  await pass(6400);
  await (await list()).reply([], { resourceVersion: '3' });
  t.equal((await watch()).options.resourceVersion, '3');
  t.same(relists, ['resourceVersionTooLarge']);
  await stop();
});

t.test(
  'a silent stream is given up after 2.5 bookmark periods once a bookmark was seen, else at the end of the watch',
  async (t) => {
    const { opened, watch, pass, stop } = await watching();
    t.equal(opened.idleTimeoutMs, 315_000);
    await pass(60_000);
    await opened.send(bookmark(20));
    t.equal(opened.idleTimeoutMs, 150_000);
    await pass(30_000);
    await opened.send(bookmark(30));
    t.equal(opened.idleTimeoutMs, 150_000, 'an early one shortens nothing');
    await pass(100_000);
    await opened.send(bookmark(40));
    t.equal(opened.idleTimeoutMs, 250_000, 'a slower server is given more');
    await opened.end();
    t.equal((await watch()).options.idleTimeoutMs, 250_000, 'the next watch knows');
    await stop();
  },
);

t.test('a streamed list is complete at its bookmark, and goes on as the watch', async (t) => {
  const { watch, log, reflector, waiting, stop } = setup({ streaming: true });
  const stream = await watch();
  const asked = { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: true };
  t.match(stream.options, { ...asked, resourceVersion: undefined, idleTimeoutMs: 30_000 });
  await stream.accept(added('a', 1), added('b', 2), bookmark(5), modified('a', 6), deleted('b', 7));
  t.match(reflector.status, { phase: 'listing', synced: false, resourceVersion: undefined });
  await stream.send(initialEventsEnd(10), added('c', 11));
  t.same(log, ['+a1', '+b2', '+a6', '-ns/b', 'commit', 'added c11']);
  t.match(reflector.status, { phase: 'watching', synced: true, resourceVersion: '11' });
  t.equal(stream.idleTimeoutMs, 315_000);
  t.equal(await waiting(), 0);
  await stop();
});

t.test('a server that does not stream lists is asked once; then lists come in pages', async (t) => {
  const refusals: Record<string, (stream: WatchRequest) => Promise<void>> = {
    '422': (stream) => stream.refuse(status(422, 'Invalid')),
    '400': (stream) => stream.refuse(status(400, 'BadRequest')),
    '422 as an event': (stream) => stream.accept(errorEvent(status(422, 'Invalid'))),
    'silence at the end': (stream) =>
      stream.accept(added('a', 1)).then(() => stream.reset(new KubeApiError('Timeout', 'no byte for 30 s'))),
  };
  for (const [name, refuse] of Object.entries(refusals)) {
    const { watch, list, pass, log, stop } = setup({ streaming: true });
    await refuse(await watch());
    log.length = 0;
    await (await list()).reply([thing('a', 1)], { resourceVersion: '10' });
    t.same(log, ['+a1', 'commit'], name);
    await (await watch()).refuse(gone());
    await pass(800);
    t.equal((await list()).options.limit, 500, `${name}: remembered for the next list`);
    await stop();
  }
});

t.test(
  'a server that cannot be reached, or holds its headers back, is not taken for one that does not stream',
  async (t) => {
    const { watch, list, pass, reflector, stop } = setup({ streaming: true });
    const silence = new KubeApiError('Timeout', 'GET /api/v1/things: no answer within 30000 ms');
    for (const delay of [800, 1600]) {
      await (await watch()).refuse(silence);
      t.match(reflector.status, { phase: 'waiting', lastError: silence }, 'it backs off');
      await pass(delay);
    }
    await (await list()).reply([thing('a', 1)], { resourceVersion: '10' });
    await (await watch()).refuse(gone());
    await pass(3200);
    t.match((await watch()).options, { sendInitialEvents: true }, 'the next list is streamed again');
    await stop();
  },
);

t.test('a streamed list that breaks twice is read in pages, which can go on where they broke', async (t) => {
  const { watch, list, pass, log, stop } = setup({ streaming: true });
  const first = await watch();
  await first.accept(added('a', 1));
  await first.reset();
  await pass(800);
  const second = await watch();
  await second.accept(added('a', 1));
  await second.end();
  await pass(1600);
  log.length = 0;
  await (await list()).reply([thing('a', 1)], { resourceVersion: '10' });
  t.same(log, ['+a1', 'commit']);
  await stop();
});

t.test('a sink that throws ends neither the loop nor loses the event', async (t) => {
  let failures = 1;
  const { opened, watch, pass, log, reflector, stop } = await watching({
    delivered: () => {
      if (failures-- > 0) throw new TypeError('a fault in the sink');
    },
  });
  await opened.send(added('b', 11));
  t.match(reflector.status, { phase: 'waiting', lastError: { message: 'a fault in the sink' } });
  await pass(800);
  const again = await watch();
  t.equal(again.options.resourceVersion, '10');
  await again.accept(added('b', 11));
  t.same(log, ['added b11']);
  await stop();
});

t.test('stopping leaves no timer, no stream and no request, whatever it was doing', async (t) => {
  const states: Record<string, () => Promise<Setup & { opened?: WatchRequest }>> = {
    listing: async () => setup(),
    'between pages': async () => {
      const s = setup();
      await (await s.list()).reply([], { resourceVersion: '1', continue: 'x' });
      return s;
    },
    watching: () => watching(),
    waiting: async () => {
      const s = await watching();
      await s.opened.reset();
      return s;
    },
  };
  for (const [name, begin] of Object.entries(states)) {
    const s = await begin();
    await s.stop();
    t.equal(s.clock.pendingTimers, 0, `${name}: no timer`);
    t.equal(s.opened?.isClosed ?? true, true, `${name}: no stream`);
    t.equal(s.reflector.status.phase, 'stopped', name);
    await s.pass(600_000);
    await s.list().catch(() => undefined);
    t.equal(await s.waiting(), 0, `${name}: no request later`);
  }
});

t.test('status tells when the server was last heard', async (t) => {
  const { opened, clock, pass, reflector, stop } = await watching();
  await pass(60_000);
  await opened.send(bookmark(20));
  t.equal(reflector.status.lastContact, clock.now());
  await pass(30_000);
  t.equal(reflector.status.lastContact, clock.now() - 30_000);
  await stop();
});
