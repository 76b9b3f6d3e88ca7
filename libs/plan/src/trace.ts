import type { Action, ControllerName } from './decision.ts';

/** How a decision came about, step by step: what `steward explain` shows. */
export type TraceEntry = Considered | Check | Next;

interface OfController {
  /** Whose decision it belongs to, where several controllers decided on the object. */
  readonly controller?: ControllerName;
}

/** A layer that was asked for a value. */
export interface Considered extends OfController {
  readonly kind: 'considered';
  /** As in `decidedBy`: `object`, `namespace/N`, `pod/N`, `rule/ID`, `config`, `default`. */
  readonly source: string;
  /** The annotation, or the camelCase name of the option. Absent: nothing is set there. */
  readonly key?: string;
  readonly value?: string;
  /** This layer decided. */
  readonly used?: true;
}

/** A condition that could have kept the decision from being what it is. */
export interface Check extends OfController {
  readonly kind: 'check';
  /** `protected namespace`, `min age 15m` */
  readonly name: string;
  /** `no`, `41d ok` */
  readonly result: string;
  readonly passed: boolean;
}

/** What will happen at the decision's next transition. */
export interface Next extends OfController {
  readonly kind: 'next';
  readonly action: Action;
  /** `to 3` */
  readonly message?: string;
}
