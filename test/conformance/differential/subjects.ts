import { RESOURCES, type Resource } from '@kube-steward/kube';
import type { ObjectShape } from './shape.ts';
import * as custom from './shapes/custom.ts';
import * as others from './shapes/others.ts';
import * as workloads from './shapes/workloads.ts';

/** A kind whose objects are made and patched at random. */
export interface Subject {
  readonly resource: Resource;
  readonly shape: ObjectShape;
  /** What every object of the kind has beside what is random. */
  readonly fixed: object;
  /** Each takes something there is not much of, and is deleted at the end of a run. */
  readonly isScarce?: boolean;
}

const core = (plural: string, kind: string): Resource => ({ group: '', version: 'v1', plural, kind, namespaced: true });

const SELECTED = {
  spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } } } },
};

export const WORKLOADS: readonly Subject[] = [
  { resource: RESOURCES.deployments, shape: workloads.DEPLOYMENT, fixed: SELECTED },
  {
    resource: RESOURCES.statefulSets,
    shape: workloads.STATEFUL_SET,
    fixed: { spec: { ...SELECTED.spec, serviceName: 'web' } },
  },
  { resource: RESOURCES.daemonSets, shape: workloads.DAEMON_SET, fixed: SELECTED },
  { resource: RESOURCES.replicaSets, shape: workloads.REPLICA_SET, fixed: SELECTED },
  { resource: RESOURCES.jobs, shape: workloads.JOB, fixed: {} },
  { resource: RESOURCES.cronJobs, shape: workloads.CRON_JOB, fixed: {} },
  { resource: RESOURCES.pods, shape: workloads.POD, fixed: {} },
];

/** Custom resources: with a schema of all that can be in one, and with one that lets everything in. */
export const CUSTOM: readonly Subject[] = [custom.WIDGET, custom.LOOSE].map(({ resource, shape }) => ({
  resource,
  shape,
  fixed: {},
}));

export const SUBJECTS: readonly Subject[] = [
  ...WORKLOADS,
  ...CUSTOM,
  { resource: RESOURCES.configMaps, shape: others.CONFIG_MAP, fixed: {} },
  { resource: RESOURCES.namespaces, shape: others.NAMESPACE, fixed: {} },
  { resource: core('serviceaccounts', 'ServiceAccount'), shape: others.SERVICE_ACCOUNT, fixed: {} },
  { resource: RESOURCES.nodes, shape: others.NODE, fixed: {} },
  { resource: RESOURCES.leases, shape: others.LEASE, fixed: {} },
  { resource: core('events', 'Event'), shape: others.CORE_EVENT, fixed: {} },
  { resource: RESOURCES.podDisruptionBudgets, shape: others.DISRUPTION_BUDGET, fixed: {} },
  { resource: RESOURCES.horizontalPodAutoscalers, shape: others.AUTOSCALER, fixed: {} },
  { resource: RESOURCES.services, shape: others.SERVICE, fixed: {}, isScarce: true },
];
