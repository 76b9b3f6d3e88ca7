import type { Client, Resource } from '@kube-steward/kube';
import { installDefinitions } from './definitions.ts';
import { freePorts } from './free-ports.ts';
import { isServing } from './probe.ts';
import type { Site } from './site.ts';
import { untilReady } from './supervised.ts';

const ofKarpenter = (plural: string, kind: string): Resource => ({
  group: 'karpenter.sh',
  version: 'v1',
  plural,
  kind,
  namespaced: false,
});
export const NODE_POOLS = ofKarpenter('nodepools', 'NodePool');
export const NODE_CLAIMS = ofKarpenter('nodeclaims', 'NodeClaim');
/** The pool a NodeClaim or a Node is of. */
export const POOL_LABEL = 'karpenter.sh/nodepool';
const NODE_CLASSES: Resource = {
  group: 'karpenter.kwok.sh',
  version: 'v1alpha1',
  plural: 'kwoknodeclasses',
  kind: 'KWOKNodeClass',
  namespaced: false,
};

const DEFINITIONS = [
  'karpenter.sh_nodeclaims.yaml',
  'karpenter.sh_nodeoverlays.yaml',
  'karpenter.sh_nodepools.yaml',
  'karpenter.kwok.sh_kwoknodeclasses.yaml',
];

/** Karpenter with its kwok provider: 144 instance types, on demand and spot, with prices and zones; nodes that kwok runs. */
export const startKarpenter = async ({ programs, admin, kubeconfig }: Site): Promise<void> => {
  await installDefinitions(admin, DEFINITIONS);
  const [metrics = 0, probes = 0] = await freePorts(2);
  const program = programs.run('karpenter', [], {
    env: {
      KUBECONFIG: kubeconfig('karpenter'),
      DISABLE_LEADER_ELECTION: 'true',
      KARPENTER_SERVICE: 'karpenter',
      SYSTEM_NAMESPACE: 'kube-system',
      METRICS_PORT: String(metrics),
      HEALTH_PROBE_PORT: String(probes),
      CPU_REQUESTS: '1000',
      FEATURE_GATES: 'NodeOverlay=true',
    },
  });
  await untilReady(program, () => isServing(`http://127.0.0.1:${probes}/readyz`));
};

/** Machines of one capacity type. */
export interface Pool {
  readonly name: string;
  readonly capacityType: 'spot' | 'on-demand';
  /** 1 to 100: the pool of the highest weight is asked first. */
  readonly weight: number;
  /** How much it may have in all: `{ cpu: '100' }`. */
  readonly limits?: Readonly<Record<string, string>>;
  /** How long its machines take to show up: `90s`. At once when left out. */
  readonly registrationDelay?: string;
}

/** Adds node pools, each with a node class of its name. Their nodes stay until somebody takes them. */
export const addNodePools = async (admin: Client, pools: readonly Pool[]): Promise<void> => {
  for (const { name, registrationDelay, ...pool } of pools) {
    const delay = registrationDelay === undefined ? {} : { nodeRegistrationDelay: registrationDelay };
    const [apiVersion, kind] = [`${NODE_CLASSES.group}/${NODE_CLASSES.version}`, NODE_CLASSES.kind];
    await admin.create(NODE_CLASSES, { apiVersion, kind, metadata: { name }, spec: delay });
    await admin.create(NODE_POOLS, nodePool(name, pool));
  }
};

const nodePool = (name: string, { capacityType, ...bounds }: Omit<Pool, 'name' | 'registrationDelay'>) => ({
  apiVersion: 'karpenter.sh/v1',
  kind: 'NodePool',
  metadata: { name },
  spec: {
    ...bounds,
    disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfter: 'Never' },
    template: {
      spec: {
        nodeClassRef: { group: NODE_CLASSES.group, kind: NODE_CLASSES.kind, name },
        requirements: [{ key: 'karpenter.sh/capacity-type', operator: 'In', values: [capacityType] }],
        expireAfter: 'Never',
      },
    },
  },
});
