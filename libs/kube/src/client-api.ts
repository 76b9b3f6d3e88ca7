import type { KubeApiError } from './errors.ts';
import type { KubeObject, ObjectName } from './objects.ts';
import type { KubeRequest, KubeResponse } from './request.ts';
import type { Resource } from './resources.ts';

/** Options of every call. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** The most the call may take, waits and retries included. */
  deadlineMs?: number | undefined;
  /** How many more tries after 429, 503, 504. 10 when left out; watches: 0. */
  maxRetries?: number | undefined;
}

export interface GetOptions extends CallOptions {
  subresource?: string | undefined;
  /** Only apiVersion, kind and metadata are sent (`PartialObjectMetadata`); the kind is then that, not the object's. */
  metadataOnly?: boolean | undefined;
}

/** Which objects, the same for a list and a watch. */
export interface Selection {
  /** All namespaces when left out. */
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  /** Items carry only metadata (`PartialObjectMetadata`); the client still sets the resource's apiVersion and kind. */
  metadataOnly?: boolean | undefined;
  /** managedFields are cut from the bytes before they are parsed, unless asked for. */
  keepManagedFields?: boolean | undefined;
}

export interface ListOptions<T, P = T> extends Selection, CallOptions {
  /** Objects a page. 500 when left out; 0 asks for everything at once. */
  limit?: number | undefined;
  resourceVersion?: string | undefined;
  resourceVersionMatch?: 'Exact' | 'NotOlderThan' | undefined;
  /** Where to go on: the token of a page got earlier. */
  continue?: string | undefined;
  timeoutSeconds?: number | undefined;
  /** Called with each item as it arrives; what it returns is kept, `undefined` drops the item. */
  project?: ((object: T) => P | undefined) | undefined;
}

/** One answer to a list request. */
export interface ListPage<P> {
  items: P[];
  /** Of the whole list: equal on all its pages. A watch starts from here. */
  resourceVersion: string;
  /** There are more pages. */
  continue?: string;
  remainingItemCount?: number;
}

export interface WatchOptions extends Selection, CallOptions {
  resourceVersion?: string | undefined;
  resourceVersionMatch?: 'NotOlderThan' | undefined;
  /** The server ends the watch after this time. */
  timeoutSeconds?: number | undefined;
  /** Default true: the server reports progress about once a minute. */
  allowWatchBookmarks?: boolean | undefined;
  /** Streams the present state first, then a bookmark annotated `k8s.io/initial-events-end` (needs 1.32 or later: else 422). */
  sendInitialEvents?: boolean | undefined;
  /** No byte for this long ends the watch with a `Timeout`. `timeoutSeconds` + 15 s when left out, or 120 s without either. */
  idleTimeoutMs?: number | undefined;
}

/** The object of a BOOKMARK: no object at all but progress. */
export interface Bookmark {
  metadata: { resourceVersion: string; annotations?: Record<string, string> };
}

/** One line of a watch. ERROR carries the `Status` as an error; the server ends the watch after it. */
export type WatchEvent<T = KubeObject> =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: T }
  | { type: 'BOOKMARK'; object: Bookmark }
  | { type: 'ERROR'; error: KubeApiError };

/**
 * A running watch.
 *
 * @example
 * const watch = await client.watch<Pod>(RESOURCES.pods, { resourceVersion, timeoutSeconds: 300 });
 * for await (const batch of watch.batches) for (const event of batch) apply(event);
 */
export interface WatchStream<T = KubeObject> {
  /**
   * Events in the server's order, those that came together in one array (one turn of an async iterator an event would cost
   * more than the event). Can be read once. Ends when the server ends the watch or `close` is called; throws KubeApiError
   * on a reset, an idle timeout, an abort. A last line cut short is dropped.
   */
  readonly batches: AsyncIterable<readonly WatchEvent<T>[]>;
  /** A new idle limit from now on, say once the period of bookmarks is known. */
  setIdleTimeout(ms: number): void;
  /** Ends the watch and its connection. */
  close(): void;
}

