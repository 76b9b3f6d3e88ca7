import type { Expected } from './expect.ts';

/** What every server says, as it is expected in many places. `resource` is `deployments.apps`, `configmaps`. */
const detailsOf = (resource: string, name?: string): object => {
  const [kind, ...group] = resource.split('.');
  return { ...(name === undefined ? {} : { name }), ...(group.length > 0 ? { group: group.join('.') } : {}), kind };
};

export const notFound = (resource: string, name: string): Expected => ({
  code: 404,
  reason: 'NotFound',
  message: `${resource} "${name}" not found`,
  details: detailsOf(resource, name),
});

export const alreadyExists = (resource: string, name: string, before = ''): Expected => ({
  code: 409,
  reason: 'AlreadyExists',
  message: `${before}${resource} "${name}" already exists`,
  details: detailsOf(resource, name),
});

export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export const conflict = (resource: string, name: string, why = MODIFIED): Expected => ({
  code: 409,
  reason: 'Conflict',
  message: `Operation cannot be fulfilled on ${resource} "${name}": ${why}`,
  details: detailsOf(resource, name),
});

export const badRequest = (message: string | RegExp): Expected => ({ code: 400, reason: 'BadRequest', message });

export const METHOD_NOT_ALLOWED: Expected = {
  code: 405,
  reason: 'MethodNotAllowed',
  message: 'the server does not allow this method on the requested resource',
  details: {},
};

export const NO_SUCH_PATH: Expected = {
  code: 404,
  reason: 'NotFound',
  message: 'the server could not find the requested resource',
  details: {},
};

/** One refused field: what it is, and what is said of it. */
export type Refused = readonly [field: string, body: string];

const REASONS: Readonly<Record<string, string>> = {
  'Invalid value': 'FieldValueInvalid',
  'Required value': 'FieldValueRequired',
  'Unsupported value': 'FieldValueNotSupported',
  'Duplicate value': 'FieldValueDuplicate',
  'Too long': 'FieldValueTooLong',
  Forbidden: 'FieldValueForbidden',
};

/** 422 of a kind (`Deployment.apps`), with a cause for each field. */
export const invalid = (kind: string, name: string, ...refused: readonly Refused[]): Expected => {
  const lines = [...new Set(refused.map(([field, body]) => `${field}: ${body}`))];
  const causes = refused.map(([field, message]) => ({
    reason: message.includes(' in body must be of type ')
      ? 'FieldValueTypeInvalid'
      : (REASONS[message.split(':')[0] ?? ''] ?? message),
    message,
    field,
  }));
  return {
    code: 422,
    reason: 'Invalid',
    message: `${kind} "${name}" is invalid: ${lines.length === 1 ? lines.join() : `[${lines.join(', ')}]`}`,
    details: { ...detailsOf(kind, name === '' ? undefined : name), causes },
  };
};

export const invalidOptions = (kind: string, ...refused: readonly Refused[]): Expected =>
  invalid(`${kind}.meta.k8s.io`, '', ...refused);

/** The parts of a 504 that tells a version is not reached yet. */
export const tooLarge = (version: string): Expected => ({
  code: 504,
  reason: 'Timeout',
  message: new RegExp(`^Timeout: Too large resource version: ${version}, current: \\d+$`),
  details: {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  },
});
