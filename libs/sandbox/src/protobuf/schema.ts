import fields from './schema.json' with { type: 'json' };

/** The type of a field: one of those with a form of their own in JSON, or the name of a message (`v1.PodSpec`). */
export interface FieldType {
  /** `list`: repeated. `map`: entries by name. `items`: a message that is a list in JSON. */
  readonly many?: 'list' | 'map' | 'items';
  /** The type of each, which of a map can be `items …` again. */
  readonly of: string;
}

/** One field of a message. */
export interface Field {
  readonly number: number;
  /** Its name in JSON. An inlined message has none: its fields stand among those around it. */
  readonly key: string | undefined;
  readonly type: FieldType;
  /** In protobuf it is always there, in JSON only when it is not zero, false or empty. */
  readonly omitsZero: boolean;
}

/** How each message was written down: `{"replicas":"1 int?"}`. Made from the Go types by test/clients/go/schema. */
const MESSAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = fields;
const READ = new Map<string, readonly Field[]>();

/** A type as it is written down: `int`, `list v1.Container`, `map items string`. */
export const typeOf = (text: string): FieldType => {
  const [many = ''] = text.split(' ', 1);
  if (many === text) return { of: text };
  return { many: many as NonNullable<FieldType['many']>, of: text.slice(many.length + 1) };
};

const fieldOf = ([name, text]: readonly [string, string]): Field => {
  const [number = ''] = text.split(' ', 1);
  const type = text.slice(number.length + 1);
  return {
    number: Number(number),
    key: name.startsWith('inline ') ? undefined : name,
    type: typeOf(type.replace('?', '')),
    omitsZero: type.endsWith('?'),
  };
};

/** The fields of a message: of a kind (`apps/v1.Deployment`), or of what one is made of. `undefined`: there is no such message. */
export const fieldsOf = (message: string): readonly Field[] | undefined => {
  const known = READ.get(message);
  if (known) return known;
  const text = Object.hasOwn(MESSAGES, message) ? MESSAGES[message] : undefined;
  const read = text && Object.entries(text).map(fieldOf);
  if (read) READ.set(message, read);
  return read;
};
