import type { Clock } from '@kube-steward/schedule';
import type { Client } from './client-api.ts';
import { KubeApiError } from './errors.ts';
import { createInformer, type Informer, type InformerOptions, type InformerStatus } from './informer.ts';
import type { KubeObject } from './objects.ts';
import type { ListStrategy } from './reflector.ts';
import type { RelistReason } from './reflector/recovery.ts';
import { apiVersionOf, type Resource } from './resources.ts';
import type { StoredObject } from './store.ts';

export interface InformerSetOptions {
  client: Client;
  clock: Clock;
  /** 0 to 1; `Math.random` when left out. */
  random?: (() => number) | undefined;
  /** Objects a page of a list; 500 when left out. */
  pageSize?: number | undefined;
  /** False: lists are always read in pages. Left out: streamed where the server offers it. */
  streamLists?: boolean | undefined;
  /** For metrics. */
  onRelist?: ((resource: Resource, reason: RelistReason) => void) | undefined;
  /** A handler or a projection threw. */
  onError?: ((error: unknown, resource: Resource, key: string) => void) | undefined;
}

/** What is wanted of a shared informer; the rest is the set's. */
export type SharedInformerOptions<T extends KubeObject, P extends StoredObject> = Pick<
  InformerOptions<T, P>,
  | 'resource'
  | 'namespace'
  | 'labelSelector'
  | 'fieldSelector'
  | 'metadataOnly'
  | 'keepManagedFields'
  | 'project'
  | 'indexes'
> & {
  /** Two readings of one selection that keep different things of it: those under another name have an informer of their own. */
  readonly purpose?: string | undefined;
};

/** The informers of a process: one list and one watch for each resource and selection, however many read it. */
export interface InformerSet {
  /**
   * The informer for this resource and selection, shared with everyone who asks for the same. The projection has to be the
   * same function: throws RangeError if it is another, for the store can hold only one. Indexes add up.
   */
  get<T extends KubeObject, P extends StoredObject = T>(options: SharedInformerOptions<T, P>): Informer<P>;
  /**
   * Stops an informer and forgets it, for everyone who asked for it: its kind is not served any more, or is to be read in
   * another way. Asked for again, it is a new one.
   */
  release(informer: Pick<Informer<StoredObject>, 'stop'>): Promise<void>;
  /** Starts all, and those still to come. */
  start(signal?: AbortSignal): void;
  /** Resolves when all have synced. Throws as `Informer.waitForSync`, naming every one that has not. */
  waitForSync(signal?: AbortSignal, timeoutMs?: number): Promise<void>;
  hasSynced(): boolean;
  stop(): Promise<void>;
  statuses(): readonly InformerStatus[];
}

/**
 * @example
 * const informers = createInformerSet({ client, clock: systemClock });
 * const pods = informers.get<Pod, PodView>({ resource: RESOURCES.pods, project: podView });
 * informers.start(signal);
 * await informers.waitForSync(signal);
 */
export const createInformerSet = (options: InformerSetOptions): InformerSet => new SharedInformers(options);

interface Shared {
  readonly informer: Informer<StoredObject>;
  readonly project: unknown;
}

class SharedInformers implements InformerSet {
  readonly #options: InformerSetOptions;
  readonly #strategy: ListStrategy;
  readonly #shared = new Map<string, Shared>();
  #start: ((informer: Informer<StoredObject>) => void) | undefined;

  constructor(options: InformerSetOptions) {
    this.#options = options;
    this.#strategy = { streaming: options.streamLists ?? true };
  }

  get<T extends KubeObject, P extends StoredObject = T>(wanted: SharedInformerOptions<T, P>): Informer<P> {
    const key = keyOfSelection(wanted);
    const existing = this.#shared.get(key);
    if (!existing) return this.#create(key, wanted);
    if (existing.project !== wanted.project)
      throw new RangeError(
        `${wanted.resource.plural} are shared already with another projection: use the same function`,
      );
    const informer = existing.informer as unknown as Informer<P>;
    informer.addIndexes(wanted.indexes ?? {});
    return informer;
  }

  async release(informer: Pick<Informer<StoredObject>, 'stop'>): Promise<void> {
    for (const [key, shared] of this.#shared) if (shared.informer === informer) this.#shared.delete(key);
    await informer.stop();
  }

  start(signal?: AbortSignal): void {
    this.#start = (informer) => informer.start(signal);
    for (const informer of this.#informers()) this.#start(informer);
  }

  async waitForSync(signal?: AbortSignal, timeoutMs?: number): Promise<void> {
    const waits = this.#informers().map((informer) => informer.waitForSync(signal, timeoutMs));
    const failures = (await Promise.allSettled(waits)).filter((each) => each.status === 'rejected');
    const [first, ...others] = failures.map(({ reason }) => reason as Error);
    if (!first) return;
    if (others.length === 0 || !(first instanceof KubeApiError)) throw first;
    const messages = [first, ...others].map(({ message }) => message);
    throw new KubeApiError(first.code, messages.join('; '), { cause: first });
  }

  hasSynced(): boolean {
    return this.#informers().every((informer) => informer.hasSynced());
  }

  async stop(): Promise<void> {
    await Promise.all(this.#informers().map((informer) => informer.stop()));
  }

  statuses(): readonly InformerStatus[] {
    return this.#informers().map(({ status }) => status);
  }

  #informers(): Informer<StoredObject>[] {
    return Array.from(this.#shared.values(), ({ informer }) => informer);
  }

  #create<T extends KubeObject, P extends StoredObject>(key: string, wanted: SharedInformerOptions<T, P>): Informer<P> {
    const { client, clock, random, pageSize, onRelist, onError } = this.#options;
    const { resource, project } = wanted;
    const informer = createInformer<T, P>({
      ...wanted,
      client,
      clock,
      random,
      pageSize,
      strategy: this.#strategy,
      onRelist: (reason) => onRelist?.(resource, reason),
      onError: (error, object) => onError?.(error, resource, object),
    });
    const shared = informer as unknown as Informer<StoredObject>;
    this.#shared.set(key, { informer: shared, project });
    this.#start?.(shared);
    return informer;
  }
}

const keyOfSelection = <T extends KubeObject, P extends StoredObject>(wanted: SharedInformerOptions<T, P>): string => {
  const { resource, namespace = '', labelSelector = '', fieldSelector = '', purpose = '' } = wanted;
  const flags = [wanted.metadataOnly ?? false, wanted.keepManagedFields ?? false];
  return JSON.stringify([
    apiVersionOf(resource),
    resource.plural,
    namespace,
    labelSelector,
    fieldSelector,
    purpose,
    ...flags,
  ]);
};
