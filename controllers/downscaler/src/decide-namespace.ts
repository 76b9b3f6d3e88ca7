import { RESOURCES, apiVersionOf } from '@kube-steward/kube';
import type { Decision } from '@kube-steward/plan';
import type { NamespaceView } from './observe.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reasons.ts';

/**
 * What is wrong with the annotations of a namespace: at most one decision a namespace, `invalid` and said once. What a
 * workload does about a value it would have used is the workload's own decision.
 */
export const decideNamespace = (namespace: NamespaceView, policy: Policy): Decision | undefined => {
  const { layer, metadata } = namespace;
  const [typo] = layer.unknown;
  if (typo) {
    const hint = typo.suggestion === undefined ? '' : ` (did you mean ${typo.suggestion}?)`;
    return invalidNamespace(
      namespace,
      'UnknownAnnotation',
      typo,
      `${typo.key} is no annotation of the downscaler${hint}`,
    );
  }
  const written = Object.values(layer.entries);
  const bad = written.find((entry) => entry.problem !== undefined);
  if (bad) return invalidNamespace(namespace, 'InvalidAnnotation', bad, `${bad.key}: ${bad.problem ?? ''}`);
  const [first] = written;
  if (first && policy.namespaces.protected.has(metadata.name))
    return invalidNamespace(
      namespace,
      'NeverActs',
      first,
      `${first.key} can never act here: the namespace is always protected`,
    );
  return undefined;
};

const invalidNamespace = (
  { metadata, layer }: NamespaceView,
  reason: Reason,
  written: { readonly key: string; readonly text: string },
  message: string,
): Decision => ({
  controller: 'downscaler',
  object: { apiVersion: apiVersionOf(RESOURCES.namespaces), kind: RESOURCES.namespaces.kind, name: metadata.name },
  action: 'invalid',
  reason,
  message,
  decidedBy: { source: layer.source, key: written.key, value: written.text },
  changes: [],
});
