import type { ObjectName } from '../objects.ts';
import type { Resource } from '../resources.ts';
import { isForbidden, isGone, isNotFound, isResourceVersionTooLarge, isUnauthorized, KubeApiError } from '../errors.ts';

/** Why everything had to be listed again. */
export type RelistReason = 'expired' | 'continueExpired' | 'resourceVersionTooLarge' | 'watchError';

/** What a reflector does about a failure, after a delay. */
export interface Recovery {
  /** Set: the resourceVersion (or the continue token) is of no more use. */
  relist?: RelistReason;
  /** It will not pass by itself soon: wait longer between tries. */
  isLasting: boolean;
}

/** What failed. `times`: how often in a row without any progress in between, this time included. */
export interface Failure {
  error: unknown;
  during: 'list' | 'watch';
  /** The failure came in the stream (an ERROR event, a line that is no JSON), not instead of it. */
  inStream: boolean;
  times: number;
}

/** From this failure in a row on, an error that repeats at the same resourceVersion is taken for one that always will. */
const STUCK_IN_STREAM = 2;
const STUCK_AHEAD_OF_SERVER = 3;

/**
 * | failure | relist | wait |
 * | --- | --- | --- |
 * | 410 of a list's continue token | yes | usual |
 * | 410 of a watch, as its status or as an ERROR event | yes | usual |
 * | 504 "too large resource version" | from the third in a row on: the server went back in time | usual |
 * | 429, 503, 504, 500, refused, reset, idle | no | usual, or Retry-After |
 * | another ERROR event, or a line that cannot be read | from the second in a row on: it would come again and again | usual |
 * | 401 | no | usual |
 * | 403, 404, 405, 400, 422 | no | longer |
 */
export const recoveryOf = ({ error, during, inStream, times }: Failure): Recovery => {
  if (isGone(error)) return { relist: during === 'list' ? 'continueExpired' : 'expired', isLasting: false };
  if (during === 'list') return { isLasting: isLasting(error) };
  if (isResourceVersionTooLarge(error))
    return { ...(times >= STUCK_AHEAD_OF_SERVER && { relist: 'resourceVersionTooLarge' }), isLasting: false };
  if (inStream && isTransient(error)) return { isLasting: false };
  if (inStream) return { ...(times >= STUCK_IN_STREAM && { relist: 'watchError' }), isLasting: false };
  return { isLasting: isLasting(error) };
};

/** Says nothing about the position of the watch. */
const isTransient = (error: unknown): boolean =>
  error instanceof KubeApiError && ['TooManyRequests', 'Unavailable', 'Network', 'Timeout'].includes(error.code);

/** Of the 4xx: credentials are renewed, time passes. */
const PASSING = [401, 408, 429];

const isLasting = (error: unknown): boolean =>
  error instanceof KubeApiError && error.status >= 400 && error.status < 500 && !PASSING.includes(error.status);

/** What to do about a failure that lasts, in one sentence; undefined when it will pass by itself. */
export const problemOf = (
  error: unknown,
  resource: Resource,
  { namespace }: Partial<ObjectName>,
): string | undefined => {
  const name = resource.group ? `${resource.plural}.${resource.group}` : resource.plural;
  if (isForbidden(error)) {
    const where = namespace ? `in namespace ${namespace} (Role)` : 'in all namespaces (ClusterRole)';
    return `no permission for ${name}: grant apiGroups ["${resource.group}"], resources ["${resource.plural}"], verbs ["list", "watch"] ${where}`;
  }
  if (isNotFound(error))
    return `${name} ${resource.version} is not served: install its CustomResourceDefinition or API server`;
  if (isUnauthorized(error)) return `the credentials are not accepted: ${error.message}`;
  return error instanceof KubeApiError && isLasting(error) ? error.message : undefined;
};
