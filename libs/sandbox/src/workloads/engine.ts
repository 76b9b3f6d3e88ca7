import { keyOf, type KubeObject, type Resource } from '@kube-steward/kube';
import type { Cluster, ClusterEvent } from '../cluster.ts';
import { Agenda } from './agenda.ts';
import { controllerOf, resourceId, View } from './view.ts';

/** What a reconciler may look at, and where it writes. */
export interface Context {
  readonly cluster: Cluster;
  readonly view: View;
  readonly now: number;
}

/**
 * One simulated controller. Level-triggered: `reconcile` looks at what is there, never at what happened, and may be called
 * at any time.
 */
export interface Reconciler {
  readonly resource: Resource;
  /** Changes of these wake the object that controls them. */
  readonly owns?: readonly Resource[];
  /** Changes of these wake the keys `wakes` names. */
  readonly watches?: readonly Resource[];
  wakes?(event: ClusterEvent, view: View): Iterable<string>;
  /** Makes one step towards what the object asks for. Returns when to look again without being woken, in epoch milliseconds. */
  reconcile(object: KubeObject, context: Context): number | undefined;
  /** The object is gone. */
  forget?(key: string): void;
  /** Whether a set timer means that something is on its way, not only waiting for its hour. */
  readonly transient?: boolean;
}

/** Real controllers retry with back-off; what fails here (a terminating namespace) is not in a hurry. */
const RETRY_MS = 30_000;

/** More passes than this over one object at one instant mean two reconcilers undo each other's work. */
const MAX_PASSES = 2000;

interface Task {
  readonly reconciler: Reconciler;
  readonly key: string;
}

/**
 * Told of what a simulated controller could not do: a write the cluster refused, an object it cannot read. It tries again by
 * itself. `key` is the kind, namespace and name.
 */
export type OnError = (error: unknown, key: string) => void;

/**
 * Runs reconcilers on a cluster. Changes only mark objects; the work is done in a clock timer, all of a cascade (Deployment,
 * ReplicaSet, Pod and back) at one instant, so that nothing writes inside another's write.
 */
export class Engine {
  readonly #cluster: Cluster;
  readonly #view = new View();
  readonly #routes: Map<string, ((event: ClusterEvent) => void)[]>;
  readonly #dirty = new Map<string, Task>();
  readonly #agenda = new Agenda<Task>();
  readonly #onError: OnError;
  readonly #unsubscribe: () => void;
  #timer: { at: number; cancel: () => void } | undefined;

  constructor(cluster: Cluster, reconcilers: readonly Reconciler[], onError: OnError) {
    this.#cluster = cluster;
    this.#onError = onError;
    this.#routes = this.#routesOf(reconcilers);
    this.#unsubscribe = cluster.subscribe('all', (event) => this.#observe(event));
    for (const resource of resourcesOf(reconcilers)) {
      // A kind whose CRD is not there yet: its objects come as events.
      if (!cluster.registry.find(resource.group, resource.version, resource.plural)) continue;
      for (const object of cluster.list(resource)) this.#observe({ type: 'ADDED', resource, object });
    }
  }

  /** Whether nothing is left to do at this instant and nothing is on its way. */
  settled(): boolean {
    if (this.#dirty.size > 0) return false;
    for (const { reconciler } of this.#agenda.values()) if (reconciler.transient) return false;
    return true;
  }

  /** Ends it, leaving no timer behind. */
  stop(): void {
    this.#unsubscribe();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #observe(event: ClusterEvent): void {
    const routes = this.#routes.get(resourceId(event.resource));
    if (!routes) return;
    this.#view.apply(event);
    for (const route of routes) route(event);
    this.#arm();
  }

  /** For each resource type, what a change of it marks. */
  #routesOf(reconcilers: readonly Reconciler[]): Map<string, ((event: ClusterEvent) => void)[]> {
    const routes = new Map<string, ((event: ClusterEvent) => void)[]>();
    const add = (resource: Resource, route: (event: ClusterEvent) => void): void => {
      const id = resourceId(resource);
      routes.set(id, [...(routes.get(id) ?? []), route]);
    };
    for (const reconciler of reconcilers) {
      add(reconciler.resource, ({ object }) => this.#mark(reconciler, keyOf(object)));
      for (const owned of reconciler.owns ?? []) add(owned, (event) => this.#markOwners(reconciler, event));
      for (const watched of reconciler.watches ?? []) {
        add(watched, (event) => {
          for (const key of reconciler.wakes?.(event, this.#view) ?? []) this.#mark(reconciler, key);
        });
      }
    }
    return routes;
  }

  #markOwners(reconciler: Reconciler, event: ClusterEvent): void {
    for (const object of [event.object, event.previous]) {
      const owner = object && controllerOf(object);
      if (owner?.kind !== reconciler.resource.kind) continue;
      this.#mark(reconciler, `${object?.metadata.namespace ?? ''}/${owner.name}`);
    }
  }

  #mark(reconciler: Reconciler, key: string): void {
    this.#dirty.set(tokenOf(reconciler, key), { reconciler, key });
  }

  #arm(): void {
    const now = this.#cluster.clock.now();
    const wanted = this.#dirty.size > 0 ? now : this.#agenda.next();
    if (wanted === undefined || (this.#timer && this.#timer.at <= wanted)) return;
    this.#timer?.cancel();
    const cancel = this.#cluster.clock.setTimer(wanted - now, () => this.#run());
    this.#timer = { at: wanted, cancel };
  }

  #run(): void {
    // Held while running, so that the changes made here do not arm a timer each.
    this.#timer = { at: -Infinity, cancel: () => undefined };
    const now = this.#cluster.clock.now();
    for (const { reconciler, key } of this.#agenda.takeDue(now)) this.#mark(reconciler, key);
    const passes = new Map<string, number>();
    for (const [token, task] of this.#dirty) {
      const pass = (passes.get(token) ?? 0) + 1;
      if (pass > MAX_PASSES) throw new Error(`the simulated ${token} does not settle: ${pass} passes at one instant`);
      passes.set(token, pass);
      this.#dirty.delete(token);
      this.#agenda.set(token, task, this.#reconcile(task, now));
    }
    this.#timer = undefined;
    this.#arm();
  }

  #reconcile({ reconciler, key }: Task, now: number): number | undefined {
    const object = this.#view.get(reconciler.resource, key);
    if (!object) {
      reconciler.forget?.(key);
      return undefined;
    }
    try {
      return reconciler.reconcile(object, { cluster: this.#cluster, view: this.#view, now });
    } catch (error) {
      this.#onError(error, `${reconciler.resource.kind} ${key}`);
      return now + RETRY_MS;
    }
  }
}

const tokenOf = (reconciler: Reconciler, key: string): string => `${reconciler.resource.kind} ${key}`;

const resourcesOf = (reconcilers: readonly Reconciler[]): Iterable<Resource> => {
  const resources = new Map<string, Resource>();
  for (const { resource, owns = [], watches = [] } of reconcilers) {
    for (const each of [resource, ...owns, ...watches]) resources.set(resourceId(each), each);
  }
  return resources.values();
};
