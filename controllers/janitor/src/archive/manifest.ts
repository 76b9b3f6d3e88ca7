import type { Unstructured } from '@kube-steward/kube';
import { QUARANTINED } from '../annotations.ts';
import { STOPPED_WITH_NAMESPACE } from '../namespace-contents.ts';
import { readableMark } from '../quarantine-mark.ts';

/** A manifest that was kept because its object was deleted. */
export interface Archived {
  /** RFC 3339. */
  readonly deletedAt: string;
  /** Why, as the event said. */
  readonly reason: string;
  readonly manifest: Unstructured;
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const SECRET_FIELDS = ['data', 'stringData'] as const;

/**
 * An object as it is kept: all that a person needs to make it again, but for who set which field and, of a Secret, its
 * values: their keys stay. What kubectl remembers of the last apply repeats both, and goes.
 */
export const archivable = (object: Unstructured): Unstructured => {
  const { managedFields: _managedFields, annotations, ...metadata } = object.metadata;
  const { [LAST_APPLIED]: _lastApplied, ...kept } = annotations ?? {};
  const copy: Unstructured = { ...object, metadata: { ...metadata, ...(annotations && { annotations: kept }) } };
  if (object.kind === 'Secret')
    for (const field of SECRET_FIELDS) if (field in copy) copy[field] = emptied(copy[field]);
  return copy;
};

const emptied = (values: unknown): unknown =>
  typeof values === 'object' && values !== null
    ? Object.fromEntries(Object.keys(values).map((key) => [key, '']))
    : values;

/** What the server gave the object that is gone, and would refuse or misread in a new one. */
const OF_THE_OLD_ONE: ReadonlySet<string> = new Set([
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'ownerReferences',
]);

/**
 * The manifest to apply so that the object is there again. What made it due is left out, or it would be deleted again at
 * once; so are its owners, whose collector would do the same.
 *
 * @param prefix what stands before the slash of the janitor's annotations
 */
export const restorable = ({ manifest }: Archived, prefix: string): Unstructured => {
  const { status: _status, ...rest } = manifest as Unstructured & { status?: unknown };
  const metadata: Record<string, unknown> = Object.fromEntries(
    Object.entries(rest.metadata).filter(([field]) => !OF_THE_OLD_ONE.has(field)),
  );
  const { annotations } = rest.metadata;
  if (annotations)
    metadata['annotations'] = Object.fromEntries(
      Object.entries(annotations).filter(([key]) => !key.startsWith(`${prefix}/`) && key !== STOPPED_WITH_NAMESPACE),
    );
  return { ...awake(rest, prefix), metadata: metadata as unknown as Unstructured['metadata'] };
};

/** What was stopped before it was deleted, as it was before that: the earliest mark knows. */
const awake = (object: Unstructured, prefix: string): Unstructured => {
  const { annotations } = object.metadata;
  const marks = [`${prefix}/${QUARANTINED}`, STOPPED_WITH_NAMESPACE].flatMap(
    (key) => readableMark(annotations?.[key]) ?? [],
  );
  const { original } = marks.toSorted((a, b) => a.since - b.since).find((mark) => mark.original !== undefined) ?? {};
  if (!original) return object;
  const { [original.field]: _stopped, ...spec } = (object['spec'] ?? {}) as Record<string, unknown>;
  return { ...object, spec: { ...spec, ...(original.value !== undefined && { [original.field]: original.value }) } };
};

/** What tells an object from all others, as part of a name: its uid; where it has none, where it is. */
export const identityIn = ({ kind = '', metadata: { uid, namespace = '', name } }: Unstructured): string =>
  uid ?? [kind.toLowerCase(), namespace, name].filter(Boolean).join('.');
