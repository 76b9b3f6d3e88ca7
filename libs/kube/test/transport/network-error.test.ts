import { getEventListeners } from 'node:events';

import t from 'tap';

import type { KubeRequest } from '../../src/request.ts';
import { networkError } from '../../src/transport/network-error.ts';
import { createTransport } from '../../src/transport.ts';
import { endpointTo, serve } from '../loopback.ts';

const GET: KubeRequest = { method: 'GET', path: '/x' };

t.test('speaking the wrong protocol, or to nobody, is told with what to check', async (t) => {
  const plain = await serve((_request, response) => response.end('{}'));
  const secure = await serve((_request, response) => response.end('{}'), {});
  const gone = await serve((_request, response) => response.end('{}'));
  await gone.stop();
  t.teardown(() => Promise.all([plain.stop(), secure.stop()]));
  const cases: [string, string, { message: RegExp; code?: string }][] = [
    ['TLS to a plain server', `https://${plain.url.host}`, { code: 'Network', message: /does the server speak TLS\?/ }],
    ['plain HTTP to a TLS server', `http://${secure.url.host}`, { message: /hang up|ECONNRESET|this is not HTTP/ }],
    [
      'nobody there',
      gone.url.href,
      { code: 'Network', message: /^GET http:.*\/x: connect ECONNREFUSED 127\.0\.0\.1:\d+$/ },
    ],
  ];
  for (const [name, server, expected] of cases) {
    const transport = createTransport(endpointTo(server));
    await t.rejects(transport.send(GET), expected, name);
    transport.close();
  }
});

t.test('the failures of several addresses are all named', (t) => {
  const failures = [new Error('connect ECONNREFUSED ::1:6443'), new Error('connect ETIMEDOUT 10.0.0.1:6443')];
  const error = networkError(
    'GET https://a/x',
    Object.assign(new AggregateError(failures), { code: 'ETIMEDOUT' }),
    'GET',
  );
  t.match(error, {
    code: 'Network',
    message: 'GET https://a/x: connect ECONNREFUSED ::1:6443; connect ETIMEDOUT 10.0.0.1:6443',
  });
  t.equal(networkError('GET /', Object.assign(new Error(''), { code: 'EPIPE' }), 'GET').message, 'GET /: EPIPE');
  t.equal(networkError('GET /', new Error(''), 'GET').message, 'GET /: failed');
  t.end();
});

t.test('many requests may share a signal, and leave nothing on it', async (t) => {
  const server = await serve((_request, response) => response.end('{}'));
  const transport = createTransport(endpointTo(server.url), { qps: -1 });
  t.teardown(async () => {
    transport.close();
    await server.stop();
  });
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  t.teardown(() => process.off('warning', onWarning));
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 50 }, () => transport.send({ ...GET, signal })));
  const stream = await transport.stream({ ...GET, signal });
  t.equal(getEventListeners(signal, 'abort').length, 1, 'the stream is still open');
  for await (const chunk of stream.body) t.equal(String(chunk), '{}');
  t.equal(getEventListeners(signal, 'abort').length, 0);
  t.same(warnings, []);
});
