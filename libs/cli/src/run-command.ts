import { commandHelp, usageOf } from './command-help.ts';
import { optionsOf } from './commands.ts';
import type { ArgumentSpec, Command, CommandContext } from './commands.ts';
import { COMPLETE_COMMAND, completionReply } from './completion.ts';
import { readConfigFile } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';
import { CliError, formatProblem, messageOf } from './errors.ts';
import type { Problem } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import type { OptionSpecs } from './options.ts';
import { parseArguments } from './parse-arguments.ts';
import { resolveAssigned } from './resolve-options.ts';
import type { Environment, ValueSource } from './resolve-options.ts';
import { commandLine, route } from './route.ts';
import { settingsTable } from './settings.ts';
import { didYouMean } from './suggest.ts';
import { COLOR_CHOICES } from './terminal.ts';
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
    terminal.out(commandHelp(found.path, { width: Math.min(terminal.width ?? 100, 120), ...options }));
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

interface ResolvedCommand {
  readonly context: CommandContext<OptionSpecs, Record<string, OptionSpecs>>;
  readonly notices: readonly string[];
}

/** Every option of the command and of its sections, out of all four sources. @throws CliError with every problem. */
const resolveCommand = async (
  path: readonly Command[],
  command: Command,
  argv: readonly string[],
  { env, terminal, onlyOwnEnv = false, readConfig = readConfigFile }: RunOptions,
): Promise<ResolvedCommand> => {
  const { assigned, rest, problems: flagProblems } = parseArguments(optionsOf(command), argv);
  const isShapeKnown = flagProblems.every(({ message }) => !message.startsWith('unknown flag'));
  const problems = [...flagProblems, ...(isShapeKnown ? shapeProblems(command.arguments ?? [], rest) : [])];
  const own = resolveAssigned(command.options ?? {}, { assigned, env, onlyOwnEnv });
  problems.push(...own.problems);
  const config = command.sections ? await readConfigOf(own.values, readConfig, problems) : undefined;
  const sections: Record<string, Readonly<Record<string, unknown>>> = {};
  const sources: Record<string, ValueSource> = { ...own.sources };
  const notices = new Set(own.notices);
  for (const [name, specs] of Object.entries(command.sections ?? {})) {
    const section = resolveAssigned(specs, { assigned, env, onlyOwnEnv, config: config?.section(name) });
    problems.push(...section.problems);
    sections[name] = section.values;
    for (const notice of section.notices) notices.add(notice);
    for (const [option, source] of Object.entries(section.sources)) sources[`${name}.${option}`] = source;
  }
  if (problems.length > 0) throw usageError(withoutRepeats(problems), path);
  const color = COLOR_CHOICES.find((choice) => choice === own.values['color']);
  const colored = color === undefined ? terminal : terminal.withColor(color);
  const context = { options: own.values, sections, sources, arguments: rest, terminal: colored, env };
  return { context, notices: [...notices] };
};

const readConfigOf = async (
  values: Readonly<Record<string, unknown>>,
  readConfig: (path: string) => Promise<ConfigFile>,
  problems: Problem[],
): Promise<ConfigFile | undefined> => {
  const path = values['config'];
  if (typeof path !== 'string') return undefined;
  try {
    return await readConfig(path);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
};

/** Missing and superfluous arguments, and words that are not allowed. */
const shapeProblems = (specs: readonly ArgumentSpec[], words: readonly string[]): Problem[] => {
  const usage = (message: string): Problem => ({ kind: 'usage', message });
  const missing = specs.slice(words.length).find(({ required }) => required);
  if (missing) return [usage(`${missing.name} is missing`)];
  const last = specs.at(-1);
  const superfluous = last?.variadic ? [] : words.slice(specs.length);
  if (superfluous.length > 0) return [usage(`unexpected argument "${superfluous.join(' ')}"`)];
  return words.flatMap((word, index) => {
    const choices = (specs[index] ?? last)?.choices;
    if (!choices || choices.includes(word)) return [];
    return [usage(`"${word}" is not allowed (allowed: ${choices.join(', ')})${didYouMean(word, choices)}`)];
  });
};

/** An option that two sections share is complained about once. */
const withoutRepeats = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [formatProblem(problem), problem])).values(),
];

/** Adds the way to help where the command line itself was wrong. */
const usageError = (problems: readonly Problem[], path: readonly Command[]): CliError => {
  const command = path.at(-1);
  const isUsage = command !== undefined && problems.some(({ kind }) => kind === 'usage');
  const usage = isUsage && command.run ? `usage: ${usageOf(path, command)}; ` : '';
  const hint: Problem = { kind: 'usage', message: `${usage}see ${commandLine(path)} --help` };
  return new CliError(isUsage ? [...problems, hint] : problems);
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
    for (const problem of error.problems) {
      const isHint = problem.kind === 'usage' && problem === error.problems.at(-1) && error.problems.length > 1;
      terminal.err(isHint ? problem.message : `${label}: ${formatProblem(problem)}`);
    }
    return error.exitCode;
  }
  terminal.err(`${label}: ${messageOf(error)}`);
  return EXIT.error;
};
