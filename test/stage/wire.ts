import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** The line between one process and the API server. */
export interface Wire {
  /** Where the server is, seen through it. */
  readonly url: string;
  /** Breaks every connection off and takes no new one. */
  cut(): void;
}

/** Lays a line to a server on loopback, so that it can be cut while both ends live. */
export const openWire = async (serverUrl: string): Promise<Wire> => {
  const { hostname, port } = new URL(serverUrl);
  const ends = new Set<Socket>();
  const lines = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(end);
      end.setNoDelay();
      end.pipe(other);
      end.on('error', () => other.destroy());
      end.on('close', () => {
        ends.delete(end);
        other.destroy();
      });
    }
  });
  lines.listen(0, '127.0.0.1');
  await once(lines, 'listening');
  return {
    url: `http://127.0.0.1:${(lines.address() as AddressInfo).port}`,
    cut() {
      lines.close();
      for (const end of ends) end.destroy();
    },
  };
};
