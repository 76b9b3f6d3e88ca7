import type { Decision } from '@kube-steward/plan';
import type { Circumstances } from './circumstances.ts';
import { timestamp } from './describe.ts';
import type { Observation } from './observe.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reasons.ts';

/** What a guard looks at beside the change itself. */
export interface Situation {
  readonly observation: Observation;
  readonly policy: Policy;
  readonly circumstances: Circumstances;
  readonly now: number;
}

/**
 * Looks at a change before it is applied. Pure: what it has to know of other workloads, and of what went before, is in the
 * circumstances.
 *
 * @returns the decision taken back (`none` or `blocked`, with its own reason, no changes, and when to look again), or
 * `undefined`: no objection
 */
export type Guard = (decision: Decision, situation: Situation) => Decision | undefined;

/** Why a change is not made now. */
export interface Objection {
  readonly reason: Reason;
  /** One sentence with the evidence. */
  readonly message: string;
  /** When to look again, milliseconds since the epoch, unless the decision has an earlier moment for it. */
  readonly until?: number;
}

const takenBack = (
  decision: Decision,
  action: 'none' | 'blocked',
  { reason, message, until }: Objection,
): Decision => ({
  ...decision,
  action,
  reason,
  message,
  changes: [],
  ...(until !== undefined && { nextTransition: timestamp(earlier(until, decision)) }),
});

const earlier = (until: number, { nextTransition }: Decision): number =>
  nextTransition === undefined ? until : Math.min(until, Date.parse(nextTransition));

/** The change, put off: it comes by itself. */
export const putOff = (decision: Decision, objection: Objection): Decision => takenBack(decision, 'none', objection);

/** The change, held back: a person has to look. */
export const holdBack = (decision: Decision, objection: Objection): Decision =>
  takenBack(decision, 'blocked', objection);
