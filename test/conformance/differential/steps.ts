import fc from 'fast-check';
import { configuration } from './configurations.ts';
import { jsonPatch } from './json-patches.ts';
import { mergePatch } from './patches.ts';
import { mountable } from './shapes/pod.ts';
import { type ObjectShape, whole } from './shape.ts';
import { seldom, strangeNowAndThen } from './strange.ts';
import { strategicPatch } from './strategic-patches.ts';
import type { Subject } from './subjects.ts';

export type PatchType = 'merge' | 'json' | 'strategic';

/** One change of a run: a patch, or what a manager applies. */
export type Step = Patch | Application;

export interface Patch {
  readonly type: PatchType;
  readonly body: unknown;
  /** Whether fields nobody knows are refused. */
  readonly strict: boolean;
}

export interface Application {
  readonly type: 'apply';
  readonly manager: string;
  readonly force: boolean;
  readonly body: unknown;
  /** Whether the body is a whole object, with what is fixed in it. */
  readonly isWhole: boolean;
}

/** An object, and what is done to it one after the other. An object that is left out is made by the first step. */
export interface Run {
  readonly object?: unknown;
  readonly steps: readonly Step[];
}

const patches = (body: fc.Arbitrary<unknown>, type: PatchType): fc.Arbitrary<Patch> =>
  fc.record({
    type: fc.constant(type),
    body,
    strict: seldom(8, fc.constant(true)).map((strict) => strict ?? false),
  });

const mergePatches = (shape: ObjectShape): fc.Arbitrary<Patch> =>
  patches(strangeNowAndThen(mergePatch(shape)), 'merge');
const jsonPatches = (shape: ObjectShape): fc.Arbitrary<Patch> => patches(strangeNowAndThen(jsonPatch(shape)), 'json');

/** Objects of a kind, with a few patches each. */
export const patchRuns = ({ shape }: Subject): fc.Arbitrary<Run> =>
  fc.record({
    object: strangeNowAndThen(whole(shape)),
    steps: fc.array(fc.oneof(mergePatches(shape), jsonPatches(shape)), { minLength: 1, maxLength: 4 }),
  });

/** Objects of a kind, with a few strategic merge patches each. */
export const strategicRuns = (subject: Subject): fc.Arbitrary<Run> => {
  const shape = mountable(subject.shape);
  return fc.record({
    object: whole(shape),
    steps: fc.array(patches(strangeNowAndThen(strategicPatch(shape)), 'strategic'), { minLength: 1, maxLength: 4 }),
  });
};

/** Objects of a kind that several managers apply to, one of them all of the object, the others parts. */
export const applyRuns = (subject: Subject): fc.Arbitrary<Run> => {
  const shape = mountable(subject.shape);
  const step = fc.oneof<fc.Arbitrary<Step>[]>(
    applications('owner', strangeNowAndThen(whole(shape)), true),
    applications('scaler', strangeNowAndThen(configuration(shape)), false),
    applications('labeller', strangeNowAndThen(configuration(shape)), false),
    mergePatches(shape),
  );
  const steps = fc.array(step, { minLength: 1, maxLength: 4 });
  return fc.oneof(
    fc
      .tuple(applications('owner', whole(shape), true), steps)
      .map(([first, rest]): Run => ({ steps: [first, ...rest] })),
    fc.record({ object: whole(shape), steps }),
  );
};

const applications = (manager: string, body: fc.Arbitrary<unknown>, isWhole: boolean): fc.Arbitrary<Application> =>
  fc.record({
    type: fc.constant('apply'),
    manager: fc.constant(manager),
    force: seldom(3, fc.constant(true)).map((force) => force ?? false),
    body,
    isWhole: fc.constant(isWhole),
  });
