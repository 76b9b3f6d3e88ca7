import type { OptionSpecs, ValueSource } from '@kube-steward/cli';
import type { Client } from '@kube-steward/kube';
import type { Advice, ControllerName, Decision, Freed, ObjectReference, TraceEntry } from '@kube-steward/plan';
import { DOWNSCALER_SECTION, downscalerPlanner } from './downscaler-planner.ts';
import { JANITOR_SECTION, janitorPlanner } from './janitor-planner.ts';
import type { Manifests } from './manifests.ts';

/** The values of a controller's options, and where each came from. */
export interface Settings {
  readonly values: Readonly<Record<string, unknown>>;
  readonly sources: Readonly<Record<string, ValueSource>>;
}

/** How a live cluster is read. */
export interface ReadContext {
  readonly client: Client;
  /** The only namespace asked for. */
  readonly namespace?: string | undefined;
  /** So many objects more have been read. */
  readonly onProgress: (count: number) => void;
  readonly onNotice: (notice: string) => void;
}

/** A kind of objects that a controller decides on. */
export interface PlannedKind {
  readonly kind: string;
  readonly plural: string;
  /** Every name it goes by, in lower case. */
  readonly names: readonly string[];
  /** Its objects; absent when the configuration leaves the kind out. */
  readonly objects?: () => Iterable<ObjectReference>;
}

/** A controller's view of a cluster, ready to be asked. */
export interface Planned {
  decisions(now: number): Iterable<Decision>;
  /** What is odd, or missing, altogether, in view of these decisions: a sentence each. */
  notices(decisions: readonly Decision[]): readonly string[];
  /** What is acted on, and surely not meant as it stands. */
  warnings(now: number): Iterable<PlannedWarning>;
  /**
   * What a controller that is running would hold back of these decisions (left out: of any at all), because all that it has to
   * do is too much at once; and what lets it go on: a sentence each.
   */
  held(now: number, decisions?: readonly Decision[]): readonly string[];
  /** Whether it has nothing to say about one of its objects: such decisions are told only to whoever asks for this controller. */
  isSilentOn(object: ObjectReference): boolean;
  /** Whether what is decided on an object depends on the annotations of its namespace. */
  readonly followsNamespaces: boolean;
  /** What to set elsewhere, so that these decisions can be carried out in peace. */
  advice(decisions: Iterable<Decision>): readonly Advice[];
  /** What the changes of one decision free. */
  freed(decision: Decision): Freed | undefined;
  /** Every kind the controller knows. */
  readonly kinds: readonly PlannedKind[];
  labels(object: ObjectReference): Readonly<Record<string, string>>;
  /** How the decision on one of its objects comes about. */
  explain(object: ObjectReference, now: number): { decision: Decision; trace: readonly TraceEntry[] };
  /** Every change of what objects should be. */
  transitions(from: number, to: number): Iterable<PlannedTransition>;
}

/** One sentence about one object. */
export interface PlannedWarning {
  readonly object: ObjectReference;
  readonly message: string;
}

/** A moment at which what an object should be changes. */
export interface PlannedTransition {
  readonly controller: ControllerName;
  readonly object: ObjectReference;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `ignore`: from then on it is left as it is. */
  readonly state: 'up' | 'down' | 'ignore';
  readonly reason: string;
  readonly message: string;
}

/** What a controller gives to the laptop command. */
export interface Planner<O extends OptionSpecs = OptionSpecs> {
  readonly name: ControllerName;
  /** Its section of the config file, and its flags. */
  readonly options: O;
  fromManifests(manifests: Manifests, settings: Settings): Planned;
  fromCluster(context: ReadContext, settings: Settings): Promise<Planned>;
}

/** Every controller that can be asked. */
export const PLANNERS: readonly Planner[] = [downscalerPlanner, janitorPlanner];

/** Those whose decisions follow a calendar. */
export const SCHEDULED_PLANNERS: readonly Planner[] = [downscalerPlanner];

/** The sections of the config file, and the flags, that commands about schedules and sleep take. */
export const SECTIONS_OF_SCHEDULED = { downscaler: DOWNSCALER_SECTION } as const;

/** The sections of the config file, and the flags, of every controller. */
export const SECTIONS_OF_PLANNERS = { downscaler: DOWNSCALER_SECTION, janitor: JANITOR_SECTION } as const;
