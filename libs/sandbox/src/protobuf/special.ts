import type { FieldType } from './schema.ts';

/** A message that is something else than an object in JSON. */
interface Special {
  /** The types of its fields by their numbers. */
  readonly fields: Readonly<Record<number, FieldType>>;
  /** What its fields, by number, are in JSON; `undefined` is left out. */
  readonly toJson: (values: readonly unknown[]) => unknown;
}

const INT: FieldType = { of: 'int' };
const STRING: FieldType = { of: 'string' };
const SCHEMA: FieldType = { of: 'apiextensions.k8s.io/v1.JSONSchemaProps' };
const SECOND_MS = 1000;
const NANOS_PER_MICRO = 1000;

const withoutMillis = (seconds: unknown): string => new Date(Number(seconds) * SECOND_MS).toISOString().slice(0, -5);

/** JSON in bytes. */
const RAW: Special = {
  fields: { 1: { of: 'part' } },
  toJson: ([, bytes]) =>
    bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes as Uint8Array).toString()) as unknown),
};

export const SPECIAL = {
  /** The zero time has no fields at all. */
  time: {
    fields: { 1: INT, 2: INT },
    toJson: ([, seconds]) => (seconds === undefined ? undefined : `${withoutMillis(seconds)}Z`),
  },
  microtime: {
    fields: { 1: INT, 2: INT },
    toJson: ([, seconds, nanos = 0]) => {
      const micros = Math.floor(Number(nanos) / NANOS_PER_MICRO);
      return seconds === undefined ? undefined : `${withoutMillis(seconds)}.${String(micros).padStart(6, '0')}Z`;
    },
  },
  quantity: { fields: { 1: STRING }, toJson: ([, text = '0']) => text },
  intorstring: {
    fields: { 1: INT, 2: INT, 3: STRING },
    toJson: ([, type, number = 0, text = '']) => (type === 1 ? text : number),
  },
  fieldsv1: RAW,
  rawextension: RAW,
  json: RAW,
  schemaorbool: { fields: { 1: { of: 'bool' }, 2: SCHEMA }, toJson: ([, allows, schema]) => schema ?? allows },
  schemaorarray: {
    fields: { 1: SCHEMA, 2: { ...SCHEMA, many: 'list' } },
    toJson: ([, schema, schemas]) => schema ?? schemas,
  },
  schemaorstrings: {
    fields: { 1: SCHEMA, 2: { ...STRING, many: 'list' } },
    toJson: ([, schema, texts]) => schema ?? texts,
  },
} as const satisfies Readonly<Record<string, Special>>;

export const isSpecial = (of: string): of is keyof typeof SPECIAL => Object.hasOwn(SPECIAL, of);
