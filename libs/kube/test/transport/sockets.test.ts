import type { IncomingMessage, ServerResponse } from 'node:http';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';

import { systemClock, VirtualClock } from '@kube-steward/schedule';
import type { Clock } from '@kube-steward/schedule';
import t from 'tap';
import type { Test } from 'tap';

import type { Credentials, Endpoint } from '../../src/endpoint.ts';
import type { KubeRequest, Transport } from '../../src/request.ts';
import { createTransport } from '../../src/transport.ts';
import type { TransportOptions } from '../../src/transport.ts';
import { CA, CLIENT, endpointTo, serve, until } from '../loopback.ts';

const GET: KubeRequest = { method: 'GET', path: '/x' };
const PATCH: KubeRequest = { method: 'PATCH', path: '/x', body: {} };
/** Who the server takes the client for. */
const subjectOf = ({ socket }: IncomingMessage): object =>
  (socket instanceof TLSSocket ? (socket.getPeerCertificate() as { subject?: object }).subject : undefined) ?? {};

const START = '2026-11-20T12:00:00Z';

const open = (t: Test, endpoint: Endpoint, options: TransportOptions = {}): Transport => {
  const transport = createTransport(endpoint, { qps: -1, ...options });
  t.teardown(() => transport.close());
  return transport;
};

t.test('301 requests one after the other use one connection, over TLS as well', async (t) => {
  for (const tls of [undefined, {}]) {
    const server = await serve((_request, response) => response.end('{}'), tls);
    t.teardown(() => server.stop());
    const transport = open(t, endpointTo(server.url));
    for (let i = 0; i < 301; i++) await transport.send(GET);
    t.equal(server.connections.length, 1, server.url.protocol);
  }
});

t.test('requests beyond the connections wait for one, and a watch never does', async (t) => {
  const held: (() => void)[] = [];
  const server = await serve((request, response) => {
    if (request.url === '/watch') response.end('{}');
    else held.push(() => response.end('{}'));
  });
  t.teardown(() => server.stop());
  const transport = open(t, endpointTo(server.url), { maxConnections: 2 });
  const answers = [1, 2, 3].map(() => transport.send(GET));
  await until(() => held.length === 2);
  t.equal((await transport.send({ ...GET, path: '/watch', longLived: true })).status, 200);
  t.equal(held.length, 2, 'the third waits');
  for (const finish of held) finish();
  await until(() => held.length === 3);
  held[2]!();
  await Promise.all(answers);
  t.equal(server.connections.length, 3);
});

t.test('the server is trusted by its authority, and told the client by a certificate', async (t) => {
  const server = await serve((request, response) => response.end(JSON.stringify({ user: subjectOf(request) })), {
    ca: CA,
    requestCert: true,
    rejectUnauthorized: false,
  });
  t.teardown(() => server.stop());
  const asAlice = open(t, endpointTo(server.url, { tls: { ca: CA, ...CLIENT } }));
  t.match((await asAlice.send(GET)).body, { user: { CN: 'alice' } });

  const distrustful = open(t, endpointTo(server.url, { tls: {} }));
  await t.rejects(distrustful.send(GET), {
    code: 'Network',
    message: /certificate is not trusted: check certificate-authority/,
  });
  const careless = open(t, endpointTo(server.url, { tls: { rejectUnauthorized: false } }));
  t.equal((await careless.send(GET)).status, 200);

  const byOtherName = open(t, endpointTo(server.url, { tlsServerName: 'kubernetes' }));
  t.equal((await byOtherName.send(GET)).status, 200, 'the certificate is for the name given');
  const byWrongName = open(t, endpointTo(server.url, { tlsServerName: 'elsewhere' }));
  await t.rejects(byWrongName.send(GET), { code: 'Network', message: /elsewhere/ });
});

t.test('a rotated certificate gets new connections; the old ones end with what they carry', async (t) => {
  const held: (() => void)[] = [];
  const server = await serve(
    (request, response) => {
      const answer = JSON.stringify(subjectOf(request));
      if (request.url === '/slow') held.push(() => response.end(answer));
      else response.end(answer);
    },
    { ca: CA, requestCert: true, rejectUnauthorized: false },
  );
  t.teardown(() => server.stop());
  let tls: Credentials['tls'] = { ca: CA };
  const transport = open(t, endpointTo(server.url, { credentials: () => Promise.resolve({ headers: {}, tls }) }));
  await transport.send(GET);
  const slow = transport.send({ ...GET, path: '/slow' });
  await until(() => held.length === 1);
  tls = { ca: Buffer.from(CA), ...CLIENT };
  t.match((await transport.send(GET)).body, { CN: 'alice' });
  tls = { ca: Buffer.from(CA), cert: Buffer.from(CLIENT.cert).toString(), key: CLIENT.key };
  await transport.send(GET);
  t.equal(server.connections.length, 2, 'equal bytes are the same identity');
  held[0]!();
  t.notMatch((await slow).body, { CN: 'alice' }, 'began before the rotation');
  await until(() => server.connections[0]!.destroyed);
});

