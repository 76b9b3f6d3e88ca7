import { createStore, isNotFound, type Client, type KubeObject, type Resource, type Store } from '@kube-steward/kube';
import type { Candidate } from './candidate.ts';
import {
  CLAIM_USER_INDEXES,
  claimUserProjection,
  referencesOf,
  type ClaimUser,
  type References,
} from './references.ts';

/**
 * Who uses a volume claim, asked of the server itself: between the last change that a watch has told of and a delete, a pod may
 * have come.
 *
 * @param kinds all that can use a claim
 * @throws KubeApiError where one of them cannot be asked
 */
export const lookUpReferences = async (
  client: Pick<Client, 'list'>,
  kinds: readonly Resource[],
  { metadata }: Pick<Candidate, 'metadata'>,
  signal: AbortSignal,
): Promise<References> => {
  const { namespace } = metadata;
  const stores = await Promise.all(kinds.map((kind) => usersIn(client, kind, namespace, signal)));
  return referencesOf(stores, metadata, undefined);
};

const usersIn = async (
  client: Pick<Client, 'list'>,
  resource: Resource,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Store<ClaimUser>> => {
  const store = createStore<ClaimUser>(CLAIM_USER_INDEXES);
  const project = claimUserProjection(resource);
  try {
    const { items } = await client.list<KubeObject, ClaimUser>(resource, { namespace, project, signal });
    for (const user of items) store.apply(user);
  } catch (error) {
    // It is not served any more: nothing of it is left.
    if (!isNotFound(error)) throw error;
  }
  return store;
};
