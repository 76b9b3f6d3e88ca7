import { RESOURCES, type Resource, type Unstructured } from '@kube-steward/kube';
import { deployment, namespace as namespaceObject } from '@kube-steward/sandbox';
import { startBundle, type Program } from '../e2e/programs.ts';
import type { AuditEntry } from './audit.ts';
import type { RealCluster } from './cluster.ts';
import { DOWNSCALER_RULES, type Rule } from './rights.ts';
import { usernameOf, type ServiceAccount } from './service-account.ts';

/** A workload, as far as its size goes. */
export interface Workload extends Unstructured {
  readonly spec?: {
    readonly replicas?: number;
    readonly minReplicas?: number;
    readonly suspend?: boolean;
  };
  readonly status?: { readonly readyReplicas?: number };
}

interface Owner {
  teardown(end: () => unknown): void;
}

export interface Run {
  readonly flags?: readonly string[];
  /** Which of the accounts it runs as; the first one when left out. */
  readonly account?: ServiceAccount;
}

/** A namespace of Deployments that go down and come up together, and the downscaler that sees to that: this namespace alone. */
export interface Shop {
  readonly cluster: RealCluster;
  readonly namespace: string;
  readonly account: ServiceAccount;
  /** Starts the built downscaler; killed at the end of the test. */
  run(t: Owner, run?: Run): Program;
  /** From now on all of it should be down (always, or in this window), or up. */
  sleep(downtime?: string): Promise<unknown>;
  wake(): Promise<unknown>;
  list(resource: Resource): Promise<readonly Workload[]>;
  /** Whether every Deployment is down, with its original on it. */
  isAsleep(): Promise<boolean>;
  /** Whether every Deployment has the size it was made with, and nothing reminds of the night. */
  isAwake(): Promise<boolean>;
  /** The patches of its Deployments that went through, oldest first. */
  patches(): AuditEntry[];
}

export interface ShopOptions {
  readonly deployments?: number;
  readonly rules?: readonly Rule[];
}

const { deployments, namespaces } = RESOURCES;
const ORIGINAL = 'downscaler/original-replicas';

/** Opens a shop called `name`. Its Deployments are `web-0` of 1 replica, then of 2, 3, 1, 2, 3, … */
export const openShop = async (
  cluster: RealCluster,
  name: string,
  { deployments: count = 12, rules = DOWNSCALER_RULES }: ShopOptions = {},
): Promise<Shop> => {
  const { admin } = cluster;
  const account = { namespace: `${name}-steward`, name };
  await cluster.addServiceAccount(account, rules);
  await admin.create(namespaces, namespaceObject({ name }));
  const sizes = new Map(Array.from({ length: count }, (_, index) => [`web-${index}`, (index % 3) + 1]));
  for (const [web, replicas] of sizes)
    await admin.create(deployments, deployment({ namespace: name, name: web, replicas }));

  const list: Shop['list'] = async (resource) => (await admin.list<Workload>(resource, { namespace: name })).items;
  const every = async (holds: (workload: Workload, size: number) => boolean): Promise<boolean> => {
    const found = new Map((await list(deployments)).map((each) => [each.metadata.name, each]));
    return [...sizes].every(([web, size]) => {
      const workload = found.get(web);
      return workload !== undefined && holds(workload, size);
    });
  };
  return {
    cluster,
    namespace: name,
    account,
    run: (t, run) => runDownscaler(t, cluster, name, { account, ...run }),
    sleep: (downtime = 'always') => setDowntime(cluster, name, downtime),
    wake: () => setDowntime(cluster, name, null),
    list,
    isAsleep: () => every(({ spec, metadata }, size) => spec?.replicas === 0 && originalOf(metadata) === String(size)),
    isAwake: () => every(({ spec, metadata }, size) => spec?.replicas === size && originalOf(metadata) === undefined),
    patches: () => patchesIn(cluster, name),
  };
};

const originalOf = ({ annotations }: Unstructured['metadata']): string | undefined => annotations?.[ORIGINAL];

const setDowntime = ({ admin }: RealCluster, name: string, downtime: string | null): Promise<unknown> =>
  admin.patch(
    namespaces,
    { name },
    { type: 'merge', body: { metadata: { annotations: { 'downscaler/downtime': downtime } } } },
  );

const runDownscaler = (
  t: Owner,
  cluster: RealCluster,
  namespace: string,
  { account, flags = [] }: Run & { readonly account: ServiceAccount },
): Program =>
  startBundle(
    t,
    'downscaler',
    [
      `--kubeconfig=${cluster.kubeconfig(usernameOf(account))}`,
      // Nor does it wake what sleeps elsewhere.
      ...[`--include-namespaces=${namespace}`, '--upscale-target-only'],
      '--grace-period=0',
      '--health-port=0',
      ...flags,
    ],
    { env: { POD_NAMESPACE: account.namespace, POD_NAME: account.name } },
  );

const patchesIn = (cluster: RealCluster, namespace: string): AuditEntry[] =>
  cluster
    .audit()
    .filter(
      ({ verb, objectRef, responseStatus }) =>
        verb === 'patch' &&
        objectRef?.resource === 'deployments' &&
        objectRef.namespace === namespace &&
        responseStatus?.code === 200,
    );