t.test('a read on a reused connection that is reset is sent once more, a write is not', async (t) => {
  let resets = 1;
  const server = await serve((_request, response) => {
    if (server.requests.length > 1 && resets-- > 0) response.socket!.resetAndDestroy();
    else response.end('{}');
  });
  t.teardown(() => server.stop());
  const transport = open(t, endpointTo(server.url));
  await transport.send(GET);
  t.equal((await transport.send(GET)).status, 200);
  t.equal(server.requests.length, 3, 'sent again');

  resets = 1;
  await t.rejects(transport.send(PATCH), { code: 'Network', message: /it may have been carried out: not tried again/ });
  t.equal(server.requests.length, 4);

  resets = 1;
  await t.rejects(transport.send(GET), { code: 'Network' }, 'a new connection that is reset is no accident of timing');
  t.equal(server.requests.length, 5);

  await transport.send(GET);
  resets = 2;
  await t.rejects(transport.send({ ...GET, path: '/y' }), { code: 'Network' }, 'once is enough');
});

t.test('each wait has a limit and says what was waited for', async (t) => {
  const clock = new VirtualClock(START);
  const silent = net.createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  t.teardown(() => silent.close());
  const connections: net.Socket[] = [];
  silent.on('connection', (socket) => connections.push(socket));
  t.teardown(() => connections.forEach((socket) => socket.destroy()));
  const { port } = silent.address() as AddressInfo;

  const overTls = open(t, endpointTo(`https://127.0.0.1:${port}`), { clock });
  const noHandshake = t.rejects(overTls.send(GET), {
    code: 'Timeout',
    status: 0,
    message: `GET https://127.0.0.1:${port}/x: could not connect and agree on TLS within 10000 ms`,
  });
  await until(() => connections.length === 1);
  clock.advance(10_000);
  await noHandshake;

  const plain = open(t, endpointTo(`http://127.0.0.1:${port}`), { clock });
  const noAnswer = t.rejects(plain.send(GET), { code: 'Timeout', message: /GET http.*\/x: no answer within 65000 ms/ });
  await until(() => connections.length === 2);
  await until(() => clock.pendingTimers === 1);
  clock.advance(65_000);
  await noAnswer;

  const inTime = t.rejects(plain.send({ ...GET, deadlineMs: 5000 }), {
    code: 'Timeout',
    message: /not done within its deadline of 5000 ms/,
  });
  await until(() => connections.length === 3);
  clock.advance(5000);
  await inTime;
  t.equal(clock.pendingTimers, 0);
});

t.test('half an answer is an idle timeout, not a wait for ever', async (t) => {
  const clock = new VirtualClock(START);
  const server = await serve((_request, response) => void response.write('{"kind":'));
  t.teardown(() => server.stop());
  const transport = open(t, endpointTo(server.url), { clock });
  const failed = t.rejects(transport.send(GET), { code: 'Timeout', message: /nothing received for 30000 ms/ });
  await until(() => clock.nextTimer() === clock.now() + 30_000);
  clock.advance(30_000);
  await failed;
});

t.test('the body of an error is read as far as it can mean something', async (t) => {
  const status = {
    kind: 'Status',
    code: 422,
    reason: 'Invalid',
    details: { causes: [{ message: 'x'.repeat(200_000) }] },
  };
  const endless = (response: ServerResponse): void => {
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(16_384)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  };
  const server = await serve((request, response) => {
    if (request.url === '/status')
      response.writeHead(422, { 'content-type': 'application/json' }).end(JSON.stringify(status));
    else
      endless(response.writeHead(502, { 'content-type': request.url === '/json' ? 'application/json' : 'text/html' }));
  });
  t.teardown(() => server.stop());
  const transport = open(t, endpointTo(server.url));
  const whole = { code: 'Invalid', details: { causes: [{ message: /^x{200000}$/ }] } };
  await t.rejects(transport.send({ method: 'GET', path: '/status' }), whole, 'a Status with many causes is whole');
  for (const path of ['/html', '/json'])
    await t.rejects(
      transport.send({ method: 'GET', path }),
      { code: 'ServerError', message: /502 x{200}\.\.\.$/ },
      path,
    );
  await until(() => server.connections.slice(1).every((socket) => socket.destroyed));
});

t.test('the idle limit of a stream can be changed while it runs, and every chunk starts it anew', async (t) => {
  const clock = new VirtualClock(START);
  let write: (text: string) => void = () => undefined;
  const server = await serve((_request, response) => {
    write = (text) => void response.write(text);
    write('a');
  });
  t.teardown(() => server.stop());
  const transport = open(t, endpointTo(server.url), { clock });
  const stream = await transport.stream({ ...GET, idleTimeoutMs: 300_000 });
  const chunks = stream.body[Symbol.asyncIterator]();
  t.equal(String((await chunks.next()).value), 'a');
  clock.advance(3600_000);
  t.equal(clock.pendingTimers, 1, 'a reader that takes its time is not the server being silent');
  const second = chunks.next();
  stream.setIdleTimeout(1000);
  clock.advance(999);
  write('b');
  t.equal(String((await second).value), 'b');
  const third = t.rejects(chunks.next(), { code: 'Timeout', message: /nothing received for 1000 ms/ });
  clock.advance(1000);
  await third;
  t.equal(clock.pendingTimers, 0);
  stream.setIdleTimeout(5);
  t.equal(clock.pendingTimers, 0, 'an ended stream sets no timer');
});

