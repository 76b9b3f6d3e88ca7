import { DecodeError, unmarshalFault } from './decode-error.ts';
import type { GoType } from './go-type.ts';
import type { Place } from './place.ts';
import { storedQuantity } from './quantity.ts';

type Scalar = Exclude<GoType, { of: 'pointer' | 'list' | 'map' | 'struct' }>;

/** What a field of the type holds that nobody set. */
export const zeroScalar = (type: Scalar): unknown => {
  switch (type.of) {
    case 'string':
    case 'bytes':
    case 'duration':
      return '';
    case 'bool':
      return false;
    case 'int32':
    case 'int64':
    case 'intOrString':
      return 0;
    case 'quantity':
      return '0';
    case 'time':
    case 'microTime':
    case 'any':
      return null;
  }
};

/** A value that is not null, as the type. */
export const decodeScalar = (type: Scalar, value: unknown, place: Place): unknown => {
  switch (type.of) {
    case 'string':
      return expect(typeof value === 'string', value, type.name, place);
    case 'bool':
      return expect(typeof value === 'boolean', value, type.name, place);
    case 'int32':
    case 'int64':
      return expect(isInteger(value, type.of), value, type.name, place);
    case 'bytes':
      return decodeBytes(value, type.name, place);
    case 'quantity':
      return storedQuantity((typeof value === 'string' ? value : JSON.stringify(value)).trim());
    case 'intOrString':
      return typeof value === 'string' ? value : expect(isInteger(value, 'int32'), value, 'int32', place, true);
    case 'time':
      return decodeTime(value, place);
    case 'microTime':
      return decodeMicroTime(value, place);
    case 'duration':
      return expect(typeof value === 'string', value, 'string', place, true);
    case 'any':
      return value;
  }
};

const expect = (holds: boolean, value: unknown, type: string, place: Place, isFinal = false): unknown => {
  if (!holds) throw unmarshalFault(value, type, place, isFinal);
  return value;
};

const isInteger = (value: unknown, type: 'int32' | 'int64'): boolean =>
  typeof value === 'number' &&
  Number.isInteger(value) &&
  (type === 'int64' ? Math.abs(value) < 2 ** 63 : value >= -(2 ** 31) && value < 2 ** 31);

/** Text in base64, or a list of numbers. */
const decodeBytes = (value: unknown, type: string, place: Place): unknown => {
  if (Array.isArray(value)) return Buffer.from(value.map((one) => decodeByte(one, place))).toString('base64');
  const text = expect(typeof value === 'string', value, type, place) as string;
  const valid = /^[A-Za-z0-9+/]*/.exec(text)?.[0].length ?? 0;
  if (text.length % 4 === 0 && /^={0,2}$/.test(text.slice(valid)))
    return Buffer.from(text, 'base64').toString('base64');
  throw new DecodeError(`illegal base64 data at input byte ${valid < text.length ? valid : valid - (valid % 4)}`);
};

const decodeByte = (value: unknown, place: Place): number =>
  expect(typeof value === 'number' && value >= 0 && value < 256 && value % 1 === 0, value, 'uint8', place) as number;

const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)([.,]\d+)?(Z|[+-]\d\d:\d\d)$/;
/** Exactly six digits after the seconds. */
const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/;

const decodeTime = (value: unknown, place: Place): string => {
  const text = expect(typeof value === 'string', value, 'string', place, true) as string;
  if (!TIME.test(text) || Number.isNaN(Date.parse(text))) throw timeFault(text, '2006-01-02T15:04:05Z07:00');
  return text.endsWith('Z') && text.length === 20 ? text : `${new Date(text).toISOString().slice(0, 19)}Z`;
};

const decodeMicroTime = (value: unknown, place: Place): string => {
  const text = expect(typeof value === 'string', value, 'string', place, true) as string;
  if (!MICRO_TIME.test(text) || Number.isNaN(Date.parse(text)))
    throw timeFault(text, '2006-01-02T15:04:05.000000Z07:00');
  if (text.endsWith('Z')) return text;
  return `${new Date(text).toISOString().slice(0, 19)}.${text.slice(20, 26)}Z`;
};

const timeFault = (text: string, layout: string): DecodeError =>
  new DecodeError(
    `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(text)} as "2006"`,
    true,
  );
