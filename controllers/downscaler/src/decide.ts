import type { Decision } from '@kube-steward/plan';
import { comeUp } from './come-up.ts';
import { describe } from './describe.ts';
import { withoutExpired } from './exceptions.ts';
import { restoresExcluded, type Exclusion } from './exclusion.ts';
import { goDown } from './go-down.ts';
import { isLost } from './original-lost.ts';
import type { Observation } from './observe.ts';
import type { Policy } from './policy.ts';
import { withStatus } from './status.ts';
import { decisionOf, leave, type Verdict } from './verdict.ts';
import { unitOf, wishFor, type Desire } from './wish.ts';

/**
 * What should happen to one workload now. Pure: the same observation, policy, calendars and time give the same
 * decision, whoever asks.
 *
 * | what it should be (wish.ts) | what it is | answer |
 * | --- | --- | --- |
 * | settled | | that |
 * | excluded | carries no original, or is not to be restored | none |
 * | excluded | asleep | back up (come-up.ts) |
 * | up | | come-up.ts |
 * | down | | go-down.ts |
 * | neither | | none |
 */
export const decide = (o: Observation, policy: Policy, now: number): Decision =>
  decisionOf(o.workload.reference, judge(o, policy, now));

const judge = (o: Observation, policy: Policy, now: number): Verdict => {
  const wish = wishFor(o, policy, now);
  switch (wish.kind) {
    case 'settled':
      return wish.verdict;
    case 'excluded':
      return whenExcluded(o, policy, wish.exclusion, now);
    case 'desired':
      return withoutExpired(o.workload.exceptions, act(o, policy, wish, now), now);
  }
};

const act = (o: Observation, policy: Policy, wish: Desire, now: number): Verdict => {
  const { desired } = wish;
  switch (desired.state) {
    case 'up':
      return comeUp(o, policy, desired, now);
    case 'down':
      return withStatus(goDown(o, policy, wish, now), desired, o.workload, policy);
    case 'ignore':
      return leave(desired, describe(desired, now));
  }
};

const whenExcluded = (o: Observation, policy: Policy, exclusion: Exclusion, now: number): Verdict => {
  const { reason, message, decidedBy, until } = exclusion;
  const isAsleep = o.workload.original !== undefined || isLost(o.workload, policy);
  if (!isAsleep || !restoresExcluded(unitOf(o, policy), policy)) return leave(exclusion, message);
  const restored = comeUp(o, policy, { state: 'up', reason, decidedBy, until }, now);
  return restored.reason === reason ? { ...restored, message: `${message}; brought back to what it was` } : restored;
};
