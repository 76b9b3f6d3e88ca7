import { KubeApiError } from '../errors.ts';
import type { Informer, InformerHandler, InformerOptions, InformerStatus } from '../informer.ts';
import { keyOf, type KubeObject } from '../objects.ts';
import { createReflector, type ListSink, type Reflector, type ReflectorSink } from '../reflector.ts';
import type { Resource } from '../resources.ts';
import { createStore, type IndexFunctions, type Store, type StoredObject, type WritableStore } from '../store.ts';
import { Dispatcher } from './dispatcher.ts';
import { SyncGate } from './sync-gate.ts';

/** As long as controller-runtime waits. */
const SYNC_TIMEOUT_MS = 120_000;

/** See `createInformer`. */
export class CachedInformer<T extends KubeObject, P extends StoredObject> implements Informer<P>, ReflectorSink<T> {
  readonly resource: Resource;
  readonly #options: InformerOptions<T, P>;
  readonly #store: WritableStore<P>;
  readonly #dispatcher: Dispatcher<P>;
  readonly #reflector: Reflector;
  readonly #gate: SyncGate;
  readonly #stopping = new AbortController();
  readonly #listeners = new Set<(status: InformerStatus) => void>();
  /** The first list is in the store, though handlers may still be being told. */
  #isListed = false;
  #handlerErrors = 0;
  #running: Promise<void> | undefined;

  constructor(options: InformerOptions<T, P>) {
    this.resource = options.resource;
    this.#options = options;
    this.#store = createStore(options.indexes);
    this.#dispatcher = new Dispatcher((error, key) => this.#failed(error, key));
    this.#gate = new SyncGate(options.clock);
    this.#reflector = createReflector<T>({
      ...options,
      random: options.random ?? Math.random,
      sink: this,
      onStatus: () => this.#announce(),
    });
  }

  get store(): Store<P> {
    return this.#store;
  }

  get status(): InformerStatus {
    const synced = this.hasSynced();
    const { resource } = this;
    return {
      ...this.#reflector.status,
      synced,
      resource,
      objects: this.#store.size,
      handlerErrors: this.#handlerErrors,
    };
  }

  addHandler(handler: InformerHandler<P>): () => void {
    return this.#dispatcher.add(handler, this.#store.list(), this.#isListed);
  }

  onStatus(listener: (status: InformerStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  addIndexes(indexes: IndexFunctions<P>): void {
    for (const [name, of] of Object.entries(indexes)) this.#store.addIndex(name, of);
  }

  start(signal?: AbortSignal): void {
    if (signal?.aborted) this.#stopping.abort();
    signal?.addEventListener('abort', () => this.#stopping.abort(), { once: true, signal: this.#stopping.signal });
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await (this.#running ??= this.#run());
  }

  hasSynced(): boolean {
    return this.#gate.isOpen;
  }

  waitForSync(signal?: AbortSignal, timeoutMs = SYNC_TIMEOUT_MS): Promise<void> {
    return this.#gate.wait({ signal, timeoutMs, explain: () => this.#whyNotSynced() });
  }

  begin(): ListSink<T> {
    const staging = this.#store.stage();
    return {
      add: (object) => {
        const key = keyOf(object);
        const kept = this.#unchanged(key, object) ?? this.#project(key, object);
        if (kept) staging.add(kept);
        else staging.remove(key);
      },
      remove: (object) => staging.remove(keyOf(object)),
      commit: async () => {
        const isFirst = !this.#isListed;
        const deltas = staging.commit();
        this.#isListed = true;
        await this.#dispatcher.inTurns(deltas, isFirst);
        this.#gate.open();
      },
    };
  }

  event(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void {
    const kept = type === 'DELETED' ? undefined : this.#project(keyOf(object), object);
    this.#dispatcher.now(kept ? this.#store.apply(kept) : this.#store.remove(object));
  }

  async #run(): Promise<void> {
    await this.#reflector.run(this.#stopping.signal);
    this.#gate.close(new KubeApiError('Aborted', `the informer of ${this.resource.plural} was stopped`));
  }

  /** Listed again as it was: neither projected nor kept twice while the list is on its way. */
  #unchanged(key: string, { metadata: { uid, resourceVersion } }: T): P | undefined {
    const stored = this.#store.get(key);
    const isSame = stored && stored.metadata.uid === uid && stored.metadata.resourceVersion === resourceVersion;
    return isSame && resourceVersion !== undefined ? stored : undefined;
  }

  #project(key: string, object: T): P | undefined {
    const { project } = this.#options;
    if (!project) return object as unknown as P;
    try {
      return project(object);
    } catch (error) {
      this.#failed(error, key);
      return undefined;
    }
  }

  #failed(error: unknown, key: string): void {
    this.#handlerErrors++;
    try {
      this.#options.onError?.(error, key);
    } catch {
      // Whoever is told of failures has failed: there is nobody left to tell.
    }
  }

  #announce(): void {
    const { status } = this;
    for (const listener of this.#listeners) {
      try {
        listener(status);
      } catch (error) {
        this.#failed(error, '');
      }
    }
  }

  #whyNotSynced(): string {
    const { phase, lastError, problem, objects } = this.status;
    const { plural, group, version } = this.resource;
    const name = `${plural} (${group ? `${group}/` : ''}${version})`;
    const why = problem ?? lastError?.message ?? `${phase}, no error so far, ${objects} objects stored`;
    return `the list of ${name} is not there: ${why}`;
  }
}
