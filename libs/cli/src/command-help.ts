import { visibleCommands } from './commands.ts';
import type { ArgumentSpec, Command } from './commands.ts';
import { optionsHelp, twoColumns, wrap } from './help-text.ts';
import type { HelpLayout } from './help-text.ts';
import { commandLine } from './route.ts';

/** The help of the last command of a path: usage, description, commands below it, options by group, examples. */
export const commandHelp = (path: readonly [Command, ...Command[]], layout: HelpLayout = {}): string => {
  const command = path.at(-1) ?? path[0];
  const children = visibleCommands(command);
  const sections = Object.entries(command.sections ?? {}).map(([name, specs]) =>
    optionsHelp(specs, layout, `Options of the ${name}`, name),
  );
  const parts = [
    usageLines(path, command),
    wrap(command.description ?? command.summary, layout.width ?? 100).join('\n'),
    children.length > 0 ? `Commands:\n${twoColumns(children.map(commandRow), layout.width)}` : '',
    optionsHelp(command.options ?? {}, layout),
    ...sections,
    command.examples ? `Examples:\n${command.examples.map(exampleLines).join('\n')}` : '',
    children.length > 0 ? `More about a command: ${commandLine(path)} COMMAND --help` : '',
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
};

/** `steward explain KIND/NAME [flags]` */
export const usageOf = (path: readonly Command[], command: Command): string =>
  [commandLine(path), ...(command.arguments ?? []).map(argumentUsage), '[flags]'].join(' ');

const usageLines = (path: readonly Command[], command: Command): string => {
  const own = command.run ? [usageOf(path, command)] : [];
  const group = visibleCommands(command).length > 0 ? [`${commandLine(path)} COMMAND [flags]`] : [];
  return `Usage: ${[...own, ...group].join('\n       ')}`;
};

const argumentUsage = ({ name, required, variadic }: ArgumentSpec): string => {
  const repeated = variadic ? `${name}...` : name;
  return required ? repeated : `[${repeated}]`;
};

const commandRow = ({ name, summary }: Command): [string, string] => [name, summary];

const exampleLines = ([line, does]: readonly [string, string]): string => `  # ${does}\n  ${line}`;
