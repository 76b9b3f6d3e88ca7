import type { Unstructured } from '@kube-steward/kube';
import type { SeedEntry } from './cluster.ts';

/**
 * One revision of one object. The object and its text are each made from the other at most once; the text has no `kind` and
 * `apiVersion`, so that it serves every version of a kind and the items of lists, which carry neither.
 */
export interface Stored {
  readonly key: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly revision: number;
  /** The object with `kind` and `apiVersion` of the version it was stored in. Never changed. */
  object(): Unstructured;
  /** The object's JSON after `{"kind":…,"apiVersion":…,`, closing brace included. */
  body(): string;
  /** The JSON of its metadata. */
  metadata(): string;
  labels(): Readonly<Record<string, string>>;
  ownerUids(): readonly string[];
  /** The values of fields that are known without a look at the object, by path. */
  readonly fields: Readonly<Record<string, string>>;
}

/** `{"kind":"Pod","apiVersion":"v1",`: what goes before a body. Custom resources have their keys in sorted order. */
export const headOf = (type: {
  readonly apiVersion: string;
  readonly kind: string;
  readonly custom: boolean;
}): string =>
  type.custom
    ? `{"apiVersion":${JSON.stringify(type.apiVersion)},"kind":${JSON.stringify(type.kind)},`
    : `{"kind":${JSON.stringify(type.kind)},"apiVersion":${JSON.stringify(type.apiVersion)},`;

const NO_LABELS = {};
const NO_OWNERS: readonly string[] = [];
const NO_FIELDS = {};

/** An object that was written through the API: `object` is canonical (see canonical.ts), so its text begins with `head`. */
export class StoredObject implements Stored {
  readonly key: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly revision: number;
  readonly fields = NO_FIELDS;
  readonly #object: Unstructured;
  readonly #headLength: number;
  #body: string | undefined;

  constructor(object: Unstructured, revision: number, custom: boolean) {
    this.namespace = object.metadata.namespace;
    this.name = object.metadata.name;
    this.key = storageKey(this.namespace, this.name);
    this.revision = revision;
    this.#object = object;
    this.#headLength = headOf({ apiVersion: object.apiVersion ?? '', kind: object.kind ?? '', custom }).length;
  }

  object(): Unstructured {
    return this.#object;
  }

  body(): string {
    return (this.#body ??= JSON.stringify(this.#object).slice(this.#headLength));
  }

  metadata(): string {
    return JSON.stringify(this.#object.metadata);
  }

  labels(): Readonly<Record<string, string>> {
    return this.#object.metadata.labels ?? NO_LABELS;
  }

  ownerUids(): readonly string[] {
    return this.#object.metadata.ownerReferences?.map((owner) => owner.uid) ?? NO_OWNERS;
  }
}

/** A seeded object: nothing is kept but how to make its text. */
export class StoredText implements Stored {
  readonly key: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly revision: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly #entry: SeedEntry;
  readonly #head: string;

  constructor(entry: SeedEntry, revision: number, head: string) {
    this.namespace = entry.namespace;
    this.name = entry.name;
    this.key = storageKey(entry.namespace, entry.name);
    this.revision = revision;
    this.fields = entry.fields ?? NO_FIELDS;
    this.#entry = entry;
    this.#head = head;
  }

  object(): Unstructured {
    return JSON.parse(this.#head + this.body()) as Unstructured;
  }

  body(): string {
    return this.#entry.text(String(this.revision)).slice(1);
  }

  metadata(): string {
    return this.#entry.metadata?.(String(this.revision)) ?? JSON.stringify(this.object().metadata);
  }

  labels(): Readonly<Record<string, string>> {
    return this.#entry.labels ?? this.object().metadata.labels ?? NO_LABELS;
  }

  ownerUids(): readonly string[] {
    return this.#entry.ownerUids ?? NO_OWNERS;
  }
}

/** `namespace/name`, or `name`: the order of these is the order of lists. */
export const storageKey = (namespace: string | undefined, name: string): string =>
  namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
