const DIGITS = /^[1-9][0-9]*$/;

/**
 * Orders two resourceVersions of the same resource: negative if `a` is older, 0 if equal, positive if newer; `undefined` if
 * that cannot be known. The API promises decimal integers of any length; an aggregated API server may use anything, and then
 * only equality means something. Compared as text, by length first, for they may exceed what a number can hold.
 */
export const compareResourceVersions = (a: string | undefined, b: string | undefined): number | undefined => {
  if (a === undefined || b === undefined) return undefined;
  if (a === b) return 0;
  if (!DIGITS.test(a) || !DIGITS.test(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
};

/** Whether `a` is certainly older than `b`. */
export const isOlder = (a: string | undefined, b: string | undefined): boolean =>
  (compareResourceVersions(a, b) ?? 0) < 0;
