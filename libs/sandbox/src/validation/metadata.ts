import type { ObjectMeta } from '@kube-steward/kube';
import { equalJson } from '../canonical.ts';
import { type FieldError, forbiddenField, invalidField } from '../errors.ts';
import { annotationErrors, labelErrors, qualifiedNameFaults } from './names.ts';
import { invalidIf } from './rules.ts';

type Owner = NonNullable<ObjectMeta['ownerReferences']>[number];

/** What is wrong with metadata, the name left aside. */
export const metadataErrors = (metadata: ObjectMeta): FieldError[] => [
  ...labelErrors(metadata.labels ?? {}),
  ...annotationErrors(metadata.annotations ?? {}),
  ...ownersErrors(metadata.ownerReferences ?? []),
  ...(metadata.finalizers ?? []).flatMap((name) =>
    qualifiedNameFaults(name).map((fault) => invalidField('metadata.finalizers', name, fault)),
  ),
];

const ownersErrors = (owners: readonly Owner[]): FieldError[] => {
  const [first, ...more] = owners.filter(({ controller }) => controller).map(({ kind, name }) => `${kind}/${name}`);
  return [
    ...owners.flatMap(ownerErrors),
    ...more.map((other) =>
      invalidField(
        'metadata.ownerReferences',
        owners,
        `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${other}`,
      ),
    ),
  ];
};

const ownerErrors = (owner: Owner): FieldError[] =>
  (['apiVersion', 'kind', 'name', 'uid'] as const)
    .filter((field) => !owner[field])
    .map((field) =>
      invalidField(
        `metadata.ownerReferences.${field}`,
        '',
        field === 'apiVersion' ? 'version must not be empty' : 'must not be empty',
      ),
    );

/** Finalizers that need no domain. */
const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** Without a domain a finalizer must be one of the standard ones. */
export const finalizerErrors = ({ finalizers = [] }: ObjectMeta): FieldError[] =>
  finalizers.flatMap((name, index) =>
    invalidIf(
      !name.includes('/') && !STANDARD_FINALIZERS.includes(name),
      `metadata.finalizers[${index}]`,
      name,
      'name is neither a standard finalizer name nor is it fully qualified',
    ),
  );

/** Each is reported twice, as the server does, which checks metadata once for all kinds and once for the kind. */
export const fixedMetadataErrors = (metadata: ObjectMeta, before: ObjectMeta): FieldError[] =>
  (['uid', 'name', 'namespace', 'deletionTimestamp'] as const)
    .filter((field) => metadata[field] !== before[field])
    .flatMap((field) => {
      const error = invalidField(`metadata.${field}`, metadata[field], 'field is immutable');
      return [error, error];
    });

/** Whether a write has changed anything that is looked at. */
export const isSameMetadata = (metadata: ObjectMeta, before: ObjectMeta): boolean =>
  (['labels', 'annotations', 'ownerReferences', 'finalizers'] as const).every((field) =>
    equalJson(metadata[field], before[field]),
  );

export const newFinalizerErrors = (metadata: ObjectMeta, before: ObjectMeta): FieldError[] => {
  if (!before.deletionTimestamp) return [];
  const added = (metadata.finalizers ?? []).filter((one) => !before.finalizers?.includes(one));
  if (added.length === 0) return [];
  const shown = `[]string{${added.map((one) => JSON.stringify(one)).join(', ')}}`;
  return [
    forbiddenField(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers ${shown}`,
    ),
  ];
};
