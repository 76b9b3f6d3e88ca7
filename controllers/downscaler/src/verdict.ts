import type { Action, DecidedBy, FieldChange } from '@kube-steward/plan';
import { decidedBy, type Picked } from './desired.ts';
import type { Reason } from './reasons.ts';

/** What a step of the decision found, before it is put into the common form. */
export interface Verdict {
  readonly action: Action;
  readonly reason: Reason;
  readonly message: string;
  readonly decidedBy: DecidedBy;
  readonly changes?: readonly FieldChange[];
  /** The next moment the answer can change, milliseconds since the epoch. */
  readonly next?: number | undefined;
}

/** The one form of "this value cannot be read". */
export const invalid = (picked: Picked<unknown>): Verdict => ({
  action: 'invalid',
  reason: 'InvalidAnnotation',
  message: `${picked.entry.key}: ${picked.entry.problem ?? ''}`,
  decidedBy: decidedBy(picked),
});
