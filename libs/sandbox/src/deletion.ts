import type { ObjectMeta, Unstructured } from '@kube-steward/kube';
import { canonical } from './canonical.ts';
import type { DeleteOptions } from './cluster.ts';
import { forbidden, invalid, notFound, preconditionConflict, unsupportedField } from './errors.ts';
import { valueAt } from './json-path.ts';
import { IMMORTAL_NAMESPACES } from './namespaces.ts';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';
import { type Stored, storageKey } from './stored.ts';
import { storageKindOf } from './versions.ts';

export const ORPHAN = 'orphan';
export const FOREGROUND = 'foregroundDeletion';
const POLICIES = ['Foreground', 'Background', 'Orphan', 'nil'] as const;

/** Kinds whose dependents stay when a delete does not say what to do with them. */
const ORPHANS_BY_DEFAULT = new Set(['batch/jobs', '/replicationcontrollers']);

/** Kinds the server ends by steps of its own: their deletion has a time and no grace period. */
const WITHOUT_GRACE = new Set(['/Namespace', 'apiextensions.k8s.io/CustomResourceDefinition']);

/** How a delete ended: the object is gone, or it stays until finalizers and grace are over. */
export interface Deletion {
  readonly object: Unstructured;
  readonly gone: boolean;
}

/** Deletes, or marks as terminating, one object. The object is in the storage version. */
export const deleteObject = (state: State, kind: ServedKind, name: string, options: DeleteOptions): Deletion => {
  checkPolicy(options);
  if (kind.kind === 'Namespace' && kind.group === '' && IMMORTAL_NAMESPACES.includes(name)) {
    throw forbidden(kind, name, 'this namespace may not be deleted');
  }
  const stored = state.table(kind).get(storageKey(kind.namespaced ? options.namespace : undefined, name));
  if (!stored) throw notFound(kind, name);
  const object = stored.object();
  checkPreconditions(kind, stored, object, options);
  const graceSeconds = graceOf(kind, object, options);
  const finalizers = finalizersAfter(kind, object, options);
  if (finalizers.length === 0 && graceSeconds === 0 && !isHeldNamespace(kind, object)) {
    return { object: options.dryRun ? object : removeAtOnce(state, kind, stored), gone: true };
  }
  const terminating = markTerminating(state, kind, object, { finalizers, graceSeconds });
  if (terminating === object || options.dryRun) return { object: terminating, gone: false };
  return { object: state.commit(kind, 'MODIFIED', terminating).object(), gone: false };
};

const checkPolicy = ({ propagationPolicy }: DeleteOptions): void => {
  if (propagationPolicy === undefined || POLICIES.includes(propagationPolicy)) return;
  throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [
    unsupportedField('propagationPolicy', propagationPolicy, POLICIES),
  ]);
};

const checkPreconditions = (kind: ServedKind, stored: Stored, object: Unstructured, options: DeleteOptions): void => {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const actual = object.metadata.uid ?? '';
  if (uid !== undefined && uid !== actual) {
    throw preconditionConflict(
      kind,
      stored.name,
      `the UID in the precondition (${uid}) does not match the UID in record (${actual}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== String(stored.revision)) {
    throw preconditionConflict(
      kind,
      stored.name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${stored.revision}). The object might have been modified`,
    );
  }
};

/** Pods that run somewhere get time to stop; everything else has none. A second delete can only shorten it. */
const graceOf = (kind: ServedKind, object: Unstructured, options: DeleteOptions): number => {
  if (kind.group !== '' || kind.kind !== 'Pod') return 0;
  const pending = object.metadata.deletionGracePeriodSeconds;
  const asked = options.gracePeriodSeconds === undefined ? undefined : atLeastOne(options.gracePeriodSeconds);
  if (object.metadata.deletionTimestamp) return Math.min(pending ?? 0, asked ?? pending ?? 0);
  if (!valueAt(object, 'spec.nodeName')) return 0;
  const phase = valueAt(object, 'status.phase');
  if (phase === 'Failed' || phase === 'Succeeded') return 0;
  return asked ?? Number(valueAt(object, 'spec.terminationGracePeriodSeconds') ?? 30);
};

