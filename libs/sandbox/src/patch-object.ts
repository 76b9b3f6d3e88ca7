import type { Unstructured } from '@kube-steward/kube';
import type { PatchOptions } from './cluster.ts';
import { badRequest, notFound } from './errors.ts';
import { applyObject } from './apply.ts';
import { patched } from './patches.ts';
import type { ServedKind } from './registry.ts';
import { scaleOf, withScale } from './scale.ts';
import type { State } from './state.ts';
import { type Stored, storageKey } from './stored.ts';
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
  if (next.metadata.name !== before.metadata.name && options.type !== 'json') checkName(next, before);
  return next;
};

const checkName = (next: Unstructured, before: Unstructured): void => {
  if (next.metadata.name) {
    throw badRequest(
      `the name of the object (${next.metadata.name}) does not match the name on the URL (${before.metadata.name})`,
    );
  }
};

/** The resourceVersion is a precondition only if the patch set it. */
const withRevisionOnlyIfPatched = (next: Unstructured, before: Unstructured): Unstructured =>
  next.metadata.resourceVersion === before.metadata.resourceVersion
    ? { ...next, metadata: { ...next.metadata, resourceVersion: '' } }
    : next;
