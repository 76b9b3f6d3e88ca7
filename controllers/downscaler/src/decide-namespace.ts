import { RESOURCES, apiVersionOf } from '@kube-steward/kube';
import type { Decision, ObjectReference } from '@kube-steward/plan';
import { protectedNamespace } from './exclusion.ts';
import type { NamespaceView } from './observe.ts';
import type { Policy } from './policy.ts';
import { invalid, type Verdict } from './verdict.ts';
import { neverActs, unknownAnnotation } from './wish.ts';

/**
 * What is wrong with the annotations of a namespace: at most one decision a namespace, `invalid` and said once. What a
 * workload does about a value it would have used is the workload's own decision.
 */
export const decideNamespace = (namespace: NamespaceView, policy: Policy): Decision | undefined => {
  const verdict = problemOf(namespace, policy);
  return (
    verdict && {
      controller: 'downscaler',
      object: namespaceReference(namespace),
      action: verdict.action,
      reason: verdict.reason,
      message: verdict.message,
      decidedBy: verdict.decidedBy,
      changes: [],
    }
  );
};

/** The namespace as decisions and plans name it. */
export const namespaceReference = ({ metadata: { name } }: NamespaceView): ObjectReference => ({
  apiVersion: apiVersionOf(RESOURCES.namespaces),
  kind: RESOURCES.namespaces.kind,
  name,
});

const problemOf = ({ layer, metadata }: NamespaceView, policy: Policy): Verdict | undefined => {
  const [typo] = layer.unknown;
  if (typo) return unknownAnnotation(typo);
  const bad = Object.values(layer.entries).find((entry) => entry.problem !== undefined);
  if (bad) return invalid(bad);
  const fixed = protectedNamespace(metadata.name, policy);
  return fixed && neverActs(layer, fixed.message);
};
