import type { Unstructured } from '@kube-steward/kube';
import { cronJob, deployment, hpa, namespace, statefulSet } from '../../builders.ts';
import { SANDBOX_ANNOTATIONS } from '../../workloads/annotations.ts';
import { amounts, place } from '../scenario.ts';

/**
 * Team mobile, New York: wakes when Berlin has lunch. `analytics-collector` has a typo in its annotation's name, which
 * therefore does nothing: it follows the namespace. `device-farm` has hours of its own. `nightly-build` only ever runs while
 * the namespace sleeps.
 */
export const mobile = (): Unstructured[] => [
  namespace({
    name: 'mobile-dev',
    labels: { team: 'mobile' },
    annotations: { 'downscaler/uptime': 'Mon-Fri 08:00-20:00 America/New_York' },
  }),
  ...place('mobile-dev', [
    deployment({
      name: 'api-gateway',
      replicas: 2,
      ...amounts('500m', '512Mi'),
      annotations: {
        [SANDBOX_ANNOTATIONS.load]: '100m; 1400m Mon-Fri 09:00-17:00 America/New_York',
      },
    }),
    hpa({ name: 'api-gateway', minReplicas: 2, maxReplicas: 6 }),
    deployment({ name: 'push', replicas: 2, ...amounts('250m', '256Mi') }),
    deployment({ name: 'feature-flags', replicas: 2, ...amounts('100m', '128Mi') }),
    deployment({ name: 'profile', replicas: 2, ...amounts('250m', '384Mi') }),
    deployment({ name: 'media', replicas: 2, ...amounts('500m', '1Gi') }),
    deployment({
      name: 'analytics-collector',
      replicas: 2,
      ...amounts('300m', '512Mi'),
      annotations: { 'downscaler/uptme': 'Mon-Sun 00:00-24:00 America/New_York' },
    }),
    deployment({
      name: 'device-farm',
      replicas: 4,
      ...amounts('1', '2Gi'),
      annotations: { 'downscaler/uptime': 'Mon-Thu 10:00-16:00 America/New_York' },
    }),
    deployment({ name: 'crash-reports', ...amounts('200m', '512Mi') }),
    statefulSet({ name: 'mongo', replicas: 3, ...amounts('400m', '1Gi') }),
    cronJob({
      name: 'nightly-build',
      schedule: '0 2 * * *',
      timeZone: 'America/New_York',
      ...amounts('2', '4Gi'),
      podAnnotations: { [SANDBOX_ANNOTATIONS.jobDuration]: '30m' },
    }),
  ]),
];