/** Negative grace periods count as one second. */
const atLeastOne = (seconds: number): number => (seconds < 0 ? 1 : seconds);

/** The finalizers of the garbage collector follow the propagation policy; all others stay. */
const finalizersAfter = (kind: ServedKind, object: Unstructured, options: DeleteOptions): readonly string[] => {
  const present = object.metadata.finalizers ?? [];
  const policy = policyOf(kind, present, options);
  const others = present.filter((one) => one !== ORPHAN && one !== FOREGROUND);
  if (policy === 'Orphan') return [...others, ORPHAN];
  return policy === 'Foreground' ? [...others, FOREGROUND] : others;
};

const policyOf = (
  kind: ServedKind,
  present: readonly string[],
  options: DeleteOptions,
): NonNullable<DeleteOptions['propagationPolicy']> => {
  if (options.propagationPolicy) return options.propagationPolicy;
  if (present.includes(ORPHAN)) return 'Orphan';
  if (present.includes(FOREGROUND)) return 'Foreground';
  return orphansByDefault(kind) ? 'Orphan' : 'Background';
};

/** Deleting such an object without a policy leaves its dependents, about which the server warns. */
export const orphansByDefault = (kind: ServedKind): boolean => ORPHANS_BY_DEFAULT.has(`${kind.group}/${kind.plural}`);

const isHeldNamespace = (kind: ServedKind, object: Unstructured): boolean => {
  const finalizers = kind.kind === 'Namespace' && kind.group === '' ? valueAt(object, 'spec.finalizers') : undefined;
  return Array.isArray(finalizers) && finalizers.length > 0;
};

const markTerminating = (
  state: State,
  kind: ServedKind,
  object: Unstructured,
  { finalizers, graceSeconds }: { finalizers: readonly string[]; graceSeconds: number },
): Unstructured => {
  const before = object.metadata;
  const isPending = before.deletionTimestamp !== undefined;
  const sameFinalizers = finalizers.join() === (before.finalizers ?? []).join();
  if (isPending && sameFinalizers && (before.deletionGracePeriodSeconds ?? 0) === graceSeconds) return object;
  const started = isPending ? Date.parse(before.deletionTimestamp ?? '') : state.clock.now() + state.skewMs;
  const elapsed = isPending ? (before.deletionGracePeriodSeconds ?? 0) : 0;
  const metadata: ObjectMeta = {
    ...before,
    deletionTimestamp: `${new Date(started + (graceSeconds - elapsed) * 1000).toISOString().slice(0, 19)}Z`,
    ...(WITHOUT_GRACE.has(`${kind.group}/${kind.kind}`) ? {} : { deletionGracePeriodSeconds: graceSeconds }),
    finalizers: [...finalizers],
    ...(isPending || before.generation === undefined ? {} : { generation: before.generation + 1 }),
  };
  const phase = isHeldNamespace(kind, object) ? { status: { phase: 'Terminating' } } : {};
  return canonical(storageKindOf(state, kind), { ...object, ...phase, metadata });
};

/** An object that was only held by what an update has just taken away. */
export const shouldRemove = (kind: ServedKind, object: Unstructured): boolean =>
  object.metadata.deletionTimestamp !== undefined &&
  (object.metadata.finalizers ?? []).length === 0 &&
  (object.metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
  !isHeldNamespace(kind, object);

/** A pod is told to be terminating before it goes, even without a grace period. */
const removeAtOnce = (state: State, kind: ServedKind, stored: Stored): Unstructured => {
  if (kind.group !== '' || kind.kind !== 'Pod') return removeObject(state, kind, stored);
  const object = stored.object();
  const terminating = markTerminating(state, kind, object, { finalizers: [], graceSeconds: 0 });
  if (terminating === object) return removeObject(state, kind, stored);
  const told = state.commit(kind, 'MODIFIED', terminating);
  return state.table(kind).get(told.key) === told ? removeObject(state, kind, told) : told.object();
};

/** Takes the object out: the event carries its last state under the revision of the removal. */
export const removeObject = (state: State, kind: ServedKind, stored: Stored): Unstructured =>
  state.commit(kind, 'DELETED', stored.object()).object();
