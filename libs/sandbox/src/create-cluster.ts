import { apiVersionOf, type Resource, type Unstructured } from '@kube-steward/kube';
import { seededRandom } from '@kube-steward/schedule';
import { BUILTIN_KINDS } from './builtin-kinds.ts';
import type {
  Cluster,
  ClusterEvent,
  ClusterOptions,
  DeleteOptions,
  PatchOptions,
  SeedEntry,
  Selection,
  WriteOptions,
} from './cluster.ts';
import { bindPod } from './binding.ts';
import { serveDefinitions } from './definitions.ts';
import { deleteObject } from './deletion.ts';
import { notFound } from './errors.ts';
import { evictPod } from './eviction.ts';
import { collectGarbage } from './garbage-collector.ts';
import { ensureNamespace, loadManifests } from './loading.ts';
import { patchObject } from './patch-object.ts';
import { type Registry, KindRegistry, type ServedKind, type VirtualSource } from './registry.ts';
import { scaleOf } from './scale.ts';
import { updateScale } from './scale-write.ts';
import { selectorOf, selects } from './selection.ts';
import { State } from './state.ts';
import { headOf, type Stored, storageKey, StoredText } from './stored.ts';
import { fromStorage } from './versions.ts';
import { serveVirtualSource, virtualObjects } from './virtual.ts';
import { createObject, updateObject } from './writes.ts';

const HISTORY_SIZE = 10_000;
const VERSION = { major: 1, minor: 35 };
const INITIAL_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** A cluster that holds nothing but the four namespaces every cluster has. */
export const createCluster = (options: ClusterOptions): Cluster => new InMemoryCluster(options);

/** The state behind a cluster, for the server in front of it. */
export const stateOf = (cluster: Cluster): State => {
  if (!(cluster instanceof InMemoryCluster)) throw new TypeError('the cluster must come from createCluster');
  return cluster.state;
};

class InMemoryCluster implements Cluster {
  readonly state: State;
  readonly version: Cluster['version'];

  constructor({
    clock,
    historySize = HISTORY_SIZE,
    seed = 1,
    version = VERSION,
    garbageCollection = true,
  }: ClusterOptions) {
    this.state = new State(clock, new KindRegistry(BUILTIN_KINDS), seededRandom(seed), historySize);
    this.version = version;
    this.state.collectsGarbage = garbageCollection;
    serveDefinitions(this.state);
    if (garbageCollection) collectGarbage(this.state);
    for (const name of INITIAL_NAMESPACES) ensureNamespace(this.state, name);
  }

  get clock(): Cluster['clock'] {
    return this.state.clock;
  }

  get registry(): Registry {
    return this.state.registry;
  }

  get(
    resource: Resource,
    key: { readonly namespace?: string | undefined; readonly name: string },
  ): Unstructured | undefined {
    const kind = this.state.kindOf(resource);
    const virtual = virtualObjects(this.state, kind, key.namespace);
    if (virtual) return virtual.find((object) => object.metadata.name === key.name);
    const stored = this.state.table(kind).get(storageKey(kind.namespaced ? key.namespace : undefined, key.name));
    return stored && this.#read(kind, stored);
  }

  getScale(resource: Resource, key: { readonly namespace?: string | undefined; readonly name: string }): Unstructured {
    const kind = this.state.kindOf(resource);
    const object = this.get(resource, key);
    if (!object) throw notFound(kind, key.name);
    return scaleOf(kind, object);
  }

  list(resource: Resource, selection: Selection = {}): readonly Unstructured[] {
    const kind = this.state.kindOf(resource);
    const virtual = virtualObjects(this.state, kind, selection.namespace);
    return virtual ?? this.#select(kind, selection).map((stored) => this.#read(kind, stored));
  }

  count(resource: Resource): number {
    return this.state.table(this.state.kindOf(resource)).size;
  }

  create(resource: Resource, body: Unstructured, options: WriteOptions = {}): Unstructured {
    const kind = this.state.kindOf(resource);
    return this.#read(kind, createObject(this.state, kind, body, { options }));
  }

  update(resource: Resource, body: Unstructured, options: WriteOptions = {}): Unstructured {
    const kind = this.state.kindOf(resource);
    if (options.subresource === 'scale') {
      return scaleOf(kind, this.#read(kind, updateScale(this.state, kind, body, options)));
    }
    return this.#read(kind, updateObject(this.state, kind, body, { options }));
  }

  patch(resource: Resource, name: string, options: PatchOptions): Unstructured {
    const kind = this.state.kindOf(resource);
    const object = this.#read(kind, patchObject(this.state, kind, name, options));
    return options.subresource === 'scale' ? scaleOf(kind, object) : object;
  }

  delete(resource: Resource, name: string, options: DeleteOptions = {}): Unstructured {
    const kind = this.state.kindOf(resource);
    return fromStorage(this.state, kind, deleteObject(this.state, kind, name, options).object);
  }

  deleteCollection(resource: Resource, selection: Selection, options: DeleteOptions = {}): readonly Unstructured[] {
    const kind = this.state.kindOf(resource);
    return this.#select(kind, selection).flatMap((stored) => {
      if (!this.state.table(kind).get(stored.key)) return [];
      const namespace = stored.namespace === undefined ? {} : { namespace: stored.namespace };
      return [this.delete(resource, stored.name, { ...options, ...namespace })];
    });
  }

  evict(key: { readonly namespace: string; readonly name: string }, options: DeleteOptions = {}): void {
    evictPod(this.state, key, options);
  }

  bind(key: { readonly namespace: string; readonly name: string }, nodeName: string): void {
    bindPod(this.state, key, nodeName);
  }

  subscribe(resource: Resource | 'all', listener: (event: ClusterEvent) => void): () => void {
    const asked = resource === 'all' ? undefined : this.state.kindOf(resource);
    return this.state.listen(asked?.storage ?? '*', (change, storage) => {
      const kind = asked ?? this.state.registry.storageKind(storage);
      if (!kind) return;
      const previous = change.previous ? { previous: this.#read(kind, change.previous) } : {};
      listener({ type: change.type, resource: kind, object: this.#read(kind, change.current), ...previous });
    });
  }

  load(manifests: readonly Unstructured[]): void {
    loadManifests(this.state, manifests);
  }

  seed(resource: Resource, entries: Iterable<SeedEntry>): void {
    const kind = this.state.kindOf(resource);
    const head = headOf({ apiVersion: apiVersionOf(kind), kind: kind.kind, custom: kind.custom });
    const namespaces = new Set<string>();
    for (const entry of entries) {
      if (entry.namespace !== undefined) namespaces.add(entry.namespace);
      this.state.seed(kind, (revision) => new StoredText(entry, revision, head));
    }
    for (const name of namespaces) ensureNamespace(this.state, name);
  }

  serveVirtual(source: VirtualSource): () => void {
    return serveVirtualSource(this.state, source);
  }

  resourceVersion(resource?: Resource): string {
    if (!resource) return String(this.state.revision);
    return String(this.state.table(this.state.kindOf(resource)).lastRevision);
  }

  compact(): void {
    this.state.compact();
  }

  #read(kind: ServedKind, stored: Stored): Unstructured {
    return fromStorage(this.state, kind, stored.object());
  }

  #select(kind: ServedKind, selection: Selection): Stored[] {
    const selector = selectorOf(kind, selection);
    const found: Stored[] = [];
    for (const stored of this.state.table(kind).scan(selector.prefix, '')) {
      if (selector.everything || selects(this.state, kind, selector, stored)) found.push(stored);
    }
    return found;
  }
}
