import type { Unstructured } from '@kube-steward/kube';
import type { WriteOptions } from './cluster.ts';
import { asRecord } from './json-path.ts';
import type { ServedKind } from './registry.ts';

const words = (text: string): readonly string[] => text.split(' ');

const METADATA = words(
  'name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp deletionGracePeriodSeconds labels annotations ownerReferences finalizers managedFields',
);

/** What stands beside apiVersion, kind and metadata. */
const TOP: Readonly<Record<string, readonly string[]>> = {
  '/ConfigMap': words('data binaryData immutable'),
  '/Secret': words('data stringData type immutable'),
};

/** The fields of `spec` of the kinds that are scaled and suspended; other kinds are not looked into. */
const SPEC: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': words(
    'replicas selector template strategy minReadySeconds revisionHistoryLimit paused progressDeadlineSeconds',
  ),
  'apps/StatefulSet': words(
    'replicas selector template volumeClaimTemplates serviceName podManagementPolicy updateStrategy revisionHistoryLimit minReadySeconds persistentVolumeClaimRetentionPolicy ordinals',
  ),
  'apps/DaemonSet': words('selector template updateStrategy minReadySeconds revisionHistoryLimit'),
  'apps/ReplicaSet': words('replicas minReadySeconds selector template'),
  'batch/CronJob': words(
    'schedule timeZone startingDeadlineSeconds concurrencyPolicy suspend jobTemplate successfulJobsHistoryLimit failedJobsHistoryLimit',
  ),
};

/**
 * What strict validation finds: fields that are not known, in metadata of all kinds, and beside and directly in `spec` of the
 * kinds above. `undefined` if it finds nothing, or if it was not asked for.
 */
export const strictFault = (
  kind: ServedKind,
  object: Unstructured,
  { fieldValidation, subresource }: WriteOptions,
): string | undefined => {
  if (fieldValidation !== 'Strict' || subresource === 'scale') return undefined;
  const key = `${kind.group}/${kind.kind}`;
  const spec = kind.custom ? undefined : SPEC[key];
  const top = kind.custom ? undefined : (TOP[key] ?? (spec && ['spec', 'status']));
  const unknown = [
    ...(top ? unknownOf('', object, ['apiVersion', 'kind', 'metadata', ...top]) : []),
    ...unknownOf('metadata.', object.metadata, METADATA),
    ...(spec ? unknownOf('spec.', object['spec'], spec) : []),
  ];
  return unknown.length === 0 ? undefined : `strict decoding error: ${unknown.join(', ')}`;
};

const unknownOf = (path: string, value: unknown, known: readonly string[]): string[] =>
  Object.keys(asRecord(value))
    .filter((field) => !known.includes(field))
    .map((field) => `unknown field "${path}${field}"`);
