/** Fills informers with every pod and deployment, projected, and says how long it took and what it cost. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  RESOURCES,
  createClient,
  createInformerSet,
  createTransport,
  loadEndpoint,
  type KubeObject,
} from '@kube-steward/kube';
import { systemClock } from '@kube-steward/schedule';

interface PodShape extends KubeObject {
  spec: { nodeName?: string; containers: { name: string; image: string; resources?: unknown }[] };
  status?: { phase?: string };
}
interface DeploymentShape extends KubeObject {
  spec: { replicas?: number };
}

const identity = ({ metadata: { name, namespace, uid, resourceVersion, labels } }: KubeObject) => ({
  name,
  namespace,
  uid,
  resourceVersion,
  labels,
});

const delay = monitorEventLoopDelay({ resolution: 1 });
const endpoint = await loadEndpoint({ kubeconfig: process.argv[2] });
const client = createClient(createTransport(endpoint, { qps: -1 }));
const informers = createInformerSet({ client, clock: systemClock });
const pods = informers.get({
  resource: RESOURCES.pods,
  project: (pod: PodShape) => ({
    metadata: identity(pod),
    nodeName: pod.spec.nodeName,
    containers: pod.spec.containers.map(({ name, image, resources }) => ({ name, image, resources })),
    phase: pod.status?.phase,
  }),
});
const deployments = informers.get({
  resource: RESOURCES.deployments,
  project: (each: DeploymentShape) => ({ metadata: identity(each), replicas: each.spec.replicas }),
});
let peak = 0;
const sample = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50);
delay.enable();
const begun = performance.now();
informers.start();
await informers.waitForSync(undefined, 300_000);
const seconds = (performance.now() - begun) / 1000;
delay.disable();
clearInterval(sample);
const peakMb = Math.max(peak, process.resourceUsage().maxRSS * 1024) / 1024 ** 2;
process.stdout.write(
  `${JSON.stringify({ seconds, peakMb, stallMs: delay.max / 1e6, objects: pods.store.size + deployments.store.size })}\n`,
);
process.exit(0);
