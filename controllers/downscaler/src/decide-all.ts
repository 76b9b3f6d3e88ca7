import type { Decision } from '@kube-steward/plan';
import { decide } from './decide.ts';
import { decideNamespace } from './decide-namespace.ts';
import { observeAll, type View } from './observe.ts';
import type { Policy } from './policy.ts';

/** Every decision there is to take on a cluster now: what a sweep, a dry run and a plan are made of. */
export const decideAll = function* (view: View, policy: Policy, now: number): Generator<Decision> {
  for (const namespace of view.namespaces.list()) {
    const decision = decideNamespace(namespace, policy);
    if (decision) yield decision;
  }
  for (const observation of observeAll(view, policy)) yield decide(observation, policy, now);
};
