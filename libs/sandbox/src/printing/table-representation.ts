import type { Unstructured } from '@kube-steward/kube';
import type { ServedKind } from '../registry.ts';
import type { State } from '../state.ts';
import { listMetadata, type ListMetadata, METADATA, type Representation, WHOLE } from '../texts.ts';
import { columnsOf, rowConditions } from './tables.ts';

/** What rows carry of their object. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

const CARRIED: Readonly<Record<IncludeObject, Representation | undefined>> = {
  None: undefined,
  Metadata: METADATA,
  Object: WHOLE,
};

/** Objects as rows of a `Table` (`meta.k8s.io/v1`). In a watch, only the first event says what the columns are. */
export const tableRepresentation = (includeObject: IncludeObject, hasHeaders = true): Representation => {
  const carried = CARRIED[includeObject];
  const rowOf = (state: State, kind: ServedKind, object: Unstructured, text: string | undefined): string => {
    const now = state.clock.now() + state.skewMs;
    const cells = columnsOf(kind).map(({ cell }) => cell(object, now));
    const conditions = rowConditions(kind, object);
    const head = JSON.stringify({ cells, ...(conditions ? { conditions } : {}) });
    return `${head.slice(0, -1)},"object":${text ?? 'null'}}`;
  };
  const alone = (kind: ServedKind, resourceVersion: string, text: string): string => {
    const { head, tail } = frameOf(kind, { resourceVersion }, hasHeaders);
    return head + text + tail;
  };
  const item: Representation['item'] = (state, kind, stored) =>
    rowOf(state, kind, stored.object(), carried?.object(state, kind, stored));
  return {
    key: `table ${includeObject} ${hasHeaders ? 'with' : 'without'} headers`,
    item,
    object: (state, kind, stored) => alone(kind, String(stored.revision), item(state, kind, stored)),
    frame: (kind, metadata) => frameOf(kind, metadata, hasHeaders),
    bookmark: (state, kind, metadata) => {
      const text = carried?.bookmark(state, kind, metadata);
      return alone(kind, metadata.resourceVersion ?? '', rowOf(state, kind, { metadata }, text));
    },
    ...(hasHeaders ? { next: tableRepresentation(includeObject, false) } : {}),
  };
};

const frameOf = (kind: ServedKind, metadata: ListMetadata, hasHeaders: boolean) => {
  const head = JSON.stringify({
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: listMetadata(metadata),
    columnDefinitions: hasHeaders ? definitionsOf(kind) : null,
  });
  return { head: `${head.slice(0, -1)},"rows":[`, tail: ']}' };
};

const definitionsOf = (kind: ServedKind): object[] =>
  columnsOf(kind).map(({ name, type, format = '', description = '', priority }) => ({
    name,
    type,
    format,
    description,
    priority,
  }));
