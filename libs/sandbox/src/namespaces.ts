import type { Unstructured } from '@kube-steward/kube';
import { forbidden, notFound } from './errors.ts';
import { valueAt } from './json-path.ts';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';

/** The namespaces no delete may touch. */
export const IMMORTAL_NAMESPACES: readonly string[] = ['default', 'kube-system', 'kube-public'];

/** The kind of Namespace objects. */
export const namespaceKind = (state: State): ServedKind => state.kindOf(NAMESPACES);

const NAMESPACES = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false };

/** A namespaced object needs a namespace that exists; a new one needs it not to be terminating. */
export const checkNamespace = (
  state: State,
  kind: ServedKind,
  object: Unstructured,
  operation: 'create' | 'update' = 'create',
): void => {
  const name = object.metadata.namespace;
  if (!kind.namespaced || name === undefined) return;
  const stored = state.tableOf('/namespaces').get(name);
  if (!stored) throw notFound(namespaceKind(state), name);
  if (operation === 'update' || valueAt(stored.object(), 'status.phase') !== 'Terminating') return;
  throw forbidden(
    kind,
    object.metadata.name,
    `unable to create new content in namespace ${name} because it is being terminated`,
    [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${name} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  );
};
