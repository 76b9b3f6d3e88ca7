import { displayWidth } from './display-width.ts';
import { envNamesOf, flagsOf, valueText } from './options.ts';
import type { OptionSpec, OptionSpecs } from './options.ts';

export interface HelpLayout {
  /** Total width; descriptions are wrapped to it. */
  readonly width?: number;
  /** Leaves environment names of other tools out. */
  readonly onlyOwnEnv?: boolean;
}

export interface HelpContent extends HelpLayout {
  /** `steward plan [flags] [CONTROLLER...]` */
  readonly usage: string;
  readonly description: string;
}

const DEFAULT_GROUP = 'Options';

/** The help of one command: usage, description, and its options by group. */
export const helpText = (specs: OptionSpecs, { usage, description, ...layout }: HelpContent): string =>
  [`Usage: ${usage}`, wrap(description, layout.width ?? 100).join('\n'), optionsHelp(specs, layout)]
    .filter((part) => part !== '')
    .join('\n\n') + '\n';

/**
 * The options of a help text, by group; empty when there is nothing to show. `heading` is for those without a group; `owner`
 * stands in the others, where several have groups of the same name.
 */
export const optionsHelp = (
  specs: OptionSpecs,
  layout: HelpLayout = {},
  heading = DEFAULT_GROUP,
  owner?: string,
): string => {
  const groups = new Map<string, [string, string][]>();
  for (const [option, spec] of Object.entries(specs)) {
    if (spec.hidden || spec.refused !== undefined || spec.deprecated !== undefined) continue;
    const group = spec.group === undefined ? heading : owner === undefined ? spec.group : `${spec.group} (${owner})`;
    groups.set(group, [...(groups.get(group) ?? []), [label(option, spec), detail(option, spec, layout)]]);
  }
  return [...groups].map(([group, rows]) => `${group}:\n${twoColumns(rows, layout.width)}`).join('\n\n');
};

const label = (option: string, spec: OptionSpec<unknown>): string => {
  if (spec.configOnly) return `    ${option}: (config file)`;
  const short = spec.short === undefined ? '    ' : `-${spec.short}, `;
  const flag = flagsOf(option, spec)[0] ?? option;
  if (spec.type.isSwitch) return `${short}--${spec.default === true ? '[no-]' : ''}${flag}`;
  return `${short}--${flag} <${spec.type.placeholder}>`;
};

const detail = (option: string, spec: OptionSpec<unknown>, { onlyOwnEnv }: HelpLayout): string => {
  const env = onlyOwnEnv ? [] : envNamesOf(option, spec).slice(1);
  const shown = spec.default === undefined || spec.default === false ? '' : valueText(spec, spec.default);
  const remarks = [
    ...(spec.required ? ['required'] : []),
    ...(shown === '' ? [] : [`default: ${shown}`]),
    ...(spec.aliases?.length ? [`also --${spec.aliases.join(', --')}`] : []),
    ...(env.length > 0 ? [`env: ${env.join(', ')}`] : []),
  ];
  return remarks.length > 0 ? `${spec.description} (${remarks.join('; ')})` : spec.description;
};

const LABEL_WIDTH = 34;

/** Names left, texts right; a name too long for its column stands on a line of its own. */
export const twoColumns = (rows: readonly (readonly [string, string])[], width = 100): string => {
  const longest = Math.max(0, ...rows.map(([name]) => displayWidth(name)));
  const column = Math.min(longest, LABEL_WIDTH) + 2;
  return rows
    .map(([name, text]) => {
      const lines = wrap(text, Math.max(30, width - column - 2));
      const indent = ' '.repeat(column + 2);
      const tooLong = displayWidth(name) > column - 2;
      const first = tooLong ? `  ${name}\n${indent}` : `  ${name.padEnd(column)}`;
      return `${first}${lines.join(`\n${indent}`)}`.trimEnd();
    })
    .join('\n');
};

/** Lines no longer than `width`, broken at blanks; breaks already there are kept. */
export const wrap = (text: string, width: number): string[] =>
  text.split('\n').flatMap((paragraph) => {
    const lines = [''];
    for (const word of paragraph.split(' ')) {
      const last = lines.at(-1) ?? '';
      if (last === '') lines[lines.length - 1] = word;
      else if (displayWidth(`${last} ${word}`) <= width) lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
    }
    return lines;
  });
