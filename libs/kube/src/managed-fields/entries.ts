import type { ManagedFieldsEntry } from '../objects.ts';
import { type FieldSet, fieldSetOfV1, fieldsV1Of, isEmptySet } from './field-set.ts';

/** One manager's fields, decoded. */
export interface ManagedSet {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time?: string | undefined;
  readonly fields: FieldSet;
}

/** Who writes, through what. */
export type ManagerIdentity = Pick<ManagedSet, 'manager' | 'operation' | 'apiVersion' | 'subresource'>;

/** Whether a set is this manager's. One that applies is the same one whatever the version it applies. */
export const isSameManager = (a: ManagerIdentity, b: ManagerIdentity): boolean =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  a.subresource === b.subresource &&
  (a.operation === 'Apply' || a.apiVersion === b.apiVersion);

export const decodeEntries = (entries: readonly ManagedFieldsEntry[] | undefined): ManagedSet[] =>
  (entries ?? []).map(({ manager, operation, apiVersion, subresource = '', time, fieldsV1 }) => ({
    manager,
    operation,
    apiVersion,
    subresource,
    time,
    fields: fieldSetOfV1(fieldsV1),
  }));

/** The entries as objects carry them: managers without fields are gone; appliers first, then by time, then by name. */
export const encodeEntries = (sets: readonly ManagedSet[]): ManagedFieldsEntry[] =>
  sets
    .filter((set) => !isEmptySet(set.fields))
    .toSorted(byOperationTimeAndName)
    .map(({ manager, operation, apiVersion, time, fields, subresource }) => ({
      manager,
      operation,
      apiVersion,
      ...(time === undefined ? {} : { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: fieldsV1Of(fields),
      ...(subresource === '' ? {} : { subresource }),
    }));

const byOperationTimeAndName = (a: ManagedSet, b: ManagedSet): number =>
  compareText(a.operation, b.operation) ||
  compareText(a.time ?? '', b.time ?? '') ||
  compareText(a.manager, b.manager) ||
  compareText(a.apiVersion, b.apiVersion) ||
  compareText(a.subresource, b.subresource);

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
