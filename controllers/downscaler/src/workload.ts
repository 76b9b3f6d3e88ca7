import {
  RESOURCES,
  apiVersionOf,
  getPointer,
  ownersOf,
  type KubeObject,
  type ManagedFieldsEntry,
  type ObjectMeta,
  type Unstructured,
} from '@kube-steward/kube';
import { messageOf } from '@kube-steward/cli';
import { parseTimestamp } from '@kube-steward/schedule';
import { podRequests, type ObjectReference, type PodSpecRequests, type Requests } from '@kube-steward/plan';
import {
  ORIGINAL,
  ORIGINAL_BOUND,
  ORIGINAL_PAUSE,
  ORIGINAL_TEMPLATE,
  STATUS,
  type AnnotationReader,
  type Entry,
  type Layer,
} from './annotations.ts';
import { cronRunsOf, type CronRuns } from './cron-runs.ts';
import { lastDeploy, templateHash, type Deploy } from './deploys.ts';
import { exceptionsOn, type Exception } from './exceptions.ts';
import { gitOpsOwnerOf, type GitOpsOwner } from './gitops.ts';
import type { JsonScalar, KindReference, KindRow, ReadyCount } from './kinds.ts';
import { LAST_APPLIED } from './names.ts';
import { oldToolOf } from './old-tool.ts';
import { NO_SCALAR, count, type Fields, NO_SIZE } from './size-forms.ts';
import { sizePath, sizePaths, standingOf } from './sizes.ts';

/** Who owns the field that holds the size, and since when. */
export interface SizeOwner {
  readonly manager: string;
  readonly applied: boolean;
  /** Milliseconds since the epoch. */
  readonly at?: number;
}

/**
 * What the downscaler keeps of an object it can put to sleep. Everything else is dropped on arrival. All of them have the
 * same members, set or not, so that deciding on thousands stays fast.
 */
export interface Workload {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
  /** The object as decisions and plans name it. */
  readonly reference: ObjectReference;
  readonly row: KindRow;
  readonly layer: Layer;
  /** What of it ends by itself, and is removed then. */
  readonly exceptions: readonly Exception[];
  readonly fields: Fields;
  readonly original: string | undefined;
  readonly originalPause: string | undefined;
  /** Which bound of a budget `original` is. */
  readonly originalBound: string | undefined;
  /** The pod template with which it went down, and the one it has now, told by their hashes. */
  readonly originalTemplate: string | undefined;
  readonly template: number | undefined;
  /** What we wrote on it when it went down. */
  readonly status: string | undefined;
  /** Who changed the pod template last. */
  readonly deploy: Deploy | undefined;
  /** Creation, or the deploy-time annotation where that is later; absent: unknown, and as old as can be. */
  readonly bornAt: number | undefined;
  /** The deploy-time annotation, where it is configured and written. */
  readonly deployedAt: Entry<number> | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** It runs another downscaler, which acts just now. */
  readonly isOldTool: boolean;
  /** Part of kube-steward itself. */
  readonly isOurs: boolean;
  readonly owner: KindReference | undefined;
  readonly sizeOwners: readonly SizeOwner[];
  /** The tool that makes it what Git says. */
  readonly gitOps: GitOpsOwner | undefined;
  /** The size in `kubectl.kubernetes.io/last-applied-configuration`, read only where it may be needed. */
  readonly lastApplied: JsonScalar | undefined;
  readonly priorityClass: string | undefined;
  readonly podLabels: Readonly<Record<string, string>> | undefined;
  /** CPU cores and bytes one replica asks for. */
  readonly requests: Requests | undefined;
  /** When a CronJob runs. */
  readonly runs: CronRuns | undefined;
  /** What an autoscaler scales. */
  readonly target: KindReference | undefined;
  /** The least an autoscaler keeps its target at, where it says so apart from its size. */
  readonly floor: number | undefined;
  /** How far its pods are; `undefined` for kinds that are back when their size is. */
  readonly readiness: Readiness | undefined;
}

/** What the status says of the pods. */
export interface Readiness {
  readonly ready: number;
  /** How many there should be, where the size does not say it. */
  readonly of: number | undefined;
  /** The status is of the object as it stands, not of an earlier state of it. */
  readonly isCurrent: boolean;
}

/** What a projection needs to know beside the object. */
export interface ProjectionContext {
  readonly reader: AnnotationReader;
  readonly prefix: string;
  /** A size or a template set by one of them is ours. */
  readonly fieldManagers: ReadonlySet<string>;
  readonly deploymentTimeAnnotation?: string | undefined;
}

const PART_OF = 'app.kubernetes.io/part-of';

