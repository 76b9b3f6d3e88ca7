import { parseRfc3339 } from '@kube-steward/schedule';

/** kube-janitor's three forms, all UTC, with the numbers of one digit and the blank before a day that it takes; seconds without Z. */
const UTC_FORM = /^(\d{4})-(\d\d?)-([ \d]?\d)(?:[Tt](\d\d?):(\d\d?)(?::(\d\d?)[Zz]?)?)?$/;

const ALLOWED =
  'allowed: 2026-12-01T22:00:00Z, 2026-12-01T22:00 and 2026-12-01, all UTC, or RFC 3339 with an offset such as +01:00';

/**
 * Reads a moment as annotations have it.
 *
 * @returns milliseconds since the epoch
 * @throws Error that says what came and what is allowed
 */
export const parseMoment = (text: string): number => {
  const utc = UTC_FORM.exec(text);
  try {
    return parseRfc3339(utc ? rfc3339Of(utc.slice(1)) : untrimmed(text));
  } catch {
    throw new Error(`"${text}" is no moment (${ALLOWED})`);
  }
};

const rfc3339Of = (fields: readonly (string | undefined)[]): string => {
  const [year = '', month, day, hour, minute, second] = fields.map((field = '0') => field.trim().padStart(2, '0'));
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
};

/** Blanks around a moment are not forgiven: kube-janitor does not either. */
const untrimmed = (text: string): string => (text === text.trim() ? text : '');
