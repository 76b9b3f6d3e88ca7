/** A sandbox in a process of its own, so that a client's figures are its own. Prints `{url, kubeconfig}`; reads commands. */
import { createInterface } from 'node:readline';
import { bigDeployment, createCluster, deployment, namespace, seedPods, startSandbox } from '@kube-steward/sandbox';
import { RESOURCES } from '@kube-steward/kube';
import { systemClock } from '@kube-steward/schedule';

const [pods = '0', deployments = '0', namespaces = '100', size = 'big'] = process.argv.slice(2);
const cluster = createCluster({ clock: systemClock });
const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

cluster.load(Array.from({ length: Number(namespaces) }, (_, i) => namespace({ name: `load-${i}` })));
cluster.seed(RESOURCES.pods, seedPods({ count: Number(pods), namespaces: Number(namespaces) }));
const make = size === 'big' ? bigDeployment : deployment;
// Loaded, so that nobody keeps track of who set which field: the server is not what is measured.
cluster.load(
  Array.from({ length: Number(deployments) }, (_, i) =>
    make({ name: `api-${i}`, namespace: `load-${i % Number(namespaces)}`, replicas: 3 }),
  ),
);

const sandbox = await startSandbox({ clock: systemClock, cluster, tls: true, watchBufferBytes: 256 * 1024 * 1024 });
say({ url: sandbox.url, kubeconfig: sandbox.kubeconfig() });

const LARGEST_BATCH = 50;

/** Touches deployments so many times a second, for so long, each with the moment it was done. */
const churn = async (perSecond: number, seconds: number): Promise<number> => {
  const begun = performance.now();
  let done = 0;
  while (done < perSecond * seconds) {
    // A bounded batch a turn: what was changed has to reach the watchers before the next.
    const elapsed = Math.floor(((performance.now() - begun) / 1000) * perSecond);
    const due = Math.min(perSecond * seconds, elapsed, done + LARGEST_BATCH);
    for (; done < due; done += 1) {
      const i = done % Number(deployments);
      const namespace = `load-${i % Number(namespaces)}`;
      const body = { metadata: { annotations: { 'bench/at': String(Date.now()) } } };
      cluster.patch(RESOURCES.deployments, `api-${i}`, { namespace, type: 'merge', body });
    }
    await new Promise((resolve) => (elapsed > done ? setImmediate(resolve) : setTimeout(resolve, 1)));
  }
  return done;
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const [command, ...args] = line.split(' ');
  if (command === 'churn')
    void churn(Number(args[0]), Number(args[1])).then((done) =>
      say({ done, revision: cluster.resourceVersion(RESOURCES.deployments) }),
    );
  if (command === 'patches') say(patches());
  if (command === 'requests') {
    const counts: Record<string, number> = {};
    for (const { verb, resource = '' } of sandbox.requests.all())
      counts[`${verb} ${resource}`] = (counts[`${verb} ${resource}`] ?? 0) + 1;
    say(counts);
    sandbox.requests.clear();
  }
});
/** When the patches of deployments came in. */
const patches = (): object => {
  const at = sandbox.requests.all({ verb: 'patch', resource: 'deployments', code: 200 }).map((request) => request.at);
  return { count: at.length, first: Math.min(...at), last: Math.max(...at) };
};

process.once('SIGTERM', () => void sandbox.stop().then(() => process.exit(0)));
