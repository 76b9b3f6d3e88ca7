import { VirtualClock } from '@kube-steward/schedule';
import nock from 'nock';
import t from 'tap';

import type { Credentials } from '../src/endpoint.ts';
import { createTransport } from '../src/transport.ts';
import type { TransportOptions } from '../src/transport.ts';
import type { KubeRequest, RequestObservation, Transport } from '../src/request.ts';
import { endpointTo, until } from './loopback.ts';

const SERVER = 'https://cluster.example:6443';
const PODS = '/api/v1/pods';
const GET: KubeRequest = { method: 'GET', path: PODS };
const PATCH: KubeRequest = {
  method: 'PATCH',
  path: `${PODS}/a`,
  body: {},
  contentType: 'application/merge-patch+json',
};

nock.disableNetConnect();
t.afterEach(() => nock.cleanAll());
t.teardown(() => nock.restore());

/** What an error must look like. */
type Expected = { code: string } & Record<string, unknown>;

interface Setup {
  transport: Transport;
  clock: VirtualClock;
  observed: RequestObservation[];
  /** Waits until a wait of exactly `ms` is the only thing pending, and ends it. */
  passWait: (ms: number) => Promise<void>;
}

const setup = (options: TransportOptions = {}, endpoint = endpointTo(SERVER)): Setup => {
  const clock = new VirtualClock('2026-11-20T12:00:00Z');
  const observed: RequestObservation[] = [];
  const transport = createTransport(endpoint, {
    clock,
    random: () => 0,
    onRequest: (observation) => observed.push(observation),
    ...options,
  });
  const passWait = async (ms: number): Promise<void> => {
    await until(() => clock.pendingTimers === 1 && clock.nextTimer() === clock.now() + ms);
    clock.advance(ms);
  };
  return { transport, clock, observed, passWait };
};

t.test('headers, query and body arrive as they should', async (t) => {
  const { transport } = setup({ userAgent: 'kube-steward-test/1' });
  let path = '';
  let headers: Record<string, unknown> = {};
  nock(SERVER)
    .patch(/.*/, { spec: { replicas: 0 } })
    .reply(function (uri) {
      path = uri;
      headers = this.req.headers;
      return [200, { kind: 'Deployment' }];
    });
  const { body, status } = await transport.send({
    ...PATCH,
    body: { spec: { replicas: 0 } },
    query: {
      fieldManager: 'kube-steward downscaler',
      labelSelector: 'a in (b,c),!d',
      force: true,
      limit: 5,
      none: undefined,
    },
  });
  t.equal(status, 200);
  t.same(body, { kind: 'Deployment' });
  t.equal(
    path,
    '/api/v1/pods/a?fieldManager=kube-steward%20downscaler&labelSelector=a%20in%20(b%2Cc)%2C!d&force=true&limit=5',
  );
  t.match(headers, {
    accept: 'application/json',
    authorization: 'Bearer token',
    'user-agent': 'kube-steward-test/1',
    'content-type': 'application/merge-patch+json',
    'content-length': '23',
  });
  t.notOk('accept-encoding' in headers, 'compression costs both sides more than it saves');
});

t.test('a server behind a path keeps its prefix', async (t) => {
  const { transport } = setup({}, endpointTo('https://rancher.example/k8s/clusters/c-1/'));
  nock('https://rancher.example').get('/k8s/clusters/c-1/version').reply(200, {});
  t.equal((await transport.send({ method: 'GET', path: '/version' })).status, 200);
  await t.rejects(transport.send({ method: 'GET', path: 'version' }), TypeError);
});

t.test('a body that is text or bytes is sent as it is, and its length counted in bytes', async (t) => {
  const { transport } = setup();
  const lengths: unknown[] = [];
  nock(SERVER)
    .post(PODS)
    .times(2)
    .reply(function (_uri, body) {
      lengths.push(this.req.headers['content-length']);
      return [200, JSON.stringify(body)];
    });
  for (const body of ['"größer"', Buffer.from('"größer"')]) {
    t.equal((await transport.send({ method: 'POST', path: PODS, body })).body, 'größer');
  }
  t.same(lengths, ['10', '10']);
});

t.test('the body of an answer is parsed, handed out as text, or skipped', async (t) => {
  const { transport } = setup();
  nock(SERVER).get(PODS).times(3).reply(200, '{"a":1}');
  t.same((await transport.send(GET)).body, { a: 1 });
  t.equal((await transport.send({ ...GET, reply: 'text' })).body, '{"a":1}');
  t.equal((await transport.send({ ...GET, reply: 'skip' })).body, undefined);
});

