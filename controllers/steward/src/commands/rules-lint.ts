import { EXIT, boolean, defineCommand, defineOptions, type Terminal } from '@kube-steward/cli';
import { OUTPUT_OPTIONS, outputOption } from '../options.ts';
import { counted } from '../rules/counted.ts';
import { readRulesFile, type Finding, type RulesFile } from '../rules/rules-file.ts';

const { color } = OUTPUT_OPTIONS;

const OPTIONS = defineOptions({
  strict: { type: boolean, default: false, description: 'Take a warning for an error.' },
  output: { ...outputOption(['table', 'json']), group: 'Options' },
  color: { ...color, group: 'Options' },
});

/** What is wrong, and what is odd, with files of rules. */
export const rulesLintCommand = defineCommand({
  name: 'lint',
  summary: 'Check files of janitor rules: every error and warning, with file, line and column.',
  examples: [
    ['steward rules lint rules.yaml', "kube-janitor's file, a configuration, or the values of the chart"],
    ['steward rules lint --strict rules/*.yaml', 'for CI: a warning is an error'],
  ],
  arguments: [{ name: 'FILE', required: true, variadic: true, complete: 'files' }],
  options: OPTIONS,
  async run({ arguments: paths, options, terminal }) {
    const files = await Promise.all(paths.map(readRulesFile));
    terminal.out(
      options.output === 'json' ? documentOf(files) : files.map((file) => textOf(file, terminal)).join('\n'),
    );
    const findings = files.flatMap((file) => file.findings);
    const refused = findings.filter(({ severity }) => options.strict || severity === 'error');
    return refused.length > 0 ? EXIT.invalid : EXIT.ok;
  },
});

const documentOf = (files: readonly RulesFile[]): string =>
  JSON.stringify(
    {
      files: files.map(({ path, rules, findings }) => ({
        path,
        rules: rules.rules.map(({ id }) => id),
        findings: findings.map(({ severity, where, message }) => ({ severity, where, message })),
      })),
    },
    undefined,
    2,
  );

const textOf = ({ path, rules, findings }: RulesFile, terminal: Terminal): string =>
  [
    ...findings.map((finding) => findingText(finding, terminal)),
    `${path}: ${summaryOf(rules.rules.length, findings)}`,
  ].join('\n');

const COLORS = { error: 'red', warning: 'yellow' } as const;

/** As compilers print it, so that editors find the place. */
const findingText = ({ severity, where, message, excerpt }: Finding, { style }: Terminal): string =>
  `${where}: ${style(COLORS[severity], severity)}: ${message}${excerpt === undefined ? '' : `\n${excerpt}`}`;

const summaryOf = (rules: number, findings: readonly Finding[]): string => {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  return [
    errors > 0 ? counted(errors, 'error') : counted(rules, 'rule'),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ].join(', ');
};
