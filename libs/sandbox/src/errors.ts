import type { Resource } from '@kube-steward/kube';
import { StatusError, type StatusCause } from './status-error.ts';

/** `deployments.apps`, `pods`: how the server names a resource in messages. */
export const qualifiedResource = (resource: Resource): string =>
  resource.group ? `${resource.plural}.${resource.group}` : resource.plural;

/** `Deployment.apps`, `Pod`: how the server names a kind in messages. */
export const qualifiedKind = (resource: Resource): string =>
  resource.group ? `${resource.kind}.${resource.group}` : resource.kind;

const detailsOf = (resource: Resource, name?: string) => ({
  ...(name === undefined || name === '' ? {} : { name }),
  ...(resource.group ? { group: resource.group } : {}),
  kind: resource.plural,
});

export const notFound = (resource: Resource, name: string): StatusError =>
  new StatusError({
    message: `${qualifiedResource(resource)} ${JSON.stringify(name)} not found`,
    reason: 'NotFound',
    details: detailsOf(resource, name),
    code: 404,
  });

/** A path nothing is served at: an unknown group, version, resource or subresource. */
export const noSuchPath = (): StatusError =>
  new StatusError({
    message: 'the server could not find the requested resource',
    reason: 'NotFound',
    details: {},
    code: 404,
  });

export const alreadyExists = (resource: Resource, name: string, isTerminating = false): StatusError =>
  new StatusError({
    message: `${isTerminating ? 'object is being deleted: ' : ''}${qualifiedResource(resource)} ${JSON.stringify(name)} already exists`,
    reason: 'AlreadyExists',
    details: detailsOf(resource, name),
    code: 409,
  });

/** What a writer hears whose resourceVersion is not the stored one. */
export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export const conflict = (resource: Resource, name: string, why: string): StatusError =>
  new StatusError({
    message: `Operation cannot be fulfilled on ${qualifiedResource(resource)} ${JSON.stringify(name)}: ${why}`,
    reason: 'Conflict',
    details: detailsOf(resource, name),
    code: 409,
  });

/** A delete precondition that does not hold: here the server names the kind, not the resource. */
export const preconditionConflict = (resource: Resource, name: string, why: string): StatusError =>
  new StatusError({
    message: `Operation cannot be fulfilled on ${qualifiedKind(resource)} ${JSON.stringify(name)}: ${why}`,
    reason: 'Conflict',
    details: { name, ...(resource.group ? { group: resource.group } : {}), kind: resource.kind },
    code: 409,
  });

export const forbidden = (resource: Resource, name: string, why: string, causes?: StatusCause[]): StatusError =>
  new StatusError({
    message: `${qualifiedResource(resource)}${name ? ` ${JSON.stringify(name)}` : ''} is forbidden: ${why}`,
    reason: 'Forbidden',
    details: { ...detailsOf(resource, name), ...(causes ? { causes } : {}) },
    code: 403,
  });

export const badRequest = (message: string): StatusError =>
  new StatusError({ message, reason: 'BadRequest', code: 400 });

export const unauthorized = (): StatusError =>
  new StatusError({ message: 'Unauthorized', reason: 'Unauthorized', code: 401 });

export const methodNotAllowed = (): StatusError =>
  new StatusError({
    message: 'the server does not allow this method on the requested resource',
    reason: 'MethodNotAllowed',
    details: {},
    code: 405,
  });

export const unsupportedMediaType = (accepted: readonly string[]): StatusError =>
  new StatusError({
    message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    reason: 'UnsupportedMediaType',
    code: 415,
  });

export const expired = (message: string, continueToken?: string): StatusError =>
  new StatusError({ message, reason: 'Expired', code: 410, ...(continueToken === undefined ? {} : { continueToken }) });

export const tooLargeResourceVersion = (asked: number, current: number): StatusError =>
  new StatusError({
    message: `Timeout: Too large resource version: ${asked}, current: ${current}`,
    reason: 'Timeout',
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
    code: 504,
  });

export const tooManyRequests = (message: string, retryAfterSeconds: number, causes?: StatusCause[]): StatusError =>
  new StatusError({
    message,
    reason: 'TooManyRequests',
    details: {
      ...(causes ? { causes } : {}),
      ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
    },
    code: 429,
  });

export const internalError = (message: string): StatusError =>
  new StatusError({
    message: `Internal error occurred: ${message}`,
    reason: 'InternalError',
    details: { causes: [{ message }] },
    code: 500,
  });

/** A body whose fields are not of the kind's types. */
export const cannotBeHandled = (kind: Resource, fault: string): StatusError =>
  badRequest(`${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${fault}`);

/** One refused field, in the words of the server's field errors. */
export interface FieldError {
  readonly type: `FieldValue${'Duplicate' | 'Forbidden' | 'Invalid' | 'NotFound' | 'NotSupported' | 'Required' | 'TooLong' | 'TooMany' | 'TypeInvalid'}`;
  readonly field: string;
  readonly body: string;
}

export const invalidField = (field: string, value: unknown, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  body: `Invalid value: ${JSON.stringify(value)}: ${detail}`,
});

/** A value of another type than the schema's. */
export const wrongType = (field: string, value: unknown, detail: string): FieldError => ({
  ...invalidField(field, value, detail),
  type: 'FieldValueTypeInvalid',
});

export const tooMany = (field: string, count: number, limit: number): FieldError => ({
  type: 'FieldValueTooMany',
  field,
  body: `Too many: ${count}: must have at most ${limit} ${limit === 1 ? 'item' : 'items'}`,
});

export const tooLong = (field: string, limitBytes: number): FieldError => ({
  type: 'FieldValueTooLong',
  field,
  body: `Too long: may not be more than ${limitBytes} bytes`,
});

export const requiredField = (field: string, detail = ''): FieldError => ({
  type: 'FieldValueRequired',
  field,
  body: detail ? `Required value: ${detail}` : 'Required value',
});

export const forbiddenField = (field: string, detail: string): FieldError => ({
  type: 'FieldValueForbidden',
  field,
  body: `Forbidden: ${detail}`,
});

export const unsupportedField = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  type: 'FieldValueNotSupported',
  field,
  body: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((one) => JSON.stringify(one)).join(', ')}`,
});

export const duplicateField = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueDuplicate',
  field,
  body: `Duplicate value: ${JSON.stringify(value)}`,
});

export const notFoundField = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueNotFound',
  field,
  body: `Not found: ${JSON.stringify(value)}`,
});

const aggregate = (errors: readonly FieldError[]): string => {
  const lines = [...new Set(errors.map((error) => `${error.field}: ${error.body}`))];
  return lines.length === 1 ? (lines[0] ?? '') : `[${lines.join(', ')}]`;
};

/** 422 with one cause a field. `kind` is the kind, not the plural. */
export const invalid = (
  kind: { readonly group: string; readonly kind: string },
  name: string | undefined,
  errors: readonly FieldError[],
): StatusError =>
  new StatusError({
    message: `${kind.group ? `${kind.kind}.${kind.group}` : kind.kind} ${JSON.stringify(name ?? '')} is invalid: ${aggregate(errors)}`,
    reason: 'Invalid',
    details: {
      ...(name ? { name } : {}),
      ...(kind.group ? { group: kind.group } : {}),
      ...(kind.kind ? { kind: kind.kind } : {}),
      causes: errors.map(({ type, field, body }) => ({ reason: type, message: body, field })),
    },
    code: 422,
  });