t.test('answers that are errors say what the server said', async (t) => {
  const status = {
    kind: 'Status',
    code: 403,
    reason: 'Forbidden',
    message: 'pods is forbidden',
    details: { kind: 'pods' },
  };
  const html = `<html><title>Bad Gateway</title>${'x'.repeat(400)}</html>`;
  const cases: {
    name: string;
    answer: [number, unknown, Record<string, string>?];
    error: Expected;
    message?: string;
  }[] = [
    {
      name: 'a Status',
      answer: [403, status],
      error: { code: 'Forbidden', status: 403, reason: 'Forbidden', details: { kind: 'pods' } },
      message: `GET ${SERVER}${PODS}: 403 Forbidden: pods is forbidden`,
    },
    {
      name: 'plain text',
      answer: [404, '404 page not found\n'],
      error: { code: 'NotFound', status: 404, reason: '' },
      message: `GET ${SERVER}${PODS}: 404 404 page not found`,
    },
    {
      name: 'the page of a proxy',
      answer: [502, html],
      error: { code: 'ServerError', status: 502 },
      message: `GET ${SERVER}${PODS}: 502 ${html.slice(0, 200)}...`,
    },
    {
      name: 'JSON that is no Status',
      answer: [400, { error: 'x' }],
      error: { code: 'BadRequest', message: /400 \{"error":"x"\}$/ },
    },
    {
      name: 'half a Status',
      answer: [500, '{"kind":"Sta'],
      error: { code: 'ServerError', message: /500 \{"kind":"Sta$/ },
    },
    {
      name: 'a redirect',
      answer: [302, '', { location: 'https://login.example/' }],
      error: {
        code: 'InvalidResponse',
        status: 302,
        message: /redirected \(302\) to https:\/\/login\.example\/: check the server URL/,
      },
    },
    {
      name: 'a 200 that is not JSON',
      answer: [200, '<html>sign in</html>'],
      error: {
        code: 'InvalidResponse',
        message: `GET ${SERVER}${PODS}: the answer is not JSON: <html>sign in</html>`,
      },
    },
    {
      name: 'a 200 without a body',
      answer: [200, ''],
      error: { code: 'InvalidResponse', message: /not JSON: \(empty\)/ },
    },
  ];
  for (const { name, answer, error, message } of cases) {
    const { transport } = setup();
    nock(SERVER)
      .get(PODS)
      .reply(answer[0], answer[1] as nock.Body, answer[2]);
    await t.rejects(transport.send(GET), message ? { ...error, message } : error, name);
  }
});

t.test('waits as Retry-After says, in seconds or until a date, then tries again', async (t) => {
  const { transport, observed, passWait, clock } = setup();
  nock(SERVER)
    .get(PODS)
    .reply(429, 'busy', { 'Retry-After': '3' })
    .get(PODS)
    .reply(503, 'starting', { 'Retry-After': 'Fri, 20 Nov 2026 12:00:10 GMT' })
    .get(PODS)
    .reply(504, 'slow')
    .get(PODS)
    .reply(200, { kind: 'PodList' });
  const answer = transport.send(GET);
  await passWait(3000);
  await passWait(7000);
  await passWait(2000);
  t.equal((await answer).status, 200);
  t.match(observed, [
    { verb: 'get', method: 'GET', host: 'cluster.example:6443', code: 200, retries: 3, durationMs: 12_000 },
  ]);
  t.equal(clock.pendingTimers, 0);
});

t.test('gives up after ten more tries, or none if none are wanted, with the last answer', async (t) => {
  const { transport, passWait, observed } = setup();
  nock(SERVER).get(PODS).times(12).reply(429, 'busy', { 'Retry-After': '1' });
  const failed = t.rejects(transport.send(GET), { code: 'TooManyRequests', status: 429, retryAfterMs: 1000 });
  for (let i = 0; i < 10; i++) await passWait(1000);
  await failed;
  await t.rejects(transport.send({ ...GET, maxRetries: 0 }), { code: 'TooManyRequests' });
  t.match(observed, [
    { retries: 10, code: 429 },
    { retries: 0, code: 429 },
  ]);
  t.ok(nock.isDone());
});

t.test('does not begin a wait beyond the deadline, and the deadline ends one', async (t) => {
  const { transport, clock } = setup();
  nock(SERVER).get(PODS).reply(429, 'busy', { 'Retry-After': '10' });
  await t.rejects(transport.send({ ...GET, deadlineMs: 10_000 }), { code: 'TooManyRequests', retryAfterMs: 10_000 });
  nock(SERVER).get(PODS).times(2).reply(429, 'busy', { 'Retry-After': '4' });
  const failed = t.rejects(transport.send({ ...GET, deadlineMs: 6000 }), { code: 'TooManyRequests' });
  await until(() => clock.pendingTimers === 2);
  clock.advance(4000);
  await failed;
  t.equal(clock.pendingTimers, 0);
});

t.test('a write is tried again only where it cannot have been carried out, or the server says so', async (t) => {
  const { transport, passWait } = setup();
  nock(SERVER).patch(`${PODS}/a`).reply(503, 'unavailable');
  await t.rejects(transport.send(PATCH), { code: 'Unavailable' });
  nock(SERVER).patch(`${PODS}/a`).reply(429, 'busy').patch(`${PODS}/a`).reply(200, {});
  const answer = transport.send(PATCH);
  await passWait(500);
  t.equal((await answer).status, 200);
});

t.test('401 fetches fresh credentials, once for all requests that failed together, and tries once more', async (t) => {
  let issued = 1;
  let invalidations = 0;
  const endpoint = endpointTo(SERVER, {
    credentials: (): Promise<Credentials> =>
      Promise.resolve({ headers: { authorization: `Bearer token-${issued}` }, tls: {} }),
    invalidate: () => {
      invalidations++;
      issued++;
    },
  });
  const { transport } = setup({}, endpoint);
  const as = (token: string): nock.Scope => nock(SERVER, { reqheaders: { authorization: `Bearer ${token}` } });
  as('token-1').get(PODS).times(3).reply(401, 'Unauthorized');
  as('token-2').get(PODS).times(2).reply(200, {}).patch(`${PODS}/a`).reply(401, 'Unauthorized');
  as('token-1').patch(`${PODS}/a`).reply(401, 'Unauthorized');
  const answers = await Promise.all([transport.send(GET), transport.send(GET)]);
  t.same(
    answers.map(({ status }) => status),
    [200, 200],
  );
  t.equal(invalidations, 1);
  as('token-3').patch(`${PODS}/a`).reply(401, 'Unauthorized');
  await t.rejects(transport.send(PATCH), { code: 'Unauthorized' }, 'the second 401 is the answer');
  t.equal(invalidations, 2);
});

t.test('credentials that cannot be had name the context', async (t) => {
  const { transport, clock } = setup(
    {},
    endpointTo(SERVER, { credentials: () => Promise.reject(new Error('aws: command not found')) }),
  );
  await t.rejects(transport.send(GET), {
    code: 'Unauthorized',
    message: `GET ${SERVER}${PODS}: no credentials for context "test": aws: command not found`,
  });
  t.equal(clock.pendingTimers, 0);
});

t.test('a signal ends a request in every state, with its reason as the cause', async (t) => {
  const reason = new Error('shutting down');
  const aborted = { code: 'Aborted', message: `GET ${SERVER}${PODS}: aborted by the caller`, cause: reason };
  const { transport, clock } = setup({ qps: 1, burst: 2 });

  await t.rejects(transport.send({ ...GET, signal: AbortSignal.abort(reason) }), aborted, 'before it begins');

  const whileRetrying = new AbortController();
  nock(SERVER).get(PODS).reply(429, 'busy');
  const retrying = transport.send({ ...GET, signal: whileRetrying.signal });
  const retryingFails = t.rejects(retrying, aborted, 'between two tries');
  await until(() => clock.pendingTimers === 1 && clock.nextTimer() === clock.now() + 500);
  whileRetrying.abort(reason);
  await retryingFails;

  const whileUnanswered = new AbortController();
  let asked = false;
  nock(SERVER)
    .get(PODS)
    .reply(() => {
      asked = true;
      return new Promise(() => undefined);
    });
  const unanswered = t.rejects(transport.send({ ...GET, signal: whileUnanswered.signal }), aborted, 'while unanswered');
  await until(() => asked);
  whileUnanswered.abort(reason);
  await unanswered;

  const whileHeldBack = new AbortController();
  const heldBack = t.rejects(transport.send({ ...GET, signal: whileHeldBack.signal }), aborted, 'by the rate limit');
  await until(() => clock.pendingTimers === 1);
  whileHeldBack.abort(reason);
  await heldBack;
  t.equal(clock.pendingTimers, 0);
});

t.test('the rate limit holds requests back and tells how long', async (t) => {
  const { transport, observed, passWait } = setup({ qps: 2, burst: 1 });
  nock(SERVER).get(PODS).times(3).reply(200, {});
  await transport.send(GET);
  const second = transport.send(GET);
  await passWait(500);
  await second;
  t.match(observed, [
    { rateLimitedMs: 0, durationMs: 0 },
    { rateLimitedMs: 500, durationMs: 0 },
  ]);
});

t.test('what must hold when a request is sent is asked after every wait, right before each try', async (t) => {
  const { transport, passWait } = setup({ qps: 1, burst: 1 });
  nock(SERVER).patch(`${PODS}/a`).reply(429, 'busy', { 'Retry-After': '3' });
  let asked = 0;
  const lost = new Error('another may lead by now');
  const request: KubeRequest = {
    ...PATCH,
    beforeTry: () => {
      if (asked++ > 0) throw lost;
    },
  };
  const retried = t.rejects(transport.send(request), lost, 'a retry');
  await passWait(3000);
  await retried;
  t.equal(asked, 2);
  const held = t.rejects(transport.send(request), lost, 'a first try that the rate limit held back');
  await passWait(1000);
  await held;
  t.equal(asked, 3);
  t.ok(nock.isDone(), 'sent once in all');
});

t.test('a request nobody answers, and one that cannot be sent', async (t) => {
  const { transport, observed } = setup();
  nock(SERVER)
    .get(PODS)
    .replyWithError(Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:6443'), { code: 'ECONNREFUSED' }));
  await t.rejects(transport.send(GET), {
    code: 'Network',
    status: 0,
    message: `GET ${SERVER}${PODS}: connect ECONNREFUSED 10.0.0.1:6443`,
  });
  t.match(observed, [{ code: 0, retries: 0 }]);
});
