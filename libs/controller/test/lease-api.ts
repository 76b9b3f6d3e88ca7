import {
  KubeApiError,
  type CallOptions,
  type Client,
  type ObjectName,
  type PatchRequest,
  type Resource,
} from '@kube-steward/kube';
import type { Lease } from '../src/lease.ts';

/** How a request gets to the server and its answer back. */
export type Exchange = <T>(serve: () => T) => Promise<T>;
type LeaseClient = Pick<Client, 'get' | 'create' | 'patch'>;

/** One Lease in memory, with the API server's compare-and-swap; every spec ever stored is kept. */
export class LeaseApi {
  lease: Lease | undefined;
  readonly history: Lease[] = [];
  readonly calls: string[] = [];
  #revision = 0;

  get(): Lease {
    this.calls.push('get');
    if (this.lease === undefined) throw new KubeApiError('NotFound', 'leases "steward" not found', { status: 404 });
    return structuredClone(this.lease);
  }

  create(body: Lease): Lease {
    this.calls.push('create');
    if (this.lease !== undefined)
      throw new KubeApiError('AlreadyExists', 'leases "steward" already exists', { status: 409 });
    return this.#store(body);
  }

  patch(body: { metadata: { resourceVersion?: string }; spec: Lease['spec'] }): Lease {
    this.calls.push('patch');
    if (this.lease === undefined) throw new KubeApiError('NotFound', 'leases "steward" not found', { status: 404 });
    if (body.metadata.resourceVersion !== this.lease.metadata.resourceVersion)
      throw new KubeApiError('Conflict', 'the object has been modified', { status: 409 });
    const spec = Object.fromEntries(
      Object.entries({ ...this.lease.spec, ...body.spec }).filter(([, value]) => value !== null),
    );
    return this.#store({ ...this.lease, spec });
  }

  #store(lease: Lease): Lease {
    this.lease = { ...lease, metadata: { ...lease.metadata, resourceVersion: String(++this.#revision) } };
    this.history.push(structuredClone(this.lease));
    return structuredClone(this.lease);
  }

  /**
   * A client whose every call goes through `exchange`: delays, failures, pauses. It rejects a call when its signal is aborted,
   * which takes nothing back at the server; or, as the worst a client can do, does not.
   */
  client(exchange: Exchange = (serve) => Promise.resolve().then(serve), heedsSignal = true): LeaseClient {
    const call = <T>(serve: () => Lease, options?: CallOptions): Promise<T> => {
      const answer = exchange(serve) as Promise<unknown> as Promise<T>;
      return heedsSignal ? Promise.race([answer, aborted(options?.signal)]) : answer;
    };
    return {
      get: <T>(_resource: Resource, _object: ObjectName, options?: CallOptions) => call<T>(() => this.get(), options),
      create: <T>(_resource: Resource, body: T, options?: CallOptions) =>
        call<T>(() => this.create(body as Lease), options),
      patch: ((_resource: Resource, _object: ObjectName, request: PatchRequest) =>
        call(() => this.patch(request.body as Parameters<LeaseApi['patch']>[0]), request)) as Client['patch'],
    };
  }
}

const aborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new KubeApiError('Aborted', 'aborted by the caller')));
  });
