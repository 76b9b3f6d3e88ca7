import type { KubeObject, Resource, Store } from '@kube-steward/kube';
import type { JsonMap } from './jmespath/index.ts';

/**
 * Whether something uses a volume claim. What could not be read in full is `unknown`, which is not `unused`: nothing is deleted
 * on it.
 */
export type References =
  /** `by`: `Pod/web-0`. A pod has it mounted, whatever its phase; anything else would mount it in the pods it makes. */
  | { readonly state: 'used'; readonly by: string; readonly isMounted: boolean }
  | { readonly state: 'unused' }
  | { readonly state: 'unknown'; readonly why: string };

/** What an object with a pod template says of claims. */
export interface ClaimUser {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string | undefined;
    readonly uid: string;
    readonly resourceVersion: string;
  };
  readonly kind: string;
  /** The claims it names. */
  readonly claims: readonly string[];
  /** What the claims that it makes for its pods begin with: `data-web-`, a number follows. */
  readonly prefixes: readonly string[];
}

/** The kinds that can use a claim and are watched for it, of those that are built in and of those that are widely installed. */
export const CLAIM_USERS: readonly { readonly group: string; readonly plural: string }[] = [
  { group: '', plural: 'pods' },
  { group: '', plural: 'podtemplates' },
  { group: '', plural: 'replicationcontrollers' },
  { group: 'apps', plural: 'deployments' },
  { group: 'apps', plural: 'replicasets' },
  { group: 'apps', plural: 'statefulsets' },
  { group: 'apps', plural: 'daemonsets' },
  { group: 'batch', plural: 'jobs' },
  { group: 'batch', plural: 'cronjobs' },
  { group: 'argoproj.io', plural: 'rollouts' },
  { group: 'argoproj.io', plural: 'workflows' },
  { group: 'argoproj.io', plural: 'cronworkflows' },
  { group: 'argoproj.io', plural: 'workflowtemplates' },
  { group: 'apps.openshift.io', plural: 'deploymentconfigs' },
  { group: 'apps.kruise.io', plural: 'clonesets' },
  { group: 'apps.kruise.io', plural: 'statefulsets' },
  { group: 'apps.kruise.io', plural: 'daemonsets' },
  { group: 'batch.volcano.sh', plural: 'jobs' },
  { group: 'jobset.x-k8s.io', plural: 'jobsets' },
  { group: 'kubeflow.org', plural: 'mpijobs' },
  { group: 'kubeflow.org', plural: 'notebooks' },
  { group: 'kubeflow.org', plural: 'paddlejobs' },
  { group: 'kubeflow.org', plural: 'pytorchjobs' },
  { group: 'kubeflow.org', plural: 'tfjobs' },
  { group: 'kubeflow.org', plural: 'xgboostjobs' },
  { group: 'ray.io', plural: 'rayclusters' },
  { group: 'ray.io', plural: 'rayjobs' },
  { group: 'ray.io', plural: 'rayservices' },
  { group: 'serving.knative.dev', plural: 'services' },
  { group: 'tekton.dev', plural: 'pipelineruns' },
  { group: 'tekton.dev', plural: 'taskruns' },
  { group: 'kubevirt.io', plural: 'virtualmachines' },
  { group: 'kubevirt.io', plural: 'virtualmachineinstances' },
  { group: 'sparkoperator.k8s.io', plural: 'sparkapplications' },
  { group: 'sparkoperator.k8s.io', plural: 'scheduledsparkapplications' },
  { group: 'snapshot.storage.k8s.io', plural: 'volumesnapshots' },
];

export const isClaimUser = ({ group, plural }: Resource): boolean =>
  CLAIM_USERS.some((user) => user.group === group && user.plural === plural);

/** Groups of Kubernetes itself, all of whose claim users are in the list; whatever else is served may have others. */
const BUILT_IN_GROUP =
  /^(?:|apps|batch|autoscaling|policy|extensions|(?:[a-z]+\.)?metrics\.k8s\.io|(?:admissionregistration|apiextensions|apiregistration|authentication|authorization|certificates|coordination|discovery|events|flowcontrol\.apiserver|internal\.apiserver|networking|node|rbac\.authorization|resource|scheduling|storage|storagemigration)\.k8s\.io)$/;

/** Whether objects of a kind may use a claim: it is known for it, or was defined by somebody else. */
export const mayUseClaims = (resource: Resource): boolean =>
  isClaimUser(resource) || !BUILT_IN_GROUP.test(resource.group);

/** The same of a group of which no more is known. */
export const groupMayUseClaims = (group: string): boolean =>
  CLAIM_USERS.some((user) => user.group === group) || !BUILT_IN_GROUP.test(group);

