import { apiVersionOf, type Unstructured } from '@kube-steward/kube';
import { canonical } from './canonical.ts';
import { decodeObject } from './decoding.ts';
import { asRecord, without } from './json-path.ts';
import type { ServedKind } from './registry.ts';

type Fields = Readonly<Record<string, unknown>>;
type Conversion = (object: Unstructured) => Fields;

/** Renames fields, dropping those that are absent; all others stay. */
const renamed = (object: Fields, names: Readonly<Record<string, string>>): Fields =>
  Object.fromEntries(
    Object.entries(object)
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => [names[field] ?? field, value]),
  );

const EVENT_FIELDS = {
  involvedObject: 'regarding',
  message: 'note',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
  reportingComponent: 'reportingController',
};
const reversed = (names: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(names).map(([from, to]) => [to, from]));

const averageCpu = (metric: unknown): unknown => {
  const resource = asRecord(asRecord(metric)['resource']);
  const target = asRecord(resource['target']);
  return resource['name'] === 'cpu' ? target['averageUtilization'] : undefined;
};

/** Where v1 keeps what it has no fields for. */
const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';

const withAnnotations = (object: Unstructured, annotations: Readonly<Record<string, string>>): Unstructured => {
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } } };
};

/** v1 knows the CPU target alone; other metrics and the behavior travel in annotations. */
const toAutoscalerV1: Conversion = (object) => {
  const { metrics, behavior, ...spec } = asRecord(object['spec']);
  const all: unknown[] = Array.isArray(metrics) ? metrics : [];
  const cpu = all.map(averageCpu).find((value) => value !== undefined);
  const others = all.filter((metric) => averageCpu(metric) === undefined);
  const status = asRecord(object['status']);
  const kept = {
    ...(others.length > 0 ? { [METRICS]: JSON.stringify(others) } : {}),
    ...(behavior === undefined ? {} : { [BEHAVIOR]: JSON.stringify(behavior) }),
  };
  return {
    ...withAnnotations(object, kept),
    spec: { ...spec, ...(cpu === undefined ? {} : { targetCPUUtilizationPercentage: cpu }) },
    status: { currentReplicas: status['currentReplicas'] ?? 0, desiredReplicas: status['desiredReplicas'] ?? 0 },
  };
};

const toAutoscalerV2: Conversion = (object) => {
  const { targetCPUUtilizationPercentage: cpu, ...spec } = asRecord(object['spec']);
  const { [METRICS]: others, [BEHAVIOR]: behavior } = object.metadata.annotations ?? {};
  const target = { type: 'Utilization', averageUtilization: cpu };
  const metrics: unknown[] = [
    ...(others === undefined ? [] : (JSON.parse(others) as unknown[])),
    ...(cpu === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', target } }]),
  ];
  const { currentReplicas, ...status } = asRecord(object['status']);
  return {
    ...object,
    metadata: { ...object.metadata, annotations: without(object.metadata.annotations ?? {}, METRICS, BEHAVIOR) },
    spec: {
      ...spec,
      ...(metrics.length > 0 ? { metrics } : {}),
      ...(behavior === undefined ? {} : { behavior: JSON.parse(behavior) as unknown }),
    },
    status: { currentMetrics: null, ...(currentReplicas ? { currentReplicas } : {}), ...status },
  };
};

const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  'v1 Event': (object) => renamed(object, reversed(EVENT_FIELDS)),
  'events.k8s.io/v1 Event': (object) => renamed(object, EVENT_FIELDS),
  'autoscaling/v1 HorizontalPodAutoscaler': toAutoscalerV1,
  'autoscaling/v2 HorizontalPodAutoscaler': toAutoscalerV2,
};

/** An object of the one version in another of the same kind. */
export const convert = (_from: ServedKind, to: ServedKind, object: Unstructured): Unstructured => {
  const conversion = CONVERSIONS[`${apiVersionOf(to)} ${to.kind}`];
  return canonical(to, conversion ? decodeObject(to, conversion(object) as Unstructured).object : object);
};
