import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, WEEK_MS } from '@kube-steward/schedule';

/** A time to live in milliseconds, or for ever. */
export type Ttl = number | 'forever';

/** Largest first, as ages are told. */
const UNITS = [
  ['w', WEEK_MS],
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['m', MINUTE_MS],
  ['s', SECOND_MS],
] as const;

/** Far beyond anything meant, and far within what a moment in JavaScript can be. */
const LONGEST_MS = 52_000 * WEEK_MS;

const PART = /(\d+)([wdhms])/g;
const WHOLE = /^(?:\d+[wdhms])+$/;
const ALLOWED = 'allowed: a number with s, m, h, d or w, such as 90s, 8h, 1d12h; or forever';

/**
 * Reads a time to live as kube-janitor does (`8h`, `2w`, `forever` in any case), and compounds beside (`1d12h`).
 *
 * @throws Error that says what came and what is allowed
 */
export const parseTtl = (text: string): Ttl => {
  if (text.toLowerCase() === 'forever') return 'forever';
  if (!WHOLE.test(text)) throw new Error(`"${text}" is no time to live (${ALLOWED})`);
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART)) total += Number(amount) * (sizes.get(unit ?? '') ?? 0);
  if (total > LONGEST_MS) throw new Error(`"${text}" is longer than 1000 years (${ALLOWED})`);
  return total;
};

const sizes: ReadonlyMap<string, number> = new Map(UNITS);

/** An age or a time to live as kube-janitor's messages have it: `1w3d11h13m9s`, zeros left out; `0s`, `-1s`. */
export const formatAge = (ms: number): string => {
  let left = Math.floor(Math.abs(ms) / SECOND_MS) * SECOND_MS;
  let text = '';
  for (const [unit, size] of UNITS) {
    const amount = Math.floor(left / size);
    left -= amount * size;
    if (amount > 0) text += `${amount}${unit}`;
  }
  return text === '' ? '0s' : `${ms < 0 ? '-' : ''}${text}`;
};
