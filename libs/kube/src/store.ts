import { keyOf } from './objects.ts';
import { compareResourceVersions, isOlder } from './resource-version.ts';
import { StoreIndex, type IndexFunction } from './store-index.ts';

/** What a projection has to keep of `metadata`. */
export interface StoredObject {
  metadata: {
    name: string;
    namespace?: string | undefined;
    uid?: string | undefined;
    resourceVersion?: string | undefined;
  };
}

/** One change of a store. `stale`: the object is gone, but its last state was not seen; what is given is older. */
export type Delta<P> =
  | { readonly type: 'add'; readonly key: string; readonly object: P }
  | { readonly type: 'update'; readonly key: string; readonly old: P; readonly object: P }
  | { readonly type: 'delete'; readonly key: string; readonly object: P; readonly stale: boolean };

/** The objects of one informer, as far as they are known. Objects are shared with every reader: never change one. */
export interface Store<P> {
  readonly size: number;
  /** By `namespace/name`, or `name` for a cluster-scoped kind. */
  get(key: string): P | undefined;
  has(key: string): boolean;
  /** All objects, not copied: changes made while iterating may or may not be seen. */
  list(): Iterable<P>;
  keys(): Iterable<string>;
  /** The objects an index has under a value. Throws RangeError for an index that does not exist. */
  byIndex(index: string, value: string): readonly P[];
  /** The values an index has at least one object for. Throws RangeError for an index that does not exist. */
  indexValues(index: string): Iterable<string>;
}

/** A new content in the making, unseen by readers until it is committed. */
export interface Staging<P> {
  add(object: P): void;
  remove(key: string): void;
  /**
   * Takes the place of the old content at once, then tells what changed. The deltas are computed as they are read: read them
   * all, and before the next change. Objects with the uid and resourceVersion they had before are kept as they were.
   */
  commit(): Iterable<Delta<P>>;
}

/** A store and the ways to change it. Every change tells its deltas; the store knows no handlers. */
export interface WritableStore<P> extends Store<P> {
  /**
   * The object was seen.
   *
   * | stored | seen | deltas |
   * | --- | --- | --- |
   * | nothing | any | add |
   * | a newer resourceVersion | an older one | none: a late event |
   * | the same uid and resourceVersion | the same | none |
   * | another uid | | delete (stale), add: recreated under its name |
   * | else | | update |
   */
  apply(object: P): readonly Delta<P>[];
  /**
   * The object is gone (or no longer wanted) as of its resourceVersion: no delta when a newer one is stored. The delta carries
   * the object as it was stored, so that what a handler is told to take away is what it was told to add.
   */
  remove(object: StoredObject): readonly Delta<P>[];
  stage(): Staging<P>;
  /** Adds an index, over what is stored too. Throws RangeError if the name has another function already. */
  addIndex(name: string, of: IndexFunction<P>): void;
}

export type IndexFunctions<P> = Readonly<Record<string, IndexFunction<P>>>;

/**
 * @example
 * const store = createStore<PodView>({ node: (pod) => pod.nodeName });
 * for (const delta of store.apply(pod)) handle(delta);
 * store.byIndex('node', 'node-1');
 */
export const createStore = <P extends StoredObject>(indexes: IndexFunctions<P> = {}): WritableStore<P> =>
  new MapStore(indexes);

type Indexes<P> = Map<string, StoreIndex<P>>;

class MapStore<P extends StoredObject> implements WritableStore<P> {
  #objects = new Map<string, P>();
  #indexes: Indexes<P> = new Map();

  constructor(indexes: IndexFunctions<P>) {
    for (const [name, of] of Object.entries(indexes)) this.#indexes.set(name, new StoreIndex(of));
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): P | undefined {
    return this.#objects.get(key);
  }

  has(key: string): boolean {
    return this.#objects.has(key);
  }

  list(): Iterable<P> {
    return this.#objects.values();
  }

  keys(): Iterable<string> {
    return this.#objects.keys();
  }

