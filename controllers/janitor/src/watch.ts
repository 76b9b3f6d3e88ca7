import type { Source } from '@kube-steward/controller';
import type { Informer, InformerSet, Resource, StoredObject } from '@kube-steward/kube';
import { candidateProjection, type Candidate } from './candidate.ts';
import { keyOfObject, kindId, parseObjectKey, type Key, type KindId } from './keys.ts';
import { KindSet } from './kind-set.ts';
import { isReadWhole, type Readings } from './kinds.ts';
import { CANDIDATE_INDEXES, type View } from './observe.ts';
import type { Policy } from './policy.ts';
import { CLAIM_USER_INDEXES, claimUserProjection, type ClaimUser } from './references.ts';

/** Every kind there is to delete, kept up to date. */
export interface WatchedKinds {
  readonly stores: Pick<View, 'candidates' | 'claimUsers' | 'unread'>;
  /** What a change makes due. Before `begin` nothing is. */
  readonly source: Source;
  /** Reads these kinds from now on, by the rules of this policy. */
  follow(readings: Readings, policy: Policy): void;
  readonly isFollowed: (kind: KindId) => boolean;
  /** `unread`: not before its kind has been read by today's rules. `undefined`: there is nothing to decide about it. */
  candidate(key: Key): Candidate | 'unread' | undefined;
  all(): Iterable<Candidate>;
  /** From now on changes are told; what there is comes first, the soonest due of all at the front. */
  begin(dueAt: (candidate: Candidate) => number): void;
  /** Why something may be in a namespace that nobody knows of. */
  readonly unsettled: () => string | undefined;
  informers(): Iterable<Informer<StoredObject>>;
}

export interface WatchHooks {
  /** An object was read, and this is kept of it. */
  readonly onSeen: (resource: Resource, candidate: Candidate | undefined) => void;
  /** All of a kind has been read, and its objects are about to come due. */
  readonly onRead: (candidates: Iterable<Candidate>) => void;
}

type Kind = Pick<Resource, 'plural' | 'group'>;
const CLAIMS: Kind = { plural: 'persistentvolumeclaims', group: '' };
const NAMESPACES: Kind = { plural: 'namespaces', group: '' };
const CLAIMS_ID = kindId(CLAIMS);
const NAMESPACES_ID = kindId(NAMESPACES);

const CLAIM_INDEXES = {
  ...CANDIDATE_INDEXES,
  namespace: ({ metadata }: Candidate) => [metadata.namespace ?? ''],
};

