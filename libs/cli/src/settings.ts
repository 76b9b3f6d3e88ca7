import type { OptionSpecs } from './options.ts';
import { flagName, valueText } from './options.ts';
import type { ValueSource } from './resolve-options.ts';
import { renderTable } from './table.ts';

/** Every option, its value, and where it came from, as a table: what `--show-config` prints. */
export const settingsTable = (
  specs: OptionSpecs,
  values: Readonly<Record<string, unknown>>,
  sources: Readonly<Record<string, ValueSource>>,
): string =>
  renderTable(
    ['option', 'value', 'source'],
    Object.entries(specs)
      .filter(([option]) => option in values)
      .map(([option, spec]) => [
        spec.configOnly ? option : `--${flagName(option)}`,
        valueText(spec, values[option]),
        describeSource(sources[option]),
      ]),
  );

const describeSource = (source: ValueSource | undefined): string => {
  if (source === undefined || source.from === 'default') return 'default';
  return source.from === 'flag' ? 'flag' : `${source.from} ${source.detail}`;
};
