import { KubeApiError } from './errors.ts';

/** Which suffixes a quantity is written with: `k M G`, `Ki Mi Gi`, or `e3 e6`. */
export type QuantityFormat = 'decimal' | 'binary' | 'exponent';

/** An amount, exact to a billionth, and how it was written. */
export interface Quantity {
  readonly nano: bigint;
  readonly format: QuantityFormat;
}

const NANO_PER_UNIT = 1_000_000_000n;

/** Power of ten or of two that a suffix stands for. */
const DECIMAL_SUFFIXES: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY_SUFFIXES: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

const GRAMMAR = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,3}|)$/;

/**
 * Reads a quantity of the API (`100m`, `1.5Gi`, `2e3`), exactly; what is finer than a billionth is rounded away from zero.
 *
 * The grammar: sign, digits with an optional point, then one of `n u m k M G T P E`, `Ki Mi Gi Ti Pi Ei`, or an exponent.
 * Throws KubeApiError `InvalidQuantity`.
 */
export const parseQuantityExact = (text: string): Quantity => {
  const [, sign, number = '', suffix = ''] = GRAMMAR.exec(text) ?? [];
  if (sign === undefined) {
    throw new KubeApiError(
      'InvalidQuantity',
      `"${text}" is not a quantity: write a number, and one of n u m k M G T P E, Ki Mi Gi Ti Pi Ei, or an exponent like e3`,
    );
  }
  const { format, factor, divisor } = scaleOf(suffix);
  const [whole = '', fraction = ''] = number.split('.');
  const amount = divideUp(BigInt(whole + fraction) * factor * NANO_PER_UNIT, divisor * 10n ** BigInt(fraction.length));
  return { nano: sign === '-' ? -amount : amount, format };
};

const scaleOf = (suffix: string): { format: QuantityFormat; factor: bigint; divisor: bigint } => {
  const bits = BINARY_SUFFIXES[suffix];
  if (bits !== undefined) return { format: 'binary', factor: 1n << BigInt(bits), divisor: 1n };
  const power = DECIMAL_SUFFIXES[suffix] ?? Number(suffix.slice(1));
  const ten = 10n ** BigInt(Math.abs(power));
  const format = suffix in DECIMAL_SUFFIXES ? 'decimal' : 'exponent';
  return power < 0 ? { format, factor: 1n, divisor: ten } : { format, factor: ten, divisor: 1n };
};

const divideUp = (dividend: bigint, divisor: bigint): bigint => (dividend + divisor - 1n) / divisor;

/**
 * The quantity in the one form the API server writes it in: no fraction, the largest suffix of its kind that allows that.
 * Of binary ones, those below 1024 and those with a fraction of a unit are written as decimal.
 *
 * @example formatQuantityExact(parseQuantityExact('1.5Gi')) // '1536Mi'
 */
export const formatQuantityExact = ({ nano, format }: Quantity): string => {
  const amount = nano < 0n ? -nano : nano;
  const sign = nano < 0n ? '-' : '';
  if (amount === 0n) return '0';
  if (format !== 'binary') return sign + formatDecimal(amount, format);
  const isWhole = amount % NANO_PER_UNIT === 0n;
  if (amount < 1024n * NANO_PER_UNIT || !isWhole) return sign + formatDecimal(amount, 'decimal');
  return sign + formatBinary(amount / NANO_PER_UNIT);
};

const LARGEST_FIRST = Object.entries(DECIMAL_SUFFIXES).toReversed();

const formatDecimal = (nano: bigint, format: 'decimal' | 'exponent'): string => {
  for (const [suffix, power] of LARGEST_FIRST) {
    const unit = 10n ** BigInt(power + 9);
    if (nano % unit === 0n) return `${nano / unit}${format === 'decimal' ? suffix : power === 0 ? '' : `e${power}`}`;
  }
  return `${nano}n`;
};

const formatBinary = (units: bigint): string => {
  for (const [suffix, bits] of Object.entries(BINARY_SUFFIXES).toReversed()) {
    if (units % (1n << BigInt(bits)) === 0n) return `${units >> BigInt(bits)}${suffix}`;
  }
  return `${units}`;
};

/** The amount as a number of units: exact up to 2^53 units, and to 16 digits beyond and behind the point. */
export const quantityValue = ({ nano }: Quantity): number => {
  const whole = nano / NANO_PER_UNIT;
  return Number(whole) + Number(nano - whole * NANO_PER_UNIT) / Number(NANO_PER_UNIT);
};

/** A quantity as a number of units. Throws KubeApiError `InvalidQuantity`. */
export const parseQuantity = (text: string): number => quantityValue(parseQuantityExact(text));

/** CPU cores: `250m` is 0.25. Throws KubeApiError `InvalidQuantity`. */
export const cpuCores = (text: string): number => parseQuantity(text);

/** Bytes of memory, whole ones: a fraction counts as one more. Throws KubeApiError `InvalidQuantity`. */
export const memoryBytes = (text: string): number => Math.ceil(parseQuantity(text));

/** A number of units as a quantity, written as the API server would: `formatQuantity(0.25, 'decimal')` is `250m`. */
export const formatQuantity = (units: number, format: QuantityFormat): string =>
  formatQuantityExact({ nano: parseQuantityExact(String(units)).nano, format });

/** Negative when the first is less, 0 when both are the same amount however written. Throws KubeApiError `InvalidQuantity`. */
export const compareQuantities = (a: string, b: string): number => {
  const difference = parseQuantityExact(a).nano - parseQuantityExact(b).nano;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

/** The sum, written in the way of the first. */
export const addQuantities = (a: Quantity, b: Quantity): Quantity => ({ nano: a.nano + b.nano, format: a.format });
