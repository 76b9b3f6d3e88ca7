import type { DecidedBy } from '@kube-steward/plan';
import { describe } from './describe.ts';
import type { Observation } from './observe.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reasons.ts';
import { wishFor } from './wish.ts';

/** A moment at which what a workload should be changes. */
export interface Transition {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly state: 'up' | 'down' | 'ignore';
  readonly reason: Reason;
  readonly message: string;
  readonly decidedBy: DecidedBy;
}

/** A schedule that changes more often than this in the asked time is cut off. */
const MOST_TRANSITIONS = 10_000;

/** What a workload should be from `from` on, and every change of that until `to`, by the same rules as the decisions. */
export const transitionsOf = function* (
  o: Observation,
  policy: Policy,
  from: number,
  to: number,
): Generator<Transition> {
  let last: Transition['state'] | undefined;
  let at: number | undefined = from;
  for (let count = 0; at !== undefined && at < to && count < MOST_TRANSITIONS; count += 1) {
    const wish = wishFor(o, policy, at);
    const now = wish.kind === 'desired' ? wish.desired : undefined;
    const state = now?.state ?? 'ignore';
    if (state !== last) yield transitionAt(at, wish, state);
    last = state;
    at =
      wish.kind === 'desired'
        ? wish.desired.until
        : wish.kind === 'excluded'
          ? wish.exclusion.until
          : wish.verdict.next;
  }
};

const transitionAt = (at: number, wish: ReturnType<typeof wishFor>, state: Transition['state']): Transition => {
  if (wish.kind === 'desired')
    return {
      at,
      state,
      reason: wish.desired.reason,
      message: describe(wish.desired, at),
      decidedBy: wish.desired.decidedBy,
    };
  const { reason, message, decidedBy } = wish.kind === 'excluded' ? wish.exclusion : wish.verdict;
  return { at, state, reason, message, decidedBy };
};
