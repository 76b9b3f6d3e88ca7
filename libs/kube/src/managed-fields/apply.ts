import { KubeApiError } from '../errors.ts';
import type { ManagedFieldsEntry } from '../objects.ts';
import { type FieldSchema, fieldSchema, isUnnamed } from '../patch/field-schema.ts';
import { isJsonObject, jsonEqual, type JsonObject } from '../patch/json.ts';
import { schemaOf } from '../patch/kind-schemas.ts';
import { mergeConfiguration, removeFields } from './combine.ts';
import { applyConflict, type FieldConflict } from './conflict.ts';
import { decodeEntries, encodeEntries, isSameManager, type ManagedSet } from './entries.ts';
import { differenceOf, type FieldSet, fieldSet, intersectionOf, isEmptySet, NO_FIELDS, unionOf } from './field-set.ts';
import { compareFields, fieldSetOf, writtenFields } from './object-fields.ts';
import { itemSchema, trackedPart, withTrackedPart } from './structure.ts';
import { managedFieldsIn } from './update.ts';

/** One server-side apply. */
export interface ApplyWrite {
  /** The stored object; left out when the apply creates it. */
  readonly live?: JsonObject | undefined;
  /** The configuration: everything the manager wants to own, and nothing else. */
  readonly config: JsonObject;
  readonly manager: string;
  readonly subresource?: string | undefined;
  /** Takes fields over from other managers instead of failing. */
  readonly force?: boolean | undefined;
  /** Of a custom kind: how its objects are merged and owned, where they are not owned field by field, lists whole. */
  readonly schema?: FieldSchema | undefined;
  /** RFC 3339, seconds. An apply that leaves the object as it is does not count: a manager's time stays, or there is none. */
  readonly time: string;
}

export interface Applied {
  /** The object as it is to be stored, but for its managed fields and what the server itself sets. */
  readonly object: JsonObject;
  readonly managedFields: ManagedFieldsEntry[];
  /** Whether a field that has owners differs from the live object. */
  readonly changed: boolean;
}

/**
 * Server-side apply.
 *
 * | field | becomes |
 * | --- | --- |
 * | in the configuration, nobody else's | set, owned |
 * | in the configuration, another's, same value | unchanged, shared |
 * | in the configuration, another's, other value | conflict; with `force` set, taken over |
 * | applied before, no longer in it, nobody else's | removed |
 * | applied before, no longer in it, another's too | unchanged, no longer owned |
 * | neither | unchanged |
 *
 * Throws KubeApiError `Conflict` (status 409) that names the other managers and the fields, `BadRequest` (400) for a
 * configuration that brings managed fields of its own.
 */
export const applyConfiguration = (write: ApplyWrite): Applied => {
  if (bringsManagedFields(write.config)) {
    throw new KubeApiError('BadRequest', 'metadata.managedFields must be nil', { status: 400, reason: 'BadRequest' });
  }
  const schema = write.schema ?? schemaOf(write.config);
  const live = trackedPart(write.live ?? {});
  const config = trackedPart(write.config);
  const applier = {
    manager: write.manager,
    operation: 'Apply',
    apiVersion: String(write.config['apiVersion']),
    subresource: write.subresource ?? '',
  } as const;
  const sets = liveSets(write, live, schema);
  const last = sets.find((set) => isSameManager(set, applier));
  const others = sets.filter((set) => set !== last);
  const fields = Object.keys(config).length === 0 ? NO_FIELDS : fieldSetOf(config, schema);

  const merged = mergeConfiguration(live, config, schema);
  const owned = others.reduce((all, set) => unionOf(all, set.fields), fields);
  const abandoned = differenceOf(withParents(last?.fields ?? NO_FIELDS, schema), withParents(owned, schema));
  const object = removeFields(merged, schema, abandoned) as JsonObject;

  const changes = compareFields(live, object, schema);
  const conflicts = conflictsOf(others, writtenFields(changes));
  if (conflicts.length > 0 && !write.force) throw applyConflict(conflicts);
  const lost = unionOf(writtenFields(changes), changes.removed);
  const left = others.map((set) => ({ ...set, fields: differenceOf(set.fields, lost) }));

  const changed = !jsonEqual(live, object);
  const time = changed ? write.time : last?.time;
  return {
    object: withTrackedPart(write.live ?? write.config, object),
    managedFields: encodeEntries([...left, { ...applier, time, fields }]),
    changed,
  };
};

const bringsManagedFields = ({ metadata }: JsonObject): boolean =>
  isJsonObject(metadata) && metadata['managedFields'] !== undefined && metadata['managedFields'] !== null;

/** The managers so far. An object nobody's fields are known of was written before applying: all of it is one manager's. */
const liveSets = (write: ApplyWrite, live: JsonObject, schema: FieldSchema): ManagedSet[] => {
  const sets = decodeEntries(managedFieldsIn(write.live));
  if (sets.length > 0 || !isJsonObject(write.live)) return sets;
  return [
    {
      manager: 'before-first-apply',
      operation: 'Update',
      apiVersion: String(write.config['apiVersion']),
      subresource: '',
      time: write.time,
      fields: compareFields({}, live, schema).added,
    },
  ];
};

/** The set with the objects on the way to its fields: an object goes when the last of its fields that has an owner goes. */
const withParents = (set: FieldSet, schema: FieldSchema): FieldSet =>
  fieldSet(
    set.member,
    [...set.children].map(([element, child]) => {
      const isField = element.startsWith('f:');
      const name = element.slice(2);
      const below = withParents(child, isField ? fieldSchema(schema, name) : itemSchema(schema));
      return [element, isField && !isUnnamed(schema, name) ? { ...below, member: true } : below] as const;
    }),
  );

const conflictsOf = (others: readonly ManagedSet[], written: FieldSet): FieldConflict[] =>
  others
    .map((owner) => ({ owner, fields: intersectionOf(owner.fields, written) }))
    .filter(({ fields }) => !isEmptySet(fields));
