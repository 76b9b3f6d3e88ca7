import type { OptionType } from './option-types.ts';

/**
 * One option, declared once: from its camelCase name come the flag (`--grace-period`), the environment name
 * (`KUBE_STEWARD_GRACE_PERIOD`) and the key of the config file (`gracePeriod`).
 */
export interface OptionSpec<T> {
  readonly type: OptionType<T>;
  /** One sentence, for help text and schema. */
  readonly description: string;
  readonly default?: T;
  /** An error when it is set nowhere. */
  readonly required?: boolean;
  /** Names in the environment besides our own, which goes first; the first one set wins. */
  readonly env?: readonly string[];
  /** Further flags with the same meaning, without dashes. */
  readonly aliases?: readonly string[];
  /** One letter. */
  readonly short?: string;
  /** Accepted and ignored, with one notice that gives this reason. */
  readonly deprecated?: string;
  /** Refused, naming this replacement. */
  readonly refused?: string;
  /** Not in help text and completion. */
  readonly hidden?: boolean;
  /** Too structured for a flag: set by the config file alone. */
  readonly configOnly?: boolean;
  /** Options that cannot be set beside it in the same place (flags, environment or config file). */
  readonly conflictsWith?: readonly string[];
  /** Heading in help text; without it, `Options`. */
  readonly group?: string;
  /** Candidates for the shell: live names, or the names of files. */
  readonly complete?: 'files' | ((prefix: string) => Promise<readonly string[]>);
}

export type OptionSpecs = Readonly<Record<string, OptionSpec<unknown>>>;

type TypeOf<Spec> = Spec extends { readonly type: OptionType<infer T> } ? T : never;
type IsIgnored<Spec> = Spec extends { readonly deprecated: string } | { readonly refused: string } ? true : false;
type IsAlwaysSet<Spec> = Spec extends { readonly default: unknown } | { readonly required: true } ? true : false;

/** The values of options: `undefined` where one has no default and is set nowhere. Deprecated and refused ones have none. */
export type OptionValues<S extends OptionSpecs> = {
  readonly [K in keyof S as IsIgnored<S[K]> extends true ? never : K]:
    TypeOf<S[K]> | (IsAlwaysSet<S[K]> extends true ? never : undefined);
};

/**
 * Declares options, checking each default against its type.
 *
 * @example
 * const options = defineOptions({
 *   gracePeriod: { type: duration, default: 900_000, description: 'Age below which nothing is scaled down.' },
 *   interval: { type: text, deprecated: 'changes are acted on as they happen', description: '' },
 * });
 */
export const defineOptions = <const S extends OptionSpecs>(
  specs: S & { [K in keyof S]: OptionSpec<TypeOf<S[K]>> },
): S => specs;

/** `gracePeriod` → `grace-period`. */
export const flagName = (option: string): string => option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `gracePeriod` → `KUBE_STEWARD_GRACE_PERIOD`. */
export const envName = (option: string): string =>
  `KUBE_STEWARD_${flagName(option).replaceAll('-', '_').toUpperCase()}`;

/** Every long flag of an option, without dashes, its own name first; none for one that only a config file can set. */
export const flagsOf = (option: string, spec: OptionSpec<unknown>): string[] =>
  spec.configOnly ? [] : [flagName(option), ...(spec.aliases ?? [])];

/** Every name an option has in the environment, its own first. `onlyOwn` leaves the names of other tools out. */
export const envNamesOf = (option: string, spec: OptionSpec<unknown>, onlyOwn = false): string[] =>
  spec.configOnly ? [] : [envName(option), ...(onlyOwn ? [] : (spec.env ?? []))];

/** A value as a config file would have it. */
export const configValueOf = (spec: OptionSpec<unknown>, value: unknown): unknown =>
  value === undefined ? undefined : (spec.type.toConfig?.(value) ?? value);

/** A value as a flag would have it. */
export const valueText = (spec: OptionSpec<unknown>, value: unknown): string => {
  const plain = configValueOf(spec, value);
  if (Array.isArray(plain)) return plain.map(scalarText).join(',');
  if (typeof plain !== 'object' || plain === null) return scalarText(plain);
  return Object.entries(plain)
    .map(([key, item]) => `${key}=${scalarText(item)}`)
    .join(',');
};

const scalarText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
