import { rowOfKind, type KindRow } from '@kube-steward/downscaler';
import { RESOURCES, keyOf, type KubeObject, type Unstructured } from '@kube-steward/kube';
import { podRequests, type PodSpecRequests } from '@kube-steward/plan';
import type { Cluster, ClusterEvent } from '@kube-steward/sandbox';
import type { Clock } from '@kube-steward/schedule';
import { Meter, NOTHING, podsOf } from './meter.ts';
import { ROWS, originalOf, requestsOf, sizeOf, titleOf, type Size } from './sleepers.ts';

/** A workload was put to sleep, or brought back. */
export interface Move {
  /** Milliseconds since the epoch, as all times. */
  readonly at: number;
  readonly to: 'asleep' | 'awake';
  readonly object: Unstructured;
  readonly from: Size;
  readonly into: Size;
  /** The size before it went to sleep, as the annotation says it. */
  readonly original: string;
  /** When all its pods were ready after it woke. */
  readyAt?: number;
}

/** A Warning event: something a person must look at. */
export interface Notice {
  readonly at: number;
  readonly reason: string;
  readonly object: string;
  readonly note: string;
}

interface EventBody extends KubeObject {
  readonly type?: string;
  readonly reason?: string;
  readonly note?: string;
  readonly regarding?: { readonly kind?: string; readonly namespace?: string; readonly name?: string };
}

interface Pod extends KubeObject {
  readonly spec: PodSpecRequests;
  readonly status?: { readonly phase?: string };
}

/** Writes down what happens in a cluster, from its objects alone: what the downscaler says of itself does not count. */
export class Journal {
  readonly moves: Move[] = [];
  readonly notices: Notice[] = [];
  /** What sleeping workloads do not ask for. */
  readonly asleep: Meter;
  /** What all pods there are ask for. */
  readonly requested: Meter;
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  /** Woken, and not ready yet. */
  readonly #waking = new Map<string, Move>();

  constructor(cluster: Cluster, clock: Clock) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.asleep = new Meter(clock.now());
    this.requested = new Meter(clock.now());
    for (const row of ROWS) cluster.subscribe(row.resource, (event) => this.#onWorkload(row, event));
    for (const object of cluster.list(RESOURCES.pods)) this.#onPod({ type: 'ADDED', object });
    cluster.subscribe(RESOURCES.pods, (event) => this.#onPod(event));
    cluster.subscribe(RESOURCES.events, (event) => this.#onEvent(event));
  }

  #onWorkload(row: KindRow, { object, previous }: ClusterEvent): void {
    const [before, after] = [originalOf(previous), originalOf(object)];
    if (previous && before !== after) {
      const [from, into] = [sizeOf(row, previous), sizeOf(row, object)];
      const to = after === undefined ? 'awake' : 'asleep';
      const move: Move = { at: this.#clock.now(), to, object, from, into, original: after ?? before ?? '' };
      this.moves.push(move);
      if (to === 'awake' && typeof into === 'number') this.#waking.set(titleOf(object), move);
      else this.#waking.delete(titleOf(object));
    }
    this.#lookWhetherReady(object);
    this.#measure(row, object);
  }

  #lookWhetherReady(object: Unstructured): void {
    const move = this.#waking.get(titleOf(object));
    const { replicas = 1 } = (object['spec'] ?? {}) as { replicas?: number };
    const { readyReplicas = 0 } = (object['status'] ?? {}) as { readyReplicas?: number };
    if (!move || readyReplicas < replicas) return;
    move.readyAt = this.#clock.now();
    this.#waking.delete(titleOf(object));
  }

  /** An autoscaler whose lower bound sleeps keeps its target small: the target's missing replicas count. */
  #measure(row: KindRow, object: Unstructured): void {
    const { namespace = '' } = object.metadata;
    if (row.scaleTarget !== undefined) {
      const target = this.#cluster.get(RESOURCES.deployments, { namespace, name: targetOf(object) });
      const deployments = rowOfKind(ROWS, 'apps/v1', 'Deployment');
      if (target && deployments) this.#measure(deployments, target);
      return;
    }
    const requests = requestsOf(row, object);
    if (!requests) return;
    const original = originalOf(object) ?? originalOf(this.#autoscalerOf(object));
    const missing = original === undefined ? 0 : Math.max(0, Number(original) - Number(sizeOf(row, object)));
    this.asleep.set(titleOf(object), podsOf(requests, missing), this.#clock.now());
  }

  #autoscalerOf({ kind, metadata: { namespace = '', name } }: Unstructured): Unstructured | undefined {
    if (kind !== 'Deployment') return undefined;
    return this.#cluster
      .list(RESOURCES.horizontalPodAutoscalers, { namespace })
      .find((autoscaler) => targetOf(autoscaler) === name);
  }

  #onPod({ type, object }: Pick<ClusterEvent, 'type' | 'object'>): void {
    const { spec, status } = object as unknown as Pod;
    const isOver = type === 'DELETED' || status?.phase === 'Succeeded' || status?.phase === 'Failed';
    this.requested.set(keyOf(object), isOver ? NOTHING : podsOf(podRequests(spec), 1), this.#clock.now());
  }

  #onEvent({ type, object }: ClusterEvent): void {
    const { type: severity, reason = '', note = '', regarding = {} } = object as EventBody;
    if (type !== 'ADDED' || severity !== 'Warning') return;
    const { kind = '', namespace = '', name = '' } = regarding;
    this.notices.push({ at: this.#clock.now(), reason, object: `${kind} ${namespace}/${name}`, note });
  }
}

/** The title of what an autoscaler scales; `undefined` for anything else. */
export const targetTitleOf = (object: Unstructured): string | undefined =>
  object.kind === 'HorizontalPodAutoscaler'
    ? `Deployment ${object.metadata.namespace ?? ''}/${targetOf(object)}`
    : undefined;

/** The name of what an autoscaler scales. */
export const targetOf = (autoscaler: Unstructured): string =>
  (autoscaler['spec'] as { scaleTargetRef: { name: string } }).scaleTargetRef.name;
