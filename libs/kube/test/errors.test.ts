import t from 'tap';

import {
  codeOf,
  errorOfStatus,
  isAborted,
  isAlreadyExists,
  isConflict,
  isDisruptionBudget,
  isForbidden,
  isGone,
  isInvalid,
  isNotFound,
  isReadOnly,
  isResourceVersionTooLarge,
  isRetryable,
  isTooManyRequests,
  isUnauthorized,
  KubeApiError,
} from '../src/errors.ts';
import type { KubeErrorCode } from '../src/errors.ts';

t.test('a Status becomes an error that names the request, the reason and the message', (t) => {
  const error = errorOfStatus('GET https://host/api/v1/pods/a', {
    kind: 'Status',
    code: 404,
    reason: 'NotFound',
    message: 'pods "a" not found',
    details: { name: 'a', kind: 'pods' },
  });
  t.ok(error instanceof KubeApiError);
  t.match(error, { code: 'NotFound', status: 404, reason: 'NotFound', details: { name: 'a' } });
  t.equal(error.message, 'GET https://host/api/v1/pods/a: 404 NotFound: pods "a" not found');
  t.equal(error.retryAfterMs, undefined);
  t.end();
});

t.test('the reason decides where one HTTP status means several things', (t) => {
  const cases: [number, string, KubeErrorCode][] = [
    [409, 'AlreadyExists', 'AlreadyExists'],
    [409, 'Conflict', 'Conflict'],
    [409, '', 'Conflict'],
    [410, 'Expired', 'Expired'],
    [410, 'Gone', 'Gone'],
    [422, 'Invalid', 'Invalid'],
    [429, '', 'TooManyRequests'],
    [500, 'InternalError', 'ServerError'],
    [500, 'ServerTimeout', 'Timeout'],
    [502, '', 'ServerError'],
    [503, 'ServiceUnavailable', 'Unavailable'],
    [504, 'Timeout', 'Timeout'],
    [415, 'UnsupportedMediaType', 'UnsupportedMediaType'],
    [418, '', 'BadRequest'],
  ];
  for (const [status, reason, code] of cases) t.equal(codeOf(status, reason), code, `${status} ${reason}`);
  t.end();
});

t.test('retryAfterSeconds of the details is kept in milliseconds', (t) => {
  const of = (retryAfterSeconds: number): KubeApiError =>
    errorOfStatus('GET /', { code: 429, details: { retryAfterSeconds } });
  t.equal(of(5).retryAfterMs, 5000);
  t.equal(of(0).retryAfterMs, undefined);
  t.end();
});

t.test('each predicate knows its errors and no others', (t) => {
  const predicates: [(error: unknown) => boolean, KubeErrorCode[]][] = [
    [isNotFound, ['NotFound']],
    [isConflict, ['Conflict']],
    [isAlreadyExists, ['AlreadyExists']],
    [isGone, ['Gone', 'Expired']],
    [isForbidden, ['Forbidden']],
    [isUnauthorized, ['Unauthorized']],
    [isTooManyRequests, ['TooManyRequests']],
    [isInvalid, ['Invalid']],
    [isAborted, ['Aborted']],
    [isReadOnly, ['ReadOnly']],
    [isRetryable, ['TooManyRequests', 'Unavailable', 'Timeout', 'Network', 'ServerError', 'InvalidResponse']],
  ];
  const codes = new Set(predicates.flatMap(([, its]) => its));
  for (const [predicate, its] of predicates) {
    for (const code of codes) t.equal(predicate(new KubeApiError(code, 'x')), its.includes(code), code);
    t.notOk(predicate(new Error('NotFound')), 'an error of another kind');
    t.notOk(predicate(undefined));
  }
  t.end();
});

t.test('a resourceVersion from the future is told from other timeouts', (t) => {
  const message = 'Too large resource version: 9, current: 5';
  const withCause = {
    code: 504,
    reason: 'Timeout',
    details: { causes: [{ reason: 'ResourceVersionTooLarge', message }] },
  };
  t.ok(isResourceVersionTooLarge(errorOfStatus('GET /', withCause)));
  t.ok(isResourceVersionTooLarge(errorOfStatus('GET /', { code: 504, reason: 'Timeout', message })), 'older servers');
  t.notOk(isResourceVersionTooLarge(errorOfStatus('GET /', { code: 504, reason: 'Timeout', message: 'too slow' })));
  t.end();
});

t.test('a disruption budget is told from load shedding', (t) => {
  const details = { causes: [{ reason: 'DisruptionBudget', message: 'needs 2 healthy pods' }] };
  t.ok(isDisruptionBudget(errorOfStatus('POST /', { code: 429, reason: 'TooManyRequests', details })));
  t.notOk(isDisruptionBudget(errorOfStatus('POST /', { code: 429, reason: 'TooManyRequests' })));
  t.end();
});
