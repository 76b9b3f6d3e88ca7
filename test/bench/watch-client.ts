/** Follows deployments and says, for each second command on standard input, how far behind it was and what that cost. */
import { createInterface } from 'node:readline';
import {
  RESOURCES,
  createClient,
  createInformer,
  createTransport,
  loadEndpoint,
  type KubeObject,
} from '@kube-steward/kube';
import { systemClock } from '@kube-steward/schedule';

const endpoint = await loadEndpoint({ kubeconfig: process.argv[2] });
const client = createClient(createTransport(endpoint, { qps: -1 }));
const informer = createInformer({
  client,
  clock: systemClock,
  resource: RESOURCES.deployments,
  project: ({ metadata }: KubeObject) => ({
    metadata: {
      name: metadata.name,
      namespace: metadata.namespace,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
    },
    at: Number(metadata.annotations?.['bench/at']),
  }),
});
let lags: number[] = [];
informer.addHandler({ update: (_, object) => void lags.push(Date.now() - object.at) });
informer.start();
await informer.waitForSync();
const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
say({ synced: informer.store.size });

let cpu = process.cpuUsage();
let since = performance.now();
createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'begin') {
    lags = [];
    cpu = process.cpuUsage();
    since = performance.now();
    say({ begun: true });
  } else if (line === 'end') {
    const used = process.cpuUsage(cpu);
    const share = (used.user + used.system) / 1000 / (performance.now() - since);
    const newest = Math.max(...[...informer.store.list()].map(({ metadata }) => Number(metadata.resourceVersion)));
    say({ lags, share, newest });
  }
});
