import type { Resource, Unstructured } from '@kube-steward/kube';

/** Where the scale of a kind lives, as paths in the object. */
export interface ScaleRow {
  readonly specReplicas: string;
  readonly statusReplicas: string;
  /** A path to a selector, either a label selector object or its text (custom resources). */
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
  /** Objects of several group/versions can be one stored object; kinds with the same `storage` share them. */
  readonly storage: string;
  /** Defined by a CustomResourceDefinition. */
  readonly custom: boolean;
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

/** A resource without storage. */
export interface VirtualSource {
  readonly resource: Resource;
  list(namespace?: string): readonly Unstructured[];
}
