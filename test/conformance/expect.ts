import assert from 'node:assert/strict';
import type { Answer, Body, ToldEvent } from './wire.ts';

/** What a Status must say; a text may be a pattern. */
export interface Expected {
  readonly code: number;
  readonly message: string | RegExp;
  readonly reason?: string;
  readonly details?: object;
  readonly metadata?: object;
}

/** A refusal: its code, and the Status in its body, of which nothing may be missing and nothing more may be there. */
export const expectStatus = ({ status, body }: Pick<Answer, 'status' | 'body'>, expected: Expected): void => {
  expectSame(withCausesOnce(body), statusOf(expected));
  assert.equal(status, expected.code);
};

/** What several checks of one server find is told several times, how often depends on the kind; here it is told once. */
const withCausesOnce = (body: Body): unknown => {
  const details = body['details'];
  if (!isRecord(details) || !Array.isArray(details['causes'])) return body;
  const texts = new Set(details['causes'].map((cause) => JSON.stringify(cause)));
  return { ...body, details: { ...details, causes: [...texts].map((text) => JSON.parse(text) as unknown) } };
};

/** The last event of a watch that failed. */
export const expectError = (event: ToldEvent | undefined, expected: Expected): void =>
  expectSame(event, { type: 'ERROR', object: statusOf(expected) });

const statusOf = (expected: Expected): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  ...expected,
});

/** Equal, but that a text may be given as a pattern. */
export const expectSame = (actual: unknown, expected: unknown): void =>
  assert.deepEqual(asSeenBy(expected, actual, true), expected);

/** Like `expectSame`, but fields that are not mentioned may have any value; lists are whole. `undefined`: absent. */
export const expectMatch = (actual: unknown, expected: unknown): void =>
  assert.deepEqual(asSeenBy(expected, actual, false), expected);

/** An answer with this code and a body that matches. */
export const expectAnswer = (answer: Answer, status: number, body: unknown = {}): void => {
  if (answer.status !== status) assert.fail(`expected ${status}, got ${answer.status}: ${answer.text.slice(0, 1000)}`);
  expectMatch(answer.body, body);
};

/** The actual value, where a text fits a pattern replaced by it, without the fields nobody asks for unless all count. */
const asSeenBy = (expected: unknown, actual: unknown, allFields: boolean): unknown => {
  if (expected instanceof RegExp) return typeof actual === 'string' && expected.test(actual) ? expected : actual;
  if (Array.isArray(expected) && Array.isArray(actual))
    return actual.map((one: unknown, index): unknown =>
      index in expected ? asSeenBy(expected[index], one, allFields) : one,
    );
  if (!isRecord(expected) || !isRecord(actual)) return actual;
  const fields = Object.keys(allFields ? actual : expected);
  return Object.fromEntries(
    fields.map((field) => [
      field,
      field in expected ? asSeenBy(expected[field], actual[field], allFields) : actual[field],
    ]),
  );
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
