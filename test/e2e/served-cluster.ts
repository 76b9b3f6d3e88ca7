import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getPointer, type Resource, type Unstructured } from '@kube-steward/kube';
import { createCluster, startSandbox, type Cluster, type LoggedRequest, type Sandbox } from '@kube-steward/sandbox';
import { systemClock } from '@kube-steward/schedule';

/** A cluster in real time behind TLS, and a kubeconfig for it. */
export interface ServedCluster {
  readonly cluster: Cluster;
  readonly sandbox: Sandbox;
  /** The file. */
  readonly kubeconfig: string;
  /** Resolves when a request has been answered that matches; those of the past count. */
  untilRequest(matches: (request: LoggedRequest) => boolean): Promise<LoggedRequest>;
  /** Resolves when the condition holds; asked again with every change in the cluster. */
  untilCluster(condition: () => boolean): Promise<void>;
}

interface Owner {
  readonly name: string;
  teardown(end: () => unknown): void;
  testdir(content: Record<string, string>): string;
}

/** Long enough for a busy machine; a lease that has to run out takes 17 s. */
const DEADLINE_MS = 60_000;

export const serveCluster = async (
  t: Owner,
  objects: readonly Unstructured[],
  { user = 'downscaler', port = 0, tls = true }: { user?: string; port?: number; tls?: boolean } = {},
): Promise<ServedCluster> => {
  const cluster = createCluster({ clock: systemClock });
  cluster.load(objects);
  const sandbox = await startSandbox({ clock: systemClock, cluster, tls, port });
  t.teardown(() => sandbox.stop());
  const kubeconfig = join(t.testdir({}), 'kubeconfig');
  writeFileSync(kubeconfig, sandbox.kubeconfig(user));
  return {
    cluster,
    sandbox,
    kubeconfig,
    untilRequest: (matches) =>
      inTime((resolve) => {
        const found = sandbox.requests.all().find(matches);
        if (found) resolve(found);
        return sandbox.requests.subscribe((request) => {
          if (matches(request)) resolve(request);
        });
      }),
    untilCluster: (condition) =>
      inTime((resolve) => {
        const look = (): void => {
          if (condition()) resolve();
        };
        look();
        return cluster.subscribe('all', look);
      }),
  };
};

/** Waits for what `listen` resolves, and stops listening; rejects when it does not come. */
const inTime = async <T>(listen: (resolve: (value: T) => void) => () => void): Promise<T> => {
  let end = (): void => undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('waited in vain')), DEADLINE_MS);
      const forget = listen(resolve);
      end = () => {
        clearTimeout(timer);
        forget();
      };
    });
  } finally {
    end();
  }
};

/** A field of a stored object. */
export const fieldOf = (
  { cluster }: Pick<ServedCluster, 'cluster'>,
  resource: Resource,
  key: { namespace?: string; name: string },
  pointer: string,
): unknown => {
  const object: Unstructured | undefined = cluster.get(resource, key);
  return object && getPointer(object, pointer);
};

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
