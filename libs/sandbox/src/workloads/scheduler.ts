import { parseQuantity, RESOURCES } from '@kube-steward/kube';
import type { ClusterEvent } from '../cluster.ts';
import { isFinished } from './pod-state.ts';
import { setConditions } from './status.ts';
import type { Node, Pod, PodSpec, PodStatus, Taint } from './wire.ts';
import { resourceId } from './view.ts';

/** CPU in cores, memory in bytes, and the number of pods. */
interface Amount {
  cpu: number;
  memory: number;
  pods: number;
}

/** Where pods go when the cluster has no Node objects at all. */
const VIRTUAL_NODE = 'virtual-node';

const requestsOf = new WeakMap<PodSpec, Amount>();

/** The sum of the containers' requests. */
export const podRequests = (spec: PodSpec): Amount => {
  let amount = requestsOf.get(spec);
  if (amount) return amount;
  amount = { cpu: 0, memory: 0, pods: 1 };
  for (const { resources } of spec.containers) {
    amount.cpu += parseQuantity(resources?.requests?.['cpu'] ?? '0');
    amount.memory += parseQuantity(resources?.requests?.['memory'] ?? '0');
  }
  requestsOf.set(spec, amount);
  return amount;
};

interface Slot {
  readonly node: Node;
  readonly allocatable: Amount;
}

/**
 * Places pods on the node that is emptiest by CPU among those with room, the right labels and no untolerated taint. What is
 * used is counted from events; pods that found no place wait until something is freed.
 */
export class Scheduler {
  readonly #nodes = new Map<string, Slot>();
  readonly #used = new Map<string, Amount>();
  readonly #waiting = new Set<string>();

  /** Takes in a change of a pod or node; returns the pods that should be tried again. */
  observe({ type, resource, object, previous }: ClusterEvent): Iterable<string> {
    if (resourceId(resource) === resourceId(RESOURCES.nodes)) return this.#observeNode(type, object as Node);
    const freed = previous ? this.#count(previous as Pod, -1) : type === 'DELETED' && this.#count(object as Pod, -1);
    const taken = type !== 'DELETED' && this.#count(object as Pod, 1);
    return freed && !taken ? this.#takeWaiting() : [];
  }

  /** A node for the pod, or why there is none. */
  place(pod: Pod): { node: string } | { reason: string } {
    if (this.#nodes.size === 0) return { node: VIRTUAL_NODE };
    const wanted = podRequests(pod.spec);
    let best: { name: string; free: number } | undefined;
    const reasons = new Set<string>();
    for (const [name, slot] of this.#nodes) {
      const obstacle = obstacleOf(pod, slot.node) ?? this.#shortage(slot, name, wanted);
      if (obstacle) reasons.add(obstacle);
      const free = slot.allocatable.cpu - this.#usedOn(name).cpu;
      if (!obstacle && (!best || free > best.free)) best = { name, free };
    }
    return best ? { node: best.name } : { reason: [...reasons].join(', ') };
  }

  /** Remembers a pod that found no place. */
  wait(key: string): void {
    this.#waiting.add(key);
  }

  forget(key: string): void {
    this.#waiting.delete(key);
  }

  #observeNode(type: ClusterEvent['type'], node: Node): Iterable<string> {
    const { name } = node.metadata;
    const { cpu = '0', memory = '0', pods = '110' } = node.status.allocatable;
    const allocatable = { cpu: parseQuantity(cpu), memory: parseQuantity(memory), pods: Number(pods) };
    if (type === 'DELETED') this.#nodes.delete(name);
    else this.#nodes.set(name, { node, allocatable });
    return this.#takeWaiting();
  }

  #takeWaiting(): string[] {
    const keys = [...this.#waiting];
    this.#waiting.clear();
    return keys;
  }

  #count(pod: Pod, sign: 1 | -1): boolean {
    if (!pod.spec.nodeName || isFinished(pod)) return false;
    const used = this.#usedOn(pod.spec.nodeName);
    const { cpu, memory } = podRequests(pod.spec);
    used.cpu += sign * cpu;
    used.memory += sign * memory;
    used.pods += sign;
    return true;
  }

  #usedOn(node: string): Amount {
    let used = this.#used.get(node);
    if (!used) this.#used.set(node, (used = { cpu: 0, memory: 0, pods: 0 }));
    return used;
  }

  #shortage(slot: Slot, name: string, wanted: Amount): string | undefined {
    const used = this.#usedOn(name);
    // Sums of quantities such as 0.1 are not exact: a millionth of a core is not a shortage.
    if (used.cpu + wanted.cpu > slot.allocatable.cpu + 1e-6) return 'Insufficient cpu';
    if (used.memory + wanted.memory > slot.allocatable.memory + 1) return 'Insufficient memory';
    return used.pods + 1 > slot.allocatable.pods ? 'Too many pods' : undefined;
  }
}

/** Why a node is no place for the pod, whatever its room. */
const obstacleOf = (pod: Pod, node: Node): string | undefined => {
  if (node.spec.unschedulable) return 'node(s) were unschedulable';
  if (!matchesNodeSelector(pod.spec, node)) return "node(s) didn't match Pod's node affinity/selector";
  const taint = taintsOf(node).find((each) => each.effect !== 'PreferNoSchedule' && !tolerates(pod.spec, each));
  return taint && `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
};

/**
 * The taints that keep pods away. Every new node is tainted as not ready; a controller that is not simulated takes that away
 * once the node is.
 */
export const taintsOf = ({ spec, status }: Node): readonly Taint[] => {
  const isReady = status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True');
  return (spec.taints ?? []).filter(({ key }) => !isReady || key !== 'node.kubernetes.io/not-ready');
};

/** Whether the node carries all labels of the pod's `nodeSelector`. */
export const matchesNodeSelector = (spec: PodSpec, node: Node): boolean =>
  Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => node.metadata.labels?.[key] === value);

/** Whether some toleration of the pod covers the taint. */
export const tolerates = (spec: PodSpec, taint: Taint): boolean =>
  (spec.tolerations ?? []).some(
    ({ key, operator = 'Equal', value = '', effect }) =>
      (effect === undefined || effect === taint.effect) &&
      (operator === 'Exists'
        ? key === undefined || key === taint.key
        : key === taint.key && value === (taint.value ?? '')),
  );

/** The status of a pod that no node takes. */
export const unschedulableStatus = (pod: Pod, reason: string, now: number): PodStatus => ({
  ...pod.status,
  phase: 'Pending',
  conditions: setConditions(
    pod.status?.conditions,
    [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: `no node is available: ${reason}.` }],
    now,
  ),
});
