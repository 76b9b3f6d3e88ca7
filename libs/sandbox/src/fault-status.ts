import type { FaultEffect, FaultSubject } from './faults.ts';
import { StatusError } from './status-error.ts';

const REASONS: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'Unauthorized'],
  404: ['NotFound', 'the server could not find the requested resource'],
  409: ['Conflict', 'the server reported a conflict'],
  410: ['Expired', 'The resourceVersion for the provided list is too old.'],
  422: ['Invalid', 'the server rejected our request due to an error in our request'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  500: ['InternalError', 'Internal error occurred: a fault was injected'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: [
    'Timeout',
    'the server was unable to return a response in the time allotted, but may still be processing the request',
  ],
};

/** The Status a `status` fault answers with, as a server in that trouble would word it. */
export const faultStatus = (
  effect: Extract<FaultEffect, { kind: 'status' }>,
  subject: FaultSubject & { readonly group?: string },
): StatusError => {
  const [reason, message] =
    effect.code === 403
      ? ['Forbidden', forbiddenMessage(subject)]
      : (REASONS[effect.code] ?? ['', 'a fault was injected']);
  const retry = effect.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: effect.retryAfterSeconds };
  return new StatusError({
    message: effect.message ?? message,
    reason,
    details: { ...(subject.resource ? { kind: subject.resource } : {}), ...retry },
    code: effect.code,
  });
};

const forbiddenMessage = ({
  user,
  verb,
  resource = '',
  subresource,
  group = '',
  namespace,
  name,
}: FaultSubject & { group?: string }): string => {
  const what = subresource ? `${resource}/${subresource}` : resource;
  const scope = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope';
  const subject = `${group ? `${resource}.${group}` : resource}${name ? ` "${name}"` : ''}`;
  return `${subject} is forbidden: User "${user}" cannot ${verb} resource "${what}" in API group "${group}" ${scope}`;
};
