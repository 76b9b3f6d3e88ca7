import type { OldTool } from '@kube-steward/downscaler';

/** One workload as the old tools look at it: what is written on it and around it. */
export interface Subject {
  readonly kind: string;
  readonly apiVersion: string;
  /** Every name its kind goes by, in lower case. */
  readonly kindNames: readonly string[];
  readonly namespace: string;
  readonly name: string;
  /** Annotations without the prefix. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly namespaceAnnotations: Readonly<Record<string, string>>;
  /** All annotations, for the one that tells the time of a deploy. */
  readonly allAnnotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** The kind of its controller, and whether it has any owner. */
  readonly controller: string | undefined;
  readonly isOwned: boolean;
  readonly createdAt: number | undefined;
  /** A pod anywhere, neither succeeded nor failed, says `force-uptime: "true"`. */
  readonly isPodAwake: boolean;
  /** A ScaledObject scales it. */
  readonly isScaled: boolean;
  /** The CronJob of a Job. */
  readonly parent: Subject | undefined;
}

/** How a workload stands: its replicas where its kind counts them, and whether the old tool remembers a way back. */
export interface Standing {
  readonly asleep: boolean;
  readonly replicas: number | undefined;
  /** What it comes back to. */
  readonly original: number | undefined;
}

/** Which of the old tool's rules decided. */
export type OldRule =
  | 'NotIncluded'
  | 'ExcludedNamespace'
  | 'ExcludedName'
  | 'Unselected'
  | 'Owned'
  | 'ScaledByKeda'
  | 'Excluded'
  | 'ExcludedRestored'
  | 'ForceUptime'
  | 'ForceUptimePod'
  | 'ForceDowntime'
  | 'MultipleForce'
  | 'Periods'
  | 'Uptime'
  | 'Downtime'
  | 'NothingConfigured'
  | 'GracePeriod'
  | 'BadValue'
  | 'Incompatible'
  | 'RefusesToStart'
  | 'NoSleepInfo'
  | 'SleepInfo';

/** What the old tool makes of a workload at a moment. `left`: it is left as it is; `error`: so it is, with an error. */
export interface OldVerdict {
  readonly state: 'up' | 'down' | 'left' | 'error';
  readonly rule: OldRule;
  /** In words, for a person. */
  readonly reason: string;
  /** Where the deciding value stands: `object`, `namespace/N`, `flag`, `default`; its key and text. */
  readonly source?: string | undefined;
  readonly key?: string | undefined;
  readonly value?: string | undefined;
  /** The deciding window as it has to be written here to mean the same; absent where that is what is written. */
  readonly rewrite?: string | undefined;
  /** Acted on at this moment alone; absent: for as long as it holds. */
  readonly onlyAt?: number;
}

/** An old tool with its settings, about to decide. */
export interface OldRules {
  readonly tool: OldTool;
  /** @param asking keeps the moments at which the answer can change */
  decide(subject: Subject, standing: Standing, asking: Asking): OldVerdict;
  /** The size while down. */
  downSize(subject: Subject): number;
  /** What the tool remembers of a workload apart from the object. */
  recall?(subject: Subject, standing: Standing, now: number): Standing;
  /** What the verdict makes of the workload. */
  act(standing: Standing, state: 'up' | 'down', size: number): Standing;
}

/** A set of instants, as the old tool reads it. */
export interface OldWindow {
  /** @throws BadOldValue where the old tool fails to read it */
  matches(at: number): boolean;
  nextChange(at: number): number | undefined;
  /** The text that means the same here, where the text itself does not. */
  readonly rewrite: string | undefined;
}

/** A value the old tool stumbles over; `silent` where it says nothing about it. */
export class BadOldValue extends Error {
  override readonly name = 'BadOldValue';
  readonly silent: boolean;

  constructor(message: string, { silent = false }: { readonly silent?: boolean } = {}) {
    super(message);
    this.silent = silent;
  }
}

/** One question at one moment, which gathers when to ask again. */
export class Asking {
  readonly now: number;
  #until: number | undefined;

  constructor(now: number) {
    this.now = now;
  }

  /** The next moment at which something that was looked at changes. */
  get until(): number | undefined {
    return this.#until;
  }

  isIn(window: OldWindow): boolean {
    this.#note(window.nextChange(this.now));
    return window.matches(this.now);
  }

  isBefore(moment: number): boolean {
    if (this.now < moment) this.#note(moment);
    return this.now < moment;
  }

  #note(moment: number | undefined): void {
    if (moment !== undefined && (this.#until === undefined || moment < this.#until)) this.#until = moment;
  }
}
