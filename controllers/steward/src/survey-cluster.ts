import {
  createSurvey,
  isReadForCost,
  isReadWhole,
  kindsInside,
  kindsUsingClaims,
  readingsOf,
  type Policy,
  type Searched,
  type Survey,
  type View,
} from '@kube-steward/janitor';
import { discover, type Resource } from '@kube-steward/kube';
import { readSources, type AnySource } from './list-sources.ts';
import type { ReadContext } from './planners.ts';

/**
 * Reads every kind that the janitor looks at: metadata alone, and whole objects only of the kinds that a rule reads, or whose cost is told. What may
 * not be read is named in a notice, and the rest goes on: whoever is not seen for that is neither gone nor unused.
 */
export const surveyCluster = async (
  context: ReadContext,
  policy: Policy,
  remembered: View['remembered'],
): Promise<Survey> => {
  const discovered = await discover(context.client);
  const { candidates, claimUsers } = readingsOf(discovered, policy, () => false);
  const inside = kindsInside(discovered, policy);
  const users = claimUsers.length > 0 ? kindsUsingClaims(discovered, policy) : NOBODY;
  const failed: Resource[] = [];
  const survey = createSurvey({
    policy,
    unread: () => users.unknown ?? unreadOf(users.kinds, failed),
    unreadInside: () => inside.unknown ?? unreadOf(inside.kinds, failed),
    missing: (isKindSeen) => (isKindSeen ? 'gone' : 'unknown'),
    remembered,
  });
  // Looked at or not, they may hold what is protected, or use a claim; the users are among them.
  const others = inside.kinds.filter((kind) => !candidates.some((each) => isSame(each, kind)));
  const sources = [...candidates, ...others].map((resource): AnySource => ({
    resource,
    optional: true,
    metadataOnly:
      !isReadWhole(resource, policy) && !isReadForCost(resource) && !users.kinds.some((user) => isSame(user, resource)),
    project: (object) => {
      survey.add(resource, object);
      return undefined;
    },
  }));
  const namespaces = context.namespace === undefined ? [] : [context.namespace];
  const forbidden = await readSources(context, sources, namespaces, () => ({ apply: () => [] }));
  for (const source of sources)
    if (forbidden.has(source)) failed.push(source.resource);
    else survey.see(source.resource);
  return context.namespace === undefined ? survey : { ...survey, population: inNamespacesAlone(survey) };
};

const NOBODY: Searched = { kinds: [], unknown: undefined };

const isSame = (a: Resource, b: Resource): boolean => a.plural === b.plural && a.group === b.group;

const unreadOf = (kinds: readonly Resource[], failed: readonly Resource[]): string | undefined => {
  const unread = kinds.filter((kind) => failed.some((each) => isSame(kind, each)));
  return unread.length === 0 ? undefined : `${unread.map(({ plural }) => plural).join(', ')} may not be read`;
};

/** Of a part of the cluster nobody can tell how much it is of the whole. */
const inNamespacesAlone =
  ({ population }: Survey): Survey['population'] =>
  (kind, namespace) =>
    namespace === undefined ? Infinity : population(kind, namespace);
