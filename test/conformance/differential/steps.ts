import fc from 'fast-check';
import { jsonPatch } from './json-patches.ts';
import { mergePatch } from './patches.ts';
import { type ObjectShape, whole } from './shape.ts';
import { seldom, strangeNowAndThen } from './strange.ts';
import type { Subject } from './subjects.ts';

export type StepType = 'merge' | 'json';

/** One patch of a run. */
export interface Step {
  readonly type: StepType;
  readonly body: unknown;
  /** Whether fields nobody knows are refused. */
  readonly strict: boolean;
}

/** An object, and what is done to it one after the other. */
export interface Run {
  readonly object: unknown;
  readonly steps: readonly Step[];
}

const BODIES: Readonly<Record<StepType, (shape: ObjectShape) => fc.Arbitrary<unknown>>> = {
  merge: mergePatch,
  json: jsonPatch,
};

/** Objects of a kind, with a few patches each. */
export const runsOf = ({ shape }: Subject): fc.Arbitrary<Run> => {
  const step = fc.constantFrom<StepType>('merge', 'json').chain((type) =>
    fc.record({
      type: fc.constant(type),
      body: strangeNowAndThen(BODIES[type](shape)),
      strict: seldom(8, fc.constant(true)).map((strict) => strict ?? false),
    }),
  );
  return fc.record({
    object: strangeNowAndThen(whole(shape)),
    steps: fc.array(step, { minLength: 1, maxLength: 4 }),
  });
};
