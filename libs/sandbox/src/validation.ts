import type { Unstructured } from '@kube-steward/kube';
import { equalJson } from './canonical.ts';
import { type FieldError, forbiddenField, invalid, invalidField, requiredField } from './errors.ts';
import { COUNTS } from './field-types.ts';
import { immutableErrors } from './immutability.ts';
import { asRecord, valueAt } from './json-path.ts';
import { annotationErrors, labelErrors, nameErrors } from './names.ts';
import type { ServedKind } from './registry.ts';

const TEMPLATED = new Set(['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet']);

const keyOf = (kind: ServedKind): string => `${kind.group}/${kind.kind}`;

/** 422 listing everything that is wrong with a new object. */
export const validateCreate = (kind: ServedKind, object: Unstructured): void => {
  const { name } = object.metadata;
  refuse(kind, name, [
    ...(name ? nameErrors(kind, name) : [requiredField('metadata.name', 'name or generateName is required')]),
    ...metadataErrors(object),
    ...specErrors(kind, object),
  ]);
};

/** 422 listing everything that is wrong with a changed object, and what must not change. */
export const validateUpdate = (kind: ServedKind, object: Unstructured, stored: Unstructured): void => {
  const errors = [
    ...fixedMetadataErrors(object, stored),
    ...changedMetadataErrors(object, stored),
    ...newFinalizerErrors(object, stored),
    ...(object['spec'] === stored['spec'] && !kind.custom && kind.status ? [] : specErrors(kind, object)),
    ...immutableErrors(kind, object, stored),
  ];
  refuse(kind, stored.metadata.name, errors);
};

const refuse = (kind: ServedKind, name: string, errors: readonly FieldError[]): void => {
  if (errors.length > 0) throw invalid(kind, name, errors);
};

/** Finalizers that need no domain. */
const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

const finalizerErrors = (finalizers: readonly string[]): FieldError[] =>
  finalizers.flatMap((name, index) =>
    name.includes('/') || STANDARD_FINALIZERS.includes(name)
      ? []
      : [
          invalidField(
            `metadata.finalizers[${index}]`,
            name,
            'name is neither a standard finalizer name nor is it fully qualified',
          ),
        ],
  );

const metadataErrors = ({ metadata }: Unstructured): FieldError[] => [
  ...finalizerErrors(metadata.finalizers ?? []),
  ...(metadata.labels ? labelErrors(metadata.labels) : []),
  ...(metadata.annotations ? annotationErrors(metadata.annotations) : []),
  ...(metadata.ownerReferences ?? []).flatMap((owner) =>
    (['apiVersion', 'kind', 'name', 'uid'] as const)
      .filter((field) => !owner[field])
      .map((field) =>
        invalidField(
          `metadata.ownerReferences.${field}`,
          '',
          field === 'apiVersion' ? 'version must not be empty' : 'must not be empty',
        ),
      ),
  ),
];

/** Looks only at the maps a write has changed. */
const changedMetadataErrors = (object: Unstructured, stored: Unstructured): FieldError[] => {
  const { labels, annotations, ownerReferences, finalizers } = object.metadata;
  const before = stored.metadata;
  const isSame =
    equalJson(labels, before.labels) &&
    equalJson(annotations, before.annotations) &&
    equalJson(finalizers, before.finalizers);
  return isSame && equalJson(ownerReferences, before.ownerReferences) ? [] : metadataErrors(object);
};

/** Each is reported twice, as the server does, which checks metadata once for all kinds and once for the kind. */
const fixedMetadataErrors = (object: Unstructured, stored: Unstructured): FieldError[] =>
  (['uid', 'name', 'namespace', 'deletionTimestamp'] as const)
    .filter((field) => object.metadata[field] !== stored.metadata[field])
    .flatMap((field) => {
      const error = invalidField(`metadata.${field}`, object.metadata[field], 'field is immutable');
      return [error, error];
    });

