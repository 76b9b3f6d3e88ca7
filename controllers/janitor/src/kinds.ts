import { preferredResources, type Discovered, type Resource } from '@kube-steward/kube';
import { rulesReaching } from './answers.ts';
import { kindId, type KindId } from './keys.ts';
import { isKindIncluded, type Policy } from './policy.ts';
import { isClaimUser } from './references.ts';
import { isNamed } from './resource-name.ts';
import type { Rule } from './rules.ts';
import { systemObjectOf } from './system-objects.ts';

/** What has to be possible with a kind that is to be followed. */
const NEEDED_VERBS = ['list', 'watch', 'delete'];

/** The kinds to read, and how. */
export interface Readings {
  /** Those whose objects may be deleted. */
  readonly candidates: readonly Resource[];
  /** Those whose objects may use a volume claim, where a rule asks for that. */
  readonly claimUsers: readonly Resource[];
}

/**
 * What is to be read of all that the server has: each kind once, in the version the server prefers. A kind whose own server
 * does not answer is gone on with where it was read before, and else waited for.
 */
export const readingsOf = (
  { resources, problems }: Discovered,
  policy: Policy,
  isFollowed: (kind: KindId) => boolean,
): Readings => {
  const stale = new Set(problems.map(({ groupVersion }) => groupVersion));
  const served = preferredResources(resources)
    .filter(({ plural, verbs }) => !plural.includes('/') && verbs.includes('list') && verbs.includes('watch'))
    .filter((each) => !stale.has(groupVersionOf(each)) || isFollowed(kindId(each)));
  const deletable = served.filter(({ verbs }) => NEEDED_VERBS.every((verb) => verbs.includes(verb)));
  return {
    candidates: deletable.filter((each) => isKindIncluded(policy, each) && !isNeverDeleted(each)).map(resourceOf),
    claimUsers: asksForContext(policy) ? served.filter(isClaimUser).map(resourceOf) : [],
  };
};

const groupVersionOf = ({ group, version }: Resource): string => (group === '' ? version : `${group}/${version}`);

/** Without what else discovery says of it, which nobody reads. */
const resourceOf = ({ group, version, plural, kind, namespaced }: Resource): Resource => ({
  group,
  version,
  plural,
  kind,
  namespaced,
});

/** All of a kind belongs to the system: to read it would be for nothing. */
const isNeverDeleted = (resource: Resource): boolean => {
  const any = { metadata: { name: 'any', ...(resource.namespaced && { namespace: 'any' }) } };
  return systemObjectOf(resource, any)?.fromRules === false;
};

/** Whether a rule asks who uses a volume claim. */
const asksForContext = ({ rules }: Policy): boolean => rules.some(({ expression }) => expression.needsContext);

/** Whether the objects of a kind are read whole, because a rule reads them, or their metadata alone. */
export const isReadWhole = (resource: Resource, policy: Policy): boolean =>
  rulesReaching(policy.rules, resource).length > 0;

/** Rules that name no kind there is: they wait for it to be installed. */
export const inertRules = ({ rules }: Policy, { candidates }: Readings): readonly Rule[] =>
  rules.filter(({ resources }) => !candidates.some((each) => resources.some((name) => isNamed(name, each))));
