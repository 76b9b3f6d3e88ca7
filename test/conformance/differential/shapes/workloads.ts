import { count, flag, object, type ObjectShape, value } from '../shape.ts';
import { METADATA } from './metadata.ts';
import { POD_FIELDS, TEMPLATE } from './pod.ts';

const PARTS = [0, 1, 2, '25%', '50%'];

const workload = (spec: Parameters<typeof object>[0]): ObjectShape =>
  object({ 'metadata!': METADATA, 'spec!': object(spec) });

export const DEPLOYMENT = workload({
  replicas: count(),
  minReadySeconds: count(),
  revisionHistoryLimit: count(),
  paused: flag,
  progressDeadlineSeconds: value(60, 600),
  strategy: object({
    type: value('RollingUpdate'),
    rollingUpdate: object({ maxSurge: value(1, 2, '25%', '50%'), maxUnavailable: value(...PARTS) }),
  }),
  'template!': TEMPLATE,
});

export const REPLICA_SET = workload({ replicas: count(), minReadySeconds: count(), 'template!': TEMPLATE });

export const STATEFUL_SET = workload({
  replicas: count(),
  minReadySeconds: count(),
  revisionHistoryLimit: count(),
  updateStrategy: object({ type: value('RollingUpdate'), rollingUpdate: object({ partition: count() }) }),
  persistentVolumeClaimRetentionPolicy: object({
    whenDeleted: value('Retain', 'Delete'),
    whenScaled: value('Retain', 'Delete'),
  }),
  ordinals: object({ 'start!': count() }),
  'template!': TEMPLATE,
});

export const DAEMON_SET = workload({
  minReadySeconds: count(),
  revisionHistoryLimit: count(),
  updateStrategy: object({
    type: value('RollingUpdate'),
    rollingUpdate: object({ maxUnavailable: value(1, 2, '25%') }),
  }),
  'template!': TEMPLATE,
});

const JOB_TEMPLATE = object({
  'metadata!': TEMPLATE.fields['metadata']!,
  'spec!': object({ ...POD_FIELDS, 'restartPolicy!': value('Never', 'OnFailure') }),
});

const JOB_FIELDS = {
  parallelism: count(),
  completions: value(1, 2, 3),
  backoffLimit: count(),
  activeDeadlineSeconds: value(60, 600),
  ttlSecondsAfterFinished: value(0, 100),
  suspend: flag,
  'template!': JOB_TEMPLATE,
};

export const JOB = workload(JOB_FIELDS);

export const CRON_JOB = workload({
  'schedule!': value('*/5 * * * *', '0 3 * * 1', '@daily'),
  timeZone: value('Etc/UTC', 'Europe/Berlin'),
  suspend: flag,
  concurrencyPolicy: value('Allow', 'Forbid', 'Replace'),
  startingDeadlineSeconds: value(10, 100),
  successfulJobsHistoryLimit: count(),
  failedJobsHistoryLimit: count(),
  'jobTemplate!': object({ metadata: TEMPLATE.fields['metadata']!, 'spec!': object(JOB_FIELDS) }),
});

export const POD = workload({ ...POD_FIELDS, restartPolicy: value('Always', 'OnFailure', 'Never') });
