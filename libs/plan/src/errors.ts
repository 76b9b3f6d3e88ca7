/**
 * - `NotAChange`: a decision that changes nothing (`none`, `invalid`, `blocked`) was to be applied
 * - `NoFields`: a decision to patch names no field
 * - `NotExpressible`: a merge patch cannot say it
 * - `ReadOnly`: the client refuses writes
 * - `InvalidPrices`: a price table that cannot be read
 */
export type PlanErrorCode = 'NotAChange' | 'NoFields' | 'NotExpressible' | 'ReadOnly' | 'InvalidPrices';

/** The one error of this library. The message says what failed, on which object, and what is allowed. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  readonly code: PlanErrorCode;

  constructor(code: PlanErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
