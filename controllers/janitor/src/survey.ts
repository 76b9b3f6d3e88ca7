import { createStore, keyOf, type KubeObject, type Resource, type WritableStore } from '@kube-steward/kube';
import type { ObjectReference } from '@kube-steward/plan';
import type { Population } from './breaker.ts';
import { candidateOf, type Candidate } from './candidate.ts';
import { NO_COST, addCosts, costOf, type Cost } from './cost.ts';
import { CANDIDATE_INDEXES, type Owner, type Remembered, type View } from './observe.ts';
import { isNamespaces, type Policy } from './policy.ts';
import { CLAIM_USER_INDEXES, claimUserProjection, mayUseClaims, type ClaimUser } from './references.ts';

/** Everything there is, read once: what a plan is made from. */
export interface Survey extends View {
  readonly kinds: ReadonlyMap<string, SurveyedKind>;
  readonly population: Population;
  find(object: ObjectReference): Candidate | undefined;
  labels(object: ObjectReference): Readonly<Record<string, string>>;
  /** What it takes to keep it; of a Namespace: all that is in it. Of what was read by its metadata alone: nothing. */
  cost(candidate: Candidate): Cost;
}

export interface SurveyedKind {
  readonly resource: Resource;
  readonly store: WritableStore<Candidate>;
}

/** Takes in one object after the other. */
export interface Surveyor extends Survey {
  /** All of a kind is going to be seen, were it none. */
  see(resource: Resource): void;
  add(resource: Resource, object: KubeObject): void;
}

export interface SurveyOptions {
  readonly policy: Policy;
  /** Why not all who may use a volume claim are seen, if so. */
  readonly unread: () => string | undefined;
  /** What has become of an owner that is not among what was seen; `isKindSeen`: others of its kind would have been. */
  readonly missing: (isKindSeen: boolean) => Exclude<Owner, 'none' | 'alive'>;
  readonly unreadInside?: View['unreadInside'];
  readonly remembered?: View['remembered'];
}

const NOTHING: Remembered = {};
const NO_LABELS: Readonly<Record<string, string>> = {};

const idOf = ({ group, plural }: Resource): string => `${plural}.${group}`;
const kindOf = (apiVersion: string, kind: string): string =>
  `${apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''}/${kind}`;

export const createSurvey = ({ policy, unread, unreadInside, missing, remembered }: SurveyOptions): Surveyor => {
  const kinds = new Map<string, SurveyedKind>();
  const byKind = new Map<string, SurveyedKind>();
  const projections = new Map<string, (object: KubeObject) => Candidate>();
  const users: WritableStore<ClaimUser>[] = [];
  const claimUsers = new Map<string, (object: KubeObject) => void>();
  const costs = new WeakMap<Candidate, Cost>();
  const labels = new WeakMap<Candidate, Readonly<Record<string, string>>>();

  const see = (resource: Resource): SurveyedKind => {
    const known = kinds.get(idOf(resource));
    if (known) return known;
    const seen = { resource, store: createStore<Candidate>(CANDIDATE_INDEXES) };
    kinds.set(idOf(resource), seen);
    byKind.set(`${resource.group}/${resource.kind}`, seen);
    projections.set(idOf(resource), candidateOf(resource, policy));
    if (mayUseClaims(resource)) claimUsers.set(idOf(resource), collectUsers(resource, users));
    return seen;
  };
  const find = ({ apiVersion, kind, namespace, name }: ObjectReference): Candidate | undefined =>
    byKind.get(kindOf(apiVersion, kind))?.store.get(keyOf({ metadata: { name, namespace } }));

  return {
    kinds,
    candidates: { [Symbol.iterator]: () => Array.from(kinds.values(), ({ store }) => store)[Symbol.iterator]() },
    claimUsers: users,
    unread,
    ...(unreadInside && { unreadInside }),
    remembered: remembered ?? (() => NOTHING),
    see: (resource) => void see(resource),
    add(resource, object) {
      const { store } = see(resource);
      const candidate = projections.get(idOf(resource))?.(object);
      if (!candidate) return;
      store.apply(candidate);
      claimUsers.get(idOf(resource))?.(object);
      const cost = costOf(resource, object);
      if (cost) costs.set(candidate, cost);
      if (object.metadata.labels) labels.set(candidate, object.metadata.labels);
    },
    owner: (candidate) => ownerIn(candidate, byKind, missing),
    population: (kind, namespace) => countOf(kinds.get(kind.includes('.') ? kind : `${kind}.`), namespace),
    find,
    cost: (candidate) =>
      isNamespaces(candidate.resource)
        ? costInside(candidate.metadata.name, kinds, costs)
        : (costs.get(candidate) ?? NO_COST),
    labels(object) {
      const candidate = find(object);
      return (candidate && labels.get(candidate)) ?? NO_LABELS;
    },
  };
};

const collectUsers = (resource: Resource, users: WritableStore<ClaimUser>[]): ((object: KubeObject) => void) => {
  const store = createStore<ClaimUser>(CLAIM_USER_INDEXES);
  const project = claimUserProjection(resource);
  users.push(store);
  return (object) => {
    const user = project(object);
    if (user) store.apply(user);
  };
};

/** By its uid where there are any: manifests may name an owner and leave all uids out. */
const ownerIn = (
  { owner, metadata }: Candidate,
  byKind: ReadonlyMap<string, SurveyedKind>,
  missing: SurveyOptions['missing'],
): Exclude<Owner, 'none'> => {
  if (!owner) return 'gone';
  const seen = byKind.get(kindOf(owner.apiVersion, owner.kind));
  if (!seen) return missing(false);
  const namespace = seen.resource.namespaced ? metadata.namespace : undefined;
  const found = seen.store.get(keyOf({ metadata: { name: owner.name, namespace } }));
  if (!found) return missing(true);
  return found.metadata.uid === '' || found.metadata.uid === owner.uid ? 'alive' : 'gone';
};

/** What an owner's are is in the cost of the owner. */
const costInside = (
  namespace: string,
  kinds: ReadonlyMap<string, SurveyedKind>,
  costs: WeakMap<Candidate, Cost>,
): Cost => {
  let sum = NO_COST;
  for (const { store } of kinds.values())
    for (const candidate of store.list())
      if (candidate.metadata.namespace === namespace && candidate.owner === undefined)
        sum = addCosts(sum, costs.get(candidate) ?? NO_COST);
  return sum;
};

const countOf = (kind: SurveyedKind | undefined, namespace: string | undefined): number => {
  if (!kind) return 0;
  if (namespace === undefined) return kind.store.size;
  let count = 0;
  for (const { metadata } of kind.store.list()) if (metadata.namespace === namespace) count++;
  return count;
};
