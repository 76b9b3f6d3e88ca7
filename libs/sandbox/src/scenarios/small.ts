import { cronJob, deployment, hpa, namespace, node, statefulSet } from '../builders.ts';
import { amounts, place, type Scenario } from './scenario.ts';

/**
 * A handful of workloads for a first look: a namespace with an uptime, one workload with hours of its own, one that is
 * excluded, one with a typo, and a namespace nobody annotated. The story begins on a Friday, half an hour before closing time.
 */
export const small = (): Scenario => ({
  name: 'small',
  description: 'One team and a handful of workloads, half an hour before closing time on a Friday',
  startAt: '2026-11-20T17:30:00Z',
  objects: [
    node({ name: 'worker-a', cpu: '8', memory: '32Gi' }),
    node({ name: 'worker-b', cpu: '8', memory: '32Gi' }),
    namespace({ name: 'kube-system' }),
    ...place('kube-system', [
      deployment({
        name: 'coredns',
        replicas: 2,
        ...amounts('100m', '70Mi'),
        priorityClassName: 'system-cluster-critical',
      }),
    ]),
    namespace({ name: 'shop', annotations: { 'downscaler/uptime': 'Mon-Fri 08:00-19:00 Europe/Berlin' } }),
    ...place('shop', [
      deployment({ name: 'web', replicas: 3, ...amounts('500m', '512Mi') }),
      hpa({ name: 'web', minReplicas: 3, maxReplicas: 6 }),
      deployment({ name: 'api', replicas: 2, ...amounts('1', '1Gi') }),
      deployment({
        name: 'batch',
        ...amounts('1', '2Gi'),
        annotations: { 'downscaler/uptime': 'Mon-Fri 08:00-12:00 Europe/Berlin' },
      }),
      deployment({ name: 'admin', ...amounts('200m', '256Mi'), annotations: { 'downscaler/uptme': 'always' } }),
      statefulSet({ name: 'db', ...amounts('500m', '2Gi'), annotations: { 'downscaler/exclude': 'true' } }),
      cronJob({ name: 'report', schedule: '0 7 * * 1-5', timeZone: 'Europe/Berlin', ...amounts('200m', '256Mi') }),
    ]),
    namespace({ name: 'legacy' }),
    ...place('legacy', [deployment({ name: 'intranet', ...amounts('300m', '512Mi') })]),
  ],
});
