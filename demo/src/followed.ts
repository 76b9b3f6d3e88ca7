import {
  getPointer,
  matchesFields,
  parseFieldSelector,
  type Informer,
  type InformerSet,
  type StoredObject,
  type Unstructured,
} from '@kube-steward/kube';
import type { Cluster } from '@kube-steward/sandbox';

type FollowedInformer = Pick<Informer<StoredObject>, 'resource' | 'status' | 'onStatus'>;

/** Reads which informers a controller asks for, and knows of each whether it has seen everything that concerns it. */
export class Followed {
  readonly #cluster: Cluster;
  readonly #informers = new Set<FollowedInformer>();
  readonly #waiting = new Set<FollowedInformer>();
  /** The revision each informer has still to reach; absent: it has. */
  readonly #behind = new Map<FollowedInformer, number>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** The same set, with a look at what is asked of it. */
  around(set: InformerSet): InformerSet {
    const get: InformerSet['get'] = (wanted) => {
      const informer = set.get(wanted);
      if (!this.#informers.has(informer)) this.#follow(informer, wanted);
      return informer;
    };
    return {
      get,
      release: (informer) => set.release(informer),
      start: (signal) => set.start(signal),
      waitForSync: (signal, timeoutMs) => set.waitForSync(signal, timeoutMs),
      hasSynced: () => set.hasSynced(),
      stop: () => set.stop(),
      statuses: () => set.statuses(),
    };
  }

  /** How many watches are open when each that can be is: an informer that waits after a failure has none. */
  get watching(): number {
    return this.#informers.size - this.#waiting.size;
  }

  /** Whether every change there was has arrived. */
  isUpToDate(): boolean {
    for (const [informer, revision] of this.#behind) {
      if (Number(informer.status.resourceVersion ?? 0) >= revision) this.#behind.delete(informer);
    }
    return this.#behind.size === 0;
  }

  /** The plurals of those behind, for messages. */
  lagging(): string[] {
    return Array.from(this.#behind.keys(), ({ resource }) => resource.plural);
  }

  /**
   * A watch with a field selector is told only of objects that match it, before or after: a pod that has come to its end has
   * later revisions that nobody will ever hear of.
   */
  #follow(informer: FollowedInformer, { fieldSelector = '' }: Selection): void {
    this.#informers.add(informer);
    informer.onStatus(({ phase }) => {
      if (phase === 'waiting') this.#waiting.add(informer);
      else this.#waiting.delete(informer);
    });
    const selector = parseFieldSelector(fieldSelector);
    const concerns = (object: Unstructured | undefined): boolean =>
      object !== undefined && matchesFields(selector, (field) => textAt(object, field));
    this.#cluster.subscribe(informer.resource, ({ object, previous }) => {
      if (concerns(object) || concerns(previous)) {
        this.#behind.set(informer, Number(object.metadata.resourceVersion));
      }
    });
  }
}

interface Selection {
  readonly fieldSelector?: string | undefined;
}

const textAt = (object: Unstructured, field: string): string | undefined => {
  const value = getPointer(object, `/${field.replaceAll('.', '/')}`);
  return typeof value === 'string' ? value : undefined;
};
