import { loadEndpoint, type Endpoint, resourcePath } from '@kube-steward/kube';
import { createCluster, startSandbox } from '@kube-steward/sandbox';
import { systemClock } from '@kube-steward/schedule';
import { startCluster } from '../../cluster/index.ts';
import { until } from '../../cluster/until.ts';
import { createWire, type Wire } from '../wire.ts';
import { type CustomKind, definitionOf, LOOSE, WIDGET } from './shapes/custom.ts';

/** A real API server and the sandbox, neither with controllers: what a request says is all that happens. */
export interface Both extends AsyncDisposable {
  readonly real: Wire;
  readonly sandbox: Wire;
}

/** Where namespaced objects go. */
export const NAMESPACE = 'differential';

/** Makes a kind, and waits until it is served. */
const define = async (wire: Wire, kind: CustomKind): Promise<void> => {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const { status, text } = await wire.send({ method: 'POST', path, body: definitionOf(kind) });
  if (status !== 201) throw new Error(`no ${kind.resource.kind} could be defined: ${text}`);
  const resources = resourcePath(kind.resource, { namespace: NAMESPACE });
  const isServed = async () => (await wire.send({ method: 'GET', path: resources })).status === 200;
  await until(isServed, `${kind.resource.kind} served`);
};

/** Starts both, empty but for a namespace. @throws Error when the programs of the real one are missing */
export const startBoth = async (): Promise<Both> => {
  const cluster = await startCluster();
  const memory = createCluster({ clock: systemClock, garbageCollection: false });
  const server = await startSandbox({ clock: systemClock, cluster: memory });
  const endpoint: Endpoint = {
    server: new URL(server.url),
    namespace: 'default',
    contextName: 'sandbox',
    credentials: async () => ({ headers: {}, tls: {} }),
    invalidate: () => undefined,
  };
  const real = createWire(await loadEndpoint({ kubeconfig: cluster.kubeconfig() }));
  const sandbox = createWire(endpoint);
  const namespace = { metadata: { name: NAMESPACE } };
  for (const wire of [real, sandbox]) {
    await wire.send({ method: 'POST', path: '/api/v1/namespaces', body: namespace });
    for (const kind of [WIDGET, LOOSE]) await define(wire, kind);
  }
  return {
    real,
    sandbox,
    [Symbol.asyncDispose]: async () => {
      real.close();
      sandbox.close();
      await Promise.all([server.stop(), cluster.stop()]);
    },
  };
};
