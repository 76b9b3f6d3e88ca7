import { defineCommand } from '@kube-steward/cli';
import { rulesLintCommand } from './rules-lint.ts';

/** What to do with the janitor's rules before a controller has them. */
export const rulesCommand = defineCommand({
  name: 'rules',
  summary: 'Check the rules of the janitor. Changes nothing.',
  commands: [rulesLintCommand],
});
