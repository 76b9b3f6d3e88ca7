import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

import type { Credentials, Endpoint } from '../src/endpoint.ts';

const pem = (name: string): string => readFileSync(new URL(`./fixtures/${name}.pem`, import.meta.url), 'utf8');

/** Trusted by `endpointTo` for https servers. */
export const CA = pem('ca');
/** The client certificate of "alice", signed by the same authority. */
export const CLIENT = { cert: pem('client'), key: pem('client-key') };

export type Handler = (request: http.IncomingMessage, response: http.ServerResponse, body: string) => void;

/** An HTTP server on a loopback port, that knows its connections. */
export interface LoopbackServer {
  readonly url: URL;
  /** Connections ever made. */
  readonly connections: Socket[];
  /** `GET /path?query` of every request, in order. */
  readonly requests: string[];
  stop(): Promise<void>;
}

/** Serves `handler`, which gets requests with their whole body. `tls` takes options of `node:tls` on top of the test certificate. */
export const serve = async (handler: Handler, tls?: https.ServerOptions): Promise<LoopbackServer> => {
  const requests: string[] = [];
  const onRequest = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    requests.push(`${request.method} ${request.url}`);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => handler(request, response, Buffer.concat(chunks).toString()));
  };
  const server = tls
    ? https.createServer({ cert: pem('server'), key: pem('server-key'), ...tls }, onRequest)
    : http.createServer(onRequest);
  const connections: Socket[] = [];
  server.on('connection', (socket: Socket) => connections.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`${tls ? 'https' : 'http'}://127.0.0.1:${port}`),
    connections,
    requests,
    stop: async () => {
      server.closeAllConnections();
      for (const socket of connections) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** An endpoint as a kubeconfig would give it. */
export const endpointTo = (
  server: URL | string,
  overrides: Partial<Endpoint> & { tls?: Credentials['tls']; headers?: Credentials['headers'] } = {},
): Endpoint => {
  const { tls = { ca: CA }, headers = { authorization: 'Bearer token' }, ...rest } = overrides;
  return {
    server: new URL(server),
    namespace: 'default',
    contextName: 'test',
    credentials: () => Promise.resolve({ headers, tls }),
    invalidate: () => undefined,
    ...rest,
  };
};

/** Lets real I/O happen until `condition` holds. */
export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};
