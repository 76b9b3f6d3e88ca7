import { keyOf, parseKey, type ObjectName, type Resource } from '@kube-steward/kube';

/** `deployments.apps`, `pods`: a kind, whatever its version. */
export type KindId = string;

export const kindId = ({ plural, group }: Pick<Resource, 'plural' | 'group'>): KindId =>
  group === '' ? plural : `${plural}.${group}`;

/** The key of an object in the work queue: `deployments.apps/shop/web`, `namespaces/shop`. */
export type Key = string;

export const keyOfObject = (
  resource: Pick<Resource, 'plural' | 'group'>,
  object: { readonly metadata: { readonly name: string; readonly namespace?: string | undefined } },
): Key => `${kindId(resource)}/${keyOf(object)}`;

/** A key taken apart: the kind, and the object's key in the store of its kind. */
export const parseObjectKey = (
  key: Key,
): { readonly kind: KindId; readonly object: string; readonly name: ObjectName } => {
  const slash = key.indexOf('/');
  const object = key.slice(slash + 1);
  return { kind: key.slice(0, slash), object, name: parseKey(object) };
};
