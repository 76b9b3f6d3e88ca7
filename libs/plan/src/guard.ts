import { isChange } from './decision.ts';
import type { Decision } from './decision.ts';
import { describeChange } from './describe.ts';

/**
 * Looks at decisions before they are applied, and takes some back. Pure: what a guard needs to know is given to it when it
 * is made.
 *
 * ```
 *  decision  | the guard has no objection | the guard objects
 *  ----------+----------------------------+------------------------------------------------------
 *  a change  | as it was                  | blocked: the guard's reason and message, no changes,
 *            |                            | the action it would have been in the message
 *  none      | as it was                  | as it was
 *  invalid   | as it was                  | as it was
 *  blocked   | as it was                  | as it was: the first objection stands
 * ```
 */
export type Guard = (decisions: readonly Decision[]) => readonly Decision[];

/** Why a decision may not be applied. */
export interface Objection {
  /** A CamelCase constant out of the controller's table of reasons. */
  readonly reason: string;
  /** One sentence with the evidence. */
  readonly message: string;
}

/** A guard that looks at each change by itself. */
export const guardEach =
  (object: (decision: Decision) => Objection | undefined): Guard =>
  (decisions) =>
    decisions.map((decision) => {
      const objection = isChange(decision) ? object(decision) : undefined;
      return objection ? veto(decision, objection) : decision;
    });

/** One guard after the other. Without any, everything passes. */
export const composeGuards =
  (...guards: readonly Guard[]): Guard =>
  (decisions) =>
    guards.reduce((passed, guard) => guard(passed), decisions);

/** The decision, taken back. One that changes nothing stays what it is. */
export const veto = (decision: Decision, { reason, message }: Objection): Decision => {
  if (!isChange(decision)) return decision;
  const change = describeChange(decision);
  const original = change === decision.action ? change : `${decision.action} ${change}`;
  return { ...decision, action: 'blocked', reason, message: `${message}; would be ${original}`, changes: [] };
};
