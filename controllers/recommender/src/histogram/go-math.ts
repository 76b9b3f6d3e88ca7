/*
 * Powers as Go computes them. JavaScript's differ in the last bits, and a histogram of the VPA's whose boundaries differ in
 * the last bits gives other numbers after truncation.
 */

/** Go's `math.Pow` for a positive base and a whole exponent: by repeated squaring of the fraction, the exponent of two apart. */
export const goPow = (base: number, exponent: number): number => {
  if (exponent === 1) return base;
  if (!Number.isFinite(base)) return exponent < 0 ? 0 : base;
  let { fraction, exponent: shift } = splitFraction(base);
  let [result, twos] = [1, 0];
  for (let bits = Math.abs(exponent); bits > 0; bits = Math.floor(bits / 2)) {
    if (bits % 2 === 1) {
      result *= fraction;
      twos += shift;
    }
    fraction *= fraction;
    shift *= 2;
    if (fraction < 0.5) {
      fraction += fraction;
      shift--;
    }
  }
  return exponent < 0 ? timesPowerOfTwo(1 / result, -twos) : timesPowerOfTwo(result, twos);
};

/** A positive finite number as a fraction in [0.5, 1) and an exponent of two. */
const splitFraction = (value: number): { fraction: number; exponent: number } => {
  let exponent = Math.floor(Math.log2(value)) + 1;
  let fraction = timesPowerOfTwo(value, -exponent);
  if (fraction >= 1) [fraction, exponent] = [fraction / 2, exponent + 1];
  if (fraction < 0.5) [fraction, exponent] = [fraction * 2, exponent - 1];
  return { fraction, exponent };
};

/** In two steps, because the power alone may be out of range where the product is not. */
const timesPowerOfTwo = (value: number, exponent: number): number => {
  const half = Math.trunc(exponent / 2);
  return value * 2 ** half * 2 ** (exponent - half);
};

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
/** Remez polynomial for exp on [0, ln(2)/2], as in FreeBSD's msun, which Go follows. */
const EXP_COEFFICIENTS = [
  4.13813679705723846039e-8, -1.6533902205465251539e-6, 6.61375632143793436117e-5, -2.77777777770155933842e-3,
  1.66666666666666657415e-1,
] as const;

/** Go's `math.Exp2`: two to a power that need not be whole. */
export const goExp2 = (power: number): number => {
  if (power > 1023.9999999999999) return Infinity;
  if (power < -1074) return 0;
  const whole = Math.trunc(power + (power > 0 ? 0.5 : power < 0 ? -0.5 : 0));
  const rest = power - whole;
  const high = rest * LN2_HIGH;
  const low = -rest * LN2_LOW;
  const reduced = high - low;
  const square = reduced * reduced;
  const correction = reduced - square * EXP_COEFFICIENTS.reduce((sum, coefficient) => coefficient + square * sum, 0);
  return timesPowerOfTwo(1 - (low - (reduced * correction) / (2 - correction) - high), whole);
};
