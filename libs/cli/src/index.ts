/**
 * What every command line of the project is made of. Knows nothing of Kubernetes.
 *
 * - options: one declaration gives the flag, the environment name, the key of the config file, the help text and the JSON
 *   schema; problems of all sources are reported at once, each with its place and what is allowed
 * - commands: a declarative tree with help, suggestions, exit codes and shell completion
 * - terminal: colour decided once a stream, kubectl-style tables, one progress line
 *
 * @example
 * const options = defineOptions({ gracePeriod: { type: duration, default: 900_000, description: 'Youth to be left alone.' } });
 * const { values } = resolveOptions(options, { argv: ['--grace-period', '30m'], env: process.env });
 * values.gracePeriod; // 1800000, a number
 */
export { commandHelp } from './command-help.ts';
export { defineCommand } from './commands.ts';
export type { ArgumentSpec, Command, CommandContext, SectionSpecs } from './commands.ts';
export { complete, completionReply } from './completion.ts';
export type { Candidate, Candidates } from './completion.ts';
export { SHELLS, completionScript } from './completion-script.ts';
export type { Shell } from './completion-script.ts';
export { confirm } from './confirm.ts';
export { SECTIONS, loadConfigText, readConfigFile, readSectionFile } from './config-file.ts';
export type { ConfigFile, ConfigSection, ConfigValue, SourcePlace } from './config-file.ts';
export { displayWidth, printable, truncate } from './display-width.ts';
export { BadValue, CliError, formatProblem, messageOf } from './errors.ts';
export type { CliErrorCode, Problem } from './errors.ts';
export { EXIT } from './exit-codes.ts';
export type { ExitCode } from './exit-codes.ts';
export { helpText } from './help-text.ts';
export type { HelpContent, HelpLayout } from './help-text.ts';
export { jsonSchema } from './json-schema.ts';
export { loadOptions } from './load-options.ts';
export type { LoadSources } from './load-options.ts';
export { boolean, boundedDuration, choice, custom, decimal, duration, integer, text } from './option-types.ts';
export type { Bounds, JsonSchema, OptionType } from './option-types.ts';
export { keyValueMap, list, listOf, regexList } from './list-types.ts';
export { defineOptions, envName, flagName } from './options.ts';
export type { OptionSpec, OptionSpecs, OptionValues } from './options.ts';
export { createProgress } from './progress.ts';
export type { Progress, ProgressOptions } from './progress.ts';
export { resolveOptions } from './resolve-options.ts';
export type { Environment, OptionSources, ResolvedOptions, ValueSource } from './resolve-options.ts';
export { runCommand } from './run-command.ts';
export type { RunOptions } from './run-command.ts';
export { settingsTable } from './settings.ts';
export { excerptOf } from './source-excerpt.ts';
export { fileFailure } from './file-failure.ts';
export { didYouMean, editDistance, suggest } from './suggest.ts';
export { renderTable } from './table.ts';
export type { Column, TableOptions } from './table.ts';
export { COLOR_CHOICES, createTerminal } from './terminal.ts';
export type {
  ColorChoice,
  InputStream,
  OutputStream,
  Style,
  StyleName,
  Terminal,
  TerminalOptions,
} from './terminal.ts';
