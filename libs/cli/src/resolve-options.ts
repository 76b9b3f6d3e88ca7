import type { ConfigSection, ConfigValue } from './config-file.ts';
import { BadValue, CliError, messageOf } from './errors.ts';
import type { Problem } from './errors.ts';
import { envName, envNamesOf, flagName } from './options.ts';
import type { OptionSpec, OptionSpecs, OptionValues } from './options.ts';
import { parseArguments } from './parse-arguments.ts';
import type { Assignment } from './parse-arguments.ts';
import { didYouMean, editDistance } from './suggest.ts';

/** Where a value came from; `detail` is the flag as spelled, the environment name, or `file:line:column`. */
export interface ValueSource {
  readonly from: 'flag' | 'env' | 'config' | 'default';
  readonly detail: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface OptionSources {
  /** Without the program's and the command's name. */
  readonly argv?: readonly string[];
  readonly env?: Environment;
  readonly config?: ConfigSection | undefined;
  /** Reads `KUBE_STEWARD_...` alone, not the names of other tools. */
  readonly onlyOwnEnv?: boolean;
}

export interface ResolvedOptions<S extends OptionSpecs> {
  readonly values: OptionValues<S>;
  readonly sources: Readonly<Record<string, ValueSource>>;
  /** For a person: what was accepted but has no effect. */
  readonly notices: readonly string[];
  /** The arguments that are no flags. */
  readonly rest: readonly string[];
}

/**
 * The value of every option: flag over environment over config file over default. An empty environment variable counts as
 * not set.
 *
 * @throws CliError with all problems at once: unknown flags and keys, missing and bad values, conflicts.
 */
export const resolveOptions = <S extends OptionSpecs>(specs: S, sources: OptionSources): ResolvedOptions<S> => {
  const { assigned, rest, problems } = parseArguments(specs, sources.argv ?? []);
  const resolved = resolveAssigned(specs, { ...sources, assigned });
  const all = [...problems, ...resolved.problems];
  if (all.length > 0) throw new CliError(all);
  const notices = [...misspelledEnv(specs, sources.env ?? {}), ...resolved.notices];
  return { values: resolved.values, sources: resolved.sources, notices, rest };
};

export interface AssignedSources extends Omit<OptionSources, 'argv'> {
  readonly assigned: ReadonlyMap<string, readonly Assignment[]>;
}

export interface AssignedResult<S extends OptionSpecs> extends Omit<ResolvedOptions<S>, 'rest'> {
  readonly problems: readonly Problem[];
}

/** As `resolveOptions`, for flags already parsed, with the problems returned. Flags of other options do not matter. */
export const resolveAssigned = <S extends OptionSpecs>(specs: S, from: AssignedSources): AssignedResult<S> => {
  const values: Record<string, unknown> = {};
  const sources: Record<string, ValueSource> = {};
  const problems: Problem[] = unknownKeys(specs, from.config);
  const notices: string[] = [];
  for (const [option, spec] of Object.entries(specs)) {
    const found = settingsOf(option, spec, from);
    problems.push(...conflictsOf(option, spec, specs, from));
    const [setting] = found;
    if (spec.refused !== undefined) {
      if (setting) problems.push({ kind: 'usage', where: setting.where, message: `is not supported: ${spec.refused}` });
    } else if (spec.deprecated !== undefined) {
      if (setting) notices.push(`${setting.where} has no effect: ${spec.deprecated}`);
    } else if (setting) {
      sources[option] = setting.source;
      readInto(values, option, setting, problems);
    } else if (spec.required) {
      problems.push({ kind: 'invalid', message: `--${flagName(option)} is required (or ${envName(option)})` });
    } else {
      values[option] = spec.default;
      sources[option] = { from: 'default', detail: 'default' };
    }
  }
  // Every option of S has been given its value, or there is a problem and the values are not handed out.
  return { values: values as OptionValues<S>, sources, notices, problems };
};

/** One place an option is set in, and how to read its value there. */
interface Setting {
  readonly source: ValueSource;
  readonly where: string;
  read(): unknown;
  problemOf(error: unknown): Problem;
}

/** Every place an option is set in, the one that counts first. */
const settingsOf = (option: string, spec: OptionSpec<unknown>, from: AssignedSources): Setting[] => {
  const flags = from.assigned.get(option);
  const env = envNamesOf(option, spec, from.onlyOwnEnv).find((name) => from.env?.[name]);
  const config = configValueFor(option, spec, from.config);
  return [
    ...(flags ? [flagSetting(spec, flags)] : []),
    ...(env === undefined ? [] : [envSetting(spec, env, from.env?.[env] ?? '')]),
    ...(config ? [configSetting(option, spec, config)] : []),
  ];
};

const configValueFor = (option: string, spec: OptionSpec<unknown>, config: ConfigSection | undefined) => {
  const key = configKeys(option, spec).find((candidate) => config?.values.has(candidate));
  return key === undefined ? undefined : config?.values.get(key);
};

const configKeys = (option: string, { aliases = [] }: OptionSpec<unknown>): string[] => [
  option,
  ...aliases.map((alias) => alias.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())),
];

