import type { Clock } from '@kube-steward/schedule';
import type { Client, Selection } from './client-api.ts';
import { CachedInformer } from './informer/cached-informer.ts';
import type { KubeObject } from './objects.ts';
import type { ReflectorStatus, ListStrategy } from './reflector.ts';
import type { RelistReason } from './reflector/recovery.ts';
import type { Resource } from './resources.ts';
import type { IndexFunctions, Store, StoredObject } from './store.ts';

export interface InformerOptions<T extends KubeObject, P extends StoredObject = T> extends Selection {
  client: Client;
  resource: Resource;
  clock: Clock;
  /**
   * What is kept of an object: a new object with the few fields that are read, never the one it was given (which holds all of
   * it in memory). `undefined`: not kept, and gone if it was kept before. Everything is kept when left out.
   */
  project?: ((object: T) => P | undefined) | undefined;
  indexes?: IndexFunctions<P> | undefined;
  /** Objects a page of a list; 500 when left out. */
  pageSize?: number | undefined;
  /** 0 to 1; `Math.random` when left out. */
  random?: (() => number) | undefined;
  strategy?: ListStrategy | undefined;
  /** A handler or the projection threw. The informer goes on; an object that cannot be projected is not kept. */
  onError?: ((error: unknown, key: string) => void) | undefined;
  onRelist?: ((reason: RelistReason) => void) | undefined;
}

/**
 * Told of every change, in order: for one key add, then updates, then delete. Runs in the middle of reading from the server:
 * do little, say add a key to a queue. What it throws is reported to `onError`.
 */
export interface InformerHandler<P> {
  /** `initial`: it was there before the handler, or the informer, began. */
  add?(object: P, info: { readonly initial: boolean }): void;
  update?(old: P, object: P): void;
  /** The object as it was last told. `stale`: its end was not seen, and it may have changed before. */
  delete?(last: P, info: { readonly stale: boolean }): void;
  /** Everything that was there at the beginning has been told. Once. */
  synced?(): void;
}

export interface InformerStatus extends ReflectorStatus {
  readonly resource: Resource;
  readonly objects: number;
  /** Failures of handlers and projections. */
  readonly handlerErrors: number;
}

/** One resource (or a selection of it) as the API server has it, kept up to date. */
export interface Informer<P extends StoredObject> {
  readonly resource: Resource;
  readonly store: Store<P>;
  readonly status: InformerStatus;
  /** Returns how to remove it. A handler that comes late is told of everything there is, at once. */
  addHandler(handler: InformerHandler<P>): () => void;
  /** Told when the phase, the problem or the error changes. Returns how to stop that. */
  onStatus(listener: (status: InformerStatus) => void): () => void;
  /** Throws RangeError if the name has another function already. */
  addIndexes(indexes: IndexFunctions<P>): void;
  /** Begins to list and watch. Harmless when it has begun; once stopped it stays so. */
  start(signal?: AbortSignal): void;
  /** Ends it, with no timer and no connection left behind. The store keeps what it has. */
  stop(): Promise<void>;
  hasSynced(): boolean;
  /**
   * Resolves when the first list is in the store and the handlers have been told. Throws KubeApiError `Timeout`, which names
   * the resource and what went wrong last; `Aborted` on the signal or `stop`.
   */
  waitForSync(signal?: AbortSignal, timeoutMs?: number): Promise<void>;
}

/**
 * @example
 * const pods = createInformer<Pod, PodView>({
 *   client, clock, resource: RESOURCES.pods,
 *   project: ({ metadata: { name, namespace, uid, resourceVersion }, spec }) => ({
 *     metadata: { name, namespace, uid, resourceVersion }, nodeName: spec.nodeName,
 *   }),
 *   indexes: { node: (pod) => pod.nodeName },
 * });
 * pods.addHandler({ add: (pod) => queue.add(keyOf(pod)) });
 * pods.start(signal);
 * await pods.waitForSync(signal);
 */
export const createInformer = <T extends KubeObject, P extends StoredObject = T>(
  options: InformerOptions<T, P>,
): Informer<P> => new CachedInformer(options);
