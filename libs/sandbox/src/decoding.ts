import { apiVersionOf, type Unstructured } from '@kube-steward/kube';
import { withoutNulls } from './canonical.ts';
import type { ServedKind } from './registry.ts';
import { readResource } from './structural/read.ts';
import type { Schema } from './structural/schema.ts';
import { decode } from './typed/decode.ts';
import { READ_OBJECT, type Reading } from './typed/decode-error.ts';
import { OBJECT_META, typeOf } from './typed/go-type.ts';

/** An object read as one of its kind. */
export interface DecodedObject {
  readonly object: Unstructured;
  /** What strict validation says of fields the kind does not have; they are not in the object. */
  readonly strictFaults: readonly string[];
}

/**
 * Reads an object as the server does: what the kind does not have is dropped, what is empty too. `before`, an object that was
 * read already, spares a look at the parts they share.
 *
 * @throws DecodeError when a value is of the wrong type
 */
export const decodeObject = (
  kind: ServedKind,
  object: Unstructured,
  before?: Unstructured,
  reading?: Reading,
): DecodedObject => {
  const type = kind.custom ? undefined : typeOf(apiVersionOf(kind), kind.kind);
  if (!type && !kind.schema) return decodeMetadata(withoutNulls(object, before), before, reading);
  if (!type) return decodeCustom(object, kind.schema ?? {}, before, reading);
  const { apiVersion, kind: name, ...rest } = object;
  const { value, unknown } = decode(type, rest, before, reading);
  const head = { ...(name === undefined ? {} : { kind: name }), ...(apiVersion === undefined ? {} : { apiVersion }) };
  return { object: { ...head, ...(value as Unstructured) }, strictFaults: strictFaultsOf(unknown) };
};

const decodeCustom = (
  object: Unstructured,
  schema: Schema,
  before: Unstructured | undefined,
  reading: Reading | undefined,
): DecodedObject => {
  const read = readResource(object, schema, reading === READ_OBJECT);
  const decoded = decodeMetadata(read.object as Unstructured, before, reading);
  return { ...decoded, strictFaults: [...decoded.strictFaults, ...strictFaultsOf(read.unknown)] };
};

/** Of kinds without types, metadata alone is read as what it is. */
const decodeMetadata = (
  object: Unstructured,
  before: Unstructured | undefined,
  reading: Reading | undefined,
): DecodedObject => {
  const { value, unknown } = decode(OBJECT_META, object.metadata, before?.metadata, reading);
  const strictFaults = strictFaultsOf(unknown.map((path) => `metadata.${path}`));
  return { object: { ...object, metadata: value as Unstructured['metadata'] }, strictFaults };
};

/** Fields that are not known, in the words of the server. */
export const strictFaultsOf = (unknown: readonly string[]): string[] =>
  unknown.map((path) => `unknown field ${JSON.stringify(path)}`);

/** What strict validation refuses an object with. */
export const strictRefusal = (faults: readonly string[]): string => `strict decoding error: ${faults.join(', ')}`;
