import type { IncomingMessage } from 'node:http';
import { parse as parseYaml } from 'yaml';
import type { PatchType } from '../cluster.ts';
import { badRequest, unsupportedMediaType } from '../errors.ts';
import { decodeProtobuf } from '../protobuf/decode.ts';
import { StatusError } from '../status-error.ts';
import { jsonFault } from './json-fault.ts';

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
      if (size > LIMIT_BYTES) reject(tooLarge(`limit is ${LIMIT_BYTES}`));
      else resolve(Buffer.concat(chunks));
    });
    request.on('error', reject);
  }).then((bytes) => bodyText(bytes, request.headers['content-type']));

const bodyText = (bytes: Buffer, contentType: string | undefined): string => {
  if (mediaTypeOf(contentType) !== PROTOBUF || bytes.length === 0) return bytes.toString();
  try {
    return JSON.stringify(decodeProtobuf(bytes));
  } catch (cause) {
    throw badRequest((cause as Error).message);
  }
};

const tooLarge = (why: string): StatusError =>
  new StatusError({
    message: `Request entity too large: ${why}`,
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
  const json = mediaType === 'application/yaml' ? JSON.stringify(parseYaml(text)) : text;
  return parseJson(
    json,
    (fault) =>
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${fault} (${summaryOf(text)})`,
  );
};

const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** The object in a JSON text; 400 with the message made of what is wrong with it. */
export const parseJson = (text: string, messageOf: (fault: string) => string): Record<string, unknown> => {
  const value = parsed(text, messageOf);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  const type = Array.isArray(value) ? 'array' : typeof value;
  throw badRequest(messageOf(`json: cannot unmarshal ${type} into Go value of type ${TYPE_META}`));
};

const parsed = (text: string, messageOf: (fault: string) => string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw badRequest(messageOf(jsonFault(text) ?? ''));
  }
};

const SUMMARY_BYTES = 30;

/** The beginning of a body that could not be read: as it is if it looks like JSON, else in hexadecimal. */
const summaryOf = (text: string): string => {
  if (text === '') return '<empty>';
  const bytes = Buffer.from(text);
  const more = bytes.length > SUMMARY_BYTES ? ' ...' : '';
  return bytes.subarray(0, SUMMARY_BYTES).toString(text.startsWith('{') ? 'utf8' : 'hex') + more;
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

const MOST_OPERATIONS = 10_000;

/** The body of a patch; an apply patch is left as the text it is. */
export const parsePatch = (text: string, type: PatchType): unknown => {
  if (type === 'apply') return text;
  const patch = parsed(text, (fault) => (type === 'strategic' ? fault : `error decoding patch: ${fault}`));
  if (type === 'json' && Array.isArray(patch) && patch.length > MOST_OPERATIONS) {
    throw tooLarge(`The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${patch.length}`);
  }
  return patch;
};
