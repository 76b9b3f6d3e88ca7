import t from 'tap';

import { retryAfterMs, waitBeforeRetry } from '../src/retry.ts';
import type { FailedTry } from '../src/retry.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');

t.test('Retry-After is read as seconds or as an HTTP date', (t) => {
  const cases: [string | undefined, number | undefined][] = [
    [undefined, undefined],
    ['0', 0],
    ['7', 7000],
    [' 7 ', 7000],
    ['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['', undefined],
  ];
  for (const [header, expected] of cases) t.equal(retryAfterMs(header, NOW), expected, `"${header}"`);
  t.end();
});

const failed = (overrides: Partial<FailedTry> & { retryAfter?: string }): FailedTry => {
  const { retryAfter, ...rest } = overrides;
  return {
    status: 429,
    headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
    isRead: true,
    retries: 0,
    maxRetries: 10,
    remainingMs: Infinity,
    now: NOW,
    random: 0,
    ...rest,
  };
};

t.test('what is tried again, and after how long', (t) => {
  const cases: [string, Parameters<typeof failed>[0], number | undefined][] = [
    ['a read after 429', {}, 500],
    ['a write after 429: it never ran', { isRead: false }, 500],
    ['as long as the server asks', { retryAfter: '3' }, 3000],
    ['a read after 503', { status: 503 }, 500],
    ['a read after 504', { status: 504 }, 500],
    ['a write after 503 that says nothing', { status: 503, isRead: false }, undefined],
    ['a write after 504 that says nothing', { status: 504, isRead: false }, undefined],
    ['a write after 503 with Retry-After', { status: 503, isRead: false, retryAfter: '1' }, 1000],
    ['a write after 504 with Retry-After', { status: 504, isRead: false, retryAfter: '1' }, 1000],
    ['500 is an answer', { status: 500, retryAfter: '1' }, undefined],
    ['409 is an answer', { status: 409, retryAfter: '1' }, undefined],
    ['the third wait is four times the first', { retries: 2 }, 2000],
    ['no wait grows beyond 10 s', { retries: 9 }, 10_000],
    ['clients are spread', { random: 1 }, 750],
    ['the last try is the last', { retries: 10 }, undefined],
    ['none where none is wanted', { maxRetries: 0, retryAfter: '1' }, undefined],
    ['not beyond the deadline', { retryAfter: '3', remainingMs: 3000 }, undefined],
    ['just inside the deadline', { retryAfter: '3', remainingMs: 3001 }, 3000],
    ['a minute is waited', { retryAfter: '60' }, 60_000],
    ['an hour is for the caller to decide', { retryAfter: '3600' }, undefined],
  ];
  for (const [name, overrides, expected] of cases) t.equal(waitBeforeRetry(failed(overrides)), expected, name);
  t.end();
});
