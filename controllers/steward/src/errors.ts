/** What went wrong for the laptop command itself, beside what its libraries throw. */
export type StewardErrorCode = 'Forbidden' | 'NotFound' | 'Ambiguous' | 'Interrupted';

/** @see StewardErrorCode */
export class StewardError extends Error {
  readonly code: StewardErrorCode;

  constructor(code: StewardErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StewardError';
    this.code = code;
  }
}
