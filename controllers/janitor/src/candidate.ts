import { apiVersionOf, type KubeObject, type OwnerReference, type Resource } from '@kube-steward/kube';
import type { ObjectReference } from '@kube-steward/plan';
import { messageOf } from '@kube-steward/cli';
import { readAnnotations, type Layer } from './annotations.ts';
import { askRules, rulesReaching, type Answer } from './answers.ts';
import { isFinished } from './finished.ts';
import type { Json, JsonMap } from './jmespath/index.ts';
import { managerOf, optOutOf, responsibleFor } from './marks.ts';
import { parseMoment } from './moment.ts';
import { isIncluded, type Policy } from './policy.ts';
import { quarantineChanges, type QuarantineChange } from './quarantine-size.ts';
import { systemObjectOf } from './system-objects.ts';

/** An object as the janitor keeps it: what its deadline is made from, and what could stand against deleting it. */
export interface Candidate {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string | undefined;
    readonly uid: string;
    /** What a delete is conditional on, together with the uid. */
    readonly resourceVersion: string;
  };
  readonly reference: ObjectReference;
  readonly resource: Resource;
  /** When it was made, milliseconds since the epoch; absent in manifests. */
  readonly created: number | undefined;
  /** What its deployment-time annotation says, if there is one to read. */
  readonly deployed: Moment | undefined;
  readonly isTerminating: boolean;
  /** The one that controls it. */
  readonly owner: OwnerReference | undefined;
  /** A pod or a Job that has run to its end. */
  readonly isFinished: boolean;
  readonly layer: Layer;
  /** What the rules say, up to the first that decides. */
  readonly answers: readonly Answer[];
  /** The object itself, where a rule has yet to be asked. */
  readonly object: JsonMap | undefined;
  /** `helm.sh/resource-policy: keep`, say: what others are told by to leave it. */
  readonly optOut: string | undefined;
  /** Why the cluster cannot do without it. */
  readonly system: SystemObject | undefined;
  /** What stops it, where its rule has a quarantine. */
  readonly quarantine: QuarantineChange | undefined;
  /** The tool that would make it again. */
  readonly manager: string | undefined;
  /** Whom to ask about it: a team, an owner, as labels and annotations have it. */
  readonly responsible: string | undefined;
}

export type Moment = { readonly at: number; readonly problem?: never } | { readonly problem: string };

/** Why an object is one of the system's; `fromRules`: only rules are kept from it, its own annotations count. */
export interface SystemObject {
  readonly reason: 'SystemObject' | 'OwnObject';
  readonly why: string;
  readonly fromRules: boolean;
}

/**
 * What is kept of the objects of one kind: `undefined` for all those about which nothing can ever be due. These are nearly
 * all, and are found out by their annotations alone.
 */
export const candidateProjection = (
  resource: Resource,
  policy: Policy,
): ((object: KubeObject) => Candidate | undefined) => {
  const { hear, build } = candidatesOf(resource, policy);
  const isReached = rulesReaching(policy.rules, resource).length > 0;
  return (object) => {
    if (!isReached && !isAnnotated(policy.prefix, object.metadata.annotations)) return undefined;
    const said = hear(object);
    return isKept(said, resource, object, policy) ? build(object, said) : undefined;
  };
};

const isAnnotated = (prefix: string, annotations: Readonly<Record<string, string>> | null | undefined): boolean => {
  for (const key in annotations) if (key.startsWith(prefix) && key[prefix.length] === '/') return true;
  return false;
};

/** Something about it may come due, is to be reported, or protects what it is in. */
const isKept = (
  { layer, answers }: Said,
  resource: Resource,
  { metadata: { name, namespace } }: KubeObject,
  policy: Policy,
): boolean => {
  const { ttl, expires, protect, quarantined } = layer.entries;
  if (protect && protect.value !== false) return true;
  if (!isIncluded(policy, resource, { name, namespace })) return false;
  const hasAnnotation = expires !== undefined || quarantined !== undefined || layer.unknown.length > 0;
  return hasAnnotation || (ttl !== undefined && ttl.value !== 'forever') || answers.some(mayDelete);
};

const mayDelete = ({ kind, rule }: Answer): boolean => kind !== 'match' || rule.ttl !== 'forever';

/** Everything there is to know of any object of one kind. */
export const candidateOf = (resource: Resource, policy: Policy): ((object: KubeObject) => Candidate) => {
  const { hear, build } = candidatesOf(resource, policy);
  return (object) => build(object, hear(object));
};

/** What is said of an object, by itself and by the rules: enough to tell whether it is kept. */
type Said = Pick<Candidate, 'layer' | 'owner' | 'answers'>;

interface Candidates {
  readonly hear: (object: KubeObject) => Said;
  readonly build: (object: KubeObject, said: Said) => Candidate;
}

const candidatesOf = (resource: Resource, policy: Policy): Candidates => {
  const reach = rulesReaching(policy.rules, resource);
  return {
    hear(object) {
      const { ownerReferences, annotations } = object.metadata;
      const layer = readAnnotations(policy.prefix, annotations);
      const owner = ownerReferences?.find(({ controller }) => controller === true);
      // A time to live of its own comes before all rules, unless it may turn out to be a copy of its owner's.
      const asksRules = layer.entries.ttl === undefined || owner !== undefined;
      return { layer, owner, answers: asksRules ? askRules(reach, resource, jsonOf(object)) : NO_ANSWERS };
    },
    build: (object, said) => candidate(resource, policy, object, said),
  };
};

const candidate = (
  resource: Resource,
  policy: Policy,
  object: KubeObject,
  { layer, owner, answers }: Said,
): Candidate => {
  const { name, namespace, uid = '', resourceVersion = '' } = object.metadata;
  return {
    metadata: { name, namespace, uid, resourceVersion },
    reference: {
      apiVersion: object.apiVersion ?? apiVersionOf(resource),
      kind: object.kind ?? resource.kind,
      ...(namespace !== undefined && { namespace }),
      name,
    },
    resource,
    created: momentOf(object.metadata.creationTimestamp),
    deployed: deployedOf(object, policy),
    isTerminating: object.metadata.deletionTimestamp != null,
    owner,
    isFinished: isFinished(resource, object),
    layer,
    answers,
    object: answers.some(({ kind }) => kind === 'asks') ? jsonOf(object) : undefined,
    optOut: optOutOf(object.metadata),
    system: systemObjectOf(resource, object),
    quarantine: answers.some(({ rule }) => rule.quarantineMs !== undefined)
      ? quarantineChanges(resource, object)
      : undefined,
    manager: managerOf(object.metadata),
    responsible: responsibleFor(object.metadata),
  };
};

const NO_ANSWERS: readonly Answer[] = [];

/** Wire JSON is JSON, whatever the type of the fields that are read says. */
const jsonOf = (object: KubeObject): JsonMap => object as unknown as Json as JsonMap;

const momentOf = (text: string | null | undefined): number | undefined => {
  const at = text == null ? NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
};

const deployedOf = (
  { metadata: { annotations } }: KubeObject,
  { deploymentTimeAnnotation }: Policy,
): Moment | undefined => {
  const text = deploymentTimeAnnotation === undefined ? undefined : annotations?.[deploymentTimeAnnotation];
  if (text === undefined) return undefined;
  try {
    return { at: parseMoment(text) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
};
