import { BadValue, CliError, messageOf, readConfigFile, type ConfigValue, type SourcePlace } from '@kube-steward/cli';
import { NO_RULES, readRules, type RuleSet } from '@kube-steward/janitor';

/** Something about a file of rules: an error refuses the file, a warning does not. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** `file:line:column`; the file alone where it is about all of it. */
  readonly where: string;
  readonly message: string;
  /** The source line with a caret under the place. */
  readonly excerpt?: string;
}

/** A file of rules, as far as it can be read. */
export interface RulesFile {
  readonly path: string;
  /** No rules where the file has an error. */
  readonly rules: RuleSet;
  readonly findings: readonly Finding[];
}

/**
 * Reads the janitor's rules from a file, by the controller's own rules: kube-janitor's (`rules: [...]` alone), a
 * configuration of kube-steward, or the values of its chart. Whatever is wrong is a finding, and nothing is thrown.
 */
export const readRulesFile = async (path: string): Promise<RulesFile> => {
  try {
    const rules = (await readConfigFile(path)).section('janitor')?.values.get('rules');
    if (rules) return rulesIn(rules, path);
    const message = 'there are no rules in it (needed: "rules: [...]", alone or in the section "janitor")';
    return { path, rules: NO_RULES, findings: [{ severity: 'error', where: path, message }] };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const findings = error.problems.map(({ where = path, message, excerpt }): Finding => ({
      severity: 'error',
      where,
      message,
      ...(excerpt !== undefined && { excerpt }),
    }));
    return { path, rules: NO_RULES, findings };
  }
};

/** The rules of a file, where one with an error is of no use. @throws CliError (exit code 3) with every error in it */
export const rulesOf = ({ rules, findings }: RulesFile): RuleSet => {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new CliError(errors.map((error) => ({ kind: 'invalid', ...error })));
  return rules;
};

/** The rules that a list in a file holds. */
export const rulesIn = (rules: ConfigValue, path: string): RulesFile => {
  try {
    const read = readRules(rules.value);
    const warnings = read.warnings.map(({ path, message }) => findingAt('warning', rules.locate(path), message));
    return { path, rules: read, findings: warnings };
  } catch (error) {
    const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
    const placed = errors.map((each) => {
      const place = each instanceof BadValue ? rules.locate(each.path) : rules;
      return findingAt('error', place, messageOf(each));
    });
    return { path, rules: NO_RULES, findings: placed };
  }
};

const findingAt = (severity: Finding['severity'], { where, excerpt }: SourcePlace, message: string): Finding => ({
  severity,
  where,
  message,
  excerpt,
});
