import type { Decision } from '@kube-steward/plan';
import { comeUp } from './come-up.ts';
import { describe, timestamp, type Timed } from './describe.ts';
import { restoresExcluded, type Exclusion } from './exclusion.ts';
import { goDown } from './go-down.ts';
import { isLost } from './original-lost.ts';
import type { Observation } from './observe.ts';
import type { Policy } from './policy.ts';
import type { Verdict } from './verdict.ts';
import { unitOf, wishFor } from './wish.ts';

/**
 * What should happen to one workload now. Pure: the same observation, policy and time give the same decision, whoever asks.
 *
 * | asked in this order | answer |
 * | --- | --- |
 * | its namespace or name is never touched | none |
 * | its kind is not included, and it follows no workload of one that is | none |
 * | an annotation on it cannot be read, or means nothing | invalid |
 * | it, or the workload it follows (an autoscaler its target, a Job its CronJob), is excluded | none; with an original: back up |
 * | the schedules, its own values over those of the workload it follows | up, down, or left as it is |
 */
export const decide = (o: Observation, policy: Policy, now: number): Decision => {
  const { action, reason, message, decidedBy, changes = NO_CHANGES, next } = judge(o, policy, now);
  const object = o.workload.reference;
  if (next === undefined) return { controller, object, action, reason, message, decidedBy, changes };
  return {
    controller,
    object,
    action,
    reason,
    message,
    decidedBy,
    changes,
    nextTransition: timestamp(Math.ceil(next / 1000) * 1000),
  };
};

const controller = 'downscaler';
const NO_CHANGES: Decision['changes'] = [];

const judge = (o: Observation, policy: Policy, now: number): Verdict => {
  const wish = wishFor(o, policy, now);
  switch (wish.kind) {
    case 'settled':
      return wish.verdict;
    case 'excluded':
      return whenExcluded(o, policy, wish.exclusion, now);
    case 'desired':
      return act(o, policy, wish.desired, now);
  }
};

const act = (o: Observation, policy: Policy, desired: Timed, now: number): Verdict => {
  switch (desired.state) {
    case 'up':
      return comeUp(o, policy, desired, now);
    case 'down':
      return goDown(o, policy, desired, now);
    case 'ignore':
      return {
        action: 'none',
        reason: desired.reason,
        message: describe(desired, now),
        decidedBy: desired.decidedBy,
        next: desired.until,
      };
  }
};

const whenExcluded = (o: Observation, policy: Policy, exclusion: Exclusion, now: number): Verdict => {
  const { reason, message, decidedBy, until } = exclusion;
  const left: Verdict = { action: 'none', reason, message, decidedBy, next: until };
  const isAsleep = o.workload.original !== undefined || isLost(o.workload, policy);
  if (!isAsleep || !restoresExcluded(unitOf(o, policy), policy)) return left;
  const restored = comeUp(o, policy, { state: 'up', reason, decidedBy, until }, now);
  return restored.reason === reason ? { ...restored, message: `${message}; brought back to what it was` } : restored;
};
