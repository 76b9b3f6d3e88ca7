import type { ObjectMeta, Unstructured } from '@kube-steward/kube';
import { canonical, equalJson } from './canonical.ts';
import type { WriteOptions } from './cluster.ts';
import { decodeObject } from './decoding.ts';
import { removeObject, shouldRemove } from './deletion.ts';
import { alreadyExists, badRequest, cannotBeHandled, invalid, invalidField, notFound } from './errors.ts';
import { without } from './json-path.ts';
import { collectOrphanedAtBirth } from './garbage-collector.ts';
import { ownFields } from './ownership.ts';
import { checkNamespace } from './namespaces.ts';
import { prepareChanged, prepareNew } from './preparation.ts';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';
import { StatusError } from './status-error.ts';
import { type Stored, storageKey, StoredObject } from './stored.ts';
import { DecodeError, READ_OBJECT } from './typed/decode-error.ts';
import { validateCreate, validateUpdate } from './validation/validate.ts';
import { fromStorage, toStorage } from './versions.ts';
import { checkBody, checkResourceVersion, checkUid } from './write-checks.ts';

/** How a write is recorded in managedFields. */
export interface WriteMode {
  readonly options: WriteOptions;
  /** Set for server-side apply: the managedFields it worked out, which replace the bookkeeping of a plain update. */
  readonly managedFields?: ObjectMeta['managedFields'];
  /** Set for server-side apply: the object as it was before it was read. */
  readonly given?: Unstructured;
  /** The server's own doing: what users must not change may change. */
  readonly isServer?: boolean;
}

const GENERATED = 'bcdfghjklmnpqrstvwxz2456789';
const GENERATED_LENGTH = 5;
const LONGEST_GENERATED_PREFIX = 58;

/** Checks and stores a new object, given in the version of `kind`; answers in the storage version. */
export const createObject = (state: State, kind: ServedKind, body: Unstructured, mode: WriteMode): Stored => {
  checkBody(kind, body, mode.options);
  if (body.metadata.resourceVersion) {
    throw new StatusError({ message: 'resourceVersion should not be set on objects to be created', code: 500 });
  }
  if (kind.namespaced && !body.metadata.namespace) throw badRequest('Namespace parameter required.');
  const object = newObject(state, kind, body, mode);
  checkNamespace(state, kind, object);
  validateCreate(kind, object);
  const key = storageKey(object.metadata.namespace, object.metadata.name);
  const present = state.table(kind).get(key);
  if (present) throw alreadyExists(kind, present.name, present.object().metadata.deletionTimestamp !== undefined);
  const { managedFields } = ownFields(state, kind, undefined, prepared(kind, body, mode), mode).metadata;
  const owned = managedFields ? { ...object, metadata: { ...object.metadata, managedFields } } : object;
  const stored = commitOrPretend(state, kind, 'ADDED', toStorage(state, kind, owned), mode.options.dryRun);
  if (state.collectsGarbage && !mode.options.dryRun) collectOrphanedAtBirth(state, kind, stored);
  return stored;
};

