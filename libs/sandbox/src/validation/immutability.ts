import type { Unstructured } from '@kube-steward/kube';
import { equalJson } from '../canonical.ts';
import { type FieldError, forbiddenField, invalidField } from '../errors.ts';
import { asRecord, valueAt, without } from '../json-path.ts';
import type { ServedKind } from '../registry.ts';
import { changedEventErrors } from './events.ts';
import { podChangeErrors } from './pod-changes.ts';

type ChangeRule = (object: Unstructured, stored: Unstructured) => FieldError[];

/** Fields that must not change once an object exists. */
const fixed =
  (...paths: readonly string[]): ChangeRule =>
  (object, stored) =>
    paths
      .filter((path) => !equalJson(valueAt(object, path) ?? null, valueAt(stored, path) ?? null))
      .map((path) => invalidField(path, valueAt(object, path) ?? null, 'field is immutable'));

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

const statefulSetErrors: ChangeRule = (object, stored) => {
  const fixedPart = (spec: unknown) => without(asRecord(spec), ...STATEFUL_SET_MUTABLE);
  if (equalJson(fixedPart(object['spec']), fixedPart(stored['spec']))) return [];
  return [
    forbiddenField(
      'spec',
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ),
  ];
};

/** What may change in the template of a job that is suspended and has not started: where its pods go, and what they are called. */
const withoutPlace = (template: unknown): unknown => {
  const { spec, ...rest } = asRecord(template);
  const { affinity, ...pod } = asRecord(spec);
  return {
    metadata: without(asRecord(rest['metadata']), 'labels', 'annotations'),
    affinity: without(asRecord(affinity), 'nodeAffinity'),
    spec: without(pod, 'nodeSelector', 'tolerations', 'schedulingGates'),
  };
};

const jobErrors: ChangeRule = (object, stored) => {
  const isMovable = valueAt(stored, 'spec.suspend') === true && valueAt(stored, 'status.startTime') === undefined;
  const [now, before] = [valueAt(object, 'spec.template'), valueAt(stored, 'spec.template')];
  const isSame = isMovable ? equalJson(withoutPlace(now), withoutPlace(before)) : equalJson(now, before);
  const completions = valueAt(object, 'spec.completionMode') === 'Indexed' ? [] : ['spec.completions'];
  return [
    ...fixed(...completions, 'spec.selector', 'spec.completionMode')(object, stored),
    ...(isSame ? [] : [invalidField('spec.template', now, 'field is immutable')]),
    ...fixed(
      'spec.podFailurePolicy',
      'spec.backoffLimitPerIndex',
      'spec.managedBy',
      'spec.successPolicy',
    )(object, stored),
  ];
};

const sealedErrors: ChangeRule = (object, stored) =>
  stored['immutable'] !== true
    ? []
    : ['immutable', 'data', 'binaryData']
        .filter((field) => !equalJson(object[field], stored[field]))
        .map((field) => forbiddenField(field, 'field is immutable when `immutable` is set'));

const nodeErrors: ChangeRule = (object, stored) => {
  const before = valueAt(stored, 'spec.providerID');
  if (before === undefined || before === valueAt(object, 'spec.providerID')) return [];
  return [forbiddenField('spec.providerID', 'node updates may not change providerID except from "" to valid')];
};

const RULES: Readonly<Record<string, ChangeRule>> = {
  'apps/Deployment': fixed('spec.selector'),
  'apps/DaemonSet': fixed('spec.selector'),
  'apps/ReplicaSet': fixed('spec.selector'),
  'apps/StatefulSet': statefulSetErrors,
  'batch/Job': jobErrors,
  'storage.k8s.io/StorageClass': fixed('provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'),
  '/Pod': podChangeErrors,
  '/ConfigMap': sealedErrors,
  '/Secret': sealedErrors,
  '/Node': nodeErrors,
  'events.k8s.io/Event': changedEventErrors,
};

/** What a write has changed that must not change. */
export const immutableErrors = (kind: ServedKind, object: Unstructured, stored: Unstructured): FieldError[] =>
  kind.custom ? [] : (RULES[`${kind.group}/${kind.kind}`]?.(object, stored) ?? []);
