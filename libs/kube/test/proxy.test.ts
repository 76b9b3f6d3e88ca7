import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';

import { VirtualClock } from '@kube-steward/schedule';
import t from 'tap';

import { createTransport } from '../src/transport.ts';
import { endpointTo, serve, until } from './loopback.ts';

interface Proxy {
  readonly url: URL;
  /** `CONNECT host:port`, or `GET http://...` where it forwards itself. */
  readonly seen: string[];
  readonly authorizations: (string | undefined)[];
  stop(): void;
}

/** A proxy that connects as asked, or answers CONNECT as `refuse` says (`silent`: not at all). */
const serveProxy = async (options: { refuse?: string; tls?: boolean } = {}): Promise<Proxy> => {
  const seen: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const sockets: { destroy(): unknown }[] = [];
  const note = (request: http.IncomingMessage): void => {
    seen.push(`${request.method} ${request.url}`);
    authorizations.push(request.headers['proxy-authorization']);
  };
  const forward: http.RequestListener = (request, response) => {
    note(request);
    const onward = http.request(new URL(request.url ?? ''), {
      method: request.method ?? 'GET',
      headers: request.headers,
    });
    onward.on('response', (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 0, answer.headers)));
    request.pipe(onward);
  };
  const pem = (name: string): string => readFileSync(new URL(`./fixtures/${name}.pem`, import.meta.url), 'utf8');
  const server = options.tls
    ? https.createServer({ cert: pem('server'), key: pem('server-key') }, forward)
    : http.createServer(forward);
  server.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
    note(request);
    sockets.push(socket);
    socket.on('error', () => undefined);
    if (options.refuse === 'silent') return;
    if (options.refuse) {
      socket.end(`HTTP/1.1 ${options.refuse}\r\n\r\n`);
      return;
    }
    const [host, port] = (request.url ?? '').split(':');
    const onward = net.connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    sockets.push(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: new URL(`${options.tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`),
    seen,
    authorizations,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      server.closeAllConnections();
    },
  };
};

const withUser = (url: URL): URL => new URL(url.href.replace('://', '://bob:p%40ss@'));

t.test('an https server is reached through one tunnel, and verified inside it', async (t) => {
  const server = await serve((request, response) => response.end(JSON.stringify(request.headers)), {});
  const proxy = await serveProxy();
  const transport = createTransport(endpointTo(server.url, { proxyUrl: withUser(proxy.url) }));
  t.teardown(async () => {
    transport.close();
    proxy.stop();
    await server.stop();
  });
  for (let i = 0; i < 5; i++) {
    const { body } = await transport.send({ method: 'GET', path: '/version' });
    t.match(body, { authorization: 'Bearer token', host: server.url.host });
    t.notOk('proxy-authorization' in (body as object), "the proxy's password stays with the proxy");
  }
  t.same(proxy.seen, [`CONNECT ${server.url.host}`]);
  t.same(proxy.authorizations, [`Basic ${Buffer.from('bob:p@ss').toString('base64')}`]);

  const distrustful = createTransport(endpointTo(server.url, { proxyUrl: proxy.url, tls: {} }));
  t.teardown(() => distrustful.close());
  await t.rejects(distrustful.send({ method: 'GET', path: '/' }), { code: 'Network', message: /not trusted/ });
});

t.test('an http server is asked for through the proxy by its whole URL', async (t) => {
  const server = await serve((request, response) =>
    response.end(JSON.stringify({ url: request.url, ...request.headers })),
  );
  const proxy = await serveProxy();
  const transport = createTransport(endpointTo(server.url, { proxyUrl: withUser(proxy.url) }));
  t.teardown(async () => {
    transport.close();
    proxy.stop();
    await server.stop();
  });
  const { body } = await transport.send({ method: 'GET', path: '/api', query: { a: 'b' } });
  t.match(body, { url: '/api?a=b', host: server.url.host });
  t.same(proxy.seen, [`GET ${server.url.href}api?a=b`]);
  t.match(proxy.authorizations, [/^Basic /]);
});

t.test('a proxy that refuses, is not there or says nothing is named, without its password', async (t) => {
  const target = endpointTo('https://cluster.example:6443').server;
  const send = async (proxyUrl: URL, clock = new VirtualClock('2026-11-20T00:00:00Z')): Promise<unknown> => {
    const transport = createTransport(endpointTo(target, { proxyUrl: withUser(proxyUrl) }), { clock });
    t.teardown(() => transport.close());
    return transport.send({ method: 'GET', path: '/x' });
  };
  const prefix = 'GET https://cluster.example:6443/x: ';
  for (const [refuse, words] of [
    ['403 Forbidden', 'refused to connect to cluster.example:6443: 403'],
    ['407 Authentication Required', 'refused to connect to cluster.example:6443: 407 (asks for a user)'],
  ] as const) {
    const proxy = await serveProxy({ refuse });
    t.teardown(() => proxy.stop());
    const message = `${prefix}proxy http://${proxy.url.host}: ${words}`;
    await t.rejects(send(proxy.url), { code: 'Network', message });
  }

  const gone = await serveProxy();
  gone.stop();
  await t.rejects(send(gone.url), { code: 'Network', message: /proxy http:\/\/127.0.0.1:\d+: connect ECONNREFUSED/ });

  const silent = await serveProxy({ refuse: 'silent' });
  t.teardown(() => silent.stop());
  const clock = new VirtualClock('2026-11-20T00:00:00Z');
  const failed = t.rejects(send(silent.url, clock), {
    code: 'Timeout',
    message: `${prefix}could not get through the proxy within 10000 ms`,
  });
  await until(() => silent.seen.length === 1);
  clock.advance(10_000);
  await failed;
  t.equal(clock.pendingTimers, 0);
});

t.test('closing gives up a tunnel that is still being dug', async (t) => {
  const silent = await serveProxy({ refuse: 'silent' });
  t.teardown(() => silent.stop());
  const clock = new VirtualClock('2026-11-20T00:00:00Z');
  const transport = createTransport(endpointTo('https://cluster.example', { proxyUrl: silent.url }), { clock });
  const failed = t.rejects(transport.send({ method: 'GET', path: '/x' }), { code: 'Aborted' });
  await until(() => silent.seen.length === 1);
  transport.close();
  await failed;
  t.equal(clock.pendingTimers, 0);
});

t.test('a proxy that cannot do it is refused before anything is sent', (t) => {
  const cases: [string, string, string][] = [
    ['https://a.example', 'socks5://127.0.0.1:1080', 'only http:// and https:// proxies are supported'],
    ['http://a.example', 'https://127.0.0.1:1080', 'an http:// server needs an http:// proxy'],
  ];
  for (const [server, proxy, why] of cases) {
    const create = (): unknown => createTransport(endpointTo(server, { proxyUrl: new URL(proxy) }));
    t.throws(create, { code: 'InvalidConfig', message: `proxy ${proxy}: ${why}` });
  }
  t.end();
});

t.test('a proxy that speaks TLS itself is trusted like the server', async (t) => {
  const server = await serve((_request, response) => response.end('{}'), {});
  const proxy = await serveProxy({ tls: true });
  const transport = createTransport(endpointTo(server.url, { proxyUrl: proxy.url }));
  const distrustful = createTransport(endpointTo(server.url, { proxyUrl: proxy.url, tls: {} }));
  t.teardown(async () => {
    transport.close();
    distrustful.close();
    proxy.stop();
    await server.stop();
  });
  t.equal((await transport.send({ method: 'GET', path: '/x' })).status, 200);
  await t.rejects(distrustful.send({ method: 'GET', path: '/x' }), { code: 'Network', message: /proxy https:/ });
});
