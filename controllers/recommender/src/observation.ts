import type { DecidedBy, ObjectReference } from '@kube-steward/plan';
import type { Amounts, Resource } from './amounts.ts';
import type { AutoscalerMetric } from './autoscaler.ts';
import type { LimitRange } from './fit/limit-range.ts';
import type { Pods, Quota } from './fit/quota.ts';
import type { ProfileName } from './profiles/profiles.ts';
import type { Usage } from './usage/usage.ts';

/** One container of a workload's pods: what it requests now, and what is known of its usage. */
export interface ContainerObservation {
  readonly name: string;
  /** JSON pointer of the container in the workload. Absent: the template does not have it, something injects it. */
  readonly path?: string;
  /** Of one that is injected: the annotations that set its requests, where they are known. */
  readonly injectedBy?: Partial<Readonly<Record<Resource, string>>>;
  readonly requests: Partial<Amounts>;
  readonly limits: Partial<Amounts>;
  readonly usage: Usage;
  /** The least and the most that annotations allow. */
  readonly least?: Partial<Amounts>;
  readonly most?: Partial<Amounts>;
  /** Said not to be recommended for. It still takes part in what the pod takes. */
  readonly isExcluded?: boolean;
}

/** One workload, and what it has to fit into. */
export interface Observation {
  readonly object: ObjectReference;
  readonly containers: readonly ContainerObservation[];
  readonly pods: Pods;
  /** What says to leave all of it alone. */
  readonly excludedBy?: DecidedBy;
  /** A profile of its own, and what says so. */
  readonly profile?: { readonly name: ProfileName; readonly decidedBy: DecidedBy };
  readonly autoscaler?: readonly AutoscalerMetric[];
  readonly quotas?: readonly Quota[];
  readonly limitRange?: LimitRange;
  /** What the largest node has for pods; absent where nodes may not be read. */
  readonly largestNode?: Amounts;
}

export interface Policy {
  /** For a workload without one of its own. */
  readonly profile: ProfileName;
  /** Whether memory limits are recommended too, or stay as they are. */
  readonly changeLimits: boolean;
  /** The least for any container, where its annotations say nothing. */
  readonly least?: Partial<Amounts>;
}
