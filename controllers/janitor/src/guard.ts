import type { Action, Decision } from '@kube-steward/plan';
import { MINUTE_MS, formatDuration } from '@kube-steward/schedule';
import { tripMessage, type Trip } from './breaker.ts';
import type { Candidate } from './candidate.ts';
import { leftAloneUntil, recreationMessage, type Recreations } from './recreation.ts';
import type { Reason } from './reasons.ts';
import { timestamp } from './verdict.ts';

/** What is known beside the object when it is about to be deleted: a plain value. */
export interface Circumstances {
  /** By how much our clock is before (or, negative, behind) the API server's, in milliseconds; absent: not known yet. */
  readonly skewMs?: number | undefined;
  /** The breaker that holds it. */
  readonly trip?: Trip | undefined;
  /** Our deletes of what had its name. */
  readonly recreations?: Recreations | undefined;
  /** When its turn is, where only so many are deleted in a second. */
  readonly turn?: number | undefined;
}

/** A difference between two clocks that no delete is made on. */
export const MOST_SKEW_MS = MINUTE_MS;

interface Objection {
  readonly reason: Reason;
  readonly message: string;
  /** Put off rather than held back: it comes by itself, and nobody has to look. */
  readonly isPutOff?: true;
  /** When to look again, milliseconds since the epoch. */
  readonly until?: number;
}

type Guard = (circumstances: Circumstances, candidate: Candidate, now: number) => Objection | undefined;

const clockSkew: Guard = ({ skewMs = 0 }, _candidate, now) =>
  Math.abs(skewMs) > MOST_SKEW_MS
    ? {
        reason: 'ClockSkew',
        message: `our clock is ${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? 'before' : 'behind'} that of the API server`,
        until: now + MINUTE_MS,
      }
    : undefined;

const massDelete: Guard = ({ trip }) => trip && { reason: 'MassDeleteHeld', message: tripMessage(trip) };

const recreationLoop: Guard = ({ recreations }, { metadata, manager }, now) => {
  const until = recreations && leftAloneUntil(recreations, metadata.uid, now);
  return until === undefined ? undefined : { reason: 'RecreationLoop', message: recreationMessage(manager), until };
};

const waitsForTurn: Guard = ({ turn }, _candidate, now) =>
  turn !== undefined && turn > now
    ? { reason: 'WaitsForTurn', message: 'as many as allowed are being deleted', isPutOff: true, until: turn }
    : undefined;

/** In the order in which they are asked. What cannot happen anyhow takes nobody's turn. */
const GUARDS: readonly Guard[] = [clockSkew, massDelete, recreationLoop, waitsForTurn];

/** A notice that is given by a clock that is wrong would have stood for too long once that is set right. */
const GUARDS_OF: { readonly [A in Action]?: readonly Guard[] } = {
  delete: GUARDS,
  quarantine: GUARDS,
  notify: [clockSkew],
};

/** The decision, or the first objection to it. Only what stops or deletes an object, or announces that, is anybody's concern. */
export const guard = (
  decision: Decision,
  candidate: Candidate,
  circumstances: Circumstances,
  now: number,
): Decision => {
  for (const objectTo of GUARDS_OF[decision.action] ?? []) {
    const objection = objectTo(circumstances, candidate, now);
    if (objection) return takenBack(decision, objection);
  }
  return decision;
};

const takenBack = ({ deletion, ...decision }: Decision, { reason, message, isPutOff, until }: Objection): Decision => ({
  ...decision,
  action: isPutOff ? 'none' : 'blocked',
  reason,
  message: isPutOff ? message : `${message}; would be ${decision.action}`,
  changes: [],
  ...(until !== undefined && { nextTransition: timestamp(until) }),
});
