/** The kinds of failure, by the names of the specification's compliance suite; `limit` is our own bound on work. */
export type JmespathErrorCode =
  'syntax' | 'unknown-function' | 'invalid-arity' | 'invalid-type' | 'invalid-value' | 'limit';

/** An expression that cannot be read, or that cannot be evaluated on some value. */
export class JmespathError extends Error {
  readonly code: JmespathErrorCode;
  /** Where in the text, in UTF-16 units from 0; only of what is found when the expression is read. */
  readonly at: number | undefined;

  constructor(code: JmespathErrorCode, message: string, at?: number) {
    super(message);
    this.name = 'JmespathError';
    this.code = code;
    this.at = at;
  }
}
