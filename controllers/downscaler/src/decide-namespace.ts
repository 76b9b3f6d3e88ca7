import { RESOURCES, apiVersionOf, matchesLabels } from '@kube-steward/kube';
import type { Decision, ObjectReference } from '@kube-steward/plan';
import { removal } from './exceptions.ts';
import { excludedBy, protectedNamespace } from './exclusion.ts';
import type { NamespaceView } from './observe.ts';
import { isIncluded, type Policy } from './policy.ts';
import { decisionOf, type Verdict } from './verdict.ts';
import { neverActs, problemOn } from './wish.ts';

/**
 * What is to be done about the annotations of a namespace: at most one decision a namespace. What is wrong with them is said
 * once; what a workload does about a value it would have used is the workload's own decision. Exceptions that are over are
 * removed, where the namespace is ours to look after.
 */
export const decideNamespace = (namespace: NamespaceView, policy: Policy, now: number): Decision | undefined => {
  const verdict = problemOf(namespace, policy) ?? tidied(namespace, policy, now);
  return verdict && decisionOf(namespaceReference(namespace), verdict);
};

/** The namespace as decisions and plans name it. */
export const namespaceReference = ({ metadata: { name } }: Pick<NamespaceView, 'metadata'>): ObjectReference => ({
  apiVersion: apiVersionOf(RESOURCES.namespaces),
  kind: RESOURCES.namespaces.kind,
  name,
});

const problemOf = ({ layer, metadata }: NamespaceView, policy: Policy): Verdict | undefined => {
  const bad = problemOn(layer);
  if (bad) return bad;
  const fixed = protectedNamespace(metadata.name, policy);
  return fixed && neverActs(layer, fixed.message);
};

/** What nobody chose is not ours, whatever is written on it. */
const tidied = (
  { metadata, layer, labels, exceptions }: NamespaceView,
  policy: Policy,
  now: number,
): Verdict | undefined => {
  if (exceptions.length === 0) return undefined;
  const { include, selector } = policy.namespaces;
  const isChosen = isIncluded(include, metadata.name) && (!selector || matchesLabels(selector, labels));
  if (!isChosen || protectedNamespace(metadata.name, policy) || excludedBy(layer, now)?.excluded) return undefined;
  return removal(exceptions, now);
};
