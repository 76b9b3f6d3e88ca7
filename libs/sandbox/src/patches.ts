import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  KubeApiError,
  schemaOf,
  type Unstructured,
} from '@kube-steward/kube';
import type { PatchOptions } from './cluster.ts';
import { strictFaultsOf } from './decoding.ts';
import { badRequest } from './errors.ts';
import { StatusError } from './status-error.ts';
import { decode } from './typed/decode.ts';
import { DecodeError } from './typed/decode-error.ts';
import { JSON_PATCH } from './typed/go-type.ts';

/** The object after a merge, strategic or JSON patch. 400 for a patch that is none, 422 for one that does not fit. */
export const patched = (object: Unstructured, { type, body }: PatchOptions): Unstructured => {
  try {
    switch (type) {
      case 'merge':
        return applyMergePatch(object, objectPatch(body)) as Unstructured;
      case 'strategic':
        return strategicallyMerged(object, objectPatch(body));
      case 'json':
        return applyJsonPatch(object, operations(body)) as Unstructured;
      case 'apply':
        throw new TypeError('an apply patch is not computed from the object alone');
    }
  } catch (error) {
    throw error instanceof KubeApiError ? refusalOf(error, type) : error;
  }
};

/** A patch that drops the type drops nothing: the server reads what it made as the type it patched. */
const strategicallyMerged = (object: Unstructured, patch: unknown): Unstructured => {
  const type = Object.fromEntries(Object.entries(object).filter(([key]) => key === 'apiVersion' || key === 'kind'));
  const result = applyStrategicMergePatch(object, patch, schemaOf(object)) as Partial<Unstructured>;
  return { ...type, ...result, metadata: result.metadata ?? {} } as Unstructured;
};

/** What strict validation finds in the patch itself. */
export const patchFaults = ({ type, body }: PatchOptions): string[] =>
  type === 'json' ? strictFaultsOf(decode(JSON_PATCH, body).unknown).map((fault) => `json patch ${fault}`) : [];

const objectPatch = (body: unknown): unknown => {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  const found = Array.isArray(body) ? 'array' : typeof body;
  throw badRequest(
    `error decoding patch: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`,
  );
};

const operations = (body: unknown): unknown => {
  try {
    decode(JSON_PATCH, body);
  } catch (error) {
    throw error instanceof DecodeError ? badRequest(`error decoding patch: ${error.message}`) : error;
  }
  return body ?? [];
};

/** A patch that cannot be applied says no more than that it cannot, as the real server does; 500 comes without a reason. */
const refusalOf = (error: KubeApiError, type: PatchOptions['type']): StatusError => {
  if (error.status === 500) return new StatusError({ message: error.message, code: 500 });
  return error.status === 422 || type === 'json'
    ? new StatusError({
        message: 'the server rejected our request due to an error in our request',
        reason: 'Invalid',
        details: {},
        code: 422,
      })
    : badRequest(error.message);
};
