import type { ManagedFieldsEntry } from '../objects.ts';
import type { FieldSchema } from '../patch/field-schema.ts';
import { isJsonObject, type JsonObject } from '../patch/json.ts';
import { schemaOf } from '../patch/kind-schemas.ts';
import { decodeEntries, encodeEntries, isSameManager, type ManagedSet, type ManagerIdentity } from './entries.ts';
import { differenceOf, isEmptySet, NO_FIELDS, unionOf } from './field-set.ts';
import { compareFields, writtenFields } from './object-fields.ts';
import { trackedPart } from './structure.ts';

/** One write that is not an apply: a create, an update, a patch. */
export interface UpdateWrite {
  /** The stored object; left out for a create. */
  readonly before?: JsonObject | undefined;
  /** The object as it is to be stored. */
  readonly after: JsonObject;
  readonly manager: string;
  /** Of the request, such as `apps/v1`. */
  readonly apiVersion: string;
  /** `status`, `scale`: such a writer is another manager than the same one on the object itself. */
  readonly subresource?: string | undefined;
  /** Of a custom kind, as in an apply. */
  readonly schema?: FieldSchema | undefined;
  /** Of the write: RFC 3339, seconds. A server leaves it out for a write through `scale`. */
  readonly time: string | undefined;
}

/**
 * The managed fields after a write. The writer owns every field it gave a new value, alone; fields that are gone have no
 * owners; a manager without fields is left out. A write that gives no field a new value leaves the writer's time as it was.
 *
 * A client may rewrite managed fields by sending its own; one empty entry (`[{}]`) clears them.
 */
export const managedFieldsAfterUpdate = (write: UpdateWrite): ManagedFieldsEntry[] => {
  const writer: ManagerIdentity = {
    manager: write.manager,
    operation: 'Update',
    apiVersion: write.apiVersion,
    subresource: write.subresource ?? '',
  };
  const changes = compareFields(
    trackedPart(write.before ?? {}),
    trackedPart(write.after),
    write.schema ?? schemaOf(write.after),
  );
  const taken = writtenFields(changes);
  const gone = unionOf(taken, changes.removed);
  const left = baseEntries(write).map((set) => ({ ...set, fields: differenceOf(set.fields, gone) }));
  if (isEmptySet(taken)) return encodeEntries(left);
  const previous = left.find((set) => isSameManager(set, writer))?.fields ?? NO_FIELDS;
  const own: ManagedSet = { ...writer, time: write.time, fields: unionOf(previous, taken) };
  return encodeEntries([...left.filter((set) => !isSameManager(set, writer)), own]);
};

const baseEntries = ({ before, after }: UpdateWrite): ManagedSet[] => {
  const sent = managedFieldsIn(after);
  if (sent.length === 0) return decodeEntries(managedFieldsIn(before));
  const isReset = sent.length === 1 && isJsonObject(sent[0]) && Object.keys(sent[0]).length === 0;
  return isReset ? [] : decodeEntries(sent);
};

/** The managed fields an object carries. */
export const managedFieldsIn = (object: JsonObject | undefined): readonly ManagedFieldsEntry[] => {
  const metadata = object?.['metadata'];
  const entries = isJsonObject(metadata) ? metadata['managedFields'] : undefined;
  return Array.isArray(entries) ? (entries as ManagedFieldsEntry[]) : [];
};