const newFinalizerErrors = (object: Unstructured, stored: Unstructured): FieldError[] => {
  if (!stored.metadata.deletionTimestamp) return [];
  const added = (object.metadata.finalizers ?? []).filter((one) => !stored.metadata.finalizers?.includes(one));
  if (added.length === 0) return [];
  const shown = `[]string{${added.map((one) => JSON.stringify(one)).join(', ')}}`;
  return [
    forbiddenField(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers ${shown}`,
    ),
  ];
};

const specErrors = (kind: ServedKind, object: Unstructured): FieldError[] => {
  const key = keyOf(kind);
  return [
    ...(COUNTS[key] ?? []).flatMap((path) => {
      const value = valueAt(object, path);
      return typeof value === 'number' && value < 0
        ? [invalidField(path, value, 'must be greater than or equal to 0')]
        : [];
    }),
    ...(TEMPLATED.has(key) ? selectorErrors(object) : []),
    ...(key === '/Pod' && !hasItems(valueAt(object, 'spec.containers')) ? [requiredField('spec.containers')] : []),
    ...(key === 'autoscaling/HorizontalPodAutoscaler' ? autoscalerErrors(object) : []),
    ...(key === 'batch/CronJob' && !valueAt(object, 'spec.schedule') ? [requiredField('spec.schedule')] : []),
    ...(key === 'coordination.k8s.io/Lease' ? leaseErrors(object) : []),
  ];
};

const hasItems = (value: unknown): boolean => Array.isArray(value) && value.length > 0;

const selectorErrors = (object: Unstructured): FieldError[] => {
  const selector = valueAt(object, 'spec.selector');
  const labels = valueAt(object, 'spec.template.metadata.labels');
  const errors: FieldError[] = [];
  if (selector === undefined) errors.push(requiredField('spec.selector'));
  else if (Object.keys(asRecord(selector)).length === 0) {
    errors.push(invalidField('spec.selector', selector, 'empty selector is invalid for deployment'));
  }
  if (selector === undefined || !isSubset(asRecord(asRecord(selector)['matchLabels']), asRecord(labels))) {
    const detail = '`selector` does not match template `labels`';
    errors.push(invalidField('spec.template.metadata.labels', labels ?? null, detail));
  }
  if (!hasItems(valueAt(object, 'spec.template.spec.containers'))) {
    errors.push(requiredField('spec.template.spec.containers'));
  }
  return errors;
};

const isSubset = (wanted: Readonly<Record<string, unknown>>, labels: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(wanted).every(([label, value]) => labels[label] === value);

const autoscalerErrors = (object: Unstructured): FieldError[] => {
  const minimum = valueAt(object, 'spec.minReplicas');
  const maximum = Number(valueAt(object, 'spec.maxReplicas') ?? 0);
  const errors: FieldError[] = [];
  if (typeof minimum === 'number' && minimum < 1) {
    errors.push(invalidField('spec.minReplicas', minimum, 'must be greater than or equal to 1'));
  }
  if (maximum < 1) errors.push(invalidField('spec.maxReplicas', maximum, 'must be greater than 0'));
  if (typeof minimum === 'number' && maximum < minimum) {
    errors.push(invalidField('spec.maxReplicas', maximum, 'must be greater than or equal to `minReplicas`'));
  }
  for (const field of ['kind', 'name'] as const) {
    if (!valueAt(object, `spec.scaleTargetRef.${field}`)) errors.push(requiredField(`spec.scaleTargetRef.${field}`));
  }
  const apiVersion = valueAt(object, 'spec.scaleTargetRef.apiVersion');
  const isCore = valueAt(object, 'spec.scaleTargetRef.kind') === 'ReplicationController';
  if (!isCore && (typeof apiVersion !== 'string' || !apiVersion.includes('/'))) {
    errors.push(invalidField('spec.scaleTargetRef.apiVersion', apiVersion ?? '', 'apiVersion must specify API group'));
  }
  return errors;
};

const leaseErrors = (object: Unstructured): FieldError[] => {
  const duration = valueAt(object, 'spec.leaseDurationSeconds');
  return typeof duration === 'number' && duration <= 0
    ? [invalidField('spec.leaseDurationSeconds', duration, 'must be greater than 0')]
    : [];
};
