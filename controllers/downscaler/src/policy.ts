import type { LabelSelector } from '@kube-steward/kube';
import type { AnnotationReader, Layer } from './annotations.ts';
import type { CalendarBook } from './calendar-book.ts';
import type { KindRow } from './kinds.ts';

/** Names to choose by: regular expressions that must match the whole name. */
export type NamePatterns = readonly RegExp[];

/** The configuration, checked and ready to decide by. Made by `policyOf` from the options; holds no Kubernetes state but the calendars that are in ConfigMaps, which follow the cluster. */
export interface Policy {
  /** What stands before the slash of every annotation. */
  readonly prefix: string;
  readonly reader: AnnotationReader;
  readonly calendars: CalendarBook;
  /** JSON pointers of the annotations that remember the way back. */
  readonly stored: {
    readonly original: string;
    readonly pause: string;
    readonly bound: string;
    readonly template: string;
    readonly status: string;
  };
  /** Values given by flags, environment or file, and below them the built-in ones. */
  readonly config: Layer;
  readonly defaults: Layer;
  /** The kinds that are put to sleep, and every kind the downscaler knows. */
  readonly included: readonly KindRow[];
  readonly known: readonly KindRow[];
  readonly namespaces: {
    /** Only these are watched; empty: all. */
    readonly only: readonly string[];
    /** Never touched, whatever else says so. */
    readonly protected: ReadonlySet<string>;
    readonly include: NamePatterns;
    readonly exclude: NamePatterns;
    readonly selector?: LabelSelector;
  };
  readonly workloads: {
    readonly include: NamePatterns;
    readonly exclude: NamePatterns;
    readonly selector?: LabelSelector;
    /** Regular expressions on `key=value`, one of which a label must match. */
    readonly matchingLabels: NamePatterns;
  };
  /** Everything is excluded that does not say `exclude: "false"`. */
  readonly explicitInclude: boolean;
  /** Excluded workloads that carry an original stay as they are. */
  readonly upscaleTargetOnly: boolean;
  /** A pod with force-uptime keeps every namespace awake, not only its own. */
  readonly podsForceCluster: boolean;
  readonly onManualChange: 'enforce' | 'respect';
  /** Whether what sleeps carries why and until when. */
  readonly statusAnnotation: boolean;
  /** How many workloads are put to sleep in any minute, and how many woken; absent: as many as there are. */
  readonly maxChangesPerMinute?: number;
  /** The same for waking alone. */
  readonly maxWakePerMinute?: number;
  /** `namespace/name` of protected workloads that may sleep all the same. */
  readonly sleepProtected: ReadonlySet<string>;
  readonly deploymentTimeAnnotation?: string;
  /** How long a workload may take to come back before that is reported, in milliseconds. */
  readonly wakeTimeoutMs: number;
  /** Our field manager, for what sleeps. */
  readonly fieldManager: string;
  /** Our field manager and its former names: a size set by one of them is ours. */
  readonly fieldManagers: ReadonlySet<string>;
  /** The same for what we brought back. */
  readonly wakeManagers: ReadonlySet<string>;
}

/** These run the cluster itself. A user's list of excluded namespaces adds to them and never replaces them. */
export const ALWAYS_PROTECTED = ['kube-system', 'kube-public', 'kube-node-lease'] as const;

export const matchesAny = (patterns: NamePatterns, name: string): boolean =>
  patterns.length > 0 && patterns.some((pattern) => pattern.test(name));

/** No pattern at all means every name. */
export const isIncluded = (patterns: NamePatterns, name: string): boolean =>
  patterns.length === 0 || matchesAny(patterns, name);
