import { EXIT, defineCommand, defineOptions, type Terminal } from '@kube-steward/cli';
import { janitorPlanner } from '../janitor-planner.ts';
import { OUTPUT_OPTIONS, outputOption } from '../options.ts';
import { counted } from '../rules/counted.ts';
import { runTests, type TestResult } from '../rules/run-tests.ts';
import { readTestFile } from '../rules/test-file.ts';

const { color } = OUTPUT_OPTIONS;

const OPTIONS = defineOptions({
  output: { ...outputOption(['table', 'json']), group: 'Options' },
  color: { ...color, group: 'Options' },
});

/** Rules, some objects, and what has to become of them. */
export const rulesTestCommand = defineCommand({
  name: 'test',
  summary: 'Run tests of janitor rules: objects, and what is to become of them. Needs no cluster.',
  examples: [['steward rules test rules.test.yaml', 'exit code 1 where a test fails']],
  arguments: [{ name: 'FILE', required: true, variadic: true, complete: 'files' }],
  options: OPTIONS,
  async run({ arguments: paths, options, terminal }) {
    const files: Result[] = [];
    for (const path of paths) files.push({ path, results: await runTests(await readTestFile(path), janitorPlanner) });
    terminal.out(options.output === 'json' ? JSON.stringify({ files }, undefined, 2) : textOf(files, terminal));
    return files.some(({ results }) => results.some(isFailed)) ? EXIT.error : EXIT.ok;
  },
});

interface Result {
  readonly path: string;
  readonly results: readonly TestResult[];
}

const isFailed = ({ failures }: TestResult): boolean => failures.length > 0;

const textOf = (files: readonly Result[], { style }: Terminal): string => {
  const lines = files.flatMap(({ path, results }) => [
    path,
    ...results.flatMap(({ name, failures }) => [
      `  ${failures.length > 0 ? style('red', 'failed') : style('green', 'ok')}  ${name}`,
      ...failures.map((failure) => `          ${failure}`),
    ]),
  ]);
  const all = files.flatMap(({ results }) => results);
  const failed = all.filter(isFailed).length;
  return [...lines, `${counted(all.length, 'test')}, ${failed === 0 ? 'all passed' : `${failed} failed`}`].join('\n');
};
