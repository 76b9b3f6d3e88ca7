import type { Resource, Unstructured } from '@kube-steward/kube';
import type { Clock } from '@kube-steward/schedule';
import type { Registry, VirtualSource } from './registry.ts';

/** The subresources that have a representation of their own. `/eviction`, `/binding` and `/log` are methods of `Cluster`. */
export type Subresource = 'status' | 'scale';

/** Who writes, and how. */
export interface WriteOptions {
  /** Recorded for the log; the rights of users are not looked at. */
  readonly user?: string;
  /** The name in `managedFields`; `sandbox` when it is left out. */
  readonly fieldManager?: string;
  /** Everything is checked and the answer is as it would be, but nothing is stored and nobody is told. */
  readonly dryRun?: boolean;
  readonly subresource?: Subresource;
  /** `Strict` refuses fields that are not known, as far as this server knows any (`strictFault`); nothing else refuses or warns. */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
}

export type PatchType = 'merge' | 'strategic' | 'json' | 'apply';

export interface PatchOptions extends WriteOptions {
  readonly namespace?: string;
  readonly type: PatchType;
  readonly body: unknown;
  /** For `apply`: take the fields others own instead of failing with a conflict. */
  readonly force?: boolean;
}

/** What must hold of the stored object, or the delete is refused with 409. */
export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

export interface DeleteOptions {
  readonly namespace?: string;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly preconditions?: Preconditions;
  /** Pods alone have a grace period (30 s unless their spec says otherwise); 0 removes at once. */
  readonly gracePeriodSeconds?: number;
  readonly dryRun?: boolean;
  readonly user?: string;
}

export interface Selection {
  readonly namespace?: string;
  /** `app=web,tier in (a,b),!legacy` */
  readonly labelSelector?: string;
  /** `metadata.name=web,status.phase!=Running`; a field the kind does not offer is a 400. */
  readonly fieldSelector?: string;
}

/** One change, told to subscribers in the order of revisions. `previous` is the object before it. */
export interface ClusterEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Resource;
  readonly object: Unstructured;
  readonly previous?: Unstructured;
}

/** An object that exists as text until somebody looks at it: how clusters of 100,000 pods are seeded cheaply. */
export interface SeedEntry {
  readonly namespace?: string;
  readonly name: string;
  /**
   * The object as JSON without `kind` and `apiVersion`, beginning with `{"metadata":{`. Called each time the text is needed,
   * so that parts shared between objects are held once; must carry the given resourceVersion and give equal text each time.
   */
  readonly text: (resourceVersion: string) => string;
  /** The JSON of its metadata alone, equal to that in the text: spares lists of metadata a look at the text. */
  readonly metadata?: (resourceVersion: string) => string;
  /** What field selectors may ask for, by path (`status.phase`): spares them a look at the text. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Spare label selectors a look at the text. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The uids of its owners, for the garbage collector; without them it has none. */
  readonly ownerUids?: readonly string[];
}

export interface ClusterOptions {
  readonly clock: Clock;
  /** How many changes of one resource type are remembered for watches and paged lists. Default 10,000. */
  readonly historySize?: number;
  /** Makes uids and generated names repeatable. */
  readonly seed?: number;
  /** The Kubernetes version the server says it is. Default 1.35. */
  readonly version?: { readonly major: number; readonly minor: number };
  /**
   * Dependents of deleted objects, the content of deleted namespaces and pods whose grace period is over go by themselves.
   * Default true; false is an API server without its controllers.
   */
  readonly garbageCollection?: boolean;
}

/**
 * The state of a Kubernetes API server with all its rules (revisions, generations, validation, garbage collection, managed
 * fields), without HTTP. Every refused call throws a `StatusError` that holds the Status a client would get.
 *
 * Objects that go in are taken over and objects that come out are shared with the store and its watchers: treat both as
 * immutable. All methods are synchronous; subscribers run before the call that caused the change returns, unless that call
 * was itself made by a subscriber: then they run after the change being told, so that everyone sees changes in one order.
 */
export interface Cluster {
  readonly clock: Clock;
  /** The served kinds, CRDs that were created included. */
  readonly registry: Registry;
  readonly version: { readonly major: number; readonly minor: number };

  /** The object in the version of `resource`, or `undefined`. */
  get(
    resource: Resource,
    key: { readonly namespace?: string | undefined; readonly name: string },
  ): Unstructured | undefined;

  /** The `autoscaling/v1` Scale of an object; 404 without the object, 400 for a kind that has none. */
  getScale(resource: Resource, key: { readonly namespace?: string | undefined; readonly name: string }): Unstructured;

  /** All objects that match, ordered by namespace and name. */
  list(resource: Resource, selection?: Selection): readonly Unstructured[];

  /** How many objects of the resource exist, without looking at them. */
  count(resource: Resource): number;

  /** Stores a new object. The namespace is the one in `metadata`. A namespaced object needs its Namespace to exist. */
  create(resource: Resource, body: Unstructured, options?: WriteOptions): Unstructured;

  /** Replaces an object (or its `/status`, `/scale`). With `metadata.resourceVersion` it is refused if the object moved on. */
  update(resource: Resource, body: Unstructured, options?: WriteOptions): Unstructured;

  /** Patches an object or its subresource. With `type: 'apply'` an object that does not exist is created. */
  patch(resource: Resource, name: string, options: PatchOptions): Unstructured;

  /** Deletes an object, or marks it as terminating when finalizers or a grace period hold it. Returns its last state. */
  delete(resource: Resource, name: string, options?: DeleteOptions): Unstructured;

  /** Deletes all objects that match; returns their last states. */
  deleteCollection(resource: Resource, selection: Selection, options?: DeleteOptions): readonly Unstructured[];

  /** Evicts a pod as `/eviction` does: 429 with cause `DisruptionBudget` when a PodDisruptionBudget forbids it. */
  evict(key: { readonly namespace: string; readonly name: string }, options?: DeleteOptions): void;

  /** Sets `spec.nodeName` as `/binding` does; 409 if the pod is bound already. */
  bind(key: { readonly namespace: string; readonly name: string }, nodeName: string): void;

  /** Tells every change of one resource type, or of all, from now on. Returns the unsubscriber. */
  subscribe(resource: Resource | 'all', listener: (event: ClusterEvent) => void): () => void;

  /**
   * Stores manifests of any served kind, `…List` objects too, CRDs and namespaces first. Namespaces that are only mentioned
   * are created. uid, creationTimestamp and generation are kept if given, status as well; no managedFields are made.
   * An object that exists is replaced. 404 for a kind that is not served.
   */
  load(manifests: readonly Unstructured[]): void;

  /** Stores many objects of one resource as text, without checks and without telling anybody. */
  seed(resource: Resource, entries: Iterable<SeedEntry>): void;

  /** Serves a resource whose objects are computed at each request (metrics.k8s.io). Returns how to stop it. */
  serveVirtual(source: VirtualSource): () => void;

  /** The newest revision of the cluster, or of one resource type: then that of its last change ("0" if there was none). */
  resourceVersion(resource?: Resource): string;

  /** Forgets all history: older watches and continue tokens get 410. */
  compact(): void;
}
