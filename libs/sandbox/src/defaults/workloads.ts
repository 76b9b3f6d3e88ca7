import { asRecord } from '../json-path.ts';
import { type Defaulter, fill, filled, pipe } from './fill.ts';

/** How pods are replaced, with the parts of a rolling update if it is one. */
const rolling =
  (parts: Readonly<Record<string, unknown>>): Defaulter =>
  (value) => {
    const typed = fill(value, { type: 'RollingUpdate' });
    if (typed['type'] !== 'RollingUpdate') return typed;
    const rollingUpdate = fill(asRecord(typed['rollingUpdate']), parts);
    return rollingUpdate === typed['rollingUpdate'] ? typed : { ...typed, rollingUpdate };
  };

/** A type that was said does not bring a partition by itself. */
const statefulSetStrategy: Defaulter = (value) => {
  if (value['type'] === undefined) return rolling({ partition: 0 })(value);
  return value['type'] === 'RollingUpdate' && value['rollingUpdate'] !== undefined
    ? rolling({ partition: 0 })(value)
    : value;
};

const jobSpec: Defaulter = pipe(
  (value) =>
    value['completions'] === undefined && value['parallelism'] === undefined
      ? fill(value, { completions: 1, parallelism: 1 })
      : fill(value, { parallelism: 1 }),
  (value) =>
    fill(value, {
      backoffLimit: value['backoffLimitPerIndex'] === undefined ? 6 : 2 ** 31 - 1,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: value['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed',
      manualSelector: false,
    }),
);

/** Labels of the template stand in for those an object does not have. */
const labelsFromTemplate: Defaulter = (value) => {
  const labels = asRecord(asRecord(asRecord(value['spec'])['template'])['metadata'])['labels'];
  const metadata = asRecord(value['metadata']);
  return labels === undefined || metadata['labels'] !== undefined
    ? value
    : { ...value, metadata: { ...metadata, labels } };
};

const controllerSpec: Defaulter = (value) =>
  fill(value, {
    replicas: 1,
    selector: asRecord(asRecord(value['template'])['metadata'])['labels'],
  });

export const WORKLOAD_DEFAULTS: Readonly<Record<string, Defaulter>> = {
  'v1.DeploymentSpec': filled({ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
  'v1.DeploymentStrategy': rolling({ maxUnavailable: '25%', maxSurge: '25%' }),
  'v1.StatefulSetSpec': filled({
    replicas: 1,
    revisionHistoryLimit: 10,
    podManagementPolicy: 'OrderedReady',
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
  }),
  'v1.StatefulSetPersistentVolumeClaimRetentionPolicy': filled({ whenDeleted: 'Retain', whenScaled: 'Retain' }),
  'v1.StatefulSetUpdateStrategy': statefulSetStrategy,
  'v1.DaemonSetSpec': filled({ revisionHistoryLimit: 10 }),
  'v1.DaemonSetUpdateStrategy': rolling({ maxUnavailable: 1, maxSurge: 0 }),
  'v1.ReplicaSetSpec': filled({ replicas: 1 }),
  'v1.ReplicationController': labelsFromTemplate,
  'v1.ReplicationControllerSpec': controllerSpec,
  'v1.Job': pipe(labelsFromTemplate, (value) => ({ ...value, spec: jobSpec(asRecord(value['spec'])) })),
  'v1.PodFailurePolicyOnPodConditionsPattern': filled({ status: 'True' }),
  'v1.CronJobSpec': filled({
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  }),
};
