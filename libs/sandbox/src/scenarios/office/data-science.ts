import type { Unstructured } from '@kube-steward/kube';
import { cronJob, deployment, job, namespace, statefulSet } from '../../builders.ts';
import { SANDBOX_ANNOTATIONS } from '../../workloads/annotations.ts';
import { amounts, place } from '../scenario.ts';

/**
 * Team data science, New York: few pods, large ones, so most of the saving is here. Written as a downtime, nights and
 * weekends listed apart. `training` is a Job over several hours that is running when the story begins.
 */
export const dataScience = (): Unstructured[] => [
  namespace({
    name: 'data-science',
    labels: { team: 'data-science' },
    annotations: {
      'downscaler/downtime':
        'Mon-Fri 19:00-24:00 America/New_York, Mon-Fri 00:00-09:00 America/New_York, Sat-Sun 00:00-24:00 America/New_York',
    },
  }),
  ...place('data-science', [
    deployment({ name: 'jupyterhub', ...amounts('500m', '1Gi') }),
    statefulSet({ name: 'notebook', replicas: 6, ...amounts('1', '4Gi'), spec: { podManagementPolicy: 'Parallel' } }),
    deployment({ name: 'mlflow', ...amounts('300m', '1Gi') }),
    deployment({ name: 'feature-store', replicas: 2, ...amounts('1', '4Gi') }),
    deployment({ name: 'model-serving', replicas: 3, ...amounts('1', '3Gi') }),
    deployment({ name: 'labeling-ui', ...amounts('200m', '256Mi') }),
    deployment({ name: 'spark-history', ...amounts('300m', '1Gi') }),
    statefulSet({
      name: 'minio',
      replicas: 4,
      ...amounts('300m', '1Gi'),
      annotations: { 'downscaler/exclude': 'true' },
    }),
    job({
      name: 'training',
      ...amounts('2', '8Gi'),
      podAnnotations: { [SANDBOX_ANNOTATIONS.jobDuration]: '9h' },
    }),
    cronJob({
      name: 'drift-report',
      schedule: '30 9 * * 1',
      timeZone: 'America/New_York',
      ...amounts('500m', '1Gi'),
      podAnnotations: { [SANDBOX_ANNOTATIONS.jobDuration]: '15m' },
    }),
  ]),
];