export interface WriteOptions extends CallOptions {
  /** Overrides the client's. */
  fieldManager?: string | undefined;
  /** The server checks and answers, and stores nothing (`dryRun=All`). A client that may not write refuses it all the same. */
  dryRun?: boolean | undefined;
}

export interface CreateOptions extends WriteOptions {
  subresource?: string | undefined;
}

/** A change to one object. Preconditions go into the body's `metadata`: `resourceVersion` (409 if stale), `uid` (422). */
export interface PatchRequest extends WriteOptions {
  type: 'merge' | 'strategic' | 'json' | 'apply';
  body: unknown;
  subresource?: string | undefined;
  /** Apply: takes fields over from other managers instead of failing with a conflict. */
  force?: boolean | undefined;
  /** Asks for metadata alone as the reply: the watch brings the object anyway. */
  small?: boolean | undefined;
  /** The reply is skipped unparsed and the promise brings `undefined`: the cheapest patch. */
  discardReply?: boolean | undefined;
}

export interface DeleteOptions extends CallOptions {
  /** 409 when the object is another one by now (`uid`), or has changed (`resourceVersion`). */
  preconditions?: { uid?: string | undefined; resourceVersion?: string | undefined } | undefined;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' | undefined;
  gracePeriodSeconds?: number | undefined;
  dryRun?: boolean | undefined;
}

export type EvictOptions = Omit<DeleteOptions, 'propagationPolicy'>;

/** `autoscaling/v1` Scale: the size of a workload whatever its kind. */
export interface Scale {
  metadata: KubeObject['metadata'];
  spec: { replicas?: number };
  status?: { replicas: number; selector?: string };
}

/** Where a client may write. */
export type WritePolicy = 'all' | 'none' | { readonly namespace: string };

/**
 * Typed calls to one API server. All objects are wire JSON. Every call throws KubeApiError.
 *
 * There is no `replace`: a read-modify-write of whole objects loses fields this side does not know. Use `patch`.
 */
export interface Client {
  /** `writes === 'none'`: every mutating call throws `ReadOnly` before it reaches a socket. */
  readonly readOnly: boolean;
  readonly writes: WritePolicy;
  get<T = KubeObject>(resource: Resource, object: ObjectName, options?: GetOptions): Promise<T>;
  /** All pages, one after the other; the next is asked for when the loop comes back. 410 in the middle is thrown. */
  listPages<T = KubeObject, P = T>(resource: Resource, options?: ListOptions<T, P>): AsyncIterable<ListPage<P>>;
  /** All items at once; starts over without paging when a page has expired. */
  list<T = KubeObject, P = T>(
    resource: Resource,
    options?: ListOptions<T, P>,
  ): Promise<{ items: P[]; resourceVersion: string }>;
  watch<T = KubeObject>(resource: Resource, options?: WatchOptions): Promise<WatchStream<T>>;
  /** The namespace is the body's. */
  create<T = KubeObject>(resource: Resource, body: T, options?: CreateOptions): Promise<T>;
  patch(resource: Resource, object: ObjectName, request: PatchRequest & { discardReply: true }): Promise<undefined>;
  patch<T = KubeObject>(resource: Resource, object: ObjectName, request: PatchRequest): Promise<T>;
  /** Background propagation unless asked otherwise by the policy or the kind. The reply is not parsed. */
  delete(resource: Resource, object: ObjectName, options?: DeleteOptions): Promise<void>;
  /** Deletes a pod as far as its disruption budgets allow; 429 (`isDisruptionBudget`) is never retried here. */
  evict(pod: ObjectName, options?: EvictOptions): Promise<void>;
  getScale(resource: Resource, object: ObjectName, options?: CallOptions): Promise<Scale>;
  setScale(
    resource: Resource,
    object: ObjectName,
    replicas: number,
    options?: WriteOptions & { resourceVersion?: string | undefined },
  ): Promise<Scale>;
  /** Anything else: discovery, `/version`, logs. Held to the same write policy. */
  request(request: KubeRequest): Promise<KubeResponse>;
}
