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

/** A value of another JSON type than the field's. */
export const unmarshalFault = (value: unknown, type: string, place: Place, isFinal = false): DecodeError => {
  const path = goPathOf(place);
  const target = path === undefined ? 'value' : `struct field ${path}`;
  return new DecodeError(`json: cannot unmarshal ${described(value, type)} into Go ${target} of type ${type}`, isFinal);
};

/** Numbers show themselves where a whole number was wanted. */
const described = (value: unknown, type: string): string => {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' && /^u?int/.test(type)) return `number ${value}`;
  return typeof value;
};
