import { parseArgs } from 'node:util';

import type { Problem } from './errors.ts';
import { flagsOf } from './options.ts';
import type { OptionSpec, OptionSpecs } from './options.ts';
import { didYouMean } from './suggest.ts';

/** One time a flag was given: its text (`true` or `false` for a switch), and how it was spelled. */
export interface Assignment {
  readonly text: string;
  readonly flag: string;
}

export interface ParsedArguments {
  /** By option name, in the order given. */
  readonly assigned: ReadonlyMap<string, readonly Assignment[]>;
  /** What is no flag and no flag's value. */
  readonly rest: readonly string[];
  /** Unknown flags and missing values. */
  readonly problems: readonly Problem[];
  /** What is in `rest` may be the value of a flag that is not known. */
  readonly hasUnknownFlags: boolean;
}

/**
 * Splits arguments into flags and the rest, as kubectl does: `--flag value`, `--flag=value`, `-f value`, `-fvalue`,
 * switches as `--flag`, `--no-flag`, `--flag=false`; behind `--` everything belongs to the rest.
 */
export const parseArguments = (specs: OptionSpecs, argv: readonly string[]): ParsedArguments => {
  const flags = flagIndex(specs);
  const assigned = new Map<string, Assignment[]>();
  const rest: string[] = [];
  const problems: Problem[] = [];
  let hasUnknownFlags = false;
  const { tokens } = parseArgs({ args: [...argv], options: parserOptions(flags, specs), strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') rest.push(token.value);
    if (token.kind !== 'option') continue;
    const found = findFlag(flags, token.name);
    hasUnknownFlags ||= !found;
    const assignment = found && readAssignment(found, token, flags);
    if (found && assignment) assigned.set(found.option, [...(assigned.get(found.option) ?? []), assignment]);
    else problems.push(flagProblem(found, token.rawName, flags));
  }
  return { assigned, rest, problems, hasUnknownFlags };
};

interface Flag {
  readonly option: string;
  readonly spec: OptionSpec<unknown>;
}

interface FoundFlag extends Flag {
  readonly negated: boolean;
}

interface OptionToken {
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

const flagIndex = (specs: OptionSpecs): Map<string, Flag> => {
  const flags = new Map<string, Flag>();
  for (const [option, spec] of Object.entries(specs)) {
    for (const flag of flagsOf(option, spec)) flags.set(flag, { option, spec });
  }
  return flags;
};

const parserOptions = (flags: ReadonlyMap<string, Flag>, specs: OptionSpecs) => {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {};
  for (const [flag, { spec }] of flags) options[flag] = { type: spec.type.isSwitch ? 'boolean' : 'string' };
  for (const [option, spec] of Object.entries(specs)) {
    const own = options[flagsOf(option, spec)[0] ?? ''];
    if (own && spec.short !== undefined) own.short = spec.short;
  }
  return options;
};

const findFlag = (flags: ReadonlyMap<string, Flag>, name: string): FoundFlag | undefined => {
  const flag = flags.get(name);
  if (flag) return { ...flag, negated: false };
  const positive = name.startsWith('no-') ? flags.get(name.slice(3)) : undefined;
  return positive?.spec.type.isSwitch ? { ...positive, negated: true } : undefined;
};

/** `undefined` where a value is missing: none came, or the next flag came in its place, or `--no-flag` came with one. */
const readAssignment = (
  { spec, negated }: FoundFlag,
  { rawName, value, inlineValue }: OptionToken,
  flags: ReadonlyMap<string, Flag>,
): Assignment | undefined => {
  if (spec.type.isSwitch) {
    if (negated && value !== undefined) return undefined;
    return { text: negated ? 'false' : (value ?? 'true'), flag: rawName };
  }
  if (value === undefined || (!inlineValue && value.startsWith('--') && isKnown(flags, value))) return undefined;
  return { text: inlineValue && !rawName.startsWith('--') ? value.replace(/^=/, '') : value, flag: rawName };
};

const isKnown = (flags: ReadonlyMap<string, Flag>, argument: string): boolean =>
  findFlag(flags, argument.slice(2).replace(/=.*$/s, '')) !== undefined;

const flagProblem = (found: FoundFlag | undefined, rawName: string, flags: ReadonlyMap<string, Flag>): Problem => {
  if (!found) {
    const visible = [...flags].filter(([, { spec }]) => !spec.hidden).map(([flag]) => `--${flag}`);
    return { kind: 'usage', message: `unknown flag ${rawName}${didYouMean(rawName, visible)}` };
  }
  const message = found.negated ? 'takes no value' : `needs a value (${found.spec.type.placeholder})`;
  return { kind: 'usage', where: rawName, message };
};
