import type { Store } from '@kube-steward/kube';
import type { Layer } from './annotations.ts';
import type { Candidate } from './candidate.ts';
import { isNamespaces } from './policy.ts';
import { hasContext } from './answers.ts';
import type { ClaimUser, References } from './references.ts';
import { referencesOf } from './references.ts';

/** Whether what controls an object is still there, by its uid. `unknown`: nobody has asked, or there was no answer. */
export type Owner = 'none' | 'alive' | 'gone' | 'unknown';

/** What was announced of an object. */
export interface Notice {
  /** The deadline it was about, milliseconds since the epoch. */
  readonly deadline: number;
  /** When it was announced. */
  readonly at: number;
}

/** Since when a rule has matched an object without a break. */
export interface FirstMatched {
  /** As `matchIdOf` has it. */
  readonly rule: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What is remembered of one object (by its uid) from one look to the next, and over a restart. */
export interface Remembered {
  readonly notice?: Notice | undefined;
  readonly firstMatched?: FirstMatched | undefined;
}

/** All there is to know about one object before deciding. */
export interface Observation extends Remembered {
  readonly candidate: Candidate;
  readonly owner: Owner;
  /** Who uses it. Of all that is no volume claim: nothing does. */
  readonly references: References;
  /** Of a Namespace: what in it is protected. */
  readonly protectedInside: readonly string[];
  /** Of a Namespace: why not everything in it is known, if so. */
  readonly unreadInside?: string | undefined;
}

/** What a controller's informers or a plan's lists brought. */
export interface View {
  /** What is kept of each kind that is read, with `CANDIDATE_INDEXES`. */
  readonly candidates: Iterable<Store<Candidate>>;
  /** What is kept of each kind that can use a volume claim, with `CLAIM_USER_INDEXES`. */
  readonly claimUsers: readonly Store<ClaimUser>[];
  /** Why not all who may use a claim are known, if so: a kind that cannot be read, or has not been read yet. */
  readonly unread: () => string | undefined;
  /** Why not everything that is in a namespace is known, if so. */
  readonly unreadInside?: (namespace: string) => string | undefined;
  /** Whether what controls a candidate is still there; only asked of those that have such an owner. */
  readonly owner: (candidate: Candidate) => Exclude<Owner, 'none'>;
  readonly remembered: (candidate: Candidate) => Remembered;
}

/** Where the candidates are that `janitor/protect` keeps, by namespace. */
export const CANDIDATE_INDEXES = {
  protectedIn: ({ metadata, layer }: Candidate) =>
    metadata.namespace !== undefined && isProtected(layer) ? [metadata.namespace] : [],
};

/** Also by a value that cannot be read: it may have been meant to protect. */
export const isProtected = ({ entries: { protect } }: Layer): boolean =>
  protect !== undefined && protect.value !== false;

/** What is protected, with whom to ask about it. */
export const nameInside = (kind: string, name: string, responsible: string | undefined): string =>
  `${kind}/${name}${responsible === undefined ? '' : ` (${responsible})`}`;

const UNUSED: References = { state: 'unused' };
const NOTHING: readonly string[] = [];

/** One object with all that bears on it. */
export const observe = (view: View, candidate: Candidate): Observation => ({
  candidate,
  owner: candidate.owner === undefined ? 'none' : view.owner(candidate),
  references: hasContext(candidate.resource)
    ? referencesOf(view.claimUsers, candidate.metadata, view.unread())
    : UNUSED,
  protectedInside: isNamespaces(candidate.resource) ? protectedIn(view, candidate.metadata.name) : NOTHING,
  unreadInside: isNamespaces(candidate.resource) ? view.unreadInside?.(candidate.metadata.name) : undefined,
  ...view.remembered(candidate),
});

const protectedIn = ({ candidates }: View, namespace: string): readonly string[] =>
  Array.from(candidates, (store) => store.byIndex('protectedIn', namespace))
    .flat()
    .map(({ reference: { kind, name }, responsible }) => nameInside(kind, name, responsible));
