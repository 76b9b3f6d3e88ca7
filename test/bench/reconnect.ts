import { RESOURCES, createClient, createInformer, createTransport, loadEndpoint } from '@kube-steward/kube';
import { Faults, createCluster, deployment, namespace, startSandbox } from '@kube-steward/sandbox';
import { systemClock, type Clock } from '@kube-steward/schedule';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { figure, withFolder, type Bench } from './bench.ts';

const RECONNECTS = 5000;
const OBJECTS = 200;

/** Thousands of broken watches while objects change: the store equals the server, and memory does not grow. */
export const reconnectBench: Bench = {
  name: 'reconnect',
  run: () =>
    withFolder(async (folder) => {
      const cluster = createCluster({ clock: systemClock, historySize: 500 });
      const names = Array.from({ length: OBJECTS }, (_, i) => `api-${i}`);
      cluster.load([namespace({ name: 'team' }), ...names.map((name) => deployment({ name, namespace: 'team' }))]);
      const faults = new Faults(Math.random);
      const sandbox = await startSandbox({ clock: systemClock, cluster, faults });
      const path = join(folder, 'config');
      writeFileSync(path, sandbox.kubeconfig());
      faults.add({ match: { verbs: ['watch'] }, effect: { kind: 'reset', afterBytes: 600 }, probability: 0.3 });
      faults.add({ match: { verbs: ['watch'] }, effect: { kind: 'truncate', afterBytes: 900 }, probability: 0.3 });
      const client = createClient(createTransport(await loadEndpoint({ kubeconfig: path }), { qps: -1 }));
      const informer = createInformer({
        client,
        clock: hasty,
        resource: RESOURCES.deployments,
        project: ({ metadata }) => ({ metadata }),
      });
      informer.start();
      await informer.waitForSync();
      const heap: number[] = [];
      const watches = (): number => sandbox.requests.all({ verb: 'watch' }).length;
      for (let i = 0, seen = 0; seen < RECONNECTS; i += 1) {
        const body = { metadata: { annotations: { 'bench/at': String(i) } } };
        cluster.patch(RESOURCES.deployments, names[i % OBJECTS] ?? '', { namespace: 'team', type: 'merge', body });
        if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        if (i % 20 === 0) sandbox.watches[i % 40 === 0 ? 'reset' : 'end']();
        if (i % 500 !== 0) continue;
        seen += watches();
        sandbox.requests.clear();
        globalThis.gc?.();
        heap.push(process.memoryUsage().heapUsed);
      }
      faults.clear();
      const equal = await caughtUp(informer.store.list.bind(informer.store), () =>
        cluster.resourceVersion(RESOURCES.deployments),
      );
      await informer.stop();
      await sandbox.stop();
      const smallest = (from: number, to: number): number =>
        Math.min(...heap.slice(Math.floor(heap.length * from), Math.floor(heap.length * to)));
      // The first half fills the history of the server, and compiles: what leaks goes on growing after it.
      const growth = (smallest(0.75, 1) / smallest(0.5, 0.75) - 1) * 100;
      return [
        {
          what: `${RECONNECTS} reconnects with faults: the store`,
          bar: 'equals the server',
          reached: equal ? 'equal' : 'behind',
          met: equal,
        },
        figure('… growth of the heap in the second half (server included)', growth, 5, '%'),
      ];
    }),
};

/** Back-off would make thousands of reconnects take hours: waits of up to a minute are as good as none, limits stay. */
const hasty: Clock = {
  ...systemClock,
  setTimer: (ms, callback) => systemClock.setTimer(ms > 60_000 ? ms : ms / 10_000, callback),
};

const caughtUp = async (
  list: () => Iterable<{ metadata: { resourceVersion?: string } }>,
  newest: () => string,
): Promise<boolean> => {
  for (let tries = 0; tries < 200; tries += 1) {
    const seen = Math.max(...[...list()].map(({ metadata }) => Number(metadata.resourceVersion)));
    if (String(seen) === newest()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
};
