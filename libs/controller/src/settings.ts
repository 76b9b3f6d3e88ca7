import {
  CliError,
  EXIT,
  helpText,
  loadOptions,
  settingsTable,
  type Environment,
  type OptionSpecs,
  type ValueSource,
} from '@kube-steward/cli';
import type { ControllerDefinition } from './definition.ts';
import { runtimeOptions, type ControllerValues } from './runtime-options.ts';

/** What the command line, the environment and the config file say. */
export interface Settings<S extends OptionSpecs> {
  readonly values: ControllerValues<S>;
  readonly sources: Readonly<Record<string, ValueSource>>;
  readonly notices: readonly string[];
}

/** Text that was asked for instead of a run. */
export interface Answer {
  readonly text: string;
}

/**
 * Reads the options of a controller; `--help`, `--version` and `--show-config` are answered instead.
 * Throws CliError with everything that is wrong at once.
 */
export const loadSettings = async <S extends OptionSpecs>(
  definition: ControllerDefinition<S>,
  argv: readonly string[],
  env: Environment,
): Promise<Settings<S> | Answer> => {
  const { name, version, description, concurrency = 1 } = definition;
  const specs: OptionSpecs = { ...definition.options, ...runtimeOptions({ name, concurrency }) };
  if (argv.some((word) => word === '--help' || word === '-h'))
    return { text: helpText(specs, { usage: `${name} [flags]`, description }) };
  if (argv.includes('--version')) return { text: `${version}\n` };
  const { values, sources, notices, rest } = await loadOptions(specs, { section: name, argv, env });
  if (rest.length > 0 && rest.join(' ') !== 'run') throw unexpected(rest);
  if (values['showConfig'] === true) return { text: `${settingsTable(specs, values, sources)}\n` };
  return { values: values as ControllerValues<S>, sources, notices };
};

const unexpected = (words: readonly string[]): CliError =>
  new CliError([{ kind: 'usage', message: `unexpected argument "${words.join(' ')}" (allowed: flags; see --help)` }]);

/** What to print for an error that ends the process, and its exit code. */
export const explain = (error: unknown): { text: string; exitCode: number } =>
  error instanceof CliError
    ? { text: `${error.message}\n`, exitCode: error.exitCode }
    : { text: `error: ${error instanceof Error ? error.message : String(error)}\n`, exitCode: EXIT.error };
