import type { Unstructured } from '@kube-steward/kube';
import { withoutNulls } from './canonical.ts';
import type { PatchOptions } from './cluster.ts';
import { badRequest, invalid, invalidField, notFound } from './errors.ts';
import { applyObject } from './apply.ts';
import { patched } from './patches.ts';
import type { ServedKind } from './registry.ts';
import { scaleOf, withScale } from './scale.ts';
import type { State } from './state.ts';
import { type Stored, storageKey } from './stored.ts';
import { strictFault } from './strict-fields.ts';
import { typeFault } from './field-types.ts';
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
  const next = withRevisionOnlyIfPatched(patched(before, options), before);
  checkIdentity(next, before);
  const fault = typeFault(kind, withoutNulls(next, before)) ?? strictFault(kind, next, options);
  if (fault) throw unreadable(next, fault);
  return next;
};

/** A patch cannot make another object out of the one it is sent to. */
const checkIdentity = (next: Unstructured, before: Unstructured): void => {
  if (next.kind !== before.kind || next.apiVersion !== before.apiVersion) {
    const [kind, version] = [JSON.stringify(next.kind), JSON.stringify(next.apiVersion)];
    throw unreadable(next, `no kind ${kind} is registered for version ${version}`);
  }
  const { name, namespace } = next.metadata;
  if (name !== before.metadata.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${before.metadata.name})`);
  }
  if (namespace !== before.metadata.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
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
