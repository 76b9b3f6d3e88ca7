/**
 * | code              | when                                                                        |
 * | ----------------- | --------------------------------------------------------------------------- |
 * | `Terminal`        | a reconcile failed in a way that no retry can mend                          |
 * | `NotLeader`       | a write was about to be made without a lease renewed recently enough        |
 * | `PortInUse`       | the health server cannot have its address                                   |
 */
export type ControllerErrorCode = 'Terminal' | 'NotLeader' | 'PortInUse';

/** The one error of this library. */
export class ControllerError extends Error {
  readonly code: ControllerErrorCode;

  constructor(code: ControllerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ControllerError';
    this.code = code;
  }
}

/** Thrown by a reconcile: the failure is counted and logged, and the key waits for its next event instead of a retry. */
export class TerminalError extends ControllerError {
  constructor(message: string, options?: ErrorOptions) {
    super('Terminal', message, options);
    this.name = 'TerminalError';
  }
}

/** Thrown by `guard()`: this process must not write now. */
export class NotLeaderError extends ControllerError {
  constructor(message: string, options?: ErrorOptions) {
    super('NotLeader', message, options);
    this.name = 'NotLeaderError';
  }
}

/** Whether the error, or one that caused it, is a `TerminalError`. */
export const isTerminal = (error: unknown): boolean => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof TerminalError) return true;
  return false;
};

/** Whether the error is a fault of the program and not of the world: what Go would have panicked on. */
export const isProgramFault = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
