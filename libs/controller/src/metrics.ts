import type { RelistReason, RequestObservation } from '@kube-steward/kube';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { createClientMetrics } from './metrics/client-metrics.ts';
import { createQueueMetrics } from './metrics/queue-metrics.ts';
import { createReconcileMetrics } from './metrics/reconcile-metrics.ts';
import { sampledGauge } from './metrics/sampled.ts';
import type { ReconcileMetrics } from './reconcile-loop.ts';
import type { WorkQueueMetrics } from './work-queue.ts';

/** What is shown of one informer. */
export interface InformerReading {
  /** The plural, with its group unless that is the core group: `deployments.apps`. */
  resource: string;
  objects: number;
  /** Since the server last sent anything; `undefined` before the first contact. */
  secondsSinceContact: number | undefined;
}

/** Name and labels of a metric of the controller's own. */
export interface MetricSpec<L extends string> {
  /** `kube_steward_<controller>_<noun>_<unit>`, counters with `_total`. */
  name: string;
  help: string;
  labels?: readonly L[];
}

export interface HistogramSpec<L extends string> extends MetricSpec<L> {
  /** The upper bound of each bucket, ascending, in the unit of the name. */
  buckets: readonly number[];
}

/** Everything a controller publishes, and the hooks that feed it. */
export interface Metrics {
  readonly queue: WorkQueueMetrics;
  readonly reconcile: ReconcileMetrics;
  readonly onRequest: (observation: RequestObservation) => void;
  /** An event was sent, folded into an earlier one, or dropped. */
  readonly onEvent: (outcome: EventOutcome) => void;
  setLeader(isLeader: boolean): void;
  /** An informer had to list everything again. */
  readonly onRelist: (resource: string, reason: RelistReason) => void;
  /** Shows the relists of a resource from 0 on. */
  watchRelists(resource: string): void;
  watchInformers(read: () => Iterable<InformerReading>): void;
  counter<L extends string = never>(spec: MetricSpec<L>): Counter<L>;
  gauge<L extends string = never>(spec: MetricSpec<L>): Gauge<L>;
  histogram<L extends string = never>(spec: HistogramSpec<L>): Histogram<L>;
  /** The text of `/metrics`, and its content type. */
  render(): Promise<string>;
  readonly contentType: string;
}

export const EVENT_OUTCOMES = ['sent', 'folded', 'throttled', 'overflowed', 'failed'] as const;
/** `throttled`: too many of one object; `overflowed`: the queue was full; `failed`: refused by the API server. */
export type EventOutcome = (typeof EVENT_OUTCOMES)[number];

export interface MetricsOptions {
  /** The controller's name: the label `controller`, the queue's and the lease's `name`. */
  name: string;
  leaseName?: string;
  version: string;
  /** prom-client's `process_*` and `nodejs_*`; they observe the whole process, so off where several controllers share one. */
  process?: boolean;
}

/** Metrics under the names of controller-runtime and client-go, so that existing dashboards fit; each series starts at 0. */
export const createMetrics = ({ name, leaseName = name, version, process = true }: MetricsOptions): Metrics => {
  const registry = new Registry();
  if (process) collectDefaultMetrics({ register: registry });
  publishBuildInfo(registry, name, version);
  const leader = new Gauge({
    name: 'leader_election_master_status',
    help: 'Whether this process leads: 1 leader, 0 standby',
    labelNames: ['name'],
    registers: [registry],
  });
  leader.set({ name: leaseName }, 0);

  return {
    queue: createQueueMetrics(registry, name),
    reconcile: createReconcileMetrics(registry, name),
    onRequest: createClientMetrics(registry),
    onEvent: createEventMetrics(registry, name),
    setLeader: (isLeader) => leader.set({ name: leaseName }, isLeader ? 1 : 0),
    ...createRelistMetrics(registry),
    watchInformers: (read) => publishInformers(registry, read),
    counter: ({ name, help, labels = [] }) => new Counter({ name, help, labelNames: labels, registers: [registry] }),
    gauge: ({ name, help, labels = [] }) => new Gauge({ name, help, labelNames: labels, registers: [registry] }),
    histogram: ({ name, help, labels = [], buckets }) =>
      new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers: [registry] }),
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
};

const publishBuildInfo = (registry: Registry, controller: string, version: string): void => {
  const labels = { controller, version, node_version: process.version };
  sampledGauge(
    { registry, name: 'kube_steward_build_info', help: 'Always 1; what is running' },
    Object.keys(labels),
    () => [{ labels, value: 1 }],
  );
};

const createEventMetrics = (registry: Registry, controller: string): ((outcome: EventOutcome) => void) => {
  const counter = new Counter({
    name: 'kube_steward_events_total',
    help: 'Events by what became of them',
    labelNames: ['controller', 'outcome'],
    registers: [registry],
  });
  for (const outcome of EVENT_OUTCOMES) counter.inc({ controller, outcome }, 0);
  return (outcome) => counter.inc({ controller, outcome });
};

const RELIST_REASONS: readonly RelistReason[] = ['expired', 'continueExpired', 'resourceVersionTooLarge', 'watchError'];

const createRelistMetrics = (registry: Registry): Pick<Metrics, 'onRelist' | 'watchRelists'> => {
  const counter = new Counter({
    name: 'informer_relists_total',
    help: 'Lists beyond the first, because a watch could not go on',
    labelNames: ['resource', 'reason'],
    registers: [registry],
  });
  return {
    onRelist: (resource, reason) => counter.inc({ resource, reason }),
    watchRelists(resource) {
      for (const reason of RELIST_REASONS) counter.inc({ resource, reason }, 0);
    },
  };
};

const publishInformers = (registry: Registry, read: () => Iterable<InformerReading>): void => {
  const samples = (valueOf: (reading: InformerReading) => number | undefined) => () =>
    [...read()].flatMap((reading) => {
      const value = valueOf(reading);
      return value === undefined ? [] : [{ labels: { resource: reading.resource }, value }];
    });
  sampledGauge(
    { registry, name: 'informer_objects', help: 'Objects in the cache' },
    ['resource'],
    samples((reading) => reading.objects),
  );
  sampledGauge(
    { registry, name: 'informer_last_contact_seconds', help: 'Time since the server last sent anything' },
    ['resource'],
    samples((reading) => reading.secondsSinceContact),
  );
};
