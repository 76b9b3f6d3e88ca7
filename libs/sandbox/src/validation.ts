import type { Unstructured } from '@kube-steward/kube';
import { equalJson } from './canonical.ts';
import { type FieldError, forbiddenField, invalid, invalidField, requiredField } from './errors.ts';
import { asRecord, valueAt } from './json-path.ts';
import { annotationErrors, labelErrors, nameErrors } from './names.ts';
import type { ServedKind } from './registry.ts';

/** Fields that hold counts: never negative, always whole numbers. */
const COUNTS: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['spec.replicas', 'spec.revisionHistoryLimit'],
  'apps/StatefulSet': ['spec.replicas', 'spec.revisionHistoryLimit'],
  'apps/ReplicaSet': ['spec.replicas'],
  '/ReplicationController': ['spec.replicas'],
  'batch/Job': ['spec.parallelism', 'spec.completions', 'spec.backoffLimit', 'spec.activeDeadlineSeconds'],
  'batch/CronJob': ['spec.successfulJobsHistoryLimit', 'spec.failedJobsHistoryLimit'],
};

/** Fields that must not change once an object exists. */
const IMMUTABLE: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['spec.selector'],
  'apps/DaemonSet': ['spec.selector'],
  'apps/ReplicaSet': ['spec.selector'],
  'batch/Job': ['spec.selector', 'spec.template', 'spec.completionMode'],
  'storage.k8s.io/StorageClass': ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
};

const BOOLEANS: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['spec.paused'],
  'batch/Job': ['spec.suspend'],
  'batch/CronJob': ['spec.suspend'],
};

/** What may change in the spec of a StatefulSet that exists. */
const STATEFUL_SET_MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

const TEMPLATED = new Set(['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet']);

const keyOf = (kind: ServedKind): string => `${kind.group}/${kind.kind}`;

/** What the server's decoder finds wrong with the types of values, before any rule is looked at. */
export const typeFault = (kind: ServedKind, object: Unstructured): string | undefined => {
  if (kind.custom) return undefined;
  const key = keyOf(kind);
  for (const path of COUNTS[key] ?? []) {
    const value = valueAt(object, path);
    if (value !== undefined && !Number.isInteger(value))
      return unmarshalFault(`${kind.kind}Spec.${path}`, value, 'int32');
  }
  for (const path of BOOLEANS[key] ?? []) {
    const value = valueAt(object, path);
    if (value !== undefined && typeof value !== 'boolean')
      return unmarshalFault(`${kind.kind}Spec.${path}`, value, 'bool');
  }
  for (const field of ['labels', 'annotations'] as const) {
    const wrong = Object.values(asRecord(object.metadata[field])).find((value) => typeof value !== 'string');
    if (wrong !== undefined) return unmarshalFault(`ObjectMeta.metadata.${field}`, wrong, 'string');
  }
  return key === 'coordination.k8s.io/Lease' ? leaseTimeFault(object) : undefined;
};

const unmarshalFault = (field: string, value: unknown, type: string): string =>
  `json: cannot unmarshal ${goType(value)} into Go struct field ${field} of type ${type}`;

/** Lease times are MicroTime: exactly six digits after the seconds, or the server cannot read them. */
const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/;

const leaseTimeFault = (object: Unstructured): string | undefined => {
  for (const field of ['acquireTime', 'renewTime']) {
    const value = valueAt(object, `spec.${field}`);
    if (typeof value !== 'string' || MICRO_TIME.test(value)) continue;
    return `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05.000000Z07:00": cannot parse`;
  }
  return undefined;
};

const goType = (value: unknown): string => {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`;
  return Array.isArray(value) ? 'array' : typeof value;
};

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
          owner[field] ?? '',
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
  if (!isCore && !String(apiVersion ?? '').includes('/')) {
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

const immutableErrors = (kind: ServedKind, object: Unstructured, stored: Unstructured): FieldError[] => {
  const key = keyOf(kind);
  const errors = (IMMUTABLE[key] ?? [])
    .filter((path) => !equalJson(valueAt(object, path), valueAt(stored, path)))
    .map((path) => invalidField(path, valueAt(object, path), 'field is immutable'));
  if (key === 'apps/StatefulSet') errors.push(...statefulSetErrors(object, stored));
  if (key === '/Pod') errors.push(...podErrors(object, stored));
  if ((key === '/ConfigMap' || key === '/Secret') && stored['immutable'] === true) {
    errors.push(...sealedErrors(object, stored));
  }
  return errors;
};

const statefulSetErrors = (object: Unstructured, stored: Unstructured): FieldError[] => {
  const fixed = (spec: unknown) =>
    Object.fromEntries(Object.entries(asRecord(spec)).filter(([field]) => !STATEFUL_SET_MUTABLE.includes(field)));
  if (equalJson(fixed(object['spec']), fixed(stored['spec']))) return [];
  return [
    forbiddenField(
      'spec',
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ),
  ];
};

/** What may change in the spec of a pod that exists; of containers it is the image. */
const POD_MUTABLE = ['activeDeadlineSeconds', 'tolerations', 'terminationGracePeriodSeconds'];

const fixedPodSpec = (spec: unknown): unknown => {
  const withoutImages = (containers: unknown): unknown =>
    Array.isArray(containers) ? containers.map((one) => ({ ...asRecord(one), image: '' })) : containers;
  const fields = Object.entries(asRecord(spec)).filter(([field]) => !POD_MUTABLE.includes(field));
  return Object.fromEntries(
    fields.map(([field, value]) => [field, field.toLowerCase().endsWith('containers') ? withoutImages(value) : value]),
  );
};

const podErrors = (object: Unstructured, stored: Unstructured): FieldError[] => {
  if (object['spec'] === stored['spec'] || equalJson(fixedPodSpec(object['spec']), fixedPodSpec(stored['spec'])))
    return [];
  return [
    forbiddenField(
      'spec',
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ),
  ];
};

const sealedErrors = (object: Unstructured, stored: Unstructured): FieldError[] =>
  ['immutable', 'data', 'binaryData', 'stringData']
    .filter((field) => !equalJson(object[field], stored[field]))
    .map((field) => forbiddenField(field, 'field is immutable when `immutable` is set'));
