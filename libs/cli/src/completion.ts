import { optionsOf, visibleCommands } from './commands.ts';
import type { ArgumentSpec, Command } from './commands.ts';
import { flagsOf } from './options.ts';
import type { OptionSpec } from './options.ts';
import { parseArguments } from './parse-arguments.ts';
import { route } from './route.ts';

/** The hidden command that shells call: `steward __complete WORD... PREFIX`. */
export const COMPLETE_COMMAND = '__complete';

export interface Candidate {
  readonly value: string;
  readonly description?: string;
}

export interface Candidates {
  readonly candidates: readonly Candidate[];
  /** The shell should offer the names of files instead. */
  readonly files: boolean;
}

const NONE: Candidates = { candidates: [], files: false };
const FILES: Candidates = { candidates: [], files: true };

/** What can stand in place of the last word, given those before it (without the program's name). */
export const complete = async (root: Command, words: readonly string[]): Promise<Candidates> => {
  const prefix = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const { path, argv, problem } = route(root, before);
  if (problem) return NONE;
  const command = path.at(-1) ?? root;
  const pending = pendingFlag(command, before);
  if (pending) return valuesOf(pending, prefix);
  const equals = prefix.indexOf('=');
  if (prefix.startsWith('--') && equals > 0) return inlineValues(command, prefix.slice(0, equals), prefix);
  if (prefix.startsWith('-')) return matching(flagCandidates(command), prefix);
  const children = visibleCommands(command).map(({ name, summary }) => ({ value: name, description: summary }));
  const { rest } = parseArguments(optionsOf(command), argv);
  const fromArguments = await argumentCandidates(command.arguments ?? [], rest, prefix);
  const offered = rest.length === 0 ? children : [];
  return { ...fromArguments, candidates: [...matching(offered, prefix).candidates, ...fromArguments.candidates] };
};

/**
 * The answer as cobra's scripts read it, and with them kubectl for its plugins: a candidate a line, its description behind
 * a tab, then `:4` (only these) or `:0` (names of files).
 */
export const completionReply = async (root: Command, words: readonly string[]): Promise<string> => {
  const { candidates, files } = await complete(root, words);
  const lines = candidates.map(({ value, description }) => (description ? `${value}\t${description}` : value));
  return [...lines, files ? ':0' : ':4'].map((line) => `${line}\n`).join('');
};

const matching = (candidates: readonly Candidate[], prefix: string): Candidates => ({
  candidates: candidates.filter(({ value }) => value.startsWith(prefix)),
  files: false,
});

const flagCandidates = (command: Command): Candidate[] =>
  Object.entries(optionsOf(command))
    .filter(([, spec]) => !spec.hidden && spec.deprecated === undefined && spec.refused === undefined)
    .flatMap(([option, spec]) => {
      const flag = flagsOf(option, spec)[0];
      return flag === undefined ? [] : [{ value: `--${flag}`, description: spec.description }];
    });

const findOption = (command: Command, flag: string): OptionSpec<unknown> | undefined =>
  Object.entries(optionsOf(command)).find(
    ([option, spec]) => flagsOf(option, spec).some((name) => `--${name}` === flag) || `-${spec.short}` === flag,
  )?.[1];

/** The option whose value the last word is, when the word before is a flag that takes one. */
const pendingFlag = (command: Command, before: readonly string[]): OptionSpec<unknown> | undefined => {
  const last = before.at(-1) ?? '';
  const spec = last.startsWith('-') && !last.includes('=') ? findOption(command, last) : undefined;
  return spec?.type.isSwitch ? undefined : spec;
};

const valuesOf = async (spec: OptionSpec<unknown>, prefix: string): Promise<Candidates> => {
  if (spec.type.choices) return matching(listCandidates(spec, prefix), prefix);
  return live(spec.complete, prefix);
};

/** For a list, each choice behind what is already written. */
const listCandidates = ({ type }: OptionSpec<unknown>, prefix: string): Candidate[] => {
  const written = type.combine ? prefix.slice(0, prefix.lastIndexOf(',') + 1) : '';
  return (type.choices ?? []).map((value) => ({ value: written + value }));
};

const inlineValues = async (command: Command, flag: string, prefix: string): Promise<Candidates> => {
  const spec = findOption(command, flag);
  if (!spec) return NONE;
  const { candidates, files } = await valuesOf(spec, prefix.slice(flag.length + 1));
  return { files, candidates: candidates.map(({ value }) => ({ value: `${flag}=${value}` })) };
};

const argumentCandidates = async (
  specs: readonly ArgumentSpec[],
  given: readonly string[],
  prefix: string,
): Promise<Candidates> => {
  const spec = specs[given.length] ?? (specs.at(-1)?.variadic ? specs.at(-1) : undefined);
  if (!spec) return NONE;
  const left = spec.choices?.filter((choice) => !given.includes(choice));
  return left
    ? matching(
        left.map((value) => ({ value })),
        prefix,
      )
    : live(spec.complete, prefix);
};

const live = async (source: ArgumentSpec['complete'], prefix: string): Promise<Candidates> => {
  if (source === undefined) return NONE;
  if (source === 'files') return FILES;
  try {
    return matching(
      (await source(prefix)).map((value) => ({ value })),
      prefix,
    );
  } catch {
    return NONE; // A cluster out of reach must not print into somebody's half-typed line.
  }
};
