import type { Fields } from '../defaults/fill.ts';
import { TYPE_DEFAULTS } from '../defaults/type-defaults.ts';
import { asRecord } from '../json-path.ts';
import { DecodeError, READ_JSON, type Reading } from './decode-error.ts';
import { decodeScalar, zeroScalar } from './decode-scalar.ts';
import type { GoField, GoType } from './go-type.ts';
import { pathOf, type Place, ROOT } from './place.ts';

/** What decoding found. */
export interface Decoded {
  readonly value: unknown;
  /** Paths of fields the type does not have; they are not in the value. */
  readonly unknown: readonly string[];
}

/**
 * A value as the server would have stored and sent it after reading it as a type: unknown fields and nulls are gone, and so
 * is what is empty and may be left out; what is always sent and what has a default is there. A part that is the very same in
 * `before`, a decoded value, is taken over as it is.
 *
 * @throws DecodeError in the words of what the server reads it with
 */
export const decode = (type: GoType, value: unknown, before?: unknown, reading: Reading = READ_JSON): Decoded => {
  const decoder = new Decoder(reading);
  const decoded = decoder.decode(type, value, before, ROOT);
  if (!decoder.fault) return { value: decoded, unknown: decoder.unknown };
  const again = new Decoder(reading, !reading.wraps);
  again.decode(type, value, before, ROOT);
  throw again.fault ?? decoder.fault;
};

class Decoder {
  readonly unknown: string[] = [];
  /** The first fault, or the first that comes before any other. */
  fault: DecodeError | undefined;
  /** In the order of names, in which the server reads what a patch has made: of several faults it reports the first. */
  readonly #isSorted: boolean;
  readonly #reading: Reading;

  constructor(reading: Reading, isSorted = false) {
    this.#reading = reading;
    this.#isSorted = isSorted;
  }

  decode(type: GoType, value: unknown, before: unknown, place: Place): unknown {
    if (value === before && value !== undefined) return value;
    switch (type.of) {
      case 'pointer':
        return value === null || value === undefined ? null : this.decode(type.to, value, before, place);
      case 'list':
        return this.#list(type, value, before, place);
      case 'map':
        return this.#map(type, value, before, place);
      case 'struct':
        return this.#struct(type, value, before, place);
      case 'string':
      case 'bool':
      case 'int32':
      case 'int64':
      case 'bytes':
      case 'quantity':
      case 'intOrString':
      case 'time':
      case 'microTime':
      case 'duration':
      case 'any':
        return value === null || value === undefined ? zeroScalar(type) : this.#scalar(type, value, place);
    }
  }

  #scalar(type: Parameters<typeof decodeScalar>[0], value: unknown, place: Place): unknown {
    try {
      return decodeScalar(type, value, place, this.#reading);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#report(error);
      return zeroScalar(type);
    }
  }

  #unlike({ of, name }: GoType & { of: 'list' | 'map' | 'struct' }, value: unknown, place: Place): null {
    return this.#report(this.#reading.fault(value, { of, type: name }, place));
  }

  #report(fault: DecodeError): null {
    if (!this.fault || (fault.isFinal && !this.fault.isFinal)) this.fault = fault;
    return null;
  }

  #list(type: GoType & { of: 'list' }, value: unknown, before: unknown, place: Place): unknown {
    if (value === null || value === undefined) return null;
    if (!Array.isArray(value)) return this.#unlike(type, value, place);
    const old: unknown[] = Array.isArray(before) ? before : [];
    const items = value.map((item, index) =>
      this.decode(type.items, item, old[index], { parent: place, of: 'index', index }),
    );
    return items.length === 0 ? null : items;
  }

  #map(type: GoType & { of: 'map' }, value: unknown, before: unknown, place: Place): unknown {
    if (value === null || value === undefined) return null;
    if (!isObject(value)) return this.#unlike(type, value, place);
    const old = asRecord(before);
    const given = Object.entries(value);
    const entries = (this.#isSorted ? given.sort(([a], [b]) => (a < b ? -1 : 1)) : given).map(
      ([key, one]) => [key, this.decode(type.values, one, old[key], { parent: place, of: 'key', key })] as const,
    );
    return entries.length === 0 ? null : withDefaults(type, Object.fromEntries(entries));
  }

  #struct(type: GoType & { of: 'struct' }, value: unknown, before: unknown, place: Place): unknown {
    const given = value ?? {};
    if (!isObject(given)) return this.#unlike(type, value, place);
    for (const key of Object.keys(given)) {
      if (!type.fields.has(key)) this.unknown.push(pathOf({ parent: place, of: 'key', key }));
    }
    const old = asRecord(before);
    const result: Record<string, unknown> = {};
    for (const field of this.#isSorted ? sorted(type.fields.values()) : type.fields.values()) {
      const own: Place = { parent: place, of: 'field', field, struct: type.name };
      const decoded = this.decode(field.type, given[field.name], old[field.name], own);
      if (isWritten(field, decoded)) result[field.name] = decoded;
    }
    return withDefaults(type, result);
  }
}

const sorted = (fields: Iterable<GoField>): GoField[] =>
  [...fields].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));

const withDefaults = ({ name }: { readonly name: string }, value: Fields): unknown =>
  TYPE_DEFAULTS.get(name)?.(value) ?? value;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a field is in the JSON: empty are `""`, 0, `false`, and what is not there. */
const isWritten = ({ omit, type }: GoField, value: unknown): boolean => {
  switch (omit) {
    case 'never':
      return true;
    case 'zero':
      return value !== null && value !== '' && value !== 0 && value !== false;
    case 'empty':
      return type.of === 'pointer' || type.of === 'list' || type.of === 'map'
        ? value !== null
        : !(isBasic(type) && (value === '' || value === 0 || value === false));
  }
};

const isBasic = (type: GoType): boolean =>
  type.of === 'string' || type.of === 'bytes' || type.of === 'bool' || type.of === 'int32' || type.of === 'int64';