t.test('a reset in the middle of an answer is an error, a clean end is not', async (t) => {
  const server = await serve((request, response) => {
    response.write('{"a":');
    if (request.url === '/reset') setImmediate(() => response.socket!.resetAndDestroy());
    else response.end('1}');
  });
  t.teardown(() => server.stop());
  const transport = open(t, endpointTo(server.url));
  t.same((await transport.send(GET)).body, { a: 1 });
  await t.rejects(transport.send({ ...GET, path: '/reset' }), { code: 'Network', message: /GET .*\/reset: aborted/ });
  const stream = await transport.stream({ ...GET, path: '/reset' });
  const read = async (): Promise<void> => {
    for await (const chunk of stream.body) t.equal(String(chunk), '{"a":');
  };
  await t.rejects(read(), { code: 'Network' });
});

t.test('a stream that is left early, closed or aborted gives its connection up', async (t) => {
  const server = await serve((_request, response) => void response.write('a'));
  t.teardown(() => server.stop());
  const transport = open(t, endpointTo(server.url));
  const left = await transport.stream(GET);
  for await (const chunk of left.body) if (chunk.length > 0) break;
  await until(() => server.connections[0]!.destroyed);

  const closed = await transport.stream(GET);
  const reading = (async () => {
    for await (const chunk of closed.body) if (String(chunk) === 'a') closed.close();
    return 'ended';
  })();
  t.equal(await reading, 'ended', 'closing is no error');
  await until(() => server.connections[1]!.destroyed);

  const controller = new AbortController();
  const aborted = await transport.stream({ ...GET, signal: controller.signal });
  const failing = (async () => {
    for await (const chunk of aborted.body) if (String(chunk) === 'a') controller.abort();
  })();
  await t.rejects(failing, { code: 'Aborted' });
});

t.test('a slow reader slows the server down', async (t) => {
  const size = 64 * 1024;
  let written = 0;
  const server = await serve((_request, response) => {
    const more = (): void => {
      while (written < 2000 && response.write(Buffer.alloc(size))) written++;
      if (written < 2000) response.once('drain', more);
      else response.end();
    };
    more();
  });
  t.teardown(() => server.stop());
  const transport = open(t, endpointTo(server.url));
  const stream = await transport.stream(GET);
  const chunks = stream.body[Symbol.asyncIterator]();
  await chunks.next();
  let before = -1;
  for (let turns = 0; written !== before || turns < 50; turns++) {
    before = written;
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  }
  t.ok(written < 1000, 'the rest of 128 MB waits on the other side');
  stream.close();
});

t.test('close ends everything in flight and leaves no socket and no timer', async (t) => {
  const server = await serve((request, response) => {
    if (request.url === '/stream') response.write('a');
    else if (request.url === '/x') response.end('{}');
  });
  t.teardown(() => server.stop());
  const live: Clock & { timers: number } = countingClock();
  const transport = createTransport(endpointTo(server.url), { clock: live, maxConnections: 1, qps: 1, burst: 4 });
  const closed = { code: 'Aborted', message: /transport was closed/ };
  await transport.send(GET);
  const stream = await transport.stream({ ...GET, path: '/stream', longLived: true });
  const read = async (): Promise<void> => {
    for await (const chunk of stream.body) t.equal(String(chunk), 'a');
  };
  const ends = [
    t.rejects(read(), closed, 'a stream'),
    t.rejects(transport.send({ ...GET, path: '/never' }), closed, 'an unanswered request'),
    t.rejects(transport.send({ ...GET, path: '/queued' }), closed, 'one that waits for a connection'),
    t.rejects(transport.send({ ...GET, path: '/limited' }), closed, 'one held back by the rate limit'),
  ];
  await until(() => server.requests.length === 3);
  transport.close();
  transport.close();
  await Promise.all(ends);
  await t.rejects(transport.send(GET), { code: 'Aborted', message: /the transport is closed/ });
  await until(() => server.connections.every((socket) => socket.destroyed));
  await server.stop();
  const held = (): string[] =>
    process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap' || name === 'TLSWrap');
  await until(() => held().length === 0);
  t.same(held(), []);
  t.equal(live.timers, 0);
  t.equal(server.connections.length, 2, 'nothing was connected after closing');
});

const countingClock = (): Clock & { timers: number } => ({
  timers: 0,
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic(),
  setTimer(delayMs, callback) {
    this.timers++;
    let isDone = false;
    const done = (): void => {
      if (!isDone) this.timers--;
      isDone = true;
    };
    const cancel = systemClock.setTimer(delayMs, () => {
      done();
      callback();
    });
    return () => {
      done();
      cancel();
    };
  },
});
