import fc from 'fast-check';
import t from 'tap';
import { type Both, startBoth } from './both.ts';
import { type Difference, perform } from './perform.ts';
import { quantityDifference, quantityTexts } from './quantities.ts';
import { makeSelectable, selectionDifference, selections } from './selections.ts';
import { applyRuns, patchRuns, strategicRuns } from './steps.ts';
import { CUSTOM, SUBJECTS, WORKLOADS } from './subjects.ts';

const ROUNDS = Number(process.env['DIFFERENTIAL_ROUNDS'] ?? 20);
/** Repeats the inputs of a run that failed; without it each run has its own. */
const SEED = process.env['DIFFERENTIAL_SEED'];

/** Fails with the seed, the smallest input that is answered differently, and both answers. */
const check = async <T>(
  t: { notOk(failed: boolean, message: string): boolean },
  inputs: fc.Arbitrary<T>,
  differenceOf: (input: T) => Promise<Difference | undefined>,
): Promise<void> => {
  let last: Difference | undefined;
  const property = fc.asyncProperty(inputs, async (input) => {
    const difference = await differenceOf(input);
    if (difference) last = difference;
    return !difference;
  });
  const outcome = await fc.check(property, {
    numRuns: ROUNDS,
    ...(SEED === undefined ? {} : { seed: Number(SEED) }),
  });
  const found = { seed: outcome.seed, input: outcome.counterexample?.[0], ...last };
  t.notOk(outcome.failed, outcome.failed ? JSON.stringify(found, null, 2) : `${outcome.numRuns} rounds`);
};

t.test('the sandbox answers as a real API server does', async (t) => {
  await using both: Both = await startBoth();
  for (const subject of SUBJECTS) {
    await t.test(`patches of a ${subject.resource.kind}`, (t) =>
      check(t, patchRuns(subject), (run) => perform(both, subject, run)),
    );
  }
  for (const subject of [...WORKLOADS, ...CUSTOM]) {
    await t.test(`managers of a ${subject.resource.kind}`, (t) =>
      check(t, applyRuns(subject), (run) => perform(both, subject, run)),
    );
  }
  for (const subject of WORKLOADS) {
    await t.test(`strategic merge patches of a ${subject.resource.kind}`, (t) =>
      check(t, strategicRuns(subject), (run) => perform(both, subject, run)),
    );
  }
  await t.test('quantities', (t) => check(t, quantityTexts, (text) => quantityDifference(both, text)));
  await t.test('selectors', async (t) => {
    await makeSelectable(both);
    await check(t, selections, (selection) => selectionDifference(both, selection));
  });
});
