import { defineCommand } from '@kube-steward/cli';
import { rulesDiffCommand } from './rules-diff.ts';
import { rulesLintCommand } from './rules-lint.ts';
import { rulesTestCommand } from './rules-test.ts';

/** What to do with the janitor's rules before a controller has them. */
export const rulesCommand = defineCommand({
  name: 'rules',
  summary: 'Check, test and compare rules of the janitor. Changes nothing.',
  commands: [rulesLintCommand, rulesTestCommand, rulesDiffCommand],
});
