import type { Unstructured } from '@kube-steward/kube';
import { cronJob, deployment, namespace, statefulSet } from '../../builders.ts';
import { amounts, place } from '../scenario.ts';

/**
 * Team support, Bengaluru: works on Saturdays, in a zone with half an hour of offset. `chat` has a grace period: whatever is
 * created at night stays up for two hours. `telephony` may only shrink to one replica.
 */
export const support = (): Unstructured[] => [
  namespace({
    name: 'support-tools',
    labels: { team: 'support' },
    annotations: { 'downscaler/uptime': 'Mon-Sat 09:00-19:30 Asia/Kolkata' },
  }),
  ...place('support-tools', [
    deployment({ name: 'ticketing', replicas: 2, ...amounts('300m', '512Mi') }),
    deployment({
      name: 'chat',
      replicas: 2,
      ...amounts('200m', '256Mi'),
      annotations: { 'downscaler/grace-period': '2h' },
    }),
    deployment({ name: 'knowledge-base', ...amounts('250m', '512Mi') }),
    deployment({ name: 'crm-bridge', replicas: 2, ...amounts('200m', '256Mi') }),
    deployment({
      name: 'telephony',
      replicas: 3,
      ...amounts('300m', '384Mi'),
      annotations: { 'downscaler/downtime-replicas': '1' },
    }),
    deployment({ name: 'reports', ...amounts('500m', '1Gi') }),
    statefulSet({ name: 'postgres', replicas: 2, ...amounts('500m', '1Gi') }),
    cronJob({
      name: 'escalations',
      schedule: '0 9-18/3 * * 1-6',
      timeZone: 'Asia/Kolkata',
      ...amounts('100m', '128Mi'),
    }),
  ]),
];
