import { apiVersionOf } from '@kube-steward/kube';
import { sortKeys } from './canonical.ts';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';
import { headOf, type Stored } from './stored.ts';
import { fromStorage } from './versions.ts';

/** How objects are written: whole, or their metadata alone (`PartialObjectMetadata`). */
export type Representation = 'whole' | 'metadata';

const PARTIAL = '{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":';

/** The JSON of an object as `kind` serves it, with `kind` and `apiVersion`. */
export const textOf = (state: State, kind: ServedKind, stored: Stored, as: Representation): string => {
  if (as === 'metadata') return `${PARTIAL}${stored.metadata()}}`;
  return headFor(kind) + bodyOf(state, kind, stored);
};

/** The JSON of an object inside a list: built-in kinds carry no `kind` and `apiVersion` there. */
export const itemTextOf = (state: State, kind: ServedKind, stored: Stored, as: Representation): string =>
  as === 'metadata' || kind.custom ? textOf(state, kind, stored, as) : `{${bodyOf(state, kind, stored)}`;

/** A version that is not stored has text of its own, made when it is asked for. */
const bodyOf = (state: State, kind: ServedKind, stored: Stored): string => {
  const storage = state.registry.storageKind(kind.storage);
  if (kind.custom || storage === undefined || storage === kind) return stored.body();
  return JSON.stringify(fromStorage(state, kind, stored.object())).slice(headFor(kind).length);
};

const headFor = (kind: ServedKind): string =>
  headOf({ apiVersion: apiVersionOf(kind), kind: kind.kind, custom: kind.custom });

/** What goes before the first item of a list, and after its last. */
export interface ListFrame {
  readonly head: string;
  readonly tail: string;
}

/** The frame of a list. Those of custom resources have sorted keys: their metadata comes after the items. */
export const listFrame = (
  kind: ServedKind,
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number },
  as: Representation,
): ListFrame => {
  const { resourceVersion, continue: token, remainingItemCount } = metadata;
  const remaining = remainingItemCount === undefined ? {} : { remainingItemCount };
  const type = kind.custom && as === 'whole' ? 'custom' : as;
  switch (type) {
    case 'custom': {
      const sorted = JSON.stringify({ continue: token ?? '', ...remaining, resourceVersion });
      return {
        head: `{"apiVersion":${JSON.stringify(apiVersionOf(kind))},"items":[`,
        tail: `],"kind":${JSON.stringify(`${kind.kind}List`)},"metadata":${sorted}}`,
      };
    }
    case 'metadata':
    case 'whole': {
      const [name, version] =
        type === 'metadata'
          ? ['PartialObjectMetadataList', 'meta.k8s.io/v1']
          : [`${kind.kind}List`, apiVersionOf(kind)];
      const ordered = { resourceVersion, ...(token === undefined ? {} : { continue: token }), ...remaining };
      const head = JSON.stringify({ kind: name, apiVersion: version, metadata: ordered });
      return { head: `${head.slice(0, -1)},"items":[`, tail: ']}' };
    }
  }
};

/** A bookmark: everything up to `resourceVersion` was told. `initialEnd` marks the end of the initial events. */
export const bookmarkText = (
  kind: ServedKind,
  resourceVersion: string,
  as: Representation,
  initialEnd = false,
): string => {
  const type =
    as === 'metadata'
      ? { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' }
      : { kind: kind.kind, apiVersion: apiVersionOf(kind) };
  const annotations = initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  const object = { ...type, metadata: { resourceVersion, ...annotations } };
  return JSON.stringify(kind.custom && as === 'whole' ? sortKeys(object) : object);
};

/** One line of a watch. */
export const eventLine = (type: string, object: string): string => `{"type":"${type}","object":${object}}\n`;