/** The object with what the server decides itself: name, uid, times, generation, status, defaults. */
const newObject = (state: State, kind: ServedKind, body: Unstructured, mode: WriteMode): Unstructured => {
  const { generateName } = body.metadata;
  const name = body.metadata.name || (generateName ? generatedName(state, generateName) : '');
  const metadata: ObjectMeta = {
    ...without(body.metadata, 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink'),
    name,
    uid: state.uid(),
    creationTimestamp: state.timestamp(),
    ...(kind.generation ? { generation: 1 } : {}),
  };
  if (!kind.generation) Reflect.deleteProperty(metadata, 'generation');
  if (!kind.namespaced) Reflect.deleteProperty(metadata, 'namespace');
  const complete = prepared(kind, withInitialStatus(kind, { ...body, metadata }), mode);
  const { options, given = body } = mode;
  return canonical(kind, prepareNew(kind, complete, { state, user: options.user ?? '', given }));
};

const withInitialStatus = (kind: ServedKind, object: Unstructured): Unstructured => {
  if (!kind.status) return object;
  const { status: given, ...rest } = object;
  if (kind.initialStatus) return { ...rest, status: kind.initialStatus };
  return kind.custom || given === undefined ? rest : object;
};

/** The form in which objects are validated and stored. */
const prepared = (kind: ServedKind, object: Unstructured, mode: WriteMode, before?: Unstructured): Unstructured =>
  canonical(kind, read(kind, object, mode, before));

const read = (
  kind: ServedKind,
  object: Unstructured,
  { given }: WriteMode,
  before: Unstructured | undefined,
): Unstructured => {
  try {
    return withoutDoubleOwners(decodeObject(kind, object, before, given && READ_OBJECT).object);
  } catch (error) {
    throw error instanceof DecodeError ? cannotBeHandled(kind, error.message) : error;
  }
};

/** An owner that is named twice in the same way is named once. */
const withoutDoubleOwners = (object: Unstructured): Unstructured => {
  const { ownerReferences: owners = [] } = object.metadata;
  const kept = owners.filter((owner, index) => owners.findIndex((other) => equalJson(owner, other)) === index);
  if (kept.length === owners.length) return object;
  return { ...object, metadata: { ...object.metadata, ownerReferences: kept } };
};

const generatedName = (state: State, prefix: string): string => {
  let suffix = '';
  for (let index = 0; index < GENERATED_LENGTH; index++) {
    suffix += GENERATED[Math.floor(state.random() * GENERATED.length)] ?? '';
  }
  return prefix.slice(0, LONGEST_GENERATED_PREFIX) + suffix;
};

/** Checks and stores the successor of an object; an unchanged object keeps its revision. */
export const updateObject = (state: State, kind: ServedKind, body: Unstructured, mode: WriteMode): Stored => {
  checkBody(kind, body, mode.options);
  const { name, namespace, resourceVersion } = body.metadata;
  const stored = state.table(kind).get(storageKey(kind.namespaced ? namespace : undefined, name));
  if (!stored) {
    if (!kind.createOnUpdate || mode.options.subresource) throw notFound(kind, name);
    return createObject(state, kind, { ...body, metadata: { ...body.metadata, resourceVersion: '' } }, mode);
  }
  if (!resourceVersion && !kind.unconditionalUpdate) {
    const named = { group: kind.group, kind: kind.plural };
    throw invalid(named, name, [invalidField('metadata.resourceVersion', 0, 'must be specified for an update')]);
  }
  checkUid(kind, stored, body.metadata.uid);
  return replaceObject(state, kind, stored, body, mode);
};

/** What PUT and all kinds of PATCH have in common from here on. */
export const replaceObject = (
  state: State,
  kind: ServedKind,
  stored: Stored,
  body: Unstructured,
  mode: WriteMode,
): Stored => {
  const before = fromStorage(state, kind, stored.object());
  checkResourceVersion(kind, stored, body.metadata.resourceVersion);
  checkNamespace(state, kind, before, 'update');
  const merged = keepServersFields(kind, before, withMetadataDefaults(body, before), mode.options.subresource);
  const read = prepared(kind, merged, mode, before);
  const next = mode.isServer || mode.options.subresource ? read : canonical(kind, prepareChanged(kind, read, before));
  const object = mode.options.subresource === 'status' ? next : withGeneration(kind, before, next);
  if (!mode.isServer) validateUpdate(kind, object, before);
  const owned = ownFields(state, kind, before, object, mode);
  if (equalJson({ ...owned, metadata: { ...owned.metadata, resourceVersion: '' } }, withoutRevision(before)))
    return stored;
  if (shouldRemove(kind, owned) && !mode.options.dryRun) {
    removeObject(state, kind, stored);
    return pretend(kind, toStorage(state, kind, owned), stored.revision);
  }
  return commitOrPretend(state, kind, 'MODIFIED', toStorage(state, kind, owned), mode.options.dryRun, stored.revision);
};

const withoutRevision = (object: Unstructured): Unstructured => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: '' },
});

