import type {
  CallOptions,
  Client,
  CreateOptions,
  DeleteOptions,
  EvictOptions,
  GetOptions,
  ListOptions,
  ListPage,
  PatchRequest,
  Scale,
  WatchOptions,
  WatchStream,
  WriteOptions,
  WritePolicy,
} from './client-api.ts';
import { acceptMetadata, PATCH_CONTENT_TYPES } from './client/media-types.ts';
import { listAll, listPages } from './client/paged-list.ts';
import { openWatch } from './client/watch-stream.ts';
import type { KubeObject, ObjectName } from './objects.ts';
import { restrictWrites } from './read-only.ts';
import type { KubeRequest, KubeResponse, Query, Transport } from './request.ts';
import { resourcePath, RESOURCES } from './resources.ts';
import type { Resource } from './resources.ts';

export interface ClientOptions {
  /** The same as `writes: 'none'`. */
  readOnly?: boolean | undefined;
  /** Where the client may write; everywhere when left out. `{ namespace }` is for state of one's own kept in there. */
  writes?: WritePolicy | undefined;
  /** See `userAgentOf`. The transport's when left out. */
  userAgent?: string | undefined;
  /** Who the API server records as the writer of fields, unless a call says otherwise. */
  fieldManager?: string | undefined;
}

/** `kube-steward-<name>/<version>`: how a component shows up in audit logs. */
export const userAgentOf = (name: string, version: string): string => `kube-steward-${name}/${version}`;

/**
 * A client over a transport. Several clients may share one: a read-only one and one bound to a namespace, say.
 *
 * @example
 * const client = createClient(transport, { userAgent: userAgentOf('janitor', '1.0.0'), readOnly: dryRun });
 * const ownState = createClient(transport, { writes: { namespace: 'kube-steward' } });
 */
export const createClient = (transport: Transport, options: ClientOptions = {}): Client =>
  new ApiClient(transport, options);

class ApiClient implements Client {
  readonly writes: WritePolicy;
  readonly #transport: Transport;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fieldManager: string | undefined;

  constructor(transport: Transport, options: ClientOptions) {
    this.writes = options.readOnly ? 'none' : (options.writes ?? 'all');
    this.#transport = restrictWrites(transport, this.writes);
    this.#headers = options.userAgent === undefined ? {} : { 'user-agent': options.userAgent };
    this.#fieldManager = options.fieldManager;
  }

  get readOnly(): boolean {
    return this.writes === 'none';
  }

  async get<T>(resource: Resource, object: ObjectName, options: GetOptions = {}): Promise<T> {
    const { subresource, metadataOnly } = options;
    const path = resourcePath(resource, object, subresource);
    const accept = metadataOnly ? acceptMetadata : undefined;
    return this.#call<T>({ ...callOf(options), method: 'GET', path, accept });
  }

  listPages<T, P>(resource: Resource, options: ListOptions<T, P> = {}): AsyncIterable<ListPage<P>> {
    return listPages(this.#transport, this.#headers, resource, options);
  }

  list<T, P>(resource: Resource, options: ListOptions<T, P> = {}): Promise<{ items: P[]; resourceVersion: string }> {
    return listAll(this.#transport, this.#headers, resource, options);
  }

  watch<T>(resource: Resource, options: WatchOptions = {}): Promise<WatchStream<T>> {
    return openWatch<T>(this.#transport, this.#headers, resource, options);
  }

  create<T>(resource: Resource, body: T, options: CreateOptions = {}): Promise<T> {
    const { name, namespace } = (body as KubeObject).metadata;
    const { subresource } = options;
    const object = subresource ? { name, namespace } : { namespace };
    const path = resourcePath(resource, object, subresource);
    return this.#call<T>({ ...callOf(options), method: 'POST', path, body, query: this.#writeQuery(options) });
  }

  async patch<T>(resource: Resource, object: ObjectName, request: PatchRequest): Promise<T> {
    const { type, body, subresource, force, small, discardReply } = request;
    return this.#call<T>({
      ...callOf(request),
      method: 'PATCH',
      path: resourcePath(resource, object, subresource),
      query: this.#writeQuery(request, force),
      body,
      contentType: PATCH_CONTENT_TYPES[type],
      accept: small ? acceptMetadata : undefined,
      reply: discardReply ? 'skip' : 'json',
    });
  }

  async delete(resource: Resource, object: ObjectName, options: DeleteOptions = {}): Promise<void> {
    const body = deleteOptionsOf(options);
    const path = resourcePath(resource, object);
    await this.#call({ ...callOf(options), method: 'DELETE', path, body, reply: 'skip' });
  }

  async evict(pod: ObjectName, options: EvictOptions = {}): Promise<void> {
    const { namespace, name } = pod;
    const body = {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace },
      deleteOptions: deleteOptionsOf(options),
    };
    const path = resourcePath(RESOURCES.pods, pod, 'eviction');
    await this.#call({ ...callOf(options), maxRetries: 0, method: 'POST', path, body, reply: 'skip' });
  }

  getScale(resource: Resource, object: ObjectName, options: CallOptions = {}): Promise<Scale> {
    return this.get<Scale>(resource, object, { ...options, subresource: 'scale' });
  }

  setScale(
    resource: Resource,
    object: ObjectName,
    replicas: number,
    options: WriteOptions & { resourceVersion?: string | undefined } = {},
  ): Promise<Scale> {
    const { resourceVersion, ...rest } = options;
    const precondition = resourceVersion === undefined ? {} : { metadata: { resourceVersion } };
    const body = { ...precondition, spec: { replicas } };
    return this.patch<Scale>(resource, object, { ...rest, type: 'merge', subresource: 'scale', body });
  }

  request(request: KubeRequest): Promise<KubeResponse> {
    return this.#transport.send({ ...request, headers: { ...this.#headers, ...request.headers } });
  }

  async #call<T>(request: KubeRequest): Promise<T> {
    request.headers = this.#headers;
    const { body } = await this.#transport.send(request);
    return body as T;
  }

  #writeQuery({ dryRun, fieldManager = this.#fieldManager }: WriteOptions, force?: boolean): Query {
    return { fieldManager, dryRun: dryRun ? 'All' : undefined, force };
  }
}

const callOf = ({ signal, deadlineMs, maxRetries }: CallOptions): CallOptions => ({ signal, deadlineMs, maxRetries });

const deleteOptionsOf = (options: DeleteOptions): object => {
  const { preconditions, propagationPolicy, gracePeriodSeconds, dryRun } = options;
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions,
    propagationPolicy,
    gracePeriodSeconds,
    dryRun: dryRun ? ['All'] : undefined,
  };
};
