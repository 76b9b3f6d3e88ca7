import {
  getPointer,
  matchesFields,
  parseFieldSelector,
  type Informer,
  type InformerSet,
  type StoredObject,
  type Unstructured,
} from '@kube-steward/kube';
import type { Cluster } from './cluster.ts';

type FollowedInformer = Pick<Informer<StoredObject>, 'resource' | 'status' | 'onStatus'>;
type Selection = Parameters<InformerSet['get']>[0];

/**
 * The informers a controller asks for, and of each whether it has seen every change that concerns it: whoever moves a virtual
 * clock on waits for that first. What tries again later is not waited for.
 */
export class Followed {
  readonly #cluster: Cluster;
  readonly #informers = new Set<FollowedInformer>();
  /** The revision each has still to reach; absent: it has. */
  readonly #behind = new Map<FollowedInformer, number>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** The same set, with a look at what is asked of it. */
  around(set: InformerSet): InformerSet {
    const get: InformerSet['get'] = (wanted) => {
      const informer = set.get(wanted);
      if (!this.#informers.has(informer)) this.#follow(informer, wanted as Selection);
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

  /** How many watches are open when each is that can be: an informer that waits after a failure has none. */
  get watching(): number {
    return [...this.#informers].filter(isTrying).length;
  }

  /** Whether every change there was has arrived. */
  isUpToDate(): boolean {
    for (const [informer, revision] of this.#behind)
      if (Number(informer.status.resourceVersion ?? 0) >= revision) this.#behind.delete(informer);
    return ![...this.#behind.keys()].some(isTrying);
  }

  /** The plurals of those behind, for messages. */
  lagging(): string[] {
    return Array.from(this.#behind.keys(), ({ resource }) => resource.plural);
  }

  /**
   * A watch with a field selector is told only of objects that match it, before or after: a pod that has come to its end has
   * later revisions that nobody will ever hear of.
   */
  #follow(informer: FollowedInformer, { namespace, fieldSelector }: Selection): void {
    this.#informers.add(informer);
    const selector = parseFieldSelector(fieldSelector ?? '');
    const concerns = (object: Unstructured | undefined): boolean =>
      object !== undefined &&
      (namespace ?? object.metadata.namespace) === object.metadata.namespace &&
      matchesFields(selector, (field) => textAt(object, field));
    this.#cluster.subscribe('all', ({ resource: { group, plural }, object, previous }) => {
      if (plural !== informer.resource.plural || group !== informer.resource.group) return;
      if (concerns(object) || concerns(previous)) this.#behind.set(informer, Number(object.metadata.resourceVersion));
    });
  }
}

const isTrying = ({ status }: FollowedInformer): boolean => status.phase !== 'waiting' && status.phase !== 'stopped';

const textAt = (object: Unstructured, field: string): string | undefined => {
  const value = getPointer(object, `/${field.replaceAll('.', '/')}`);
  return typeof value === 'string' ? value : undefined;
};
