import { formatLabelSelector, labelSelectorOf, type Unstructured } from '@kube-steward/kube';
import { badRequest, invalid, invalidField } from './errors.ts';
import { asRecord, valueAt, withValueAt } from './json-path.ts';
import type { ServedKind } from './registry.ts';

/** What is read and written at `/scale`. */
export const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale', custom: false } as const;

/** The `autoscaling/v1` Scale of an object whose kind has one. */
export const scaleOf = (kind: ServedKind, object: Unstructured): Unstructured => {
  const row = kind.scale;
  if (!row) throw badRequest(`${kind.kind} has no scale`);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = valueAt(object, row.specReplicas);
  const selector = selectorText(row.selector === undefined ? undefined : valueAt(object, row.selector));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as Unstructured['metadata'],
    spec: typeof replicas === 'number' && replicas !== 0 ? { replicas } : {},
    status: {
      replicas: Number(valueAt(object, row.statusReplicas) ?? 0),
      ...(selector ? { selector } : {}),
    },
  };
};

const selectorText = (selector: unknown): string => {
  if (typeof selector === 'string') return selector;
  const spec = asRecord(selector);
  const isPlainMap = !('matchLabels' in spec) && !('matchExpressions' in spec);
  return formatLabelSelector(labelSelectorOf(isPlainMap ? { matchLabels: spec as Record<string, string> } : spec));
};

/** The object with the replicas of a written Scale; preconditions come along. */
export const withScale = (kind: ServedKind, object: Unstructured, scale: Unstructured): Unstructured => {
  const row = kind.scale;
  const replicas = asRecord(scale['spec'])['replicas'] ?? 0;
  if (!row || typeof replicas !== 'number' || !Number.isInteger(replicas)) {
    throw badRequest(
      `Scale in version "v1" cannot be handled as a Scale: spec.replicas is ${JSON.stringify(replicas)}`,
    );
  }
  if (replicas < 0) {
    throw invalid(SCALE, object.metadata.name, [
      invalidField('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ]);
  }
  const { resourceVersion, uid } = scale.metadata;
  const metadata = { ...object.metadata, resourceVersion: resourceVersion ?? '', ...(uid ? { uid } : {}) };
  return withValueAt({ ...object, metadata }, row.specReplicas, replicas);
};
