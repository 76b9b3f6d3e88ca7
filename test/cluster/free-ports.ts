import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Below those that the system gives to outgoing connections: one of them could take a port while its server restarts. */
const [FIRST, LAST] = [20_000, 32_000];

const listen = (port: number): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

/** Ports of the loopback that nobody listens on, each once. */
export const freePorts = async (count: number): Promise<number[]> => {
  const opened = new Map<number, Server>();
  while (opened.size < count) {
    const port = randomInt(FIRST, LAST);
    const server = await listen(port);
    if (server) opened.set(port, server);
  }
  await Promise.all([...opened.values()].map((server) => new Promise((done) => server.close(done))));
  return [...opened.keys()];
};
