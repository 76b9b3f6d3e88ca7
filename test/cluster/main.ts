/** Leaves a cluster running for people to play with: nodes, two namespaces of workloads, and what they use. */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { EXIT, messageOf } from '@kube-steward/cli';
import { addNodePools, startCluster, type RealCluster } from './index.ts';
import { addVerticalPodAutoscalers, addWorkloads } from './playground.ts';

const NODES = 3;

/** What to try. */
const ADVICE = {
  always: [
    'kubectl get nodes',
    'kubectl get deployments,statefulsets,cronjobs -A',
    'kubectl top pods -A   # numbers are there after half a minute',
    'kubectl annotate pods -n shop -l app=web --overwrite kwok.x-k8s.io/usage-cpu=450m   # it uses more from now on',
    'node controllers/downscaler/dist/main.mjs --dry-run --once --default-uptime=never --grace-period=0',
  ],
  karpenter: [
    'kubectl scale deployment/render -n reports --replicas=12   # more than the nodes hold',
    'kubectl get nodepools,nodeclaims',
  ],
  vpa: ['kubectl get vpa -A   # recommendations are there after a minute'],
} as const;

interface Flags {
  readonly karpenter: boolean;
  readonly vpa: boolean;
}

const readFlags = (): Flags => {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ options: { karpenter: flag, vpa: flag } }).values;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\nThere are: --karpenter, --vpa\n`);
    process.exit(EXIT.usage);
  }
};

const fill = async ({ admin, startRecommender }: RealCluster, { karpenter, vpa }: Flags): Promise<void> => {
  await addWorkloads(admin);
  if (karpenter)
    await addNodePools(admin, [
      { name: 'spot', capacityType: 'spot', weight: 100 },
      { name: 'on-demand', capacityType: 'on-demand', weight: 10 },
    ]);
  if (vpa) {
    await addVerticalPodAutoscalers(admin);
    await startRecommender();
  }
};

const flags = readFlags();
process.stderr.write('starting …\n');
const cluster = await startCluster({ nodes: NODES, usage: true, ...flags });
await fill(cluster, flags);
process.stdout.write(
  [
    `Kubernetes ${cluster.version} at ${cluster.server}, ${NODES} simulated nodes. Try:`,
    '',
    `  export KUBECONFIG=${cluster.kubeconfig()}`,
    ...ADVICE.always.map((line) => `  ${line}`),
    ...(flags.karpenter ? ADVICE.karpenter.map((line) => `  ${line}`) : []),
    ...(flags.vpa ? ADVICE.vpa.map((line) => `  ${line}`) : []),
    '',
    'Ctrl-C stops it, and nothing is left.',
    '',
  ].join('\n'),
);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await cluster.stop();
