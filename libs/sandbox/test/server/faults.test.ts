import http from 'node:http';
import t from 'tap';
import { type FaultEffect, type RequestLog, startSandbox } from '../../src/index.ts';
import { at, type Ending, call, CONFIG_MAPS, configMap, makeCluster, R, watch } from './world.ts';

const serve = async (t: Ending) => {
  const { cluster, clock } = makeCluster();
  const sandbox = await startSandbox({ clock, cluster });
  t.teardown(() => sandbox.stop());
  cluster.create(R.configMaps, configMap('a', { data: { x: 'y' } }));
  return { cluster, clock, sandbox };
};

t.test('a rule hits what it matches, after so many, so many times', async (t) => {
  const { sandbox } = await serve(t);
  const effect: FaultEffect = { kind: 'status', code: 429, retryAfterSeconds: 7 };
  const rule = sandbox.faults.add({ match: { verbs: ['get'], resources: ['configmaps'] }, effect, after: 1, times: 2 });
  const codes: number[] = [];
  for (let index = 0; index < 4; index++) codes.push((await call(sandbox, 'GET', `${CONFIG_MAPS}/a`)).code);
  t.same(codes, [200, 429, 429, 200]);
  t.equal(rule.hits, 2);
  t.equal((await call(sandbox, 'GET', CONFIG_MAPS)).code, 200, 'a list is no get');
});

t.test('probabilities repeat with the seed', async (t) => {
  const run = async () => {
    const { sandbox } = await serve(t);
    sandbox.faults.add({ effect: { kind: 'status', code: 503 }, probability: 0.5 });
    const codes: number[] = [];
    for (let index = 0; index < 20; index++) codes.push((await call(sandbox, 'GET', `${CONFIG_MAPS}/a`)).code);
    return codes;
  };
  const first = await run();
  t.same(await run(), first);
  t.ok(first.includes(200) && first.includes(503));
});

t.test('errors look like those of a server in that trouble', async (t) => {
  const { sandbox } = await serve(t);
  const cases: [code: number, reason: string, message: RegExp][] = [
    [401, 'Unauthorized', /^Unauthorized$/],
    [
      403,
      'Forbidden',
      /^configmaps "a" is forbidden: User "system:anonymous" cannot get resource "configmaps" in API group "" in the namespace "shop"$/,
    ],
    [404, 'NotFound', /could not find/],
    [409, 'Conflict', /./],
    [429, 'TooManyRequests', /too many requests/],
    [500, 'InternalError', /^Internal error occurred/],
    [503, 'ServiceUnavailable', /currently unable/],
    [504, 'Timeout', /./],
  ];
  for (const [code, reason, message] of cases) {
    const rule = sandbox.faults.add({ effect: { kind: 'status', code, retryAfterSeconds: 3 } });
    const answer = await call(sandbox, 'GET', `${CONFIG_MAPS}/a`);
    t.match(answer, { code, body: { kind: 'Status', code, reason, message } });
    if (code === 429 || code >= 500) t.equal(answer.headers['retry-after'], '3');
    rule.remove();
  }
});

t.test('latency passes on the clock of the cluster', async (t) => {
  const { clock, sandbox } = await serve(t);
  sandbox.faults.add({ effect: { kind: 'latency', ms: 5000 } });
  let isDone = false;
  const answer = call(sandbox, 'GET', `${CONFIG_MAPS}/a`).then(({ code }) => {
    isDone = true;
    return code;
  });
  while (clock.pendingTimers === 0) await new Promise(setImmediate);
  clock.advance(4999);
  await new Promise(setImmediate);
  t.equal(isDone, false);
  t.equal(sandbox.inFlight(), 1);
  clock.advance(1);
  t.equal(await answer, 200);
});

t.test('connections break before the answer, in the middle of it, or end half way', async (t) => {
  const { sandbox } = await serve(t);
  const broken = async (effect: FaultEffect) => {
    const rule = sandbox.faults.add({ effect });
    try {
      const { text } = await call(sandbox, 'GET', CONFIG_MAPS);
      return text;
    } catch (error) {
      return (error as { code?: string }).code;
    } finally {
      rule.remove();
    }
  };
  t.equal(await broken({ kind: 'reset' }), 'ECONNRESET');
  t.match(sandbox.requests.all({ code: 0 }), [{ verb: 'list' }], 'a request without an answer is logged with code 0');
  t.match(await broken({ kind: 'reset', afterBytes: 20 }), /ECONNRESET|INCOMPLETE/);
});

