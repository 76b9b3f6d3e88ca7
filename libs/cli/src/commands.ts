import type { OptionSpecs, OptionValues } from './options.ts';
import type { Environment, ValueSource } from './resolve-options.ts';
import type { Terminal } from './terminal.ts';

/** One place among a command's arguments. */
export interface ArgumentSpec {
  /** As help text shows it: `KIND/NAME`. */
  readonly name: string;
  readonly required?: boolean;
  /** Takes all that is left. Only for the last one. */
  readonly variadic?: boolean;
  /** The only words allowed. */
  readonly choices?: readonly string[];
  /** Candidates for the shell: live names, or the names of files. */
  readonly complete?: 'files' | ((prefix: string) => Promise<readonly string[]>);
}

/** Options of controllers, by the section of the config file that holds them. */
export type SectionSpecs = Readonly<Record<string, OptionSpecs>>;

export interface CommandContext<S extends OptionSpecs, C extends SectionSpecs> {
  /** The values of the command's own options. */
  readonly options: OptionValues<S>;
  /** The values of the sections' options: flag over environment over config file over default. */
  readonly sections: { readonly [K in keyof C]: OptionValues<C[K]> };
  /** Where each value came from; a section's options as `section.option`. */
  readonly sources: Readonly<Record<string, ValueSource>>;
  /** The arguments that are no flags, of the shape the command declares. */
  readonly arguments: readonly string[];
  readonly terminal: Terminal;
  readonly env: Environment;
}

/**
 * One command: a leaf with `run`, a group with `commands`, or both (then `run` is what happens without a further word).
 * Make it with `defineCommand`, which types what `run` is given.
 */
export interface Command<S extends OptionSpecs = OptionSpecs, C extends SectionSpecs = SectionSpecs> {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** For the command's own help; the summary if absent. */
  readonly description?: string;
  /** Command lines, each with what it does. */
  readonly examples?: readonly (readonly [line: string, does: string])[];
  readonly aliases?: readonly string[];
  /** Not in help text and completion. */
  readonly hidden?: boolean;
  /**
   * Three names have a meaning: `config` names the file that the sections are read from, `showConfig` prints all values
   * instead of running, and `color` (`COLOR_CHOICES`) overrides what the terminal decided.
   */
  readonly options?: S;
  /** Options of controllers that this command takes as flags and from the config file. */
  readonly sections?: C;
  readonly arguments?: readonly ArgumentSpec[];
  readonly commands?: readonly Command[];
  /** @returns the exit code */
  run?(context: CommandContext<S, C>): Promise<number> | number;
}

/**
 * Declares a command.
 *
 * @example
 * const wake = defineCommand({
 *   name: 'wake',
 *   summary: 'Keep a workload up for a while.',
 *   options: { for: { type: duration, default: 7_200_000, description: 'How long.' } },
 *   arguments: [{ name: 'KIND/NAME', required: true }],
 *   run: ({ options, terminal }) => {
 *     terminal.out(`for ${options.for} ms`);
 *     return EXIT.ok;
 *   },
 * });
 */
export const defineCommand = <S extends OptionSpecs = OptionSpecs, C extends SectionSpecs = SectionSpecs>(
  command: Command<S, C>,
): Command => command;

/** Every option a command takes as a flag: its own and those of its sections. Of the same name, its own counts. */
export const optionsOf = (command: Command): OptionSpecs => ({
  ...Object.fromEntries(Object.values(command.sections ?? {}).flatMap((specs) => Object.entries(specs))),
  ...command.options,
});

/** The commands below one that are shown. */
export const visibleCommands = (command: Command): readonly Command[] =>
  (command.commands ?? []).filter(({ hidden }) => !hidden);
