import { CliError, resolveOptions } from '@kube-steward/cli';
import type { RuleSet } from '@kube-steward/janitor';
import type { KubeObject } from '@kube-steward/kube';
import { formatTimestamp, parseDuration } from '@kube-steward/schedule';
import { manifestsOf, readManifests, type Manifests } from '../manifests.ts';
import { isRecord } from '../manifest-shape.ts';
import type { Planner, Settings } from '../planners.ts';
import type { RuleTest, TestFile } from './test-file.ts';
import { failuresOf } from './verdicts.ts';

/** How one test went: nothing is wrong where it passed. */
export interface TestResult {
  readonly name: string;
  readonly failures: readonly string[];
}

/**
 * Runs the tests of a file, each by itself.
 *
 * @throws CliError (exit code 3) for an option that is not allowed, or manifests that are not there
 */
export const runTests = async ({ path, rules, tests }: TestFile, planner: Planner): Promise<readonly TestResult[]> => {
  const results: TestResult[] = [];
  for (const test of tests) {
    const manifests = await manifestsFor(test, path);
    const planned = planner.fromManifests(manifests, settingsFor(test, rules, planner));
    const failures = [
      ...manifests.problems.map(({ where, message }) => `${where}: ${message}`),
      ...failuresOf([...planned.decisions(test.at)], test),
    ];
    results.push({ name: test.name, failures });
  }
  return results;
};

/** The janitor's options as a test has them, with rules that are read already. */
export const settingsFor = ({ options }: Pick<RuleTest, 'options'>, rules: RuleSet, planner: Planner): Settings => {
  for (const key of ['rules', 'rulesFile']) {
    const value = options.values.get(key);
    if (value) throw new CliError([{ kind: 'invalid', ...value.key, message: `${key} are those of the file` }]);
  }
  const { values, sources } = resolveOptions(planner.options, { config: options });
  return { values: { ...values, rules }, sources };
};

const manifestsFor = async (test: RuleTest, path: string): Promise<Manifests> => {
  const all = [
    manifestsOf(
      test.objects.map((object) => withAge(object, test)),
      path,
    ),
  ];
  for (const from of test.manifests) all.unshift(await manifestsAt(from, test, path));
  return {
    objects: all.flatMap(({ objects }): readonly KubeObject[] => objects),
    problems: all.flatMap(({ problems }) => problems),
    notices: all.flatMap(({ notices }) => notices),
  };
};

const manifestsAt = async (from: string, { name }: RuleTest, path: string): Promise<Manifests> => {
  try {
    return await readManifests(from);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const where = `${path}: test "${name}": manifests`;
    throw new CliError(
      error.problems.map((problem) => ({ ...problem, where })),
      { cause: error },
    );
  }
};

/** `age: 4d` beside `kind` stands for the moment of creation. */
const withAge = (object: unknown, { at, name }: RuleTest): unknown => {
  if (!isRecord(object) || object['age'] === undefined) return object;
  const { age, metadata, ...rest } = object;
  const creationTimestamp = formatTimestamp(at - ageOf(age, name));
  return { ...rest, metadata: { ...(isRecord(metadata) ? metadata : {}), creationTimestamp } };
};

const ageOf = (age: unknown, test: string): number => {
  try {
    return parseDuration(String(age));
  } catch (cause) {
    const message = `age ${JSON.stringify(age)} is no duration (allowed: 90s, 15m, 1d12h)`;
    throw new CliError([{ kind: 'invalid', where: `test "${test}"`, message }], { cause });
  }
};
