import type { Unstructured } from '@kube-steward/kube';
import { asRecord, valueAt } from './json-path.ts';
import type { ServedKind } from './registry.ts';

/** Fields that hold counts: never negative, always whole numbers. */
export const COUNTS: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['spec.replicas', 'spec.revisionHistoryLimit'],
  'apps/StatefulSet': ['spec.replicas', 'spec.revisionHistoryLimit'],
  'apps/ReplicaSet': ['spec.replicas'],
  '/ReplicationController': ['spec.replicas'],
  'batch/Job': ['spec.parallelism', 'spec.completions', 'spec.backoffLimit', 'spec.activeDeadlineSeconds'],
  'batch/CronJob': ['spec.successfulJobsHistoryLimit', 'spec.failedJobsHistoryLimit'],
};

const BOOLEANS: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['spec.paused'],
  'batch/Job': ['spec.suspend'],
  'batch/CronJob': ['spec.suspend'],
};

const keyOf = (kind: ServedKind): string => `${kind.group}/${kind.kind}`;

/** What the server's decoder finds wrong with the types of values, before any rule is looked at. */
export const typeFault = (kind: ServedKind, object: Unstructured): string | undefined => {
  if (kind.custom) return undefined;
  const key = keyOf(kind);
  for (const path of COUNTS[key] ?? []) {
    const value = valueAt(object, path);
    if (value !== undefined && !Number.isInteger(value))
      return unmarshalFault(`${kind.kind}Spec.${path}`, value, 'int32');
  }
  for (const path of BOOLEANS[key] ?? []) {
    const value = valueAt(object, path);
    if (value !== undefined && typeof value !== 'boolean')
      return unmarshalFault(`${kind.kind}Spec.${path}`, value, 'bool');
  }
  for (const field of ['labels', 'annotations'] as const) {
    const wrong = Object.values(asRecord(object.metadata[field])).find((value) => typeof value !== 'string');
    if (wrong !== undefined) return unmarshalFault(`ObjectMeta.metadata.${field}`, wrong, 'string');
  }
  return key === 'coordination.k8s.io/Lease' ? leaseTimeFault(object) : undefined;
};

const unmarshalFault = (field: string, value: unknown, type: string): string =>
  `json: cannot unmarshal ${goType(value)} into Go struct field ${field} of type ${type}`;

/** Lease times are MicroTime: exactly six digits after the seconds, or the server cannot read them. */
const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/;

const leaseTimeFault = (object: Unstructured): string | undefined => {
  for (const field of ['acquireTime', 'renewTime']) {
    const value = valueAt(object, `spec.${field}`);
    if (typeof value !== 'string' || MICRO_TIME.test(value)) continue;
    return `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05.000000Z07:00": cannot parse`;
  }
  return undefined;
};

const goType = (value: unknown): string => {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`;
  return Array.isArray(value) ? 'array' : typeof value;
};
