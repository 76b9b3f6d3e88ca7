import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ControllerError } from './errors.ts';
import type { Metrics } from './metrics.ts';

/** One named condition. `check` says what is wrong, in a few words, or nothing. */
export interface HealthCheck {
  name: string;
  check(): string | undefined;
}

export interface HealthServerOptions {
  /** 0: any free port. */
  port: number;
  host: string;
  /** `/healthz`: when one fails, the process should be restarted. */
  healthz: readonly HealthCheck[];
  /** `/readyz`: when one fails, the process is not (or no longer) at work. */
  readyz: readonly HealthCheck[];
  metrics: Pick<Metrics, 'render' | 'contentType'>;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

interface Reply {
  status: number;
  type?: string;
  text: string;
}

const PING: HealthCheck = { name: 'ping', check: () => undefined };

/**
 * Serves `/healthz`, `/readyz` (with `?verbose` each check on its line, as the API server does) and `/metrics`.
 * Throws `ControllerError` `PortInUse` when it cannot listen.
 */
export const startHealthServer = async (options: HealthServerOptions): Promise<HealthServer> => {
  const server = createServer((request, response) => void respond(options, request, response));
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const listen = (server: Server, { port, host }: HealthServerOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `cannot listen on ${host}:${port} (${cause.message}): choose another --health-port, or 0 for none`;
      reject(new ControllerError('PortInUse', message, { cause }));
    });
    server.listen(port, host, resolve);
  });

const respond = async (
  options: HealthServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { status, type = 'text/plain; charset=utf-8', text } = await replyTo(options, request);
  const headers = {
    'content-type': type,
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(text),
  };
  response.writeHead(status, status === 405 ? { ...headers, allow: 'GET, HEAD' } : headers);
  response.end(request.method === 'HEAD' ? undefined : text);
};

const replyTo = async (options: HealthServerOptions, { method, url = '/' }: IncomingMessage): Promise<Reply> => {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const isVerbose = searchParams.has('verbose');
  const page = PAGES[pathname];
  if (page === undefined) return { status: 404, text: `not found; there are ${Object.keys(PAGES).join(', ')}\n` };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'only GET and HEAD\n' };
  try {
    return await page(options, isVerbose);
  } catch (error) {
    return { status: 500, text: `${error instanceof Error ? error.message : String(error)}\n` };
  }
};

const PAGES: Readonly<Record<string, (options: HealthServerOptions, isVerbose: boolean) => Reply | Promise<Reply>>> = {
  '/healthz': ({ healthz }, isVerbose) => health('healthz', healthz, isVerbose),
  '/readyz': ({ readyz }, isVerbose) => health('readyz', readyz, isVerbose),
  '/metrics': async ({ metrics }) => ({ status: 200, type: metrics.contentType, text: await metrics.render() }),
};

/** `ok`, or the list of checks when asked for or when one has failed. */
const health = (page: string, checks: readonly HealthCheck[], isVerbose: boolean): Reply => {
  const results = [PING, ...checks].map((each) => ({ name: each.name, problem: problemOf(each) }));
  const isHealthy = results.every(({ problem }) => problem === undefined);
  if (isHealthy && !isVerbose) return { status: 200, text: 'ok' };
  const lines = results.map(({ name, problem }) => (problem ? `[-]${name} failed: ${problem}` : `[+]${name} ok`));
  const verdict = `${page} check ${isHealthy ? 'passed' : 'failed'}`;
  return { status: isHealthy ? 200 : 500, text: [...lines, verdict, ''].join('\n') };
};

const problemOf = (each: HealthCheck): string | undefined => {
  try {
    return each.check();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
