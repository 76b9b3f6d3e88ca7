import type { OptionSpecs, ValueSource } from '@kube-steward/cli';
import { DOWNSCALER_OPTIONS } from '@kube-steward/downscaler';
import type { Client } from '@kube-steward/kube';
import type { ControllerName, Decision, Freed, ObjectReference, TraceEntry } from '@kube-steward/plan';
import type { Manifests } from './manifests.ts';
import { downscalerPlanner } from './downscaler-planner.ts';

/** The values of a controller's options, and where each came from. */
export interface Settings {
  readonly values: Readonly<Record<string, unknown>>;
  readonly sources: Readonly<Record<string, ValueSource>>;
}

/** How a live cluster is read. */
export interface ReadContext {
  readonly client: Client;
  /** So many objects more have been read. */
  readonly onProgress: (count: number) => void;
  readonly onNotice: (notice: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A controller's view of a cluster, ready to be asked. */
export interface Planned {
  decisions(now: number): Iterable<Decision>;
  /** What the changes of one decision free. */
  freed(decision: Decision): Freed | undefined;
  /** The objects looked at with this name, by their kind, plural or short name. */
  find(kind: string, name: string): readonly ObjectReference[];
  labels(object: ObjectReference): Readonly<Record<string, string>>;
  /** How the decision on one found object comes about. */
  explain(object: ObjectReference, now: number): { decision: Decision; trace: readonly TraceEntry[] };
  /** Every change of what objects should be, in the order of time. */
  transitions(from: number, to: number): Iterable<PlannedTransition>;
}

export interface PlannedTransition {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly object: ObjectReference;
  readonly state: 'up' | 'down' | 'ignore';
  readonly reason: string;
  readonly message: string;
}

/** What a controller gives to the laptop command. */
export interface Planner<O extends OptionSpecs = OptionSpecs> {
  readonly name: ControllerName;
  readonly options: O;
  fromManifests(manifests: Manifests, settings: Settings): Planned;
  fromCluster(context: ReadContext, settings: Settings): Promise<Planned>;
}

/** Every controller `steward` can plan for, by its name. */
export const PLANNERS: readonly Planner[] = [downscalerPlanner];

/** The sections of the config file, and the flags, of these controllers. */
export const SECTIONS_OF_PLANNERS = { downscaler: DOWNSCALER_OPTIONS } as const;
