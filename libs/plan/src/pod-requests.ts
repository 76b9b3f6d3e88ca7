import { parseQuantity } from '@kube-steward/kube';

/** What a pod asks the scheduler for: CPU in cores, memory in bytes. */
export interface Requests {
  readonly cpuCores: number;
  readonly memoryBytes: number;
}

type ResourceList = Readonly<Record<string, string | number>>;

interface ResourceRequirements {
  readonly requests?: ResourceList;
  readonly limits?: ResourceList;
}

interface ContainerRequests {
  readonly resources?: ResourceRequirements;
  readonly restartPolicy?: string;
}

/** The fields of a pod spec, or of a template's, that its requests are computed from. */
export interface PodSpecRequests {
  readonly containers?: readonly ContainerRequests[];
  readonly initContainers?: readonly ContainerRequests[];
  readonly overhead?: ResourceList;
  /** Requests of the pod as a whole, which win over those of its containers. */
  readonly resources?: ResourceRequirements;
}

export const NO_REQUESTS: Requests = { cpuCores: 0, memoryBytes: 0 };

/**
 * The requests of one pod, as the scheduler adds them up:
 *
 * ```
 *  running = sum of containers + sum of sidecars (init containers with restartPolicy Always)
 *  init i  = init container i + sum of sidecars before it
 *  pod     = max(running, every init i) + overhead
 * ```
 * A resource requested for the pod as a whole replaces the maximum. Where a container has a limit and no request, the limit
 * is the request, as the API server fills it in. A quantity that cannot be read counts as nothing.
 */
export const podRequests = (spec: PodSpecRequests): Requests => ({
  cpuCores: podRequest(spec, 'cpu'),
  memoryBytes: podRequest(spec, 'memory'),
});

const podRequest = (spec: PodSpecRequests, resource: string): number => {
  let sidecars = 0;
  let most = 0;
  for (const container of spec.initContainers ?? []) {
    const own = requestOf(container.resources, resource) ?? 0;
    if (container.restartPolicy === 'Always') sidecars += own;
    most = Math.max(most, container.restartPolicy === 'Always' ? sidecars : sidecars + own);
  }
  const containers = (spec.containers ?? []).map((container) => requestOf(container.resources, resource) ?? 0);
  const running = sum(containers) + sidecars;
  return (requestOf(spec.resources, resource) ?? Math.max(running, most)) + (quantityOf(spec.overhead, resource) ?? 0);
};

const requestOf = (requirements: ResourceRequirements | undefined, resource: string): number | undefined =>
  quantityOf(requirements?.requests, resource) ?? quantityOf(requirements?.limits, resource);

const quantityOf = (list: ResourceList | undefined, resource: string): number | undefined => {
  const quantity = list?.[resource];
  if (quantity === undefined) return undefined;
  try {
    return parseQuantity(String(quantity));
  } catch {
    return 0;
  }
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
