import { preferredResources, type Discovered, type DiscoveredResource, type Resource } from '@kube-steward/kube';
import { kindId } from './keys.ts';
import type { Policy } from './policy.ts';
import { groupMayUseClaims, mayUseClaims } from './references.ts';
import { isNamed } from './resource-name.ts';

/** The kinds to ask before something goes, and why there may be others, if so. */
export interface Searched {
  readonly kinds: readonly Resource[];
  readonly unknown: string | undefined;
}

/**
 * Every kind that goes with its namespace, whether the janitor looks at it or not: a protection counts wherever it is written.
 * What cannot be deleted Kubernetes leaves where it is.
 */
export const kindsInside = (discovered: Discovered, policy: Policy): Searched =>
  searched(
    discovered,
    policy,
    () => true,
    () => true,
  );

/** Every kind whose objects may use a volume claim. */
export const kindsUsingClaims = (discovered: Discovered, policy: Policy): Searched =>
  searched(discovered, policy, mayUseClaims, groupMayUseClaims);

/** What the server cannot tell of is unknown, not absent. */
const searched = (
  { resources, problems }: Discovered,
  { unchecked }: Policy,
  isWanted: (resource: Resource) => boolean,
  isWantedOf: (group: string) => boolean,
): Searched => {
  const kinds = preferredResources(resources).filter(
    (each) => goesWithNamespace(each) && isWanted(each) && !unchecked.some((name) => isNamed(name, each)),
  );
  const unlisted = kinds.find(({ verbs }) => !verbs.includes('list'));
  const problem = problems.find(({ groupVersion }) => {
    const group = groupOf(groupVersion);
    return isWantedOf(group) && !unchecked.some((name) => name.plural === '*' && name.group === group);
  });
  return {
    kinds,
    unknown: problem
      ? `${problem.groupVersion}: ${problem.message}`
      : unlisted && `${kindId(unlisted)} cannot be listed`,
  };
};

const goesWithNamespace = ({ namespaced, verbs, plural }: DiscoveredResource): boolean =>
  namespaced && verbs.includes('delete') && !plural.includes('/');

const groupOf = (groupVersion: string): string =>
  groupVersion.includes('/') ? groupVersion.slice(0, groupVersion.indexOf('/')) : '';
