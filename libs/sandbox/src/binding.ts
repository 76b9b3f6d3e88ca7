import { conflict, notFound } from './errors.ts';
import { valueAt, withValueAt } from './json-path.ts';
import type { State } from './state.ts';
import { storageKey } from './stored.ts';
import { replaceObject } from './writes.ts';

const PODS = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true };
const BINDINGS = { ...PODS, plural: 'pods/binding' };

/** Puts a pod on a node, as `/binding` does; 409 if it is on one. */
export const bindPod = (
  state: State,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  nodeName: string,
): void => {
  const kind = state.kindOf(PODS);
  const stored = state.table(kind).get(storageKey(namespace, name));
  if (!stored) throw notFound(kind, name);
  const pod = stored.object();
  const assigned = valueAt(pod, 'spec.nodeName');
  if (typeof assigned === 'string' && assigned !== '') {
    throw conflict(BINDINGS, name, `pod ${name} is already assigned to node ${JSON.stringify(assigned)}`);
  }
  replaceObject(state, kind, stored, withValueAt(pod, 'spec.nodeName', nodeName), { options: {}, isServer: true });
};
