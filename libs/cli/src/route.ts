import { optionsOf, visibleCommands } from './commands.ts';
import type { Command } from './commands.ts';
import type { Problem } from './errors.ts';
import { flagsOf } from './options.ts';
import { didYouMean } from './suggest.ts';

export interface Route {
  /** From the root to the command meant. */
  readonly path: readonly [Command, ...Command[]];
  /** The arguments without the words that named commands. */
  readonly argv: readonly string[];
  /** A word that names no command. */
  readonly problem?: Problem;
}

/** Finds the command that arguments name. Flags may stand before, between and after the words. */
export const route = (root: Command, argv: readonly string[]): Route => {
  const takesValue = flagsWithValue(root);
  const path: [Command, ...Command[]] = [root];
  const rest: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    const command = path.at(-1) ?? root;
    if (word === '--' || !command.commands) return { path, argv: [...rest, ...argv.slice(i)] };
    if (word.startsWith('-') && word !== '-') {
      rest.push(word);
      if (takesValue.has(word) && i + 1 < argv.length) rest.push(argv[++i] ?? '');
      continue;
    }
    const next = findCommand(command, word);
    if (next) path.push(next);
    else if (command.run && command.arguments) return { path, argv: [...rest, ...argv.slice(i)] };
    else return { path, argv: rest, problem: unknownCommand(command, word) };
  }
  return { path, argv: rest };
};

/** The words that lead to a command: `steward schedule test`. */
export const commandLine = (path: readonly Command[]): string => path.map(({ name }) => name).join(' ');

const findCommand = (command: Command, word: string): Command | undefined =>
  command.commands?.find(({ name, aliases }) => name === word || aliases?.includes(word));

const unknownCommand = (command: Command, word: string): Problem => {
  const names = visibleCommands(command).map(({ name }) => name);
  const allowed = didYouMean(word, names) || ` (commands: ${names.join(', ')})`;
  return { kind: 'usage', message: `unknown command "${word}"${allowed}` };
};

/** Every flag of the tree that takes a value: which command is meant is not known yet where one stands in front. */
const flagsWithValue = (command: Command): Set<string> => {
  const flags = new Set<string>();
  for (const [option, spec] of Object.entries(optionsOf(command))) {
    if (spec.type.isSwitch) continue;
    for (const flag of flagsOf(option, spec)) flags.add(`--${flag}`);
    if (spec.short !== undefined) flags.add(`-${spec.short}`);
  }
  for (const child of command.commands ?? []) for (const flag of flagsWithValue(child)) flags.add(flag);
  return flags;
};
