import type { Resource, Unstructured } from '@kube-steward/kube';

/** Where the scale of a kind lives, as paths in the object (`spec.replicas`). */
export interface ScaleRow {
  readonly specReplicas: string;
  readonly statusReplicas: string;
  /** A path to the selector: a label selector object, or its text (custom resources). */
  readonly selector?: string;
}

/** One served resource type: everything the server knows about a kind, as data. */
export interface ServedKind extends Resource {
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  /** `/status` exists: main writes leave status alone and the other way round. */
  readonly status: boolean;
  readonly scale?: ScaleRow;
  /** Further subresources that discovery lists, as name and kind. */
  readonly actions: readonly { readonly name: string; readonly group: string; readonly kind: string }[];
  /** Objects of several group/versions can be one stored object; kinds with the same `storage` share them. */
  readonly storage: string;
  /** `metadata.generation` counts the changes of the spec. */
  readonly generation: boolean;
  /** `metadata.generation` counts changes of annotations too. */
  readonly annotationsCount: boolean;
  /** What an object's status is before anybody wrote one; absent where a create may bring its own. */
  readonly initialStatus?: Readonly<Record<string, unknown>>;
  /** The fields a field selector may name besides `metadata.name` and `metadata.namespace`. */
  readonly selectableFields: readonly string[];
  /** PUT of an object that does not exist creates it. */
  readonly createOnUpdate: boolean;
  /** PUT without a resourceVersion is allowed. */
  readonly unconditionalUpdate: boolean;
  /** A delete is answered with the object instead of a Status. */
  readonly returnsDeleted: boolean;
  /** Defined by a CustomResourceDefinition. */
  readonly custom: boolean;
  /** The columns its definition asks for in tables. */
  readonly printerColumns?: readonly PrinterColumn[];
  /** What its definition says of its fields: an OpenAPI v3 schema. */
  readonly schema?: Readonly<Record<string, unknown>>;
}

/** A column of a custom resource's table, as its definition says it. */
export interface PrinterColumn {
  readonly name: string;
  /** `string`, `integer`, `number`, `boolean` or `date`. */
  readonly type: string;
  readonly jsonPath: string;
  readonly format?: string;
  readonly description?: string;
  /** Above 0: shown with `-o wide` alone. */
  readonly priority?: number;
}

/** Finds served kinds. */
export interface Registry {
  /** By group, version and plural; `undefined` when it is not served. */
  find(group: string, version: string, plural: string): ServedKind | undefined;
  /** By the `apiVersion` and `kind` of an object. */
  findKind(apiVersion: string, kind: string): ServedKind | undefined;
  /** All served kinds, in discovery order. */
  kinds(): readonly ServedKind[];
}

/** A resource without storage: its objects are computed at each request. */
export interface VirtualSource {
  readonly resource: Resource;
  list(namespace?: string): readonly Unstructured[];
}

/** A registry that kinds can join and leave (CustomResourceDefinitions). */
export class KindRegistry implements Registry {
  readonly #byPlural = new Map<string, ServedKind>();
  readonly #byKind = new Map<string, ServedKind>();
  readonly #byStorage = new Map<string, ServedKind>();
  readonly #removals = new Set<(kind: ServedKind) => void>();

  constructor(kinds: readonly ServedKind[]) {
    for (const kind of kinds) this.add(kind);
  }

  add(kind: ServedKind): void {
    this.#byPlural.set(`${kind.group}/${kind.version}/${kind.plural}`, kind);
    this.#byKind.set(`${groupVersionOf(kind)} ${kind.kind}`, kind);
    if (!this.#byStorage.has(kind.storage)) this.#byStorage.set(kind.storage, kind);
  }

  /** Calls back when a kind is no longer served: its watches end. */
  onRemove(listener: (kind: ServedKind) => void): () => void {
    this.#removals.add(listener);
    return () => void this.#removals.delete(listener);
  }

  remove(kind: ServedKind): void {
    this.#byPlural.delete(`${kind.group}/${kind.version}/${kind.plural}`);
    this.#byKind.delete(`${groupVersionOf(kind)} ${kind.kind}`);
    if (this.#byStorage.get(kind.storage) === kind) this.#byStorage.delete(kind.storage);
    for (const listener of [...this.#removals]) listener(kind);
  }

  /** The kind in whose version the objects of a storage are stored: the first that was added. */
  storageKind(storage: string): ServedKind | undefined {
    return this.#byStorage.get(storage);
  }

  find(group: string, version: string, plural: string): ServedKind | undefined {
    return this.#byPlural.get(`${group}/${version}/${plural}`);
  }

  findKind(apiVersion: string, kind: string): ServedKind | undefined {
    return this.#byKind.get(`${apiVersion} ${kind}`);
  }

  kinds(): readonly ServedKind[] {
    return [...this.#byPlural.values()];
  }
}

const groupVersionOf = (kind: Resource): string => (kind.group ? `${kind.group}/${kind.version}` : kind.version);