export const watchKinds = (informers: InformerSet, { onSeen, onRead }: WatchHooks): WatchedKinds => {
  let policy: Policy | undefined;
  /** Counts the policies: what was read by another one has another signature. */
  let generation = 0;
  let add: Parameters<Source['connect']>[0] = () => undefined;
  let hasBegun = false;
  const due = (keys: Iterable<Key>, priority: 'normal' | 'low'): void => {
    if (hasBegun) for (const key of keys) add(key, { priority });
  };

  const candidates = new KindSet<Candidate>({
    informers,
    ask(resource) {
      const current = policy as Policy;
      const isWhole = isReadWhole(resource, current);
      const project = candidateProjection(resource, current);
      const purpose = isWhole ? `rules ${generation}` : 'annotations';
      return {
        signature: `${resource.version} ${purpose}`,
        options: {
          resource,
          purpose,
          metadataOnly: !isWhole,
          project(object) {
            const candidate = project(object);
            onSeen(resource, candidate);
            return candidate;
          },
          indexes: kindId(resource) === CLAIMS_ID ? CLAIM_INDEXES : CANDIDATE_INDEXES,
        },
      };
    },
    onChange: (resource, objects) => due(keysOf(resource, objects), 'normal'),
    onRead(resource, objects) {
      if (hasBegun) onRead(candidates.store(kindId(resource))?.list() ?? []);
      due(keysOf(resource, objects), 'low');
      // They may have waited for this kind: what is in them was not all known.
      due(
        Array.from(candidates.store(NAMESPACES_ID)?.list() ?? [], (namespace) => keyOfObject(NAMESPACES, namespace)),
        'low',
      );
    },
  });

  const claimUsers = new KindSet<ClaimUser>({
    informers,
    ask: (resource) => ({
      signature: resource.version,
      options: { resource, purpose: 'claims', project: claimUserProjection(resource), indexes: CLAIM_USER_INDEXES },
    }),
    onChange: (_resource, users) => due(keysOfClaims(candidates, users), 'normal'),
    onRead: () =>
      due(
        Array.from(candidates.store(CLAIMS_ID)?.list() ?? [], (claim) => keyOfObject(CLAIMS, claim)),
        'low',
      ),
  });

  const all = function* (): Generator<Candidate> {
    for (const store of candidates.stores()) yield* store.list();
  };
  return {
    stores: {
      get candidates() {
        return candidates.stores();
      },
      get claimUsers() {
        return [...claimUsers.stores()];
      },
      unread: () => unreadOf(claimUsers.informers(), () => false),
    },
    source: {
      connect(toQueue) {
        add = toQueue;
        return () => (add = () => undefined);
      },
    },
    follow(readings, by) {
      if (by !== policy) generation++;
      policy = by;
      claimUsers.follow(readings.claimUsers);
      candidates.follow(readings.candidates);
    },
    isFollowed: (kind) => candidates.has(kind),
    candidate(key) {
      const { kind, object } = parseObjectKey(key);
      return candidates.isBeingRead(kind) ? 'unread' : candidates.store(kind)?.get(object);
    },
    all,
    begin(dueAt) {
      hasBegun = true;
      const queued = Array.from(all(), (candidate) => ({ candidate, at: dueAt(candidate) }));
      queued.sort((a, b) => a.at - b.at);
      due(
        queued.map(({ candidate }) => keyOfObject(candidate.resource, candidate)),
        'low',
      );
    },
    unsettled: () => unreadOf(candidates.informers(), isUnavailable),
    *informers() {
      yield* candidates.informers() as Iterable<Informer<StoredObject>>;
      yield* claimUsers.informers() as Iterable<Informer<StoredObject>>;
    },
  };
};

type AnyInformer = Pick<Informer<StoredObject>, 'resource' | 'status'>;

/** It will not be read before somebody does something about it: no permission, not served. */
export const isUnavailable = ({ status }: AnyInformer): boolean => status.problem !== undefined;

const unreadOf = (
  informers: Iterable<AnyInformer>,
  isNoMatter: (informer: AnyInformer) => boolean,
): string | undefined => {
  for (const informer of informers) {
    const { resource, status } = informer;
    if (!status.synced && !isNoMatter(informer))
      return `${resource.plural} are not read${status.lastError ? `: ${status.lastError.message}` : ' yet'}`;
  }
  return undefined;
};

/** The objects themselves; and their namespaces, which must not go while they hold what is protected. */
const keysOf = (resource: Resource, objects: readonly Candidate[]): ReadonlySet<Key> => {
  const keys = new Set<Key>();
  for (const { metadata, layer } of objects) {
    keys.add(keyOfObject(resource, { metadata }));
    if (layer.entries.protect && metadata.namespace !== undefined)
      keys.add(keyOfObject(NAMESPACES, { metadata: { name: metadata.namespace } }));
  }
  return keys;
};

const keysOfClaims = (candidates: KindSet<Candidate>, users: readonly ClaimUser[]): ReadonlySet<Key> => {
  const keys = new Set<Key>();
  for (const { metadata, claims, prefixes } of users) {
    const { namespace } = metadata;
    for (const name of claims) keys.add(keyOfObject(CLAIMS, { metadata: { name, namespace } }));
    if (prefixes.length === 0) continue;
    for (const claim of candidates.store(CLAIMS_ID)?.byIndex('namespace', namespace ?? '') ?? [])
      if (prefixes.some((prefix) => claim.metadata.name.startsWith(prefix))) keys.add(keyOfObject(CLAIMS, claim));
  }
  return keys;
};