  byIndex(index: string, value: string): readonly P[] {
    const found: P[] = [];
    for (const key of this.#index(index).keys(value) ?? []) {
      const object = this.#objects.get(key);
      if (object) found.push(object);
    }
    return found;
  }

  indexValues(index: string): Iterable<string> {
    return this.#index(index).values();
  }

  apply(object: P): readonly Delta<P>[] {
    const key = keyOf(object);
    const old = this.#objects.get(key);
    if (!old) {
      this.#objects.set(key, object);
      for (const index of this.#indexes.values()) index.add(key, object);
      return [{ type: 'add', key, object }];
    }
    if (isOlder(object.metadata.resourceVersion, old.metadata.resourceVersion) || isSame(old, object)) return [];
    this.#objects.set(key, object);
    for (const index of this.#indexes.values()) index.update(key, old, object);
    return changeOf(key, old, object);
  }

  remove({ metadata }: StoredObject): readonly Delta<P>[] {
    const key = keyOf({ metadata });
    const old = this.#objects.get(key);
    if (!old || isOlder(metadata.resourceVersion, old.metadata.resourceVersion)) return [];
    this.#objects.delete(key);
    for (const index of this.#indexes.values()) index.remove(key, old);
    return [{ type: 'delete', key, object: old, stale: metadata.uid !== old.metadata.uid }];
  }

  stage(): Staging<P> {
    const objects = new Map<string, P>();
    const indexes = new Map([...this.#indexes].map(([name, index]) => [name, new StoreIndex(index.of)]));
    const remove = (key: string): void => {
      const object = objects.get(key);
      if (!object) return;
      objects.delete(key);
      for (const index of indexes.values()) index.remove(key, object);
    };
    return {
      add: (object) => {
        const key = keyOf(object);
        const current = this.#objects.get(key);
        const kept = current && isSame(current, object) ? current : object;
        remove(key);
        objects.set(key, kept);
        for (const index of indexes.values()) index.add(key, kept);
      },
      remove,
      commit: () => this.#replace(objects, indexes),
    };
  }

  addIndex(name: string, of: IndexFunction<P>): void {
    const existing = this.#indexes.get(name);
    if (existing?.of === of) return;
    if (existing) throw new RangeError(`there is an index "${name}" already, with another function`);
    const index = new StoreIndex(of);
    for (const [key, object] of this.#objects) index.add(key, object);
    this.#indexes.set(name, index);
  }

  #index(name: string): StoreIndex<P> {
    const index = this.#indexes.get(name);
    if (index) return index;
    throw new RangeError(`there is no index "${name}", only: ${[...this.#indexes.keys()].join(', ') || 'none'}`);
  }

  #replace(objects: Map<string, P>, indexes: Indexes<P>): Iterable<Delta<P>> {
    const before = this.#objects;
    const missing = [...this.#indexes].filter(([name]) => !indexes.has(name));
    this.#objects = objects;
    this.#indexes = indexes;
    for (const [name, { of }] of missing) this.addIndex(name, of);
    return differences(before, objects);
  }
}

const isSame = <P extends StoredObject>({ metadata: a }: P, { metadata: b }: P): boolean =>
  a.uid === b.uid && compareResourceVersions(a.resourceVersion, b.resourceVersion) === 0;

/** What became of an object whose key stayed. A uid cannot change: another one is another object. */
const changeOf = <P extends StoredObject>(key: string, old: P, object: P): readonly Delta<P>[] =>
  old.metadata.uid === object.metadata.uid
    ? [{ type: 'update', key, old, object }]
    : [
        { type: 'delete', key, object: old, stale: true },
        { type: 'add', key, object },
      ];

function* differences<P extends StoredObject>(
  before: ReadonlyMap<string, P>,
  after: ReadonlyMap<string, P>,
): Generator<Delta<P>, void> {
  for (const [key, object] of before) if (!after.has(key)) yield { type: 'delete', key, object, stale: true };
  for (const [key, object] of after) {
    const old = before.get(key);
    if (!old) yield { type: 'add', key, object };
    else if (old !== object) yield* changeOf(key, old, object);
  }
}
