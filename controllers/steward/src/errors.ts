/**
 * - `Api`: a request to the cluster failed
 * - `Forbidden`: something that has to be read may not be
 * - `NotFound`: no such object
 * - `Ambiguous`: several of them
 * - `Changed`: it is not any more what somebody agreed to change
 */
export type StewardErrorCode = 'Api' | 'Forbidden' | 'NotFound' | 'Ambiguous' | 'Changed';

/** What went wrong for the laptop command itself, beside what its libraries throw. @see StewardErrorCode */
export class StewardError extends Error {
  override readonly name = 'StewardError';
  readonly code: StewardErrorCode;

  constructor(code: StewardErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
