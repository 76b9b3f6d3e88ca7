import type { Decision, ObjectReference } from '@kube-steward/plan';
import type { Listed, OldFate } from './kube-janitor.ts';
import { differenceIn, type DifferenceRow, type FoundDifference } from '../difference-kind.ts';

/** What becomes of an object here: the decision that tells, and the moment it goes, if it does. */
export interface OurFate {
  /** Milliseconds since the epoch; absent: kept. */
  readonly at?: number;
  readonly decision: Decision;
}

/** An object with two fates. */
export interface Parting {
  readonly listed: Listed;
  readonly object: ObjectReference;
  readonly old: OldFate;
  readonly new: OurFate;
}

interface Place {
  readonly source?: string | undefined;
  readonly key?: string | undefined;
}

const reason = ({ new: { decision } }: Parting): string => decision.reason;
const key = ({ new: { decision } }: Parting): string => decision.decidedBy?.key ?? 'the annotation';
const isGone = ({ at }: { readonly at?: number }): boolean => at !== undefined;
const ruleOf = ({ source = '' }: Place): string => source.replace(/^rule\//, '');
const isSamePlace = (a: Place, b: Place): boolean => a.source !== undefined && a.source === b.source && a.key === b.key;
const home = ({ object }: Parting): string => object.namespace ?? object.name;

/** Every kind of difference: the first row that applies names it. */
const ROWS = [
  {
    id: 'RefusesToStart',
    applies: ({ old }) => old.rule === 'RefusesToStart',
    what: 'kube-janitor does not start with its rules, and deletes nothing',
    remedy: ({ old }) => `correct its rules: ${old.reason}`,
  },
  {
    id: 'RunEnds',
    applies: ({ old }) => old.rule === 'RunEnds',
    what: "kube-janitor's run ends at it, each time; here the error is its own alone",
    remedy: () => 'janitor/ttl: forever on it, or a rule with ttl: forever before the others',
  },
  {
    id: 'NotIncluded',
    applies: (parting) => parting.old.rule === 'NotIncluded' || reason(parting) === 'Excluded',
    what: 'its kind or namespace is looked at by one of the two only',
    remedy: (parting) =>
      parting.old.rule === 'NotIncluded'
        ? `--exclude-resources=${parting.listed.plural}, beside what is there`
        : `take ${parting.listed.plural} and ${home(parting)} off what is excluded`,
  },
  {
    id: 'ExcludedNamespace',
    applies: ({ old }) => old.rule === 'ExcludedNamespace',
    what: 'its namespace is left out by kube-janitor only',
    remedy: (parting) => `--exclude-namespaces=${home(parting)}, beside what is there`,
  },
  {
    id: 'Hidden',
    applies: ({ old }) => old.rule === 'Hidden',
    what: 'kube-janitor takes it for the object of the same kind and name in another group, and never deletes it',
    remedy: () => 'janitor/protect: "true" on it',
  },
  {
    id: 'Protected',
    applies: (parting) => ['Protected', 'HoldsProtected', 'KeptByAnnotation'].includes(reason(parting)),
    what: 'an annotation keeps it here that kube-janitor does not look at',
    remedy: ({ new: { decision } }) => `take off what keeps it: ${decision.message}`,
  },
  {
    id: 'SystemObject',
    applies: (parting) => ['SystemObject', 'OwnObject'].includes(reason(parting)),
    what: 'the cluster cannot do without it, so it is never deleted here',
    remedy: () => 'none: delete it by hand where it is meant',
  },
  {
    id: 'OwnedObject',
    applies: (parting) => ['OwnerDecides', 'OwnerUnknown'].includes(reason(parting)),
    what: 'something owns it and decides here: what is written on it is a copy',
    remedy: () => 'write the annotation on its owner, or name its owner in the rule',
  },
  {
    id: 'BadValueHere',
    applies: (parting) => ['InvalidAnnotation', 'UnknownAnnotation'].includes(reason(parting)),
    what: 'a value that cannot be read keeps the object here',
    remedy: ({ new: { decision } }) => `correct it: ${decision.message}`,
  },
  {
    id: 'BadValueThere',
    applies: ({ old, new: ours }) => old.rule === 'BadValue' && isGone(ours),
    what: 'a value that kube-janitor cannot read, and passes over',
    remedy: ({ old }) => `take ${old.key ?? 'it'} off, or write it so that it means nothing`,
  },
  {
    id: 'RuleFailed',
    applies: (parting) => reason(parting) === 'RuleFailed',
    what: 'a rule makes no sense of it, which keeps it here',
    remedy: ({ new: { decision } }) => `correct ${decision.message}`,
  },
  {
    id: 'RuleDryRun',
    applies: (parting) => reason(parting) === 'RuleDryRun',
    what: 'its rule is in a dry run here',
    remedy: ({ new: { decision } }) => `mode: enforce in rule ${ruleOf(decision.decidedBy ?? {})}`,
  },
  {
    id: 'StillUsed',
    applies: ({ listed, old, new: ours }) =>
      listed.plural === 'persistentvolumeclaims' && old.rule === 'Rule' && !isGone(ours),
    what: 'something uses the claim that kube-janitor does not look at, or it is not known whether',
    remedy: () => 'none: what is used should stay',
  },
  {
    id: 'Wildcard',
    applies: ({ old, new: ours }) => old.rule === 'Rule' && !isGone(ours) && ours.decision.reason === 'NoDeadline',
    what: '* in a rule does not reach its kind here, or the rules are not the same',
    remedy: ({ listed, old }) => `name ${listed.plural} in rule ${ruleOf(old)}, or allowWildcard: true in it`,
  },
  {
    id: 'Notice',
    applies: (parting) => ['DeleteNotification', 'NoticeStands'].includes(reason(parting)),
    what: 'it is announced first here, and deleted when the announcement has stood long enough',
    remedy: () => '--delete-notification=0',
  },
  {
    id: 'Quarantine',
    applies: (parting) => ['Quarantined', 'InQuarantine'].includes(reason(parting)),
    what: 'it is stopped first here, and deleted later',
    remedy: ({ new: { decision } }) => `no quarantine in rule ${ruleOf(decision.decidedBy ?? {})}`,
  },
  {
    id: 'AgeBasis',
    applies: ({ old, new: { decision } }) => isSamePlace(old, decision.decidedBy ?? {}),
    what: 'its age begins at another moment: by since in the rule, or by a deploy that one of the two cannot read',
    remedy: ({ old }) =>
      old.rule === 'Rule'
        ? `no since in rule ${ruleOf(old)}, and the time of the deploy as 2026-11-20T12:00:00Z`
        : 'write the time of the deploy as 2026-11-20T12:00:00Z',
  },
  {
    id: 'Rules',
    applies: ({ old, new: { decision } }) =>
      old.source !== decision.decidedBy?.source || old.key !== decision.decidedBy?.key,
    what: 'another annotation or rule decides',
    remedy: () => 'the same rules in the same order, and annotations that both can read',
  },
  {
    id: 'Other',
    applies: () => true,
    what: 'the two decide differently',
    remedy: (parting) => `compare the two reasons (${key(parting)})`,
  },
] as const satisfies readonly DifferenceRow<Parting>[];

/** A kind of difference, filled in. */
export type DifferenceKind = FoundDifference<(typeof ROWS)[number]['id']>;

/** The kind of a difference. */
export const kindOfDifference = (parting: Parting): DifferenceKind =>
  differenceIn<Parting, DifferenceKind['id']>(ROWS, parting);
