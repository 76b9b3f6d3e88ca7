import type { Unstructured } from '@kube-steward/kube';
import { equalJson } from './canonical.ts';
import { type FieldError, forbiddenField, invalidField } from './errors.ts';
import { asRecord, valueAt } from './json-path.ts';
import type { ServedKind } from './registry.ts';

/** Fields that must not change once an object exists. */
const IMMUTABLE: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['spec.selector'],
  'apps/DaemonSet': ['spec.selector'],
  'apps/ReplicaSet': ['spec.selector'],
  'batch/Job': ['spec.selector', 'spec.template', 'spec.completionMode'],
  'storage.k8s.io/StorageClass': ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
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

/** What a write has changed that must not change. */
export const immutableErrors = (kind: ServedKind, object: Unstructured, stored: Unstructured): FieldError[] => {
  const key = `${kind.group}/${kind.kind}`;
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
