import type { Action, Decision, ObjectReference } from '@kube-steward/plan';
import type { Span } from '../timelines.ts';
import { kindOfDifference, type DifferenceKind, type OurFate } from './differences.ts';
import type { Listed, OldFate, OldJanitor } from './kube-janitor.ts';

/** One side of a difference: what becomes of the object, and why. */
export interface Side {
  /** When it is deleted, milliseconds since the epoch; absent: kept, for as long as is looked ahead. */
  readonly at?: number;
  readonly reason: string;
}

/** An object of which something else becomes. */
export interface JanitorDifference extends DifferenceKind {
  readonly object: ObjectReference;
  readonly old: Side;
  readonly new: Side;
}

/** The first object at which kube-janitor's run ends, for this reason. */
export interface RunEnd {
  readonly object: ObjectReference;
  readonly reason: string;
}

export interface Comparison {
  /** How many objects were decided by both. */
  readonly compared: number;
  readonly differences: readonly JanitorDifference[];
  readonly runEnds: readonly RunEnd[];
}

/** kube-janitor looks twice a minute: whatever is closer together is the same moment. */
const SAME_MS = 60_000;

/** An object, and the janitor's decisions on it. */
export interface Subject {
  readonly listed: Listed;
  readonly object: ObjectReference;
  /** The janitor's decision at a moment. */
  readonly decide: (now: number) => Decision;
  /** What controls it. */
  readonly owner?: Subject | undefined;
}

/** What becomes of every object by the rules of both over a span; only what differs. */
export const compareJanitors = (subjects: Iterable<Subject>, old: OldJanitor, span: Span): Comparison => {
  const differences: JanitorDifference[] = [];
  const runEnds = new Map<string, RunEnd>();
  const ours = fatesIn(span);
  let compared = 0;
  for (const subject of subjects) {
    const { listed, object } = subject;
    // It is going already, by the hand of either.
    if (listed.object.metadata.deletionTimestamp != null) continue;
    compared += 1;
    const theirs = within(old.fate(listed), span);
    if (theirs.rule === 'RunEnds' && !runEnds.has(theirs.reason))
      runEnds.set(theirs.reason, { object, reason: theirs.reason });
    const mine = ours(subject);
    if (isSame(theirs, mine) || goesWithOwner(subject, theirs.at, ours)) continue;
    differences.push({
      object,
      ...kindOfDifference({ listed, object, old: theirs, new: mine }),
      old: { ...(theirs.at !== undefined && { at: theirs.at }), reason: theirs.reason },
      new: {
        ...(mine.at !== undefined && { at: mine.at }),
        reason: `${mine.decision.reason}: ${mine.decision.message}`,
      },
    });
  }
  return { compared, differences, runEnds: [...runEnds.values()] };
};

/** What is overdue goes at once, and what comes later than anybody looks stays. */
const within = (fate: OldFate, { from, to }: Span): OldFate => {
  const { at, ...rest } = fate;
  return at === undefined || at >= to ? rest : { ...rest, at: Math.max(at, from) };
};

const isSame = (a: { readonly at?: number }, b: { readonly at?: number }): boolean =>
  a.at === undefined || b.at === undefined ? a.at === b.at : Math.abs(a.at - b.at) < SAME_MS;

/** What is deleted with its owner, at that moment or before, needs no deadline of its own. */
const goesWithOwner = ({ owner }: Subject, at: number | undefined, fateOf: (subject: Subject) => OurFate): boolean => {
  if (!owner || at === undefined) return false;
  const goes = fateOf(owner).at;
  return (goes !== undefined && goes < at + SAME_MS) || goesWithOwner(owner, at, fateOf);
};

/** What comes right before a delete. Who asks again without having done it gets the same answer. */
const BEFORE_DELETE: readonly Action[] = ['notify', 'quarantine'];

/** Where the age begins when a rule first matches, which nobody has written down, the deadline moves along. */
const MOST_STEPS = 100;

/** The janitor's decisions, followed from one moment to the next until the object is gone. */
const fatesIn = ({ from, to }: Span): ((subject: Subject) => OurFate) => {
  const known = new Map<Subject, OurFate>();
  const follow = ({ decide }: Subject): OurFate => {
    let at = from;
    let decision = decide(at);
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const { action, nextTransition } = decision;
      if (action === 'delete') return { at, decision };
      const next = nextTransition === undefined ? Infinity : Date.parse(nextTransition);
      if (next >= to) break;
      if (BEFORE_DELETE.includes(action)) return { at: next, decision };
      at = Math.max(at + 1, next);
      decision = decide(at);
    }
    return { decision };
  };
  return (subject) => {
    const fate = known.get(subject) ?? follow(subject);
    known.set(subject, fate);
    return fate;
  };
};
