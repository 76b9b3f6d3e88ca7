import type {
  Informer,
  InformerSet,
  KubeObject,
  Resource,
  SharedInformerOptions,
  Store,
  StoredObject,
} from '@kube-steward/kube';
import { kindId, type KindId } from './keys.ts';

/** How a kind is to be read. */
export interface Asked<P extends StoredObject> {
  readonly options: SharedInformerOptions<KubeObject, P>;
  /** Two readings of a kind with the same signature keep the same of it. */
  readonly signature: string;
}

export interface KindSetOptions<P extends StoredObject> {
  readonly informers: InformerSet;
  readonly ask: (resource: Resource) => Asked<P>;
  /** An object came, changed or went: what it was and what it is. */
  readonly onChange: (resource: Resource, objects: readonly P[]) => void;
  /** All of a kind has been read, for the first time or anew; or it is not read any more. With what was known and what is. */
  readonly onRead: (resource: Resource, objects: readonly P[]) => void;
}

interface Reading<P extends StoredObject> {
  readonly resource: Resource;
  readonly signature: string;
  readonly informer: Informer<P>;
  readonly disconnect: () => void;
}

/**
 * One informer a kind, while kinds come and go and the way they are to be read changes. A reading counts when it is complete;
 * one that is to replace another leaves that in force until then, so that nothing is ever forgotten in between.
 */
export class KindSet<P extends StoredObject> {
  readonly #options: KindSetOptions<P>;
  readonly #complete = new Map<KindId, Reading<P>>();
  readonly #begun = new Map<KindId, Reading<P>>();

  constructor(options: KindSetOptions<P>) {
    this.#options = options;
  }

  /** Reads these kinds from now on, and no others. */
  follow(resources: readonly Resource[]): void {
    const wanted = new Map(resources.map((resource) => [kindId(resource), resource]));
    for (const id of [...this.#begun.keys()]) if (!wanted.has(id)) this.#release(this.#begun, id);
    for (const id of [...this.#complete.keys()]) if (!wanted.has(id)) this.#forget(id);
    for (const [id, resource] of wanted) this.#read(id, resource);
  }

  has(id: KindId): boolean {
    return this.#complete.has(id) || this.#begun.has(id);
  }

  /** Of one kind, once it has been read; of one that is being read anew, as it was read before. */
  store(id: KindId): Store<P> | undefined {
    return this.#complete.get(id)?.informer.store;
  }

  *stores(): Generator<Store<P>> {
    for (const { informer } of this.#complete.values()) yield informer.store;
  }

  /** Whether a kind has not been read yet as it is to be read now. */
  isBeingRead(id: KindId): boolean {
    return this.#begun.has(id);
  }

  *informers(): Generator<Informer<P>> {
    for (const { informer } of this.#complete.values()) yield informer;
    for (const { informer } of this.#begun.values()) yield informer;
  }

  #read(id: KindId, resource: Resource): void {
    const { options, signature } = this.#options.ask(resource);
    if ((this.#begun.get(id) ?? this.#complete.get(id))?.signature === signature) return;
    this.#release(this.#begun, id);
    if (this.#complete.get(id)?.signature !== signature) this.#begun.set(id, this.#open(id, options, signature));
  }

  #open(id: KindId, options: SharedInformerOptions<KubeObject, P>, signature: string): Reading<P> {
    const { resource } = options;
    const informer = this.#options.informers.get<KubeObject, P>(options);
    const tell = (...objects: readonly P[]): void => {
      if (this.#complete.get(id) === reading) this.#options.onChange(resource, objects);
    };
    const reading: Reading<P> = {
      resource,
      signature,
      informer,
      disconnect: informer.addHandler({
        add: (object) => tell(object),
        update: (old, object) => tell(old, object),
        delete: (last) => tell(last),
        synced: () => {
          if (this.#begun.get(id) === reading) this.#replace(id, reading);
        },
      }),
    };
    return reading;
  }

  #replace(id: KindId, reading: Reading<P>): void {
    const before = [...(this.store(id)?.list() ?? [])];
    this.#release(this.#complete, id);
    this.#begun.delete(id);
    this.#complete.set(id, reading);
    this.#options.onRead(reading.resource, [...before, ...reading.informer.store.list()]);
  }

  #forget(id: KindId): void {
    const { resource, informer } = this.#complete.get(id) ?? {};
    this.#release(this.#complete, id);
    if (resource) this.#options.onRead(resource, [...(informer?.store.list() ?? [])]);
  }

  #release(readings: Map<KindId, Reading<P>>, id: KindId): void {
    const reading = readings.get(id);
    if (!reading) return;
    readings.delete(id);
    reading.disconnect();
    void this.#options.informers.release(reading.informer);
  }
}