const flagSetting = ({ type }: OptionSpec<unknown>, assignments: readonly Assignment[]): Setting => {
  const last = assignments.at(-1)?.flag ?? '';
  return {
    source: { from: 'flag', detail: last },
    where: last,
    read: () => {
      const values = assignments.map(({ text }) => type.parse(text));
      return type.combine ? values.reduce((earlier, later) => type.combine?.(earlier, later)) : values.at(-1);
    },
    problemOf: (error) => ({ kind: 'invalid', where: last, message: messageOf(error) }),
  };
};

const envSetting = ({ type }: OptionSpec<unknown>, name: string, text: string): Setting => ({
  source: { from: 'env', detail: name },
  where: name,
  read: () => type.parse(text),
  problemOf: (error) => ({ kind: 'invalid', where: name, message: messageOf(error) }),
});

const configSetting = (option: string, { type }: OptionSpec<unknown>, config: ConfigValue): Setting => ({
  source: { from: 'config', detail: config.where },
  where: config.where,
  read: () => (type.fromConfig ? type.fromConfig(config.value) : type.parse(scalarText(config.value))),
  problemOf: (error) => {
    const place = error instanceof BadValue ? config.locate(error.path) : config;
    return { kind: 'invalid', where: place.where, excerpt: place.excerpt, message: `${option}: ${messageOf(error)}` };
  },
});

const scalarText = (value: unknown): string => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`${JSON.stringify(value)} is no single value`);
};

const readInto = (values: Record<string, unknown>, option: string, setting: Setting, problems: Problem[]): void => {
  try {
    values[option] = setting.read();
  } catch (error) {
    const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
    problems.push(...errors.map((one) => setting.problemOf(one)));
  }
};

const unknownKeys = (specs: OptionSpecs, config: ConfigSection | undefined): Problem[] => {
  if (!config) return [];
  const known = Object.entries(specs).flatMap(([option, spec]) => configKeys(option, spec));
  return [...config.values]
    .filter(([key]) => !known.includes(key))
    .map(([key, { key: place }]) => ({
      kind: 'invalid',
      where: place.where,
      excerpt: place.excerpt,
      message: `unknown key "${key}" in section "${config.name}"${didYouMean(key, known)}`,
    }));
};

/** Set by the same kind of place: a flag beside an environment default is an override, and no conflict. */
const conflictsOf = (
  option: string,
  { conflictsWith = [] }: OptionSpec<unknown>,
  specs: OptionSpecs,
  from: AssignedSources,
): Problem[] => {
  const spec = specs[option];
  if (!spec) return [];
  const settings = settingsOf(option, spec, from);
  return conflictsWith.flatMap((other) => {
    const otherSpec = specs[other];
    const isReportedThere = other < option && otherSpec?.conflictsWith?.includes(option);
    const others = otherSpec && !isReportedThere ? settingsOf(other, otherSpec, from) : [];
    return settings.flatMap(({ source, where }) => {
      const clash = others.find((candidate) => candidate.source.from === source.from);
      return clash ? [{ kind: 'invalid', where, message: `cannot be set together with ${clash.where}` } as const] : [];
    });
  });
};

/** Names of ours in the environment that are a slip or two away from a known one. Farther ones belong to something else. */
export const misspelledEnv = (specs: OptionSpecs, env: Environment): string[] => {
  const known = Object.keys(specs).map(envName);
  return Object.keys(env)
    .filter((name) => name.startsWith('KUBE_STEWARD_') && !known.includes(name))
    .flatMap((name) => {
      const meant = known.find((candidate) => editDistance(name, candidate) <= 2);
      return meant === undefined ? [] : [`${name} is not read (did you mean ${meant}?)`];
    });
};
