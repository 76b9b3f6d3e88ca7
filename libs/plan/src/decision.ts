/** What a decision does to an object. `none`, `invalid` and `blocked` change nothing; `annotate` annotations of ours alone. */
export const ACTIONS = [
  'none',
  'scaleDown',
  'scaleUp',
  'suspend',
  'resume',
  'delete',
  'notify',
  'quarantine',
  'annotate',
  'setPriority',
  'recommend',
  'invalid',
  'blocked',
] as const;
export type Action = (typeof ACTIONS)[number];

export type ControllerName = 'downscaler' | 'janitor' | 'prioritizer' | 'recommender';

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** One field of the object: a JSON pointer, and its value before and after. An absent side means the field is absent there. */
export interface FieldChange {
  readonly path: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** Where the deciding value was written: `object`, `namespace/N`, `pod/N`, `rule/ID`, `config` or `default`. */
export interface DecidedBy {
  readonly source: string;
  /** The annotation, or the camelCase name of the option. */
  readonly key?: string;
  readonly value?: string;
}

/** How an object is deleted, and since when that is due. */
export interface Deletion {
  /** How old it is, with the units from weeks to seconds: `1w3d11h13m9s`. Absent: its age is not known, and did not count. */
  readonly age?: string;
  /** The moment it was to live until, RFC 3339. */
  readonly deadline: string;
  /** What becomes of the objects that it owns. */
  readonly propagation: 'Background' | 'Foreground' | 'Orphan';
}

/**
 * What should happen to one object now, and why. Plans, events, log lines, metrics and the request itself are all made
 * from it, so nothing is said twice.
 */
export interface Decision {
  readonly controller: ControllerName;
  readonly object: ObjectReference;
  readonly action: Action;
  /** A CamelCase constant out of the controller's table of reasons. */
  readonly reason: string;
  /** One sentence with the evidence. */
  readonly message: string;
  readonly decidedBy?: DecidedBy;
  readonly changes: readonly FieldChange[];
  /** Of a delete, and of the notice before it. */
  readonly deletion?: Deletion;
  /** The next moment the answer can change, RFC 3339. Absent: only a change of some object can change it. */
  readonly nextTransition?: string;
}

/** Whether the decision, applied, would write to the object. */
export const isChange = (decision: Decision): boolean =>
  decision.action !== 'none' && decision.action !== 'invalid' && decision.action !== 'blocked';
