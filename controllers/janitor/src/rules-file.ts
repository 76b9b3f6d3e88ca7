import { CliError, loadConfigText, resolveOptions } from '@kube-steward/cli';
import { rulesOption, type RuleSet } from './rules.ts';

const ALONE = { rules: { type: rulesOption, description: 'Rules.' } };

/**
 * The rules of a file: `rules:` and a list, as kube-janitor has it.
 *
 * @throws CliError with everything wrong in it, each with line, column and caret
 */
export const parseRulesFile = (text: string, path: string): RuleSet => {
  const { rules } = resolveOptions(ALONE, { config: loadConfigText(text, { path }).section('janitor') }).values;
  if (!rules)
    throw new CliError([{ kind: 'invalid', where: path, message: 'there are no rules in it (rules: [...])' }]);
  return rules;
};
