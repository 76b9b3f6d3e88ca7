import type { Action, DecidedBy, Decision, FieldChange, ObjectReference } from '@kube-steward/plan';
import type { Entry } from './annotations.ts';
import { timestamp } from './describe.ts';
import { NAME } from './names.ts';
import type { Reason } from './reasons.ts';

/**
 * What a step of the decision found, before it is put into the common form. All have the same members in the same order,
 * so that deciding on thousands stays fast.
 */
export interface Verdict {
  readonly action: Action;
  readonly reason: Reason;
  readonly message: string;
  readonly decidedBy: DecidedBy;
  readonly changes: readonly FieldChange[];
  /** The next moment the answer can change, milliseconds since the epoch. */
  readonly next: number | undefined;
}

/** Why something is as it is: a desired state, an exclusion. */
export interface Because {
  readonly reason: Reason;
  readonly decidedBy: DecidedBy;
  /** When that may end by itself. */
  readonly until?: number | undefined;
}

export const NO_CHANGES: Verdict['changes'] = [];

/** The one form of "nothing is done about it". */
export const leave = ({ reason, decidedBy, until }: Because, message: string): Verdict => ({
  action: 'none',
  reason,
  message,
  decidedBy,
  changes: NO_CHANGES,
  next: until,
});

/** The same finding, acted on. */
export const acted = (
  { reason, message, decidedBy, next }: Verdict,
  action: Action,
  changes: readonly FieldChange[],
): Verdict => ({ action, reason, message, decidedBy, changes, next });

/** The one form of "this cannot be as it is meant": a value that cannot be read, a key that means nothing. */
export const mistaken = (reason: Reason, message: string, decidedBy: DecidedBy): Verdict => ({
  action: 'invalid',
  reason,
  message,
  decidedBy,
  changes: NO_CHANGES,
  next: undefined,
});

/** The one form of "this value cannot be read". */
export const invalid = ({ writtenAs, problem = '' }: Entry<unknown>): Verdict =>
  mistaken('InvalidAnnotation', `${writtenAs.key}: ${problem}`, writtenAs);

/** The verdict on an object, in the common form. */
export const decisionOf = (object: ObjectReference, verdict: Verdict): Decision => {
  const { action, reason, message, decidedBy, changes, next } = verdict;
  if (next === undefined) return { controller: NAME, object, action, reason, message, decidedBy, changes };
  return {
    controller: NAME,
    object,
    action,
    reason,
    message,
    decidedBy,
    changes,
    nextTransition: timestamp(next),
  };
};
