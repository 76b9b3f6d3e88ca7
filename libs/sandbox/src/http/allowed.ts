import { subresourcesOf } from '../discovery.ts';
import { methodNotAllowed, noSuchPath } from '../errors.ts';
import type { ServedKind } from '../registry.ts';
import type { ResourceTarget, Verb } from './target.ts';

/** 404 for a path the kind does not have, 405 for a method the path does not take, whether the object exists or not. */
export const checkAllowed = (kind: ServedKind, target: ResourceTarget, verb: Verb | 'other'): void => {
  const verbs = verbsAt(kind, target);
  if (!verbs) throw noSuchPath();
  if (!verbs.includes(verb)) throw methodNotAllowed();
};

const OF_COLLECTIONS = ['create', 'deletecollection', 'list', 'watch'];
/** What can be asked of a namespaced kind without naming a namespace. */
const ACROSS_NAMESPACES = ['list', 'watch'];

const verbsAt = (kind: ServedKind, { name, namespace, subresource }: ResourceTarget): readonly string[] | undefined => {
  if (subresource !== undefined) return subresourcesOf(kind).find((one) => one.name === subresource)?.verbs;
  const isAcross = kind.namespaced && namespace === undefined;
  if (name === undefined)
    return kind.verbs.filter((one) => (isAcross ? ACROSS_NAMESPACES : OF_COLLECTIONS).includes(one));
  const verbs = kind.verbs.filter((one) => !OF_COLLECTIONS.includes(one));
  return verbs.length === 0 ? undefined : verbs;
};
