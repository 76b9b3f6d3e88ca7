import { KubeApiError, type Client, type KubeObject } from '@kube-steward/kube';
import type { Clock } from '@kube-steward/schedule';
import type { Lease } from '../src/lease.ts';

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

  /** A client whose every call goes through `exchange`: delays, failures, pauses. */
  client(exchange: <T>(serve: () => T) => Promise<T> = (serve) => Promise.resolve().then(serve)): LeaseClient {
    const call = <T>(serve: () => KubeObject): Promise<T> => exchange(serve) as Promise<T>;
    return {
      get: <T>() => call<T>(() => this.get()),
      create: <T>(_resource: unknown, body: T) => call<T>(() => this.create(body as Lease)),
      patch: ((_resource, _object, request) =>
        call(() => this.patch(request.body as Parameters<LeaseApi['patch']>[0]))) as LeaseClient['patch'],
    };
  }
}

/** The clock of one process: its own rate and wall time, and it can be stopped for a while. */
export class ProcessClock implements Clock {
  readonly #master: Clock;
  readonly #rate: number;
  #wallOffset: number;
  #resumeAt = 0;
  /** Monotonic time that passed unseen while the machine was suspended. */
  #slept = 0;

  constructor(master: Clock, { rate = 1, wallOffset = 0 }: { rate?: number; wallOffset?: number } = {}) {
    this.#master = master;
    this.#rate = rate;
    this.#wallOffset = wallOffset;
  }

  get isPaused(): boolean {
    return this.#master.monotonic() < this.#resumeAt;
  }

  now(): number {
    return this.#master.now() + this.#wallOffset;
  }

  monotonic(): number {
    return (this.#master.monotonic() - this.#slept) * this.#rate;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    let cancel = this.#master.setTimer(delayMs / this.#rate, () => (cancel = this.whenAwake(callback)));
    return () => cancel();
  }

  /** Runs the callback now, or at the end of the pause. */
  whenAwake(callback: () => void): () => void {
    if (!this.isPaused) {
      callback();
      return () => undefined;
    }
    return this.#master.setTimer(this.#resumeAt - this.#master.monotonic(), () => void this.whenAwake(callback));
  }

  jump(ms: number): void {
    this.#wallOffset += ms;
  }

  /** Stops the process. A suspended machine's monotonic clock stands still meanwhile, a stopped process's runs on. */
  pause(ms: number, kind: 'stopped' | 'suspended'): void {
    if (this.isPaused) return;
    this.#resumeAt = this.#master.monotonic() + ms;
    if (kind === 'suspended') this.#slept += ms;
  }
}
