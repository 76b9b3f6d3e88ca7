import type { IncomingMessage } from 'node:http';
import { parse as parseYaml } from 'yaml';
import type { PatchType } from '../cluster.ts';
import { badRequest, unsupportedMediaType } from '../errors.ts';
import { decodeObject } from '../protobuf/decode.ts';
import { StatusError } from '../status-error.ts';

const LIMIT_BYTES = 3 * 1024 * 1024;
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
/** What objects may come in. Custom resources have no protobuf. */
export const CUSTOM_OBJECT_TYPES = ['application/json', 'application/yaml'] as const;
const OBJECT_TYPES = [...CUSTOM_OBJECT_TYPES, PROTOBUF] as const;

const PATCH_TYPES: Readonly<Record<string, PatchType>> = {
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/json-patch+json': 'json',
  'application/apply-patch+yaml': 'apply',
};

/** Reads the body of a request as text, protobuf as JSON; 413 beyond 3 MiB. Rejects when the client goes away. */
export const readBody = (request: IncomingMessage): Promise<string> =>
  new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LIMIT_BYTES) chunks.push(chunk);
    });
    request.on('end', () => {
      if (size > LIMIT_BYTES) reject(tooLarge());
      else resolve(Buffer.concat(chunks));
    });
    request.on('error', reject);
  }).then((bytes) => bodyText(bytes, request.headers['content-type']));

const bodyText = (bytes: Buffer, contentType: string | undefined): string => {
  if (mediaTypeOf(contentType) !== PROTOBUF || bytes.length === 0) return bytes.toString();
  try {
    return JSON.stringify(decodeObject(bytes));
  } catch (cause) {
    throw badRequest((cause as Error).message);
  }
};

const tooLarge = (): StatusError =>
  new StatusError({
    message: `Request entity too large: limit is ${LIMIT_BYTES}`,
    reason: 'RequestEntityTooLarge',
    code: 413,
  });

export const mediaTypeOf = (header: string | undefined): string =>
  (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** The object in a body; 415 for a form it cannot be read in, 400 for text that is no object. */
export const parseObject = (
  text: string,
  contentType: string | undefined,
  kind: string,
  allowed: readonly string[] = OBJECT_TYPES,
): Record<string, unknown> => {
  const mediaType = mediaTypeOf(contentType) || 'application/json';
  if (!allowed.includes(mediaType)) throw unsupportedMediaType(allowed);
  try {
    const value: unknown = mediaType === 'application/yaml' ? parseYaml(text) : JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    throw new SyntaxError('the body is no object');
  } catch (cause) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${jsonFault(cause)}`,
    );
  }
};

const jsonFault = (cause: unknown): string => {
  const { message } = cause as Error;
  return message.startsWith('Unexpected end') ? 'unexpected end of JSON input' : message;
};

/** The kind of patch, by content type; 415 for any other. */
export const patchTypeOf = (contentType: string | undefined): PatchType => {
  const type = PATCH_TYPES[mediaTypeOf(contentType)];
  if (type) return type;
  throw new StatusError({
    message: '415: Unsupported Media Type',
    reason: 'UnsupportedMediaType',
    details: {},
    code: 415,
  });
};

/** The body of a patch; an apply patch is left as the text it is. */
export const parsePatch = (text: string, type: PatchType): unknown => {
  if (type === 'apply') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw badRequest(`error decoding patch: ${jsonFault(cause)}`);
  }
};