/** Deeper than any template lies. */
const DEEPEST = 16;

/** Keeps the objects that use a claim, wherever in them it stands; drops the rest on arrival. */
export const claimUserProjection =
  (resource: Resource) =>
  (object: KubeObject): ClaimUser | undefined => {
    const found = { claims: new Set<string>(), templates: new Set<string>() };
    search(contentOf(object), found, DEEPEST);
    if (found.claims.size + found.templates.size === 0) return undefined;
    const { name, namespace, uid = '', resourceVersion = '' } = object.metadata;
    return {
      metadata: { name, namespace, uid, resourceVersion },
      kind: resource.kind,
      claims: [...found.claims],
      prefixes: Array.from(found.templates, (template) => `${template}-${name}-`),
    };
  };

/** What people wrote: a PodTemplate has no `spec`. What a status says of claims is no use of them. */
const contentOf = (object: KubeObject): unknown => {
  const { metadata: _metadata, status: _status, ...content } = object as KubeObject & { status?: unknown };
  return content;
};

interface Found {
  readonly claims: Set<string>;
  readonly templates: Set<string>;
}

/** `claimName`, `persistentVolumeClaimName`, `volumeClaimName`, `existingClaim`, `pvc`: one name too many only keeps a claim. */
const NAMES_CLAIM = /(?:claim|pvc)(?:name)?$/i;

/** Every name of a claim in a value: that of a volume, of a disk, of the source of a snapshot, of a claim template. */
const search = (value: unknown, found: Found, depth: number): void => {
  if (typeof value !== 'object' || value === null || depth === 0) return;
  for (const [key, item] of Object.entries(value)) {
    if (NAMES_CLAIM.test(key) && typeof item === 'string') found.claims.add(item);
    else if (key === 'volumeClaimTemplates' && Array.isArray(item))
      for (const template of item) addName(found.templates, (template as Fields | null)?.['metadata'], 'name');
    else {
      if (key === 'pvc') addName(found.claims, item, 'name');
      search(item, found, depth - 1);
    }
  }
};

type Fields = Readonly<Record<string, unknown>>;

const addName = (names: Set<string>, value: unknown, key: string): void => {
  const name = typeof value === 'object' && value !== null ? (value as Fields)[key] : undefined;
  if (typeof name === 'string') names.add(name);
};

/** By claim (`namespace/name`), and by namespace for what makes its claims itself. */
export const CLAIM_USER_INDEXES = {
  claim: ({ metadata, claims }: ClaimUser) => claims.map((claim) => `${metadata.namespace ?? ''}/${claim}`),
  templates: ({ metadata, prefixes }: ClaimUser) => (prefixes.length > 0 ? [metadata.namespace ?? ''] : []),
};

/**
 * Who uses a claim.
 *
 * @param stores what was kept of every kind that can use one, with the indexes above
 * @param unread why not all of them are known, if so
 */
export const referencesOf = (
  stores: readonly Pick<Store<ClaimUser>, 'byIndex'>[],
  { namespace = '', name }: { readonly namespace?: string | undefined; readonly name: string },
  unread: string | undefined,
): References => {
  const users = stores.flatMap((store) => [
    ...store.byIndex('claim', `${namespace}/${name}`),
    ...store
      .byIndex('templates', namespace)
      .filter(({ prefixes }) => prefixes.some((prefix) => isMadeBy(prefix, name))),
  ]);
  const [user] = users.sort((a, b) => Number(isPod(b)) - Number(isPod(a)));
  const mounted = user !== undefined && isPod(user);
  // Without all pods nobody can say that none of them has it mounted.
  if (unread !== undefined && !mounted) return { state: 'unknown', why: unread };
  return user ? { state: 'used', by: `${user.kind}/${user.metadata.name}`, isMounted: mounted } : { state: 'unused' };
};

const isPod = ({ kind }: ClaimUser): boolean => kind === 'Pod';

/** Whatever the number: a set that was made smaller still owns what it made. */
const isMadeBy = (prefix: string, claim: string): boolean =>
  claim.startsWith(prefix) && /^[0-9]+$/.test(claim.slice(prefix.length));

/** What a rule may ask of the context. */
export const CONTEXT_KEYS = ['pvc_is_not_mounted', 'pvc_is_not_referenced'] as const;

/** What a rule sees as `_context` (JMESPath) or `context` (CEL), under kube-janitor's names. */
export const contextOf = (references: Exclude<References, { state: 'unknown' }>): JsonMap => ({
  pvc_is_not_mounted: !(references.state === 'used' && references.isMounted),
  pvc_is_not_referenced: references.state === 'unused',
});