/** The projection of a kind's objects. */
export const workloadProjection =
  (row: KindRow, context: ProjectionContext) =>
  (object: KubeObject): Workload => {
    const annotations = object.metadata.annotations;
    const fields = fieldsOf(row, object);
    const original = annotations?.[`${context.prefix}/${ORIGINAL}`];
    const originalPause = annotations?.[`${context.prefix}/${ORIGINAL_PAUSE}`];
    const originalBound = annotations?.[`${context.prefix}/${ORIGINAL_BOUND}`];
    const deployedAt = deployTime(context.deploymentTimeAnnotation, annotations);
    const layer = context.reader.layer('object', annotations);
    const owner = object.metadata.ownerReferences?.find((reference) => reference.controller === true);
    return {
      metadata: identityOf(object.metadata),
      reference: {
        apiVersion: apiVersionOf(row.resource),
        kind: row.resource.kind,
        namespace: object.metadata.namespace ?? '',
        name: object.metadata.name,
      },
      row,
      layer,
      exceptions: exceptionsOn(layer, object.metadata),
      fields,
      original,
      originalPause,
      originalBound,
      originalTemplate: annotations?.[`${context.prefix}/${ORIGINAL_TEMPLATE}`],
      status: annotations?.[`${context.prefix}/${STATUS}`],
      template: templateHash(row, object),
      deploy: lastDeploy(row, object, context.fieldManagers),
      bornAt: later(timeOf(object.metadata.creationTimestamp), deployedAt?.value),
      deployedAt,
      labels: object.metadata.labels ?? {},
      isOldTool: row.resource.plural === RESOURCES.deployments.plural && oldToolOf(object)?.acts === true,
      isOurs: object.metadata.labels?.[PART_OF] === 'kube-steward',
      owner: owner && { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name },
      gitOps: gitOpsOwnerOf(object.metadata),
      sizeOwners: sizeOwners(row, fields, object.metadata.managedFields),
      lastApplied: mayNeedLastApplied(row, fields, original)
        ? lastAppliedSize(sizePath(row.size, fields), annotations?.[LAST_APPLIED])
        : undefined,
      runs: cronRunsOf(row, object),
      target: row.scaleTarget ? targetOf(getPointer(object, row.scaleTarget)) : undefined,
      floor: floorIn(row, object),
      readiness: row.ready && readinessOf(row.ready, object),
      ...podTemplateOf(row, object),
    };
  };

const identityOf = (metadata: ObjectMeta): Workload['metadata'] => ({
  name: metadata.name,
  namespace: metadata.namespace ?? '',
  uid: metadata.uid ?? '',
  resourceVersion: metadata.resourceVersion ?? '',
});

const isScalar = (value: unknown): value is JsonScalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const fieldsOf = (row: KindRow, object: KubeObject): Fields => {
  const fields: Record<string, JsonScalar> = {};
  for (const path of sizePaths(row.size)) {
    const value = getPointer(object, path);
    if (value !== undefined) fields[path] = isScalar(value) ? value : NO_SCALAR;
  }
  return fields;
};

const timeOf = (text: string | undefined): number | undefined => {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
};

/** The later of two moments, either of which may be unknown. */
const later = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b);

const deployTime = (
  key: string | undefined,
  annotations: Readonly<Record<string, string>> | undefined,
): Entry<number> | undefined => {
  const value = key === undefined ? undefined : annotations?.[key];
  if (key === undefined || value === undefined) return undefined;
  const writtenAs = { source: 'object', key, value };
  try {
    return { writtenAs, value: parseTimestamp(value) };
  } catch (error) {
    return { writtenAs, problem: messageOf(error) };
  }
};

const sizeOwners = (row: KindRow, fields: Fields, entries: readonly ManagedFieldsEntry[] | undefined): SizeOwner[] =>
  entries
    ? ownersOf(entries, sizePath(row.size, fields)).map(({ manager, operation, time }) => {
        const at = timeOf(time);
        return { manager, applied: operation === 'Apply', ...(at === undefined ? {} : { at }) };
      })
    : [];

/** The first whole number that is there; Argo Rollouts writes its generation as a text. */
const numberAt = (object: KubeObject, ...paths: readonly string[]): number | undefined => {
  for (const path of paths) {
    const number = count(getPointer(object, path) as JsonScalar | undefined);
    if (number !== undefined) return number;
  }
  return undefined;
};

/** Without a floor of its own KEDA goes down to 0. */
const floorIn = ({ floor, off }: KindRow, object: KubeObject): number | undefined => {
  if (!floor) return undefined;
  const isOff = off !== undefined && getPointer(object, off) === 'true';
  return isOff ? 0 : (numberAt(object, ...floor) ?? 0);
};

const readinessOf = ({ path, of }: ReadyCount, object: KubeObject): Readiness => {
  const observed = numberAt(object, '/status/observedGeneration') ?? Infinity;
  return {
    ready: numberAt(object, path) ?? 0,
    of: of === undefined ? undefined : (numberAt(object, of) ?? 0),
    isCurrent: observed >= (object.metadata.generation ?? 0),
  };
};

/** A size of 0 without an original may be one that lost it; a size beside an original may be one that Git changed. */
const mayNeedLastApplied = (row: KindRow, fields: Fields, original: string | undefined): boolean =>
  original !== undefined || standingOf(row.size, fields, NO_SIZE) === 'at';

const lastAppliedSize = (path: string, text: string | undefined): JsonScalar | undefined => {
  if (text === undefined) return undefined;
  try {
    const value = getPointer(JSON.parse(text), path);
    return isScalar(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** A ScaledObject may leave out what is a Deployment's. */
const targetOf = (reference: unknown): KindReference | undefined => {
  if (typeof reference !== 'object' || reference === null) return undefined;
  const { apiVersion = 'apps/v1', kind = 'Deployment', name } = reference as Partial<KindReference>;
  return name === undefined ? undefined : { apiVersion, kind, name };
};

/** Savings are no reason to lose sight of an object: a pod template out of shape asks for nothing. */
const requestsOf = (spec: PodSpecRequests): Requests | undefined => {
  try {
    return podRequests(spec);
  } catch {
    return undefined;
  }
};

const podTemplateOf = (
  row: KindRow,
  object: KubeObject,
): {
  priorityClass: string | undefined;
  podLabels: Record<string, string> | undefined;
  requests: Requests | undefined;
} => {
  const template =
    row.podTemplate === undefined
      ? undefined
      : (getPointer(object, row.podTemplate) as Partial<Unstructured> | undefined);
  const spec = template?.['spec'] as (PodSpecRequests & { priorityClassName?: string }) | undefined;
  return {
    priorityClass: typeof spec?.priorityClassName === 'string' ? spec.priorityClassName : undefined,
    podLabels: template?.metadata?.labels,
    requests: spec && requestsOf(spec),
  };
};
