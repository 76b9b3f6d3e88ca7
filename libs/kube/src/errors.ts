/** The `Status` object of the API: the body of every answer that is an error. */
export interface Status {
  kind?: 'Status';
  apiVersion?: string;
  status?: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  code?: number;
  details?: StatusDetails;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: { reason?: string; message?: string; field?: string }[];
  retryAfterSeconds?: number;
}

/**
 * What went wrong, for `switch` and for tests of an error.
 *
 * | code | when |
 * | --- | --- |
 * | `BadRequest` .. `UnsupportedMediaType` | the answer of the server, by `reason`, else by status |
 * | `TooManyRequests` | 429: the server sheds load, or a disruption budget forbids an eviction |
 * | `ServerError`, `Unavailable` | 5xx, 503 |
 * | `Timeout` | 504 (`status` 504), or this side waited too long (`status` 0) |
 * | `Network` | no answer: refused, reset, unknown host, TLS, proxy |
 * | `InvalidResponse` | an answer that is not what the API sends: no JSON, a truncated body, a redirect |
 * | `Aborted` | the caller's signal, or `close()` |
 * | `ReadOnly` | a write through a client that may not write (there) |
 * | `InvalidConfig` .. `InvalidQuantity` | text this library was given to parse |
 */
export type KubeErrorCode =
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Expired'
  | 'RequestEntityTooLarge'
  | 'UnsupportedMediaType'
  | 'Invalid'
  | 'TooManyRequests'
  | 'ServerError'
  | 'Unavailable'
  | 'Timeout'
  | 'Network'
  | 'InvalidResponse'
  | 'Aborted'
  | 'ReadOnly'
  | 'InvalidConfig'
  | 'InvalidSelector'
  | 'InvalidPatch'
  | 'InvalidQuantity';

export interface KubeApiErrorOptions {
  /** HTTP status; 0 when there was no answer. */
  status?: number;
  /** The API's `reason`, when the answer was a `Status`. */
  reason?: string;
  details?: StatusDetails | undefined;
  /** How long the server asks to wait before the next try. */
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

/** The one error of this library. `message` names the request or the object, and what to do where that is known. */
export class KubeApiError extends Error {
  override readonly name = 'KubeApiError';
  readonly code: KubeErrorCode;
  readonly status: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: KubeErrorCode, message: string, options: KubeApiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? 0;
    this.reason = options.reason ?? '';
    this.details = options.details;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** `reason` of a `Status` that says more than its HTTP status. */
const CODE_OF_REASON: Readonly<Record<string, KubeErrorCode>> = {
  AlreadyExists: 'AlreadyExists',
  Conflict: 'Conflict',
  Expired: 'Expired',
  Gone: 'Gone',
  Invalid: 'Invalid',
  NotFound: 'NotFound',
  Timeout: 'Timeout',
  ServerTimeout: 'Timeout',
  TooManyRequests: 'TooManyRequests',
  ServiceUnavailable: 'Unavailable',
};

const CODE_OF_STATUS: Readonly<Record<number, KubeErrorCode>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  408: 'Timeout',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  503: 'Unavailable',
  504: 'Timeout',
};

/** The code for an answer, by its `reason` where that is known, else by its HTTP status. */
export const codeOf = (status: number, reason = ''): KubeErrorCode =>
  CODE_OF_REASON[reason] ?? CODE_OF_STATUS[status] ?? (status >= 500 ? 'ServerError' : 'BadRequest');

/** The error a `Status` body stands for. `subject` names the request or the watch it came from. */
export const errorOfStatus = (subject: string, status: Status, httpStatus = status.code ?? 0): KubeApiError => {
  const code = status.code ?? httpStatus;
  const reason = status.reason ?? '';
  const seconds = status.details?.retryAfterSeconds;
  return new KubeApiError(codeOf(code, reason), `${subject}: ${code} ${reason}: ${status.message ?? 'no message'}`, {
    status: code,
    reason,
    details: status.details,
    retryAfterMs: seconds === undefined || seconds <= 0 ? undefined : seconds * 1000,
  });
};

const hasCode = (error: unknown, ...codes: readonly KubeErrorCode[]): error is KubeApiError =>
  error instanceof KubeApiError && codes.includes(error.code);

/** The object, or the whole kind, does not exist. */
export const isNotFound = (error: unknown): error is KubeApiError => hasCode(error, 'NotFound');
/** A precondition failed: the object changed, or a field has another owner. Not a name that is taken: `isAlreadyExists`. */
export const isConflict = (error: unknown): error is KubeApiError => hasCode(error, 'Conflict');
export const isAlreadyExists = (error: unknown): error is KubeApiError => hasCode(error, 'AlreadyExists');
/** 410 under either name: the resourceVersion or the continue token is too old; list again. */
export const isGone = (error: unknown): error is KubeApiError => hasCode(error, 'Gone', 'Expired');
export const isForbidden = (error: unknown): error is KubeApiError => hasCode(error, 'Forbidden');
export const isUnauthorized = (error: unknown): error is KubeApiError => hasCode(error, 'Unauthorized');
export const isTooManyRequests = (error: unknown): error is KubeApiError => hasCode(error, 'TooManyRequests');
export const isInvalid = (error: unknown): error is KubeApiError => hasCode(error, 'Invalid');
export const isAborted = (error: unknown): error is KubeApiError => hasCode(error, 'Aborted');
export const isReadOnly = (error: unknown): error is KubeApiError => hasCode(error, 'ReadOnly');

/** The same request may succeed later without anything being done about it. */
export const isRetryable = (error: unknown): error is KubeApiError =>
  hasCode(error, 'TooManyRequests', 'Unavailable', 'Timeout', 'Network', 'ServerError', 'InvalidResponse');

/** The server has not reached the asked resourceVersion yet (504 with cause `ResourceVersionTooLarge`): try again later. */
export const isResourceVersionTooLarge = (error: unknown): error is KubeApiError =>
  hasCode(error, 'Timeout') &&
  (error.details?.causes?.some((cause) => cause.reason === 'ResourceVersionTooLarge') ||
    error.message.includes('Too large resource version'));

/** An eviction that a PodDisruptionBudget does not allow now (429 with cause `DisruptionBudget`). */
export const isDisruptionBudget = (error: unknown): error is KubeApiError =>
  hasCode(error, 'TooManyRequests') && !!error.details?.causes?.some((cause) => cause.reason === 'DisruptionBudget');
