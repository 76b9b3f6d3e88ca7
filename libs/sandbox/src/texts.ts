import { apiVersionOf, type Unstructured } from '@kube-steward/kube';
import { sortKeys } from './canonical.ts';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';
import { headOf, type Stored } from './stored.ts';
import { fromStorage } from './versions.ts';

/** How objects are written: whole, their metadata alone (`PartialObjectMetadata`), or as rows of a table. */
export interface Representation {
  /** Tells representations apart whose texts differ. */
  readonly key: string;
  /** The JSON of an object that stands alone, or in an event of a watch. */
  object(state: State, kind: ServedKind, stored: Stored): string;
  /** The JSON of an object inside a list. */
  item(state: State, kind: ServedKind, stored: Stored): string;
  /** What goes around the items of a list. */
  frame(kind: ServedKind, metadata: ListMetadata): ListFrame;
  /** The object of a bookmark with this metadata. */
  bookmark(state: State, kind: ServedKind, metadata: Unstructured['metadata']): string;
  /** How the events of a watch after its first are written, when that differs. */
  readonly next?: Representation;
}

export interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** What goes before the first item of a list, and after its last. */
export interface ListFrame {
  readonly head: string;
  readonly tail: string;
}

/** Whole objects, with `kind` and `apiVersion`; in lists, built-in kinds carry neither. */
export const WHOLE: Representation = {
  key: 'whole',
  object: (state, kind, stored) => headFor(kind) + bodyOf(state, kind, stored),
  item: (state, kind, stored) => (kind.custom ? WHOLE.object(state, kind, stored) : `{${bodyOf(state, kind, stored)}`),
  frame: (kind, metadata) =>
    kind.custom ? customFrame(kind, metadata) : listFrame(`${kind.kind}List`, apiVersionOf(kind), metadata),
  bookmark: (_state, kind, metadata) => {
    const object = { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata };
    return JSON.stringify(kind.custom ? sortKeys(object) : object);
  },
};

const META = 'meta.k8s.io/v1';
const PARTIAL = `{"kind":"PartialObjectMetadata","apiVersion":"${META}","metadata":`;

/** The metadata of objects alone. */
export const METADATA: Representation = {
  key: 'metadata',
  object: (_state, _kind, stored) => `${PARTIAL}${stored.metadata()}}`,
  item: (state, kind, stored) => METADATA.object(state, kind, stored),
  frame: (_kind, metadata) => listFrame('PartialObjectMetadataList', META, metadata),
  bookmark: (_state, _kind, metadata) => `${PARTIAL}${JSON.stringify(metadata)}}`,
};

/** A version that is not stored has text of its own, made when it is asked for. */
const bodyOf = (state: State, kind: ServedKind, stored: Stored): string => {
  const storage = state.registry.storageKind(kind.storage);
  if (kind.custom || storage === undefined || storage === kind) return stored.body();
  return JSON.stringify(fromStorage(state, kind, stored.object())).slice(headFor(kind).length);
};

const headFor = (kind: ServedKind): string =>
  headOf({ apiVersion: apiVersionOf(kind), kind: kind.kind, custom: kind.custom });

const listFrame = (kind: string, apiVersion: string, metadata: ListMetadata): ListFrame => {
  const head = JSON.stringify({ kind, apiVersion, metadata: listMetadata(metadata) });
  return { head: `${head.slice(0, -1)},"items":[`, tail: ']}' };
};

/** The metadata of a list, in the server's order. */
export const listMetadata = ({
  resourceVersion,
  continue: token,
  remainingItemCount,
}: ListMetadata): Record<string, unknown> => ({
  resourceVersion,
  ...(token === undefined ? {} : { continue: token }),
  ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
});

/** Lists of custom resources have sorted keys: their metadata comes after the items. */
const customFrame = (kind: ServedKind, metadata: ListMetadata): ListFrame => ({
  head: `{"apiVersion":${JSON.stringify(apiVersionOf(kind))},"items":[`,
  tail: `],"kind":${JSON.stringify(`${kind.kind}List`)},"metadata":${JSON.stringify(
    sortKeys({ ...listMetadata(metadata), continue: metadata.continue ?? '' }),
  )}}`,
});

/** The metadata of a bookmark: everything up to `resourceVersion` was told. `initialEnd` marks the end of the initial events. */
export const bookmarkMetadata = (resourceVersion: string, initialEnd = false): Unstructured['metadata'] =>
  ({
    resourceVersion,
    ...(initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  }) as unknown as Unstructured['metadata'];

/** One line of a watch. */
export const eventLine = (type: string, object: string): string => `{"type":"${type}","object":${object}}\n`;
