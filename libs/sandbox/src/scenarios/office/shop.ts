import type { Unstructured } from '@kube-steward/kube';
import { cronJob, deployment, hpa, namespace, pdb, statefulSet } from '../../builders.ts';
import { SANDBOX_ANNOTATIONS } from '../../workloads/annotations.ts';
import { amounts, place } from '../scenario.ts';

/** A storefront's load: little at night, more in office hours, a peak before lunch. */
const officeLoad = (base: string, day: string, peak: string): Record<string, string> => ({
  [SANDBOX_ANNOTATIONS.load]: `${base}; ${day} Mon-Fri 08:00-18:00 Europe/Berlin; ${peak} Mon-Fri 10:00-12:00 Europe/Berlin`,
});

/**
 * Team shop, Berlin. The plain case: two namespaces with an uptime, everything in them sleeps outside it. HPAs whose target
 * goes to 0 in dev; in staging `storefront` keeps one replica at night, so its HPA's minReplicas is lowered instead.
 * `search` is slow to start, `wishlist` never comes up: its image is gone.
 */
export const shop = (): Unstructured[] => [
  namespace({
    name: 'shop-dev',
    labels: { team: 'shop' },
    annotations: { 'downscaler/uptime': 'Mon-Fri 07:30-19:30 Europe/Berlin' },
  }),
  ...place('shop-dev', [
    deployment({
      name: 'storefront',
      replicas: 2,
      ...amounts('500m', '512Mi'),
      annotations: officeLoad('100m', '1500m', '2400m'),
    }),
    hpa({ name: 'storefront', minReplicas: 2, maxReplicas: 8 }),
    pdb({ name: 'storefront', minAvailable: 1 }),
    deployment({
      name: 'cart',
      replicas: 2,
      ...amounts('250m', '256Mi'),
      annotations: officeLoad('50m', '600m', '900m'),
    }),
    hpa({ name: 'cart', minReplicas: 2, maxReplicas: 6 }),
    deployment({ name: 'checkout', replicas: 2, ...amounts('250m', '384Mi') }),
    deployment({ name: 'catalog', replicas: 3, ...amounts('300m', '512Mi') }),
    deployment({
      name: 'search',
      replicas: 2,
      ...amounts('1', '2Gi'),
      podAnnotations: { [SANDBOX_ANNOTATIONS.podStart]: '190s' },
    }),
    deployment({ name: 'recommendations', replicas: 2, ...amounts('500m', '1Gi') }),
    deployment({ name: 'images', replicas: 2, ...amounts('400m', '512Mi') }),
    deployment({ name: 'admin-ui', ...amounts('100m', '128Mi') }),
    deployment({
      name: 'wishlist',
      ...amounts('100m', '128Mi'),
      podAnnotations: { [SANDBOX_ANNOTATIONS.fail]: 'image' },
    }),
    statefulSet({ name: 'redis', replicas: 3, ...amounts('200m', '512Mi') }),
    cronJob({ name: 'sitemap', schedule: '0 * * * *', timeZone: 'Europe/Berlin', ...amounts('100m', '128Mi') }),
    cronJob({
      name: 'reindex',
      schedule: '0 8 * * 1-5',
      timeZone: 'Europe/Berlin',
      concurrencyPolicy: 'Forbid',
      ...amounts('500m', '1Gi'),
      podAnnotations: { [SANDBOX_ANNOTATIONS.jobDuration]: '20m' },
    }),
  ]),
  namespace({
    name: 'shop-staging',
    labels: { team: 'shop' },
    annotations: { 'downscaler/uptime': 'Mon-Fri 06:00-22:00 Europe/Berlin' },
  }),
  ...place('shop-staging', [
    deployment({
      name: 'storefront',
      replicas: 3,
      ...amounts('500m', '512Mi'),
      annotations: { ...officeLoad('100m', '1200m', '1800m'), 'downscaler/downtime-replicas': '1' },
    }),
    hpa({ name: 'storefront', minReplicas: 3, maxReplicas: 10, annotations: { 'downscaler/downtime-replicas': '1' } }),
    pdb({ name: 'storefront', minAvailable: 2 }),
    deployment({ name: 'cart', replicas: 2, ...amounts('250m', '256Mi') }),
    deployment({ name: 'checkout', replicas: 2, ...amounts('250m', '384Mi') }),
    deployment({ name: 'catalog', replicas: 2, ...amounts('300m', '512Mi') }),
    deployment({ name: 'search', replicas: 2, ...amounts('1', '2Gi') }),
    statefulSet({ name: 'redis', replicas: 3, ...amounts('200m', '512Mi'), spec: { podManagementPolicy: 'Parallel' } }),
  ]),
];
