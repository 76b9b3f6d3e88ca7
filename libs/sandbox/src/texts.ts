import { apiVersionOf } from '@kube-steward/kube';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';
import { headOf, type Stored } from './stored.ts';
import { fromStorage } from './versions.ts';

/** How objects are written: whole, or their metadata alone (`PartialObjectMetadata`). */
export type Representation = 'whole' | 'metadata';

const PARTIAL = '{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":';

/** The JSON of an object as `kind` serves it, with `kind` and `apiVersion`. */
export const textOf = (state: State, kind: ServedKind, stored: Stored, as: Representation): string => {
  if (as === 'metadata') return `${PARTIAL}${JSON.stringify(stored.object().metadata)}}`;
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

/** The head of a list, up to and without its first item; `]}` ends it. */
export const listHead = (
  kind: ServedKind,
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number },
  as: Representation,
): string => {
  const type =
    as === 'metadata'
      ? { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' }
      : { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind) };
  const { resourceVersion, continue: token, remainingItemCount } = metadata;
  const ordered = {
    resourceVersion,
    ...(token === undefined ? {} : { continue: token }),
    ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
  };
  return `${JSON.stringify({ ...type, metadata: ordered }).slice(0, -1)},"items":[`;
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
  return JSON.stringify({ ...type, metadata: { resourceVersion, ...annotations } });
};

/** One line of a watch. */
export const eventLine = (type: string, object: string): string => `{"type":"${type}","object":${object}}\n`;
