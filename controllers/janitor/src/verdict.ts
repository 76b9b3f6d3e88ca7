import type { Action, DecidedBy, Decision, Deletion, FieldChange, ObjectReference } from '@kube-steward/plan';
import { formatTimestamp } from '@kube-steward/schedule';
import { NAME } from './names.ts';
import type { Reason } from './reasons.ts';

/** What a step of the decision found, before it is put into the common form. */
export interface Verdict {
  readonly action: Action;
  readonly reason: Reason;
  readonly message: string;
  readonly decidedBy?: DecidedBy | undefined;
  readonly changes?: readonly FieldChange[];
  readonly deletion?: Deletion;
  /** The next moment the answer can change, milliseconds since the epoch. */
  readonly next?: number | undefined;
}

/** The one form of "nothing is done about it". */
export const leave = (
  reason: Reason,
  message: string,
  { decidedBy, next }: Pick<Verdict, 'decidedBy' | 'next'> = {},
): Verdict => ({ action: 'none', reason, message, decidedBy, next });

/** The one form of "this cannot be as it is meant": a person has to look, and the object is kept until then. */
export const mistaken = (
  reason: Reason,
  message: string,
  { decidedBy, next }: Pick<Verdict, 'decidedBy' | 'next'>,
): Verdict => ({ action: 'invalid', reason, message, decidedBy, next });

/** What a moment can be at the most. */
const LAST_MOMENT = 8.64e15;

/** By second: many objects share their next moments. */
const timestamps = new Map<number, string>();
const MOST_TIMESTAMPS = 1000;

/** A moment as decisions carry it: the next whole second. */
export const timestamp = (at: number): string => {
  const second = Math.min(Math.ceil(at / 1000) * 1000, LAST_MOMENT);
  const known = timestamps.get(second);
  if (known !== undefined) return known;
  if (timestamps.size >= MOST_TIMESTAMPS) timestamps.clear();
  const text = formatTimestamp(second);
  timestamps.set(second, text);
  return text;
};

const NO_CHANGES: readonly FieldChange[] = [];

/** The verdict on an object, in the common form. */
export const decisionOf = (object: ObjectReference, verdict: Verdict): Decision => ({
  controller: NAME,
  object,
  action: verdict.action,
  reason: verdict.reason,
  message: verdict.message,
  ...(verdict.decidedBy && { decidedBy: verdict.decidedBy }),
  changes: verdict.changes ?? NO_CHANGES,
  ...(verdict.deletion && { deletion: verdict.deletion }),
  ...(verdict.next !== undefined && { nextTransition: timestamp(verdict.next) }),
});

/** It stops the object, or deletes it. */
export const isEnd = ({ action }: Pick<Decision, 'action'>): boolean => action === 'delete' || action === 'quarantine';
