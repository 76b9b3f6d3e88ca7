import type { Resource } from './amounts.ts';
import { formatShare } from './profiles/format.ts';

/** What a HorizontalPodAutoscaler of the workload scales by, one of its resource metrics. */
export interface AutoscalerMetric {
  readonly autoscaler: string;
  readonly resource: Resource;
  /** `Utilization`: a percentage of the request. `AverageValue`: an amount, whatever is requested. */
  readonly kind: 'Utilization' | 'AverageValue';
  /** Percent, or an amount. */
  readonly target: number;
}

/** What a request means for an autoscaler. */
export interface AutoscalerNote {
  /** Replicas after the change, by the replicas before; 1: nothing changes. */
  readonly replicasFactor: number;
  /** The `averageUtilization` at which the number of replicas stays what it is. */
  readonly matchingUtilization?: number;
  readonly message: string;
}

/** The metric that a request of this resource would disturb: only a percentage of the request does. */
export const disturbed = (metrics: readonly AutoscalerMetric[], resource: Resource): AutoscalerMetric | undefined =>
  metrics.find((metric) => metric.resource === resource && metric.kind === 'Utilization');

/**
 * An autoscaler keeps `usage / (replicas × request)` at its target. With another request, the same usage gives other replicas: half the request,
 * twice the replicas. To keep them, the target has to move the other way.
 */
export const autoscalerNote = (metric: AutoscalerMetric, current: number, wanted: number): AutoscalerNote => {
  const replicasFactor = wanted === 0 ? 1 : current / wanted;
  const matchingUtilization = Math.round(metric.target * replicasFactor);
  return {
    replicasFactor,
    matchingUtilization,
    message: `${metric.autoscaler} scales by ${metric.target} % of the ${metric.resource} request: another one would give ${formatShare(replicasFactor)} of the replicas, unless averageUtilization is ${matchingUtilization}`,
  };
};
