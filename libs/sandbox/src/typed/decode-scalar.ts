import { DecodeError, type Reading } from './decode-error.ts';
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
export const decodeScalar = (type: Scalar, value: unknown, place: Place, reading: Reading): unknown => {
  const expect = (holds: boolean, wanted: string, of: 'number' | 'scalar' | 'json'): unknown => {
    if (!holds) throw reading.fault(value, { type: wanted, of }, place);
    return value;
  };
  switch (type.of) {
    case 'string':
      return expect(typeof value === 'string', type.name, 'scalar');
    case 'bool':
      return expect(typeof value === 'boolean', type.name, 'scalar');
    case 'int32':
    case 'int64':
      if (reading.wraps && type.of === 'int32' && Number.isInteger(value)) return (value as number) | 0;
      return expect(isInteger(value, type.of), type.name, 'number');
    case 'bytes':
      return decodeBytes(value, type.name, place, reading);
    case 'quantity':
      return storedQuantity((typeof value === 'string' ? value : JSON.stringify(value)).trim());
    case 'intOrString':
      return typeof value === 'string' ? value : expect(isInteger(value, 'int32'), 'int32', 'json');
    case 'time':
      return decodeTime(expect(typeof value === 'string', 'string', 'json') as string);
    case 'microTime':
      return decodeMicroTime(expect(typeof value === 'string', 'string', 'json') as string);
    case 'duration':
      return expect(typeof value === 'string', 'string', 'json');
    case 'any':
      return value;
  }
};

const isInteger = (value: unknown, type: 'int32' | 'int64'): boolean =>
  typeof value === 'number' &&
  Number.isInteger(value) &&
  (type === 'int64' ? Math.abs(value) < 2 ** 63 : value >= -(2 ** 31) && value < 2 ** 31);

/** Text in base64, or a list of numbers. */
const decodeBytes = (value: unknown, type: string, place: Place, reading: Reading): unknown => {
  if (Array.isArray(value)) {
    return Buffer.from(value.map((one) => decodeByte(one, place, reading))).toString('base64');
  }
  if (typeof value !== 'string') throw reading.fault(value, { type, of: 'bytes' }, place);
  const valid = /^[A-Za-z0-9+/]*/.exec(value)?.[0].length ?? 0;
  if (value.length % 4 === 0 && /^={0,2}$/.test(value.slice(valid)))
    return Buffer.from(value, 'base64').toString('base64');
  const at = valid < value.length ? valid : valid - (valid % 4);
  throw new DecodeError(`${reading.wraps ? 'error decoding from json: ' : ''}illegal base64 data at input byte ${at}`);
};

const decodeByte = (value: unknown, place: Place, reading: Reading): number => {
  if (typeof value === 'number' && value >= 0 && value < 256 && value % 1 === 0) return value;
  throw reading.fault(value, { type: 'uint8', of: 'number' }, place);
};

const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)([.,]\d+)?(Z|[+-]\d\d:\d\d)$/;
/** Exactly six digits after the seconds. */
const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/;

const decodeTime = (text: string): string => {
  assertMoment(text, TIME, '2006-01-02T15:04:05Z07:00');
  return text.endsWith('Z') && text.length === 20 ? text : `${new Date(text).toISOString().slice(0, 19)}Z`;
};

const decodeMicroTime = (text: string): string => {
  assertMoment(text, MICRO_TIME, '2006-01-02T15:04:05.000000Z07:00');
  if (text.endsWith('Z')) return text;
  return `${new Date(text).toISOString().slice(0, 19)}.${text.slice(20, 26)}Z`;
};

/** @throws DecodeError in the server's words, unless there is such a moment: `Date` alone takes 30 February and the hour 24 */
const assertMoment = (text: string, shape: RegExp, layout: string): void => {
  const quoted = JSON.stringify(text);
  const part = shape.test(text) ? outOfRange(text) : undefined;
  if (part !== undefined) throw new DecodeError(`parsing time ${quoted}: ${part} out of range`, true);
  if (shape.test(text) && !Number.isNaN(Date.parse(text))) return;
  throw new DecodeError(`parsing time ${quoted} as ${JSON.stringify(layout)}: cannot parse ${quoted} as "2006"`, true);
};

/** Which part of a time no calendar and no clock has, in the order in which the server looks. */
const outOfRange = (text: string): string | undefined => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = text.split(/\D/).map(Number);
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const holds = {
    month: month >= 1 && month <= 12,
    hour: hour < 24,
    minute: minute < 60,
    second: second < 60,
    day: day >= 1 && day <= daysInMonth,
  };
  return Object.entries(holds).find(([, isInRange]) => !isInRange)?.[0];
};
