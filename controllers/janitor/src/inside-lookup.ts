import type { Client, KubeObject, Resource } from '@kube-steward/kube';
import { readAnnotations } from './annotations.ts';
import { responsibleFor } from './marks.ts';
import { isProtected, nameInside, type Observation } from './observe.ts';
import type { Searched } from './searched.ts';
import { unlessUnread } from './unread.ts';

export type Inside = Pick<Observation, 'protectedInside' | 'unreadInside'>;

/**
 * What in a namespace is protected, asked of the server itself: a watch may not have told of it yet, and most kinds may not be
 * watched at all. A protection changes no version of the namespace, so that no precondition would save it.
 *
 * @throws KubeApiError where the server gives no answer
 */
export const lookUpInside = async (
  client: Pick<Client, 'list'>,
  { kinds, unknown }: Searched,
  { prefix, namespace }: { readonly prefix: string; readonly namespace: string },
  signal: AbortSignal,
): Promise<Inside> => {
  if (unknown !== undefined) return { protectedInside: [], unreadInside: unknown };
  const found = await Promise.all(kinds.map((kind) => protectedOf(client, kind, { prefix, namespace }, signal)));
  return {
    protectedInside: found.flatMap((each) => (typeof each === 'string' ? [] : each)),
    unreadInside: found.find((each) => typeof each === 'string'),
  };
};

/** The names of what is protected; or why it cannot be told. */
const protectedOf = async (
  client: Pick<Client, 'list'>,
  resource: Resource,
  { prefix, namespace }: { readonly prefix: string; readonly namespace: string },
  signal: AbortSignal,
): Promise<readonly string[] | string> => {
  const project = ({ metadata }: KubeObject): string | undefined =>
    isProtected(readAnnotations(prefix, metadata.annotations))
      ? nameInside(resource.kind, metadata.name, responsibleFor(metadata))
      : undefined;
  const options = { namespace, metadataOnly: true, project, signal } as const;
  return unlessUnread(resource, async () => (await client.list<KubeObject, string>(resource, options)).items);
};
