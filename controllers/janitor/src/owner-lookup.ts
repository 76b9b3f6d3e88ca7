import { apiVersionOf, isNotFound, type Client, type Resource } from '@kube-steward/kube';
import type { Candidate } from './candidate.ts';
import type { Owner } from './observe.ts';

/**
 * Whether what controls an object is still there, asked of the server itself: a cache may not know of it yet, or any more.
 *
 * @param served the kinds there are
 * @returns `unknown` for a kind that is not among them: whoever cannot be asked may well be there
 * @throws KubeApiError where the server gives no answer
 */
export const lookUpOwner = async (
  client: Pick<Client, 'get'>,
  served: readonly Resource[],
  { owner, metadata }: Pick<Candidate, 'owner' | 'metadata'>,
  signal: AbortSignal,
): Promise<Owner> => {
  if (!owner) return 'none';
  const resource = served.find((each) => each.kind === owner.kind && apiVersionOf(each) === owner.apiVersion);
  if (!resource) return 'unknown';
  const name = { name: owner.name, ...(resource.namespaced && { namespace: metadata.namespace }) };
  try {
    const found = await client.get(resource, name, { metadataOnly: true, signal });
    return found.metadata.uid === owner.uid ? 'alive' : 'gone';
  } catch (error) {
    if (isNotFound(error)) return 'gone';
    throw error;
  }
};
