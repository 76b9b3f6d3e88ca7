import { canonical, equalJson } from './canonical.ts';
import { establishedStatus, kindsOf } from './custom-kinds.ts';
import { removeObject, shouldRemove } from './deletion.ts';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';
import type { Stored } from './stored.ts';

const DEFINITIONS = 'apiextensions.k8s.io/customresourcedefinitions';

const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

/**
 * Serves what CustomResourceDefinitions define from their creation on. A definition that is deleted stays until its objects
 * are gone, and then nothing is served any more.
 */
export const serveDefinitions = (state: State): (() => void) => {
  const served = new Map<string, readonly ServedKind[]>();
  const withdraw = (name: string): void => {
    for (const kind of served.get(name) ?? []) state.registry.remove(kind);
    served.delete(name);
  };
  return state.listen(DEFINITIONS, ({ type, current }) => {
    if (type === 'DELETED') withdraw(current.name);
    else if (current.object().metadata.deletionTimestamp) cleanUp(state, current, served.get(current.name) ?? []);
    else if (!equalJson(kindsOf(current.object()), served.get(current.name))) {
      withdraw(current.name);
      const kinds = kindsOf(current.object());
      for (const kind of kinds) state.registry.add(kind);
      served.set(current.name, kinds);
      establish(state, current);
    }
  });
};

/** Takes all objects of a deleted definition out, then lets the definition go. */
const cleanUp = (state: State, stored: Stored, kinds: readonly ServedKind[]): void => {
  for (const kind of kinds) for (const one of [...state.table(kind).values()]) removeObject(state, kind, one);
  const definitions = state.registry.storageKind(DEFINITIONS);
  const object = stored.object();
  if (!definitions || !object.metadata.finalizers?.includes(CLEANUP)) return;
  const finalizers = object.metadata.finalizers.filter((one) => one !== CLEANUP);
  const next = canonical(definitions, { ...object, metadata: { ...object.metadata, finalizers } });
  if (shouldRemove(definitions, next)) removeObject(state, definitions, stored);
  else state.commit(definitions, 'MODIFIED', next);
};

const establish = (state: State, stored: Stored): void => {
  const kind = state.registry.storageKind(DEFINITIONS);
  const object = stored.object();
  if (!kind || object.metadata.finalizers?.includes(CLEANUP)) return;
  const status = establishedStatus(object, state.timestamp());
  const finalizers = [...(object.metadata.finalizers ?? []), CLEANUP];
  state.commit(kind, 'MODIFIED', canonical(kind, { ...object, metadata: { ...object.metadata, finalizers }, status }));
};
