import { canonical, equalJson } from './canonical.ts';
import { establishedStatus, kindsOf } from './custom-kinds.ts';
import { removeObject } from './deletion.ts';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';
import type { Stored } from './stored.ts';

const DEFINITIONS = 'apiextensions.k8s.io/customresourcedefinitions';

/** Serves what CustomResourceDefinitions define, from their creation to their deletion, which takes all objects along. */
export const serveDefinitions = (state: State): (() => void) => {
  const served = new Map<string, readonly ServedKind[]>();
  return state.listen(DEFINITIONS, (change) => {
    const { current } = change;
    for (const kind of served.get(current.name) ?? []) {
      if (change.type === 'DELETED') removeAll(state, kind);
      else if (isSame(kindsOf(current.object()), served.get(current.name))) return;
      state.registry.remove(kind);
    }
    served.delete(current.name);
    if (change.type === 'DELETED') return;
    const kinds = kindsOf(current.object());
    for (const kind of kinds) state.registry.add(kind);
    served.set(current.name, kinds);
    establish(state, current);
  });
};

const isSame = (now: readonly ServedKind[], before: readonly ServedKind[] | undefined): boolean =>
  equalJson(now, before);

const removeAll = (state: State, kind: ServedKind): void => {
  for (const stored of [...state.table(kind).values()]) removeObject(state, kind, stored);
};

const establish = (state: State, stored: Stored): void => {
  const kind = state.registry.storageKind(DEFINITIONS);
  const object = stored.object();
  const status = establishedStatus(object, state.timestamp());
  if (kind && !hasConditions(object['status'])) state.commit(kind, 'MODIFIED', canonical(kind, { ...object, status }));
};

const hasConditions = (status: unknown): boolean => {
  const conditions = (status as { conditions?: unknown } | undefined)?.conditions;
  return Array.isArray(conditions) && conditions.length > 0;
};
