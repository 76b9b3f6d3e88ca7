import { formatDurationSpec, parseDuration } from '@kube-steward/schedule';

/** A JSON schema (2020-12) of one value. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** How a value of type `T` is written on a command line, in the environment, in YAML, and in a schema. */
export interface OptionType<out T> {
  /** Reads the text of a flag or an environment name. Throws an `Error` that says what came and what is allowed. */
  parse(text: string): T;
  /** Reads a value of a config file. Without it, a scalar is read by `parse` and anything else is refused. */
  fromConfig?(value: unknown): T;
  /** The value as a config file would have it; the inverse of `fromConfig`. Without it, the value itself. */
  toConfig?(value: unknown): unknown;
  /** Present: the flag may be repeated, and this joins what came before with the next. */
  combine?(earlier: unknown, later: unknown): T;
  readonly schema: JsonSchema;
  /** What stands for the value in help text. */
  readonly placeholder: string;
  /** A flag without a value: `--flag`, `--no-flag`, `--flag=false`. */
  readonly isSwitch?: boolean;
  /** The only values allowed, for help text and completion. */
  readonly choices?: readonly string[];
}

/** A value as an error message shows it. */
export const quoted = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : JSON.stringify(value));

/** Any text. */
export const text: OptionType<string> = {
  parse: (written) => written,
  schema: { type: 'string' },
  placeholder: 'text',
};

const parseNumber = (kind: string, pattern: RegExp, { min = -Infinity, max = Infinity }: Bounds, written: string) => {
  const value = Number(written);
  if (!pattern.test(written.trim())) throw new Error(`${quoted(written)} is no ${kind}${boundsText({ min, max })}`);
  if (value < min || value > max) throw new Error(`${written} is out of bounds${boundsText({ min, max })}`);
  return value;
};

const boundsText = ({ min = -Infinity, max = Infinity }: Bounds): string => {
  if (min === -Infinity && max === Infinity) return '';
  if (max === Infinity) return ` (allowed: ${min} or more)`;
  return min === -Infinity ? ` (allowed: ${max} or less)` : ` (allowed: ${min} to ${max})`;
};

/** Both ends belong to what is allowed. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

const boundsSchema = ({ min, max }: Bounds): JsonSchema => ({
  ...(min !== undefined && { minimum: min }),
  ...(max !== undefined && { maximum: max }),
});

/** A whole number within bounds. */
export const integer = (bounds: Bounds = {}): OptionType<number> => ({
  parse: (written) => parseNumber('whole number', /^[+-]?\d+$/, bounds, written),
  schema: { type: 'integer', ...boundsSchema(bounds) },
  placeholder: 'number',
});

/** A number within bounds, decimals allowed. */
export const decimal = (bounds: Bounds = {}): OptionType<number> => ({
  parse: (written) => parseNumber('number', /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i, bounds, written),
  schema: { type: 'number', ...boundsSchema(bounds) },
  placeholder: 'number',
});

const TRUE_WORDS = ['true', 'yes', 'on', '1'];
const FALSE_WORDS = ['false', 'no', 'off', '0'];

/** On or off. As a flag it takes no value: `--flag`, `--no-flag`, `--flag=false`. */
export const boolean: OptionType<boolean> = {
  parse: (written) => {
    const word = written.trim().toLowerCase();
    if (TRUE_WORDS.includes(word)) return true;
    if (FALSE_WORDS.includes(word)) return false;
    throw new Error(`${quoted(written)} is neither true nor false`);
  },
  schema: { type: 'boolean' },
  placeholder: '',
  isSwitch: true,
};

/** A `duration` within bounds, in milliseconds. */
export const boundedDuration = (bounds: Bounds = {}): OptionType<number> => ({
  parse: (written) => {
    const value = parseDuration(written);
    if (value < (bounds.min ?? -Infinity) || value > (bounds.max ?? Infinity)) {
      throw new Error(`${quoted(written)} is out of bounds${durationBoundsText(bounds)}`);
    }
    return value;
  },
  toConfig: (value) => formatDurationSpec(Number(value)),
  schema: { type: ['string', 'integer'] },
  placeholder: 'duration',
});

/** A length of time, in milliseconds, written as `90s`, `15m`, `1d12h`, or as bare seconds. */
export const duration: OptionType<number> = boundedDuration();

const durationBoundsText = ({ min, max }: Bounds): string => {
  const [low, high] = [min, max].map((bound) => (bound === undefined ? undefined : formatDurationSpec(bound)));
  if (low === undefined) return ` (allowed: ${high} or less)`;
  return high === undefined ? ` (allowed: ${low} or more)` : ` (allowed: ${low} to ${high})`;
};

/** One of a few words. */
export const choice = <const W extends readonly string[]>(words: W): OptionType<W[number]> => ({
  parse: (written) => {
    const word = words.find((candidate) => candidate === written);
    if (word === undefined) throw new Error(`${quoted(written)} is not allowed (allowed: ${words.join(', ')})`);
    return word;
  },
  schema: { enum: words },
  placeholder: words.join('|'),
  choices: words,
});

/** A type of its own: `parse` throws an `Error` that says what came and what is allowed. */
export const custom = <T>(
  parse: (written: string) => T,
  rest: Partial<Omit<OptionType<T>, 'parse'>> = {},
): OptionType<T> => ({ parse, schema: { type: 'string' }, placeholder: 'value', ...rest });
