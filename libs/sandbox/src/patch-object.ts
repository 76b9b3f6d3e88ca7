import type { Unstructured } from '@kube-steward/kube';
import type { PatchOptions } from './cluster.ts';
import { notRegistered } from './body-type.ts';
import { badRequest, invalid, invalidField, notFound } from './errors.ts';
import { applyObject } from './apply.ts';
import { patched, patchFaults } from './patches.ts';
import type { ServedKind } from './registry.ts';
import { scaleOf, withScale } from './scale.ts';
import type { State } from './state.ts';
import { type Stored, storageKey } from './stored.ts';
import { decodeObject, strictRefusal } from './decoding.ts';
import { DecodeError, READ_JSON, READ_OBJECT } from './typed/decode-error.ts';
import { fromStorage } from './versions.ts';
import { replaceObject } from './writes.ts';

/** Patches an object or one of its subresources; answers with the whole object. */
export const patchObject = (state: State, kind: ServedKind, name: string, options: PatchOptions): Stored => {
  const stored = state.table(kind).get(storageKey(kind.namespaced ? options.namespace : undefined, name));
  if (options.type === 'apply') return applyObject(state, kind, stored, name, options);
  if (!stored) throw notFound(kind, name);
  const before = fromStorage(state, kind, stored.object());
  return replaceObject(state, kind, stored, patchedWhole(kind, before, options), { options });
};

const patchedWhole = (kind: ServedKind, before: Unstructured, options: PatchOptions): Unstructured => {
  if (options.subresource === 'scale') {
    return withScale(kind, before, withRevisionOnlyIfPatched(patched(scaleOf(kind, before), options), before));
  }
  const next = patched(before, options);
  const { object, strictFaults } = read(kind, next, before, options.type);
  const faults = options.fieldValidation === 'Strict' ? [...patchFaults(options), ...strictFaults] : [];
  if (faults.length > 0) throw unreadable(next, strictRefusal(faults));
  checkIdentity(object, before);
  return withRevisionOnlyIfPatched(object, before);
};

/** What a patch made of the object, read as one of the kind. */
const read = (kind: ServedKind, next: Unstructured, before: Unstructured, type: PatchOptions['type']) => {
  try {
    return decodeObject(kind, next, before, type === 'strategic' ? READ_OBJECT : READ_JSON);
  } catch (error) {
    throw error instanceof DecodeError ? unreadable(next, error.message) : error;
  }
};

/** A patch cannot make another object out of the one it is sent to. */
const checkIdentity = (next: Unstructured, before: Unstructured): void => {
  if (next.kind !== before.kind || next.apiVersion !== before.apiVersion) {
    throw unreadable(next, notRegistered(String(next.apiVersion), String(next.kind)));
  }
  const { name, namespace } = next.metadata as Partial<Unstructured['metadata']>;
  if (namespace !== undefined && namespace !== before.metadata.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (!name) {
    throw badRequest(
      `the name of the object (${before.metadata.name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (name !== before.metadata.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${before.metadata.name})`);
  }
};

/** What a patch made of the object cannot be read as one of the kind. */
const unreadable = (next: Unstructured, fault: string) =>
  invalid({ group: '', kind: '' }, '', [invalidField('patch', JSON.stringify(next), fault)]);

/** The resourceVersion is a precondition only if the patch set it. */
const withRevisionOnlyIfPatched = (next: Unstructured, before: Unstructured): Unstructured =>
  next.metadata.resourceVersion === before.metadata.resourceVersion
    ? { ...next, metadata: { ...next.metadata, resourceVersion: '' } }
    : next;
