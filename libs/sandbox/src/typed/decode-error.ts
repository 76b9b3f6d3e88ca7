import { goTypeName } from '@kube-steward/kube';
import { goPathOf, type Place } from './place.ts';

/** A body that cannot be read as its type. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  /** Reported before any other: what a type with a JSON form of its own cannot read. */
  readonly isFinal: boolean;

  constructor(message: string, isFinal = false) {
    super(message);
    this.isFinal = isFinal;
  }
}

/**
 * How a value of another type than a place wants is refused, and whether whole numbers of any size are taken: as JSON that is
 * read, or as a patched or applied object that is.
 */
export interface Reading {
  readonly fault: (value: unknown, wanted: Wanted, place: Place) => DecodeError;
  readonly wraps: boolean;
}

interface Wanted {
  /** As messages name it. */
  readonly type: string;
  readonly of: 'struct' | 'list' | 'map' | 'bytes' | 'number' | 'scalar' | 'json';
}

/** JSON; a type with a form of its own (`json`) is reported before others. */
export const READ_JSON: Reading = {
  wraps: false,
  fault: (value, { type, of }, place) => {
    const path = goPathOf(place);
    const target = path === undefined ? 'value' : `struct field ${path}`;
    const message = `json: cannot unmarshal ${described(value, type)} into Go ${target} of type ${type}`;
    return new DecodeError(message, of === 'json');
  },
};

/** An object that is there already. */
export const READ_OBJECT: Reading = {
  wraps: true,
  fault: (value, { type, of }) => new DecodeError(objectFault(value, type, of), true),
};

const objectFault = (value: unknown, type: string, of: Wanted['of']): string => {
  switch (of) {
    case 'struct':
      return `cannot restore struct from: ${kindOf(value)}`;
    case 'map':
      return `cannot restore map from ${kindOf(value)}`;
    case 'list':
    case 'bytes':
      return `cannot restore slice from ${kindOf(value)}`;
    case 'number':
      return typeof value === 'number' ? `cannot convert ${kindOf(value)} to ${type}` : `unrecognized type: ${type}`;
    case 'scalar':
      return kindOf(value) === 'int64' && type !== 'bool'
        ? `cannot convert int64 to ${type}`
        : `unrecognized type: ${type === 'bool' ? 'bool' : 'string'}`;
    case 'json':
      return `json: cannot unmarshal ${described(value, type)} into Go value of type ${type}`;
  }
};

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'slice' : typeof value === 'object' ? 'map' : goTypeName(value);

/** Numbers show themselves where a whole number was wanted. */
const described = (value: unknown, type: string): string => {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' && /^u?int/.test(type)) return `number ${value}`;
  return typeof value;
};
