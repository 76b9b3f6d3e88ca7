import type { Decision } from '@kube-steward/plan';
import { decideNamespace } from './decide-namespace.ts';
import { observeAll, type View } from './observe.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reasons.ts';
import { decideInOrder } from './wake-order.ts';

/**
 * Every decision there is to take on a cluster now: what a sweep, a dry run and a plan are made of. Kinds that are not
 * included are not spoken of, unless something is written on them that can never act.
 */
export const decideAll = function* (view: View, policy: Policy, now: number): Generator<Decision> {
  for (const namespace of view.namespaces.list()) {
    const decision = decideNamespace(namespace, policy, now);
    if (decision) yield decision;
  }
  for (const observation of observeAll(view, policy)) {
    const decision = decideInOrder(observation, policy, view, now);
    if (decision.reason !== ('NotIncluded' satisfies Reason)) yield decision;
  }
};
