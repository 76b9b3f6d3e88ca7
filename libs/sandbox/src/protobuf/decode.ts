import { BinaryReader } from '@bufbuild/protobuf/wire';
import { type Field, fieldsOf, type FieldType, typeOf } from './schema.ts';
import { isSpecial, SPECIAL } from './special.ts';

/** What goes before every protobuf body; the message `runtime.Unknown` comes after it. */
const MAGIC = Buffer.from('k8s\0');
const STRING: FieldType = { of: 'string' };
const TYPE_META = { 1: STRING, 2: STRING };
const UNKNOWN = { 1: { of: 'part' }, 2: { of: 'part' } };

/** The object in a body of `application/vnd.kubernetes.protobuf`, as JSON has it. Throws an Error that says what is wrong with it. */
export const decodeProtobuf = (body: Uint8Array): Record<string, unknown> => {
  if (!MAGIC.equals(body.subarray(0, MAGIC.length))) {
    throw new Error(`provided data does not appear to be a protobuf message, expected prefix [${MAGIC.join(' ')}]`);
  }
  const [, typeMeta, raw] = readValues(body.subarray(MAGIC.length), UNKNOWN) as readonly (Uint8Array | undefined)[];
  const [, apiVersion = '', kind = ''] = typeMeta ? (readValues(typeMeta, TYPE_META) as readonly string[]) : [];
  const message = kind === 'DeleteOptions' ? 'meta/v1.DeleteOptions' : `${apiVersion}.${kind}`;
  if (!fieldsOf(message)) throw new Error(`no kind "${kind}" is registered for version "${apiVersion}"`);
  return { kind, apiVersion, ...decodeMessage(raw ?? new Uint8Array(), message) };
};

const decodeMessage = (bytes: Uint8Array, message: string): Record<string, unknown> => {
  const fields = fieldsOf(message) ?? [];
  const types = Object.fromEntries(fields.map(({ number, type }) => [number, type]));
  const values = readValues(bytes, types);
  const object: Record<string, unknown> = {};
  for (const field of fields) {
    const value = values[field.number];
    if (value === undefined || isLeftOut(field, value)) continue;
    if (field.key === undefined) Object.assign(object, value);
    else object[field.key] = value;
  }
  return object;
};

const isLeftOut = ({ omitsZero }: Field, value: unknown): boolean =>
  omitsZero && (value === '' || value === 0 || value === false);

/** The values of a message by the numbers of their fields; fields without a type are passed over. */
const readValues = (bytes: Uint8Array, types: Readonly<Record<number, FieldType>>): readonly unknown[] => {
  const reader = new BinaryReader(bytes);
  const values: unknown[] = [];
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const type = types[number];
    if (type) values[number] = readField(reader, type, values[number]);
    else reader.skip(wireType, number);
  }
  return values;
};

/** The value of a field, given what was read of it before: a list gets longer, a map larger. */
const readField = (reader: BinaryReader, { many, of }: FieldType, before: unknown): unknown => {
  if (many === undefined) return readOne(reader, of);
  switch (many) {
    case 'list':
      return [...((before as unknown[] | undefined) ?? []), readOne(reader, of)];
    case 'map': {
      const [, key = '', value = ''] = readValues(reader.bytes(), { 1: STRING, 2: typeOf(of) });
      return { ...(before as object | undefined), [key as string]: value };
    }
    case 'items':
      return readValues(reader.bytes(), { 1: { many: 'list', of } })[1] ?? [];
  }
};

const readOne = (reader: BinaryReader, of: string): unknown => {
  switch (of) {
    case 'string':
      return reader.string();
    case 'bool':
      return reader.bool();
    case 'int':
      return Number(reader.int64());
    case 'double':
      return reader.double();
    case 'bytes':
      return Buffer.from(reader.bytes()).toString('base64');
    case 'part':
      return reader.bytes();
    default:
      return isSpecial(of) ? readSpecial(reader.bytes(), of) : decodeMessage(reader.bytes(), of);
  }
};

const readSpecial = (bytes: Uint8Array, of: keyof typeof SPECIAL): unknown => {
  const { fields, toJson } = SPECIAL[of];
  return toJson(readValues(bytes, fields));
};
