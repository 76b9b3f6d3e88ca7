import { CliError, flagName, messageOf, type OptionValues, type Problem, type ValueSource } from '@kube-steward/cli';
import type { JANITOR_OPTIONS } from './options.ts';
import type { Policy } from './policy.ts';
import { parseResourceName, type ResourceName } from './resource-name.ts';
import type { RuleSet } from './rules.ts';

/** The options as `resolveOptions` gives them. */
export interface JanitorSettings {
  readonly values: OptionValues<typeof JANITOR_OPTIONS>;
  readonly sources: Readonly<Record<string, ValueSource>>;
}

/** What the options alone do not say. */
export interface Surroundings {
  /** Of the rules file, or of the configuration. */
  readonly rules: RuleSet;
  /** Where the controller itself runs. */
  readonly ownNamespace?: string | undefined;
}

/** The word for every kind, or every namespace. */
const ALL = 'all';

/**
 * The policy of these options.
 *
 * @throws CliError with everything that is wrong with the values, at once
 */
export const policyOf = ({ values, sources }: JanitorSettings, { rules, ownNamespace }: Surroundings): Policy => {
  const problems: Problem[] = [];
  const names = (option: 'includeResources' | 'excludeResources' | 'uncheckedResources'): readonly ResourceName[] =>
    values[option].flatMap((text) => {
      try {
        return [parseResourceName(text)];
      } catch (error) {
        const where = sources[option]?.detail ?? `--${flagName(option)}`;
        problems.push({ kind: 'invalid', where, message: messageOf(error) });
        return [];
      }
    });
  const { deploymentTimeAnnotation, maxDeletesPerMinute } = values;
  const policy: Policy = {
    prefix: values.annotationPrefix,
    rules: rules.rules,
    resources: {
      include: values.includeResources.includes(ALL) ? ALL : names('includeResources'),
      exclude: names('excludeResources'),
    },
    namespaces: {
      include: values.includeNamespaces.includes(ALL) ? ALL : new Set(values.includeNamespaces),
      exclude: new Set(values.excludeNamespaces),
    },
    unchecked: names('uncheckedResources'),
    includeClusterResources: values.includeClusterResources,
    ...(deploymentTimeAnnotation !== undefined && { deploymentTimeAnnotation }),
    noticeMs: values.deleteNotification,
    ...(ownNamespace !== undefined && { ownNamespace }),
    ...(maxDeletesPerMinute !== undefined && { deletesPerSecond: maxDeletesPerMinute / 60 }),
  };
  if (problems.length > 0) throw new CliError(problems);
  return policy;
};