t.test('a watch can be told half a line, nothing more, or the end', async (t) => {
  const { cluster, sandbox } = await serve(t);
  const path = `${CONFIG_MAPS}?watch=1&resourceVersion=${cluster.resourceVersion()}`;
  const change = (value: string) =>
    cluster.patch(R.configMaps, 'a', { namespace: 'shop', type: 'merge', body: { data: { x: value } } });
  sandbox.faults.add({ match: { verbs: ['watch'] }, effect: { kind: 'truncate', afterBytes: 30 }, times: 1 });
  const half = await watch(sandbox, path);
  change('1');
  t.equal(await half.next(), undefined, 'it ended before the line did');

  const stalled = await watch(sandbox, path);
  t.match(await stalled.next(), { type: 'MODIFIED' });
  sandbox.watches.stall();
  change('2');
  sandbox.watches.reset();
  t.equal(await stalled.next(), undefined, 'what was said after the stall was lost');
});

t.test('a watch that was cut off is over, though its connection goes on', async (t) => {
  const { cluster, sandbox } = await serve(t);
  sandbox.faults.add({ match: { verbs: ['watch'] }, effect: { kind: 'truncate', afterBytes: 30 } });
  const agent = new http.Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  const url = `${sandbox.url}${CONFIG_MAPS}?watch=1&resourceVersion=${cluster.resourceVersion()}`;
  const ended = new Promise((resolve) => {
    http.get(url, { agent }, (response) => response.resume().once('end', resolve));
  });
  await once(sandbox.requests);
  cluster.create(R.configMaps, configMap('b'));
  await ended;
  t.equal(sandbox.watches.count(), 0);
});

/** Resolves when the next request was answered. */
const once = (requests: RequestLog): Promise<unknown> =>
  new Promise((resolve) => {
    const forget = requests.subscribe((request) => {
      forget();
      resolve(request);
    });
  });

t.test('revisions expire: lists with 410, watches with 410 or an ERROR event', async (t) => {
  const { sandbox } = await serve(t);
  const rule = sandbox.faults.add({ effect: { kind: 'expired' } });
  t.match(await call(sandbox, 'GET', `${CONFIG_MAPS}?resourceVersion=1`), { code: 410, body: { reason: 'Expired' } });
  t.equal((await watch(sandbox, `${CONFIG_MAPS}?watch=1`)).code, 410);
  rule.remove();
  sandbox.faults.add({ match: { verbs: ['watch'] }, effect: { kind: 'expired', asEvent: true } });
  const events = await watch(sandbox, `${CONFIG_MAPS}?watch=1`);
  t.equal(events.code, 200);
  t.match(await events.next(), { type: 'ERROR', object: { code: 410, reason: 'Expired' } });
});

t.test('bookmarks can be kept from a watch', async (t) => {
  const { cluster, sandbox } = await serve(t);
  sandbox.faults.add({ match: { user: 'system:anonymous' }, effect: { kind: 'no-bookmarks' } });
  const events = await watch(
    sandbox,
    `${CONFIG_MAPS}?watch=1&allowWatchBookmarks=true&resourceVersion=${cluster.resourceVersion()}`,
  );
  sandbox.watches.bookmark();
  cluster.create(R.configMaps, configMap('b'));
  t.match(await events.next(), { type: 'ADDED' });
});

t.test('the clock of the server can be off: Date headers and timestamps', async (t) => {
  const { sandbox } = await serve(t);
  sandbox.skewClock(3_600_000);
  const answer = await call(sandbox, 'POST', CONFIG_MAPS, configMap('b'));
  t.equal(answer.headers.date, 'Fri, 20 Nov 2026 11:00:00 GMT');
  t.equal(at(answer.body, 'metadata', 'creationTimestamp'), '2026-11-20T11:00:00Z');
});
