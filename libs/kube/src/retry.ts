import type { IncomingHttpHeaders } from 'node:http';

const FIRST_WAIT_MS = 500;
const LONGEST_BACKOFF_MS = 10_000;
/** A longer wait is the caller's to decide on: it knows what else it could do meanwhile. */
const LONGEST_WAIT_MS = 60_000;

/** A `Retry-After` header in milliseconds from `now`: seconds, or an HTTP date. `undefined` if absent or unreadable. */
export const retryAfterMs = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Date.parse reads "-5" and "1.5" as dates too; an HTTP date always names a month.
  const at = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
};

/** What the decision to try again depends on. */
export interface FailedTry {
  /** HTTP status of the answer. */
  status: number;
  headers: IncomingHttpHeaders;
  /** GET or HEAD, or a POST that only asks. */
  isRead: boolean;
  /** Tries before this one. */
  retries: number;
  maxRetries: number;
  /** Time left until the caller's deadline; Infinity without one. */
  remainingMs: number;
  now: number;
  /** 0 to 1, spreads clients that failed together. */
  random: number;
}

/** How long to wait before the next try, or `undefined` when there must be none. The table of cases is on `Transport`. */
export const waitBeforeRetry = (failed: FailedTry): number | undefined => {
  if (failed.retries >= failed.maxRetries) return undefined;
  const asked = retryAfterMs(failed.headers['retry-after'], failed.now);
  if (!mayRetry(failed.status, failed.isRead, asked !== undefined)) return undefined;
  const wait = asked ?? backoffMs(failed.retries, failed.random);
  return wait > LONGEST_WAIT_MS || wait >= failed.remainingMs ? undefined : wait;
};

const mayRetry = (status: number, isRead: boolean, serverAsks: boolean): boolean => {
  switch (status) {
    case 429:
      return true;
    case 503:
    case 504:
      return isRead || serverAsks;
    default:
      return false;
  }
};

/** 0.5 s doubling to 10 s, and up to half of that on top. */
const backoffMs = (retries: number, random: number): number =>
  Math.min(LONGEST_BACKOFF_MS, FIRST_WAIT_MS * 2 ** retries) * (1 + random / 2);
