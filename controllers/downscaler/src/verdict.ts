import type { Action, DecidedBy, FieldChange } from '@kube-steward/plan';
import type { Entry } from './annotations.ts';
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
export const invalid = ({ writtenAs, problem = '' }: Entry<unknown>): Verdict => ({
  action: 'invalid',
  reason: 'InvalidAnnotation',
  message: `${writtenAs.key}: ${problem}`,
  decidedBy: writtenAs,
});
