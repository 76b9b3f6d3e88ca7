import { createServer, type AddressInfo } from 'node:net';

const open = (): Promise<{ port: number; close: () => Promise<void> }> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({ port, close: () => new Promise((done) => server.close(() => done())) });
    });
  });

/** Ports of the loopback that nobody listens on, each once. */
export const freePorts = async (count: number): Promise<number[]> => {
  const opened = await Promise.all(Array.from({ length: count }, open));
  await Promise.all(opened.map(({ close }) => close()));
  return opened.map(({ port }) => port);
};
