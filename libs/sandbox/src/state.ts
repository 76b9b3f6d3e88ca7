import type { Resource, Unstructured } from '@kube-steward/kube';
import type { Clock } from '@kube-steward/schedule';
import type { KindRegistry, ServedKind, VirtualSource } from './registry.ts';
import { noSuchPath } from './errors.ts';
import { type Stored, StoredObject } from './stored.ts';
import { type Change, type ChangeType, Table } from './table.ts';

/** Told of every change, in the order of revisions. */
export type ChangeListener = (change: Change, storage: string) => void;

/**
 * The revisions of everything: one counter for the whole cluster, one table a storage. Listeners are told after a change is
 * in; changes made by listeners queue up behind the one being told, so that everybody sees one order.
 */
export class State {
  readonly clock: Clock;
  readonly registry: KindRegistry;
  readonly random: () => number;
  readonly virtual = new Map<string, VirtualSource>();
  /** What the server's clock is off by, for objects' timestamps; a fault sets it. */
  skewMs = 0;
  /** Objects whose owners are all gone do not last. */
  collectsGarbage = false;
  readonly #tables = new Map<string, Table>();
  readonly #dependents = new Map<string, Map<string, string>>();
  readonly #listeners = new Map<string, Set<ChangeListener>>();
  readonly #queue: { change: Change; storage: string }[] = [];
  readonly #historySize: number;
  #revision = 0;
  #telling = false;

  constructor(clock: Clock, registry: KindRegistry, random: () => number, historySize: number) {
    this.clock = clock;
    this.registry = registry;
    this.random = random;
    this.#historySize = historySize;
  }

  get revision(): number {
    return this.#revision;
  }

  table(kind: ServedKind): Table {
    return this.tableOf(kind.storage);
  }

  tableOf(storage: string): Table {
    let table = this.#tables.get(storage);
    if (!table) this.#tables.set(storage, (table = new Table(storage, this.#historySize)));
    return table;
  }

  tables(): IterableIterator<Table> {
    return this.#tables.values();
  }

  /** The served kind of a resource; 404 as for an unknown path when it is not served. */
  kindOf(resource: Resource): ServedKind {
    const kind = this.registry.find(resource.group, resource.version, resource.plural);
    if (!kind) throw noSuchPath();
    return kind;
  }

  /** RFC 3339 with seconds, as all timestamps of objects but MicroTime. */
  timestamp(offsetMs = 0): string {
    return `${new Date(this.clock.now() + this.skewMs + offsetMs).toISOString().slice(0, 19)}Z`;
  }

  uid(): string {
    const hex = (length: number): string => {
      let text = '';
      for (let index = 0; index < length; index++) text += Math.floor(this.random() * 16).toString(16);
      return text;
    };
    const variant = (8 + Math.floor(this.random() * 4)).toString(16);
    return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
  }

  /** Stores the next revision of an object (canonical, without resourceVersion yet) and tells everybody. */
  commit(kind: ServedKind, type: ChangeType, object: Unstructured): Stored {
    const revision = ++this.#revision;
    const table = this.table(kind);
    const versioned = withResourceVersion(object, String(revision));
    const current = new StoredObject(versioned, revision, kind.custom);
    const previous = table.get(current.key);
    this.#index(kind.storage, type, current, previous);
    const change = { revision, type, current, previous };
    table.apply(change);
    this.#tell(change, kind.storage);
    return current;
  }

  /** Stores a revision nobody is told about. */
  seed(kind: ServedKind, make: (revision: number) => Stored): void {
    const stored = make(++this.#revision);
    this.#index(kind.storage, 'ADDED', stored, this.table(kind).get(stored.key));
    this.table(kind).seed(stored);
  }

  /** The objects that name `uid` as an owner, as [storage, key]. */
  dependentsOf(uid: string): readonly (readonly [storage: string, key: string])[] {
    return [...(this.#dependents.get(uid) ?? [])].map(
      ([id, storage]) => [storage, id.slice(storage.length + 1)] as const,
    );
  }

  /** Listens to the changes of one storage, or of all with `*`. */
  listen(storage: string, listener: ChangeListener): () => void {
    let listeners = this.#listeners.get(storage);
    if (!listeners) this.#listeners.set(storage, (listeners = new Set()));
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  compact(): void {
    for (const table of this.#tables.values()) table.compact(this.#revision);
  }

  #index(storage: string, type: ChangeType, current: Stored, previous: Stored | undefined): void {
    const id = `${storage} ${current.key}`;
    const now = type === 'DELETED' ? [] : current.ownerUids();
    const before = previous?.ownerUids() ?? [];
    if (now.length === 0 && before.length === 0) return;
    for (const uid of before) if (!now.includes(uid)) this.#forgetDependent(uid, id);
    for (const uid of now) {
      let dependents = this.#dependents.get(uid);
      if (!dependents) this.#dependents.set(uid, (dependents = new Map<string, string>()));
      dependents.set(id, storage);
    }
  }

  #forgetDependent(uid: string, id: string): void {
    const dependents = this.#dependents.get(uid);
    dependents?.delete(id);
    if (dependents?.size === 0) this.#dependents.delete(uid);
  }

  #tell(change: Change, storage: string): void {
    this.#queue.push({ change, storage });
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        for (const listener of [...(this.#listeners.get(next.storage) ?? [])]) listener(next.change, next.storage);
        for (const listener of [...(this.#listeners.get('*') ?? [])]) listener(next.change, next.storage);
      }
    } finally {
      this.#telling = false;
    }
  }
}

/** Key order is kept: a resourceVersion is there already (canonical objects have one, perhaps empty). */
const withResourceVersion = (object: Unstructured, resourceVersion: string): Unstructured => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion },
});
