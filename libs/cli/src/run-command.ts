import { commandHelp } from './command-help.ts';
import type { Command } from './commands.ts';
import { COMPLETE_COMMAND, completionReply } from './completion.ts';
import type { ConfigFile } from './config-file.ts';
import { CliError, formatProblem, messageOf } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { resolveCommand, usageError } from './resolve-command.ts';
import type { ResolvedCommand } from './resolve-command.ts';
import type { Environment } from './resolve-options.ts';
import { route } from './route.ts';
import { settingsTable } from './settings.ts';
import type { Terminal } from './terminal.ts';

export interface RunOptions {
  /** Without the program's name. */
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly terminal: Terminal;
  /** Reads `KUBE_STEWARD_...` alone, not the names of other tools. */
  readonly onlyOwnEnv?: boolean;
  /** Reads the config file; for tests. */
  readonly readConfig?: (path: string) => Promise<ConfigFile>;
}

/**
 * Runs the command that `argv` names, out of a tree. `--help` and `-h` anywhere print help; problems with the command line,
 * environment and config file are printed all at once. Never ends the process and never throws: whatever a command throws
 * is printed on standard error.
 *
 * @returns the exit code: what the command returned, 0 for help, 3 or 64 for a CliError, 1 for any other error
 */
export const runCommand = async (root: Command, options: RunOptions): Promise<number> => {
  try {
    return await dispatch(root, options);
  } catch (error) {
    return reportError(error, options.terminal);
  }
};

const dispatch = async (root: Command, options: RunOptions): Promise<number> => {
  const { argv, terminal } = options;
  if (argv[0] === COMPLETE_COMMAND) {
    terminal.out(await completionReply(root, argv.slice(1)));
    return EXIT.ok;
  }
  const wantsHelp = argv[0] === 'help' || isHelpAsked(argv);
  const found = route(
    root,
    argv[0] === 'help' ? argv.slice(1) : argv.filter((word) => !wantsHelp || !isHelpFlag(word)),
  );
  const command = found.path.at(-1) ?? root;
  if (found.problem && !wantsHelp) throw usageError([found.problem], found.path);
  if (wantsHelp) {
    const width = Math.min(terminal.width ?? 100, 120);
    terminal.out(commandHelp(found.path, { width, onlyOwnEnv: options.onlyOwnEnv ?? false }));
    return found.problem ? EXIT.usage : EXIT.ok;
  }
  if (!command.run) {
    terminal.err(commandHelp(found.path));
    return EXIT.usage;
  }
  const resolved = await resolveCommand(found.path, command, found.argv, options);
  for (const notice of resolved.notices) terminal.err(`notice: ${notice}`);
  if (resolved.context.options['showConfig'] === true) return showSettings(command, resolved.context);
  return await command.run(resolved.context);
};

const isHelpFlag = (word: string): boolean => word === '--help' || word === '-h';

const isHelpAsked = (argv: readonly string[]): boolean => {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? argv.length : end).some(isHelpFlag);
};

const showSettings = (
  command: Command,
  { options, sections, sources, terminal }: ResolvedCommand['context'],
): number => {
  terminal.out(settingsTable(command.options ?? {}, options, sources));
  for (const [name, specs] of Object.entries(command.sections ?? {})) {
    const own = Object.keys(specs).map((option) => [option, sources[`${name}.${option}`]] as const);
    const known = own.flatMap(([option, source]) => (source ? [[option, source] as const] : []));
    terminal.out(`\n${name}`);
    terminal.out(settingsTable(specs, sections[name] ?? {}, Object.fromEntries(known)));
  }
  return EXIT.ok;
};

const reportError = (error: unknown, terminal: Terminal): number => {
  const label = terminal.errStyle('red', 'error');
  if (error instanceof CliError) {
    for (const problem of error.problems) terminal.err(`${label}: ${formatProblem(problem)}`);
    terminal.err(error.hint ?? '');
    return error.exitCode;
  }
  terminal.err(`${label}: ${isFault(error) ? (error.stack ?? error.message) : messageOf(error)}`);
  return EXIT.error;
};

/** A mistake in the program: only its stack helps whoever gets the report. */
const isFault = (error: unknown): error is Error =>
  error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
