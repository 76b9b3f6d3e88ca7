import { createStore, type Client, type KubeObject, type Resource, type Store } from '@kube-steward/kube';
import type { Candidate } from './candidate.ts';
import {
  CLAIM_USER_INDEXES,
  claimUserProjection,
  referencesOf,
  type ClaimUser,
  type References,
} from './references.ts';
import type { Searched } from './searched.ts';
import { unlessUnread } from './unread.ts';

/**
 * Who uses a volume claim, asked of the server itself: between the last change that a watch has told of and a delete, a pod may
 * have come; and kinds that are not known for using claims are not watched at all.
 *
 * @throws KubeApiError where the server gives no answer
 */
export const lookUpReferences = async (
  client: Pick<Client, 'list'>,
  { kinds, unknown }: Searched,
  { metadata }: Pick<Candidate, 'metadata'>,
  signal: AbortSignal,
): Promise<References> => {
  if (unknown !== undefined) return { state: 'unknown', why: unknown };
  const { namespace } = metadata;
  const answers = await Promise.all(kinds.map((kind) => usersIn(client, kind, namespace, signal)));
  const stores = answers.filter((answer) => typeof answer !== 'string');
  return referencesOf(
    stores,
    metadata,
    answers.find((answer) => typeof answer === 'string'),
  );
};

/** Those who use claims; or why it cannot be told. */
const usersIn = (
  client: Pick<Client, 'list'>,
  resource: Resource,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Store<ClaimUser> | string> =>
  unlessUnread(resource, async () => {
    const store = createStore<ClaimUser>(CLAIM_USER_INDEXES);
    const project = claimUserProjection(resource);
    const { items } = await client.list<KubeObject, ClaimUser>(resource, { namespace, project, signal });
    for (const user of items) store.apply(user);
    return store;
  });
