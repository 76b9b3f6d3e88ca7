import t from 'tap';
import { RESOURCES, cpuCores, type Unstructured } from '@kube-steward/kube';
import { deployment } from '@kube-steward/sandbox';
import {
  NODE_CLAIMS,
  NODE_POOLS,
  POD_METRICS,
  POOL_LABEL,
  USAGE,
  VERTICAL_POD_AUTOSCALERS,
  addNodePools,
  startCluster,
  until,
} from './index.ts';

interface PodMetrics extends Unstructured {
  readonly containers: readonly { readonly usage: { readonly cpu: string; readonly memory: string } }[];
}
interface Pod extends Unstructured {
  readonly spec: { readonly nodeName?: string };
}
interface Vpa extends Unstructured {
  readonly status?: {
    readonly recommendation?: { readonly containerRecommendations: readonly { readonly target: Amounts }[] };
  };
}
interface Amounts {
  readonly cpu: string;
  readonly memory: string;
}

const DEFAULT = 'default';
const cluster = await startCluster({ nodes: 1, karpenter: true, vpa: true });
t.teardown(() => cluster.stop());
const { admin } = cluster;

// First of all: numbers come with the third look of metrics-server.
await admin.create(
  RESOURCES.deployments,
  deployment({
    namespace: DEFAULT,
    name: 'api',
    replicas: 2,
    podAnnotations: { [USAGE.cpu]: '250m', [USAGE.memory]: '300Mi' },
  }),
);

/** A Deployment of one pod that is too big for the node that is there. */
const deployBig = (name: string): Promise<unknown> =>
  admin.create(RESOURCES.deployments, deployment({ namespace: DEFAULT, name, requests: { cpu: '100' } }));

/** The pool of the node the pod runs on. */
const poolOf = async (app: string): Promise<string | undefined> => {
  const [pod] = (await admin.list<Pod>(RESOURCES.pods, { namespace: DEFAULT, labelSelector: `app=${app}` })).items;
  if (pod?.spec.nodeName === undefined) return undefined;
  return (await admin.get(RESOURCES.nodes, { name: pod.spec.nodeName })).metadata.labels?.[POOL_LABEL];
};

t.test('Karpenter gives pods without a node one of the pool with the highest weight, cheap or not', async (t) => {
  await addNodePools(admin, [
    { name: 'spot', capacityType: 'spot', weight: 10 },
    { name: 'on-demand', capacityType: 'on-demand', weight: 100 },
  ]);
  await deployBig('first');
  await until(async () => (await poolOf('first')) !== undefined, 'it has a node');
  t.equal(await poolOf('first'), 'on-demand');
  await admin.patch(NODE_POOLS, { name: 'on-demand' }, { type: 'merge', body: { spec: { weight: 5 } } });
  await deployBig('second');
  await until(async () => (await poolOf('second')) !== undefined, 'it has a node');
  t.equal(await poolOf('second'), 'spot');
  t.equal(await poolOf('first'), 'on-demand', 'the first stays where it is');
  const claims = (await admin.list(NODE_CLAIMS, {})).items.map(({ metadata }) => metadata.labels?.[POOL_LABEL]);
  t.same(claims.sort(), ['on-demand', 'spot']);
});

/** CPU, to ten millicores, and memory of each pod. */
const usageOf = async (app: string): Promise<string[]> => {
  const { items } = await admin.list<PodMetrics>(POD_METRICS, { namespace: DEFAULT, labelSelector: `app=${app}` });
  return items.flatMap(({ containers }) =>
    containers.map(({ usage }) => `${Math.round(cpuCores(usage.cpu) * 100) * 10}m ${usage.memory}`),
  );
};

t.test('usage is what the annotations of the pods say, and follows them', async (t) => {
  const all = (usage: string) => async (): Promise<boolean> => {
    const usages = await usageOf('api');
    return usages.length === 2 && usages.every((each) => each === usage);
  };
  await until(all('250m 300Mi'), 'what was said first');
  const { items } = await admin.list(RESOURCES.pods, { namespace: DEFAULT, labelSelector: 'app=api' });
  const body = { metadata: { annotations: { [USAGE.cpu]: '500m', [USAGE.memory]: '100Mi' } } };
  for (const { metadata } of items)
    await admin.patch(RESOURCES.pods, { namespace: DEFAULT, name: metadata.name }, { type: 'merge', body });
  await until(all('500m 100Mi'), 'what was said then');
  t.same(await usageOf('api'), ['500m 100Mi', '500m 100Mi']);
});

t.test('the VPA recommender recommends', async (t) => {
  const vpa = { namespace: DEFAULT, name: 'api' };
  await admin.create(VERTICAL_POD_AUTOSCALERS, {
    apiVersion: 'autoscaling.k8s.io/v1',
    kind: 'VerticalPodAutoscaler',
    metadata: vpa,
    spec: {
      targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' },
      updatePolicy: { updateMode: 'Off' },
    },
  });
  const recommender = await cluster.startRecommender({ intervalSeconds: 2 });
  const target = async (): Promise<Amounts | undefined> =>
    (await admin.get<Vpa>(VERTICAL_POD_AUTOSCALERS, vpa)).status?.recommendation?.containerRecommendations[0]?.target;
  await until(async () => (await target()) !== undefined, 'a recommendation');
  t.ok(cpuCores((await target())?.cpu ?? '0') > 0.5, 'what is used, and a margin');
  await recommender.stop();
});
