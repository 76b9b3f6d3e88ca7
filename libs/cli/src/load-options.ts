import { readConfigFile } from './config-file.ts';
import type { ConfigFile, ConfigSection } from './config-file.ts';
import { CliError } from './errors.ts';
import type { Problem } from './errors.ts';
import type { OptionSpecs } from './options.ts';
import { parseArguments } from './parse-arguments.ts';
import { misspelledEnv, resolveAssigned } from './resolve-options.ts';
import type { OptionSources, ResolvedOptions } from './resolve-options.ts';

export interface LoadSources extends Omit<OptionSources, 'config'> {
  /** The section of the config file that holds the options. */
  readonly section: string;
  /** Reads the config file; for tests. */
  readonly readConfig?: (path: string) => Promise<ConfigFile>;
}

/**
 * The options of a controller's own binary: as `resolveOptions`, with the config file named by the option `config`
 * (`--config`, `KUBE_STEWARD_CONFIG`) if the options have one of this name and it is set.
 *
 * @throws CliError with all problems of flags, environment and file at once
 */
export const loadOptions = async <S extends OptionSpecs>(
  specs: S,
  { section, readConfig = readConfigFile, ...sources }: LoadSources,
): Promise<ResolvedOptions<S>> => {
  const { assigned, rest, problems } = parseArguments(specs, sources.argv ?? []);
  const path = configPathOf(specs, resolveAssigned(specs, { ...sources, assigned }).values);
  const loaded = path === undefined ? {} : await loadSection(path, section, readConfig);
  const resolved = resolveAssigned(specs, { ...sources, assigned, config: loaded.section });
  const all = [...problems, ...(loaded.problems ?? []), ...resolved.problems];
  if (all.length > 0) throw new CliError(all);
  const notices = [...misspelledEnv(specs, sources.env ?? {}), ...resolved.notices];
  return { values: resolved.values, sources: resolved.sources, notices, rest };
};

const configPathOf = (specs: OptionSpecs, values: Readonly<Record<string, unknown>>): string | undefined =>
  'config' in specs && typeof values['config'] === 'string' ? values['config'] : undefined;

const loadSection = async (
  path: string,
  name: string,
  readConfig: (path: string) => Promise<ConfigFile>,
): Promise<{ section?: ConfigSection | undefined; problems?: readonly Problem[] }> => {
  try {
    return { section: (await readConfig(path)).section(name) };
  } catch (error) {
    if (error instanceof CliError) return { problems: error.problems };
    throw error;
  }
};
