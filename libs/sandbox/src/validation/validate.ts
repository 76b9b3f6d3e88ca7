import type { Unstructured } from '@kube-steward/kube';
import { type FieldError, invalid, requiredField } from '../errors.ts';
import type { ServedKind } from '../registry.ts';
import { immutableErrors } from './immutability.ts';
import {
  finalizerErrors,
  fixedMetadataErrors,
  isSameMetadata,
  metadataErrors,
  newFinalizerErrors,
} from './metadata.ts';
import { nameErrors } from './names.ts';
import { specErrors } from './spec.ts';

/** 422 listing everything that is wrong with a new object. */
export const validateCreate = (kind: ServedKind, object: Unstructured): void => {
  const { name } = object.metadata;
  if (isCoreEvent(kind)) refuse(kind, name, specErrors(kind, object));
  refuse(kind, name, [
    ...(name ? nameErrors(kind, name) : [requiredField('metadata.name', 'name or generateName is required')]),
    ...metadataErrors(object.metadata),
    ...(looksAtFinalizers(kind) ? finalizerErrors(object.metadata) : []),
    ...specErrors(kind, object),
  ]);
};

/** 422 listing everything that is wrong with a changed object, and what must not change. */
export const validateUpdate = (kind: ServedKind, object: Unstructured, stored: Unstructured): void => {
  const { metadata } = object;
  const isUnchanged = object['spec'] === stored['spec'] && !kind.custom && kind.status;
  refuse(kind, stored.metadata.name, [
    ...fixedMetadataErrors(metadata, stored.metadata),
    ...(isSameMetadata(metadata, stored.metadata) ? [] : metadataErrors(metadata)),
    ...(looksAtFinalizers(kind) ? finalizerErrors(metadata) : []),
    ...newFinalizerErrors(metadata, stored.metadata),
    ...(isUnchanged ? [] : specErrors(kind, object, stored)),
    ...immutableErrors(kind, object, stored),
  ]);
};

/** Most built-in kinds want more of their finalizers than others do. */
const looksAtFinalizers = ({ custom, group, kind }: ServedKind): boolean =>
  !custom && kind !== 'Event' && group !== 'policy' && group !== 'coordination.k8s.io';

/** What these are about is looked at first, and alone. */
const isCoreEvent = ({ group, kind }: ServedKind): boolean => group === '' && kind === 'Event';

/** Events are told to be of the core, whichever group they are written in. */
const refuse = (kind: ServedKind, name: string, errors: readonly FieldError[]): void => {
  const told = kind.kind === 'Event' && !kind.custom ? { group: '', kind: kind.kind } : kind;
  if (errors.length > 0) throw invalid(told, name, errors);
};
