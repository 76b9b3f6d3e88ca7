import { usageOf } from './command-help.ts';
import { optionsOf } from './commands.ts';
import type { ArgumentSpec, Command, CommandContext } from './commands.ts';
import { readConfigFile } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';
import { CliError, formatProblem } from './errors.ts';
import type { Problem } from './errors.ts';
import type { OptionSpecs } from './options.ts';
import { parseArguments } from './parse-arguments.ts';
import { misspelledEnv, resolveAssigned } from './resolve-options.ts';
import type { ValueSource } from './resolve-options.ts';
import { commandLine } from './route.ts';
import type { RunOptions } from './run-command.ts';
import { didYouMean } from './suggest.ts';
import { COLOR_CHOICES } from './terminal.ts';

/** What a command is run with. */
export interface ResolvedCommand {
  readonly context: CommandContext<OptionSpecs, Record<string, OptionSpecs>>;
  readonly notices: readonly string[];
}

/** Every option of the command and of its sections, out of all four sources. @throws CliError with every problem. */
export const resolveCommand = async (
  path: readonly Command[],
  command: Command,
  argv: readonly string[],
  { env, terminal, onlyOwnEnv = false, readConfig = readConfigFile }: RunOptions,
): Promise<ResolvedCommand> => {
  const specs = optionsOf(command);
  const { assigned, rest, problems: flagProblems, hasUnknownFlags } = parseArguments(specs, argv);
  const problems = [...flagProblems, ...(hasUnknownFlags ? [] : shapeProblems(command.arguments ?? [], rest))];
  const own = resolveAssigned(command.options ?? {}, { assigned, env, onlyOwnEnv });
  problems.push(...own.problems);
  const config = command.sections ? await readConfigOf(own.values, readConfig, problems) : undefined;
  const sections: Record<string, Readonly<Record<string, unknown>>> = {};
  const sources: Record<string, ValueSource> = { ...own.sources };
  const notices = new Set([...misspelledEnv(specs, env), ...own.notices]);
  for (const [name, sectionSpecs] of Object.entries(command.sections ?? {})) {
    const section = resolveAssigned(sectionSpecs, { assigned, env, onlyOwnEnv, config: config?.section(name) });
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
    problems.push(...error.problems.map((problem) => withOption(problem, path)));
    return undefined;
  }
};

/** Of the whole file, which is named by its option then; places in it speak for themselves. */
const withOption = (problem: Problem, path: string): Problem =>
  problem.where === path ? { ...problem, where: `--config ${path}` } : problem;

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
export const usageError = (problems: readonly Problem[], path: readonly Command[]): CliError => {
  const command = path.at(-1);
  const isUsage = command !== undefined && problems.some(({ kind }) => kind === 'usage');
  const usage = isUsage && command.run ? `usage: ${usageOf(path, command)}; ` : '';
  return new CliError(problems, isUsage ? { hint: `${usage}see ${commandLine(path)} --help` } : {});
};
