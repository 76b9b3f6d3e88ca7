import { getPointer, parseQuantity, type KubeObject, type Resource } from '@kube-steward/kube';
import {
  NO_REQUESTS,
  addRequests,
  formatCores,
  formatMemory,
  podRequests,
  type PodSpecRequests,
  type Requests,
} from '@kube-steward/plan';
import { isFinished } from './finished.ts';

/** What it takes to keep something: what its pods request, and the volumes that are claimed. */
export interface Cost {
  readonly requests: Requests;
  readonly storageBytes: number;
}

export const NO_COST: Cost = { requests: NO_REQUESTS, storageBytes: 0 };

/** Where a kind has its pods, and how many there are of them. */
const PODS_OF: Readonly<Record<string, { readonly spec: string; readonly count: string }>> = {
  'deployments.apps': { spec: '/spec/template/spec', count: '/spec/replicas' },
  'statefulsets.apps': { spec: '/spec/template/spec', count: '/spec/replicas' },
  'replicasets.apps': { spec: '/spec/template/spec', count: '/spec/replicas' },
  'replicationcontrollers.': { spec: '/spec/template/spec', count: '/spec/replicas' },
  'daemonsets.apps': { spec: '/spec/template/spec', count: '/status/desiredNumberScheduled' },
  'jobs.batch': { spec: '/spec/template/spec', count: '/spec/parallelism' },
  'pods.': { spec: '/spec', count: '' },
};

const CLAIMS = 'persistentvolumeclaims.';
const MANY: ReadonlySet<string> = new Set(['replicasets.apps', 'jobs.batch', 'pods.']);

/** Whether a plan reads objects of a kind whole for what they cost: not those of which there are most, and owners to tell it. */
export const isReadForCost = ({ plural, group }: Resource): boolean => {
  const id = `${plural}.${group}`;
  return id === CLAIMS || (id in PODS_OF && !MANY.has(id));
};

/** The cost of one object by itself. `undefined`: it has none, or of it no more than its metadata was read. */
export const costOf = (resource: Resource, object: KubeObject): Cost | undefined => {
  const id = `${resource.plural}.${resource.group}`;
  if (id === CLAIMS) return claimCost(object);
  const pods = PODS_OF[id];
  const spec = pods && (getPointer(object, pods.spec) as PodSpecRequests | undefined);
  if (!pods || !spec || isFinished(resource, object)) return undefined;
  const count = pods.count === '' ? 1 : getPointer(object, pods.count);
  try {
    return {
      requests: addRequests(NO_REQUESTS, podRequests(spec), typeof count === 'number' ? count : 1),
      storageBytes: 0,
    };
  } catch {
    // What no server would take costs nothing, and hides nothing else.
    return undefined;
  }
};

const claimCost = (claim: KubeObject): Cost | undefined => {
  const storage =
    getPointer(claim, '/status/capacity/storage') ?? getPointer(claim, '/spec/resources/requests/storage');
  try {
    return typeof storage === 'string' ? { ...NO_COST, storageBytes: parseQuantity(storage) } : undefined;
  } catch {
    return undefined;
  }
};

export const addCosts = (a: Cost, b: Cost): Cost => ({
  requests: addRequests(a.requests, b.requests),
  storageBytes: a.storageBytes + b.storageBytes,
});

/** `1.5 vCPU and 3.0 GiB requested, 20.0 GiB claimed`; `undefined`: it costs nothing. */
export const describeCost = ({ requests: { cpuCores, memoryBytes }, storageBytes }: Cost): string | undefined => {
  const parts = [
    ...(cpuCores > 0 || memoryBytes > 0 ? [`${formatCores(cpuCores)} and ${formatMemory(memoryBytes)} requested`] : []),
    ...(storageBytes > 0 ? [`${formatMemory(storageBytes)} claimed`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
};