/** Fields a writer leaves out of metadata because the server owns them. */
const withMetadataDefaults = (body: Unstructured, before: Unstructured): Unstructured => {
  const own = before.metadata;
  const metadata: ObjectMeta = {
    ...body.metadata,
    name: body.metadata.name || own.name,
    ...(own.namespace === undefined ? {} : { namespace: body.metadata.namespace ?? own.namespace }),
    uid: body.metadata.uid ?? own.uid ?? '',
    ...(own.creationTimestamp === undefined ? {} : { creationTimestamp: own.creationTimestamp }),
    resourceVersion: '',
  };
  if (own.deletionTimestamp !== undefined) metadata.deletionTimestamp ??= own.deletionTimestamp;
  for (const field of ['generation', 'deletionGracePeriodSeconds'] as const) {
    if (own[field] === undefined) Reflect.deleteProperty(metadata, field);
    else Object.assign(metadata, { [field]: own[field] });
  }
  return { ...body, metadata };
};

/** A main write leaves status as it is; a status write leaves everything but status (and, of built-ins, annotations). */
const keepServersFields = (
  kind: ServedKind,
  before: Unstructured,
  body: Unstructured,
  subresource: WriteOptions['subresource'],
): Unstructured => {
  if (!kind.status) return body;
  if (subresource !== 'status') return replaceStatus(body, before['status']);
  const { managedFields } = body.metadata;
  const annotations = kind.custom ? before.metadata.annotations : body.metadata.annotations;
  const metadata: ObjectMeta = { ...before.metadata, resourceVersion: '' };
  Object.assign(metadata, { annotations, managedFields });
  return replaceStatus({ ...before, metadata }, body['status']);
};

const replaceStatus = (object: Unstructured, status: unknown): Unstructured => {
  const rest = without(object, 'status');
  return status === undefined ? rest : { ...rest, status };
};

/**
 * Counts a change of the spec: of built-ins what is called `spec`, of custom resources all but metadata and status. Of
 * Deployments a change of the annotations counts as well.
 */
const withGeneration = (kind: ServedKind, before: Unstructured, object: Unstructured): Unstructured => {
  if (!kind.generation || isSameDesire(kind, before, object)) return object;
  return canonical(kind, {
    ...object,
    metadata: { ...object.metadata, generation: (before.metadata.generation ?? 0) + 1 },
  });
};

const isSameDesire = (kind: ServedKind, before: Unstructured, object: Unstructured): boolean =>
  equalJson(desired(kind, before), desired(kind, object)) &&
  (!kind.annotationsCount || equalJson(before.metadata.annotations, object.metadata.annotations));

const desired = (kind: ServedKind, object: Unstructured): unknown => {
  if (!kind.custom && object['spec'] !== undefined) return object['spec'];
  const rest = without(object, 'metadata', 'status');
  return kind.status || !kind.custom ? rest : { ...rest, status: object['status'] };
};

const commitOrPretend = (
  state: State,
  kind: ServedKind,
  type: 'ADDED' | 'MODIFIED',
  object: Unstructured,
  dryRun: boolean | undefined,
  revision = 0,
): Stored => (dryRun ? pretend(kind, object, revision) : state.commit(kind, type, object));

/** What a write would have stored. A create in dry run has no resourceVersion. */
const pretend = (kind: ServedKind, object: Unstructured, revision: number): Stored => {
  const metadata = { ...object.metadata, resourceVersion: String(revision) };
  if (revision === 0) Reflect.deleteProperty(metadata, 'resourceVersion');
  return new StoredObject({ ...object, metadata }, revision, kind.custom);
};
