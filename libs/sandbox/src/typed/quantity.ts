import { formatQuantityExact, parseQuantityExact } from '@kube-steward/kube';
import { DecodeError } from './decode-error.ts';

const SHAPE = /^([+-]?)0*(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/;
const SHAPE_FAULT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const DECIMAL_POWERS: Readonly<Record<string, number>> = {
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
const BINARY_POWERS: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

/**
 * A quantity as the server answers with when it is sent this text: in canonical form, unless it takes the text for canonical
 * already, as it does `+5`, `1.500` and `3Ki`. Without a digit it is zero.
 *
 * @throws DecodeError in the server's words
 */
export const storedQuantity = (text: string): string => {
  const match = text === '' ? null : SHAPE.exec(text);
  if (!match) throw new DecodeError(SHAPE_FAULT, true);
  const [, , whole = '', fraction = '', suffix = ''] = match;
  const power = powerOf(suffix);
  if (power === undefined) throw new DecodeError("unable to parse quantity's suffix", true);
  if (!/\d/.test(text.slice(0, text.length - suffix.length))) return '0';
  return isTakenForCanonical(whole || '0', fraction, power) ? text : formatQuantityExact(parseQuantityExact(text));
};

interface Power {
  readonly base: 2 | 10;
  readonly exponent: number;
}

const powerOf = (suffix: string): Power | undefined => {
  const bits = BINARY_POWERS[suffix];
  if (bits !== undefined) return { base: 2, exponent: bits };
  const decimal = DECIMAL_POWERS[suffix];
  if (decimal !== undefined) return { base: 10, exponent: decimal };
  const [, exponent] = /^[eE]([+-]?\d+)$/.exec(suffix) ?? [];
  return exponent === undefined ? undefined : { base: 10, exponent: Number(exponent) };
};

/** How many digits fit into 64 bits for sure, whatever they are. */
const SAFE_DIGITS = 18;

const isTakenForCanonical = (whole: string, fraction: string, { base, exponent }: Power): boolean => {
  const digits = whole + fraction;
  if (base === 2) {
    const isShort = 15 - whole.length - Math.trunc((exponent * 3) / 10) - 1 >= 0;
    return fraction === '' && isShort && BigInt(whole) % 8n !== 0n;
  }
  const scale = exponent - fraction.length;
  const isShort = digits.length <= SAFE_DIGITS && scale >= -9;
  return isShort && scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0');
};

const NANO_PER_MILLI = 1_000_000n;

/** Amounts of resources are whole thousandths: what is finer is rounded away from zero. */
export const roundedToMilli = (text: string): string => {
  const { nano, format } = parseQuantityExact(text);
  const rest = nano % NANO_PER_MILLI;
  if (rest === 0n) return text;
  return formatQuantityExact({ nano: nano - rest + (nano > 0n ? NANO_PER_MILLI : -NANO_PER_MILLI), format });
};
