import { readFileSync } from 'node:fs';
import { CliError, messageOf } from '@kube-steward/cli';
import type { Logger } from '@kube-steward/controller';
import type { Clock } from '@kube-steward/schedule';
import { policyOf, type JanitorSettings } from './configure.ts';
import { followRules } from './follow-rules.ts';
import type { Policy } from './policy.ts';
import { parseRulesFile } from './rules-file.ts';
import { NO_RULES, type RuleSet } from './rules.ts';

/** The policy, while its rules change. */
export interface CurrentPolicy {
  readonly get: () => Policy;
  /** Follows the rules file, if there is one. */
  follow(told: PolicyListener, until: AbortSignal): void;
}

export interface PolicyListener {
  /** Other rules are in force. */
  readonly onChange: (policy: Policy) => void;
  /** The rules file cannot be read as it is now; the rules in force stay so. */
  readonly onBad: (message: string) => void;
}

export interface CurrentPolicyOptions {
  readonly settings: JanitorSettings;
  readonly ownNamespace: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** @throws CliError with everything that is wrong with the options, or with the rules file */
export const createCurrentPolicy = ({ settings, ownNamespace, clock, log }: CurrentPolicyOptions): CurrentPolicy => {
  const { rulesFile: path, rules = NO_RULES } = settings.values;
  const file = path === undefined ? undefined : { path, text: textOf(path) };
  const take = (taken: RuleSet): Policy => {
    for (const { message } of taken.warnings) log.warn(message);
    return policyOf(settings, { rules: taken, ownNamespace });
  };
  let policy = take(file ? parseRulesFile(file.text, file.path) : rules);
  return {
    get: () => policy,
    follow({ onChange, onBad }, signal) {
      if (!file) return;
      const onRules = (changed: RuleSet): void => {
        policy = take(changed);
        log.info({ rules: policy.rules.map(({ id }) => id) }, 'other rules are in force');
        onChange(policy);
      };
      followRules({ ...file, clock, signal, onRules, onBad });
    },
  };
};

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliError([{ kind: 'invalid', where: path, message: `cannot be read: ${messageOf(cause)}` }], { cause });
  }
};
