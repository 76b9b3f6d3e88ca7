import fc from 'fast-check';

/** Values that are seldom right where they stand. */
const STRANGE = ['text', '', 7, 0, -1, 1.5, 70000, 3000000000, true, null, [], {}, ['text'], { text: 'text' }];

/** What is made once in so many times, and is not there at all the other times. */
export const seldom = <T>(times: number, made: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof(
    { withCrossShrink: true },
    { weight: times - 1, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: made },
  );

/** The inputs as they are, and one in six with something strange in one place: another value, or a field nobody knows. */
export const strangeNowAndThen = (inputs: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => {
  const mistake = fc.record({ at: fc.nat(), with: fc.constantFrom(...STRANGE), isField: fc.boolean() });
  return fc.tuple(inputs, seldom(6, mistake)).map(([input, wrong]) => (wrong ? spoiled(input, wrong) : input));
};

interface Mistake {
  readonly at: number;
  readonly with: unknown;
  readonly isField: boolean;
}

const spoiled = (input: unknown, mistake: Mistake): unknown => {
  const copy: unknown = structuredClone(input);
  const spots = mistake.isField ? objectsIn(copy) : membersIn(copy);
  const spot = spots[mistake.at % spots.length];
  spot?.(mistake.with);
  return copy;
};

type Spot = (value: unknown) => void;

const isParent = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** What sets each member of the objects and lists in a value. In a directive's list the real server would panic. */
const membersIn = (value: unknown): Spot[] =>
  isParent(value)
    ? Object.keys(value).flatMap((key): Spot[] => [
        (next) => (value[key] = next),
        ...(key.startsWith('$') ? [] : membersIn(value[key])),
      ])
    : [];

/** What adds a field to each object in a value. */
const objectsIn = (value: unknown): Spot[] =>
  isParent(value)
    ? [
        ...(Array.isArray(value) ? [] : [(next: unknown) => (value['unheardOf'] = next)]),
        ...Object.values(value).flatMap(objectsIn),
      ]
    : [];
