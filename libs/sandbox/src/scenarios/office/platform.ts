import type { Unstructured } from '@kube-steward/kube';
import { daemonSet, deployment, namespace, node, pdb, rollout, ROLLOUT_CRD, statefulSet } from '../../builders.ts';
import { amounts, place } from '../scenario.ts';

const NODES = ['a', 'b', 'c', 'd'].map((zone) =>
  node({
    name: `worker-${zone}`,
    cpu: '24',
    memory: '96Gi',
    labels: { 'topology.kubernetes.io/zone': `eu-central-1${zone}`, 'node.kubernetes.io/instance-type': 'm6i.6xlarge' },
  }),
);

/** What every cluster has, and nothing may put to sleep: DNS above all. */
const system = (): Unstructured[] => [
  namespace({ name: 'kube-system' }),
  ...place('kube-system', [
    deployment({
      name: 'coredns',
      replicas: 2,
      ...amounts('100m', '70Mi'),
      priorityClassName: 'system-cluster-critical',
    }),
    pdb({ name: 'coredns', maxUnavailable: 1 }),
    deployment({
      name: 'metrics-server',
      ...amounts('100m', '200Mi'),
      priorityClassName: 'system-cluster-critical',
    }),
    daemonSet({ name: 'kube-proxy', ...amounts('100m', '64Mi'), priorityClassName: 'system-node-critical' }),
  ]),
];

/**
 * Team platform. `delivery` runs Argo Rollouts. `ci` sleeps only in the small hours, a window past midnight. `monitoring`
 * and `legacy` have no annotations and stay as they are. `demo-day` is kept awake by force for the sales team, though its
 * uptime is short.
 */
export const platform = (): Unstructured[] => [
  ...NODES,
  ROLLOUT_CRD,
  ...system(),
  namespace({
    name: 'delivery',
    labels: { team: 'platform' },
    annotations: { 'downscaler/uptime': 'Mon-Fri 07:00-20:00 Europe/Berlin' },
  }),
  ...place('delivery', [
    rollout({ name: 'tracking', replicas: 3, ...amounts('300m', '512Mi') }),
    rollout({ name: 'routing', replicas: 2, ...amounts('500m', '1Gi') }),
    rollout({ name: 'labels', ...amounts('100m', '128Mi') }),
    deployment({ name: 'courier-app', replicas: 2, ...amounts('250m', '384Mi') }),
  ]),
  namespace({
    name: 'ci',
    labels: { team: 'platform' },
    annotations: { 'downscaler/downtime': 'Mon-Sun 23:00-05:00 Europe/Berlin' },
  }),
  ...place('ci', [
    deployment({ name: 'runner', replicas: 6, ...amounts('1', '2Gi') }),
    deployment({ name: 'cache', replicas: 2, ...amounts('200m', '1Gi') }),
    deployment({ name: 'preview-proxy', ...amounts('100m', '128Mi') }),
  ]),
  namespace({ name: 'monitoring', labels: { team: 'platform' } }),
  ...place('monitoring', [
    statefulSet({ name: 'prometheus', replicas: 2, ...amounts('1', '4Gi') }),
    deployment({ name: 'grafana', ...amounts('200m', '512Mi') }),
    statefulSet({ name: 'alertmanager', replicas: 3, ...amounts('100m', '128Mi') }),
    daemonSet({ name: 'node-exporter', ...amounts('50m', '64Mi') }),
  ]),
  namespace({ name: 'legacy' }),
  ...place('legacy', [
    deployment({ name: 'intranet', replicas: 2, ...amounts('300m', '1Gi') }),
    deployment({ name: 'ldap-sync', ...amounts('100m', '256Mi') }),
    deployment({ name: 'print-server', ...amounts('200m', '512Mi') }),
  ]),
  namespace({
    name: 'demo-day',
    labels: { team: 'sales' },
    annotations: { 'downscaler/uptime': 'Mon-Fri 09:00-17:00 Europe/Berlin', 'downscaler/force-uptime': 'true' },
  }),
  ...place('demo-day', [
    deployment({ name: 'storefront', replicas: 2, ...amounts('500m', '512Mi') }),
    deployment({ name: 'demo-api', replicas: 2, ...amounts('300m', '512Mi') }),
  ]),
];
