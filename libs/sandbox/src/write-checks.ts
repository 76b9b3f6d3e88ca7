import type { Unstructured } from '@kube-steward/kube';
import { checkBodyType } from './body-type.ts';
import type { WriteOptions } from './cluster.ts';
import { decodeObject, strictRefusal } from './decoding.ts';
import { cannotBeHandled, conflict, MODIFIED } from './errors.ts';
import type { ServedKind } from './registry.ts';
import { StatusError } from './status-error.ts';
import type { Stored } from './stored.ts';

/** 400 for an object of another kind or version, and for what strict validation finds. */
export const checkBody = (kind: ServedKind, body: Unstructured, options: WriteOptions): void => {
  checkBodyType(kind, body);
  const isStrict = options.fieldValidation === 'Strict' && options.subresource !== 'scale';
  const faults = isStrict ? decodeObject(kind, body).strictFaults : [];
  if (faults.length > 0) throw cannotBeHandled(kind, strictRefusal(faults));
};

/** 409 when the writer means another object of the same name. */
export const checkUid = (kind: ServedKind, stored: Stored, uid: string | undefined): void => {
  const actual = stored.object().metadata.uid ?? '';
  if (!uid || uid === actual) return;
  const group = kind.group ? `${kind.group}/` : '';
  const path = `/registry/${group}${kind.plural}/${stored.key}`;
  throw conflict(
    kind,
    stored.name,
    `StorageError: invalid object, Code: 4, Key: ${path}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${actual}`,
  );
};

/** 409 when the object has changed since the writer read it. */
export const checkResourceVersion = (kind: ServedKind, stored: Stored, resourceVersion: string | undefined): void => {
  if (!resourceVersion || resourceVersion === '0') return;
  if (!/^\d+$/.test(resourceVersion)) {
    const message = `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`;
    throw new StatusError({ message, code: 500 });
  }
  if (Number(resourceVersion) !== stored.revision) throw conflict(kind, stored.name, MODIFIED);
};
