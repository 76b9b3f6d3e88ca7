import { dirname, resolve } from 'node:path';
import {
  BadValue,
  CliError,
  messageOf,
  readSectionFile,
  type ConfigSection,
  type ConfigValue,
  type Problem,
  type SourcePlace,
} from '@kube-steward/cli';
import type { RuleSet } from '@kube-steward/janitor';
import type { Action } from '@kube-steward/plan';
import { parseDuration, parseTimestamp } from '@kube-steward/schedule';
import { readRulesFile, rulesIn, rulesOf } from './rules-file.ts';
import { anything, listOf, mapOf, oneOf, text, textWith, type Shape } from './shapes.ts';

/** A file of tests: rules, objects, and what is to become of these. */
export interface TestFile {
  readonly path: string;
  readonly rules: RuleSet;
  readonly tests: readonly RuleTest[];
}

/** Objects at a moment, and what is to become of them. */
export interface RuleTest {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Options of the janitor, as in a configuration. */
  readonly options: ConfigSection;
  /** Files and folders of manifests. */
  readonly manifests: readonly string[];
  readonly objects: readonly unknown[];
  readonly expect: readonly Expectation[];
}

/** What is to become of one object; of all others nothing is to become. */
export interface Expectation extends Pick<SourcePlace, 'where'> {
  readonly object: AskedObject;
  readonly action?: Action;
  /** The id of the rule that decides. */
  readonly rule?: string;
  readonly reason?: string;
  /** How long after the moment of the test the decision can change, in milliseconds. */
  readonly in?: number;
}

/** `KIND/NAME`, or `KIND/NAMESPACE/NAME`. */
export interface AskedObject {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** What the janitor can do, of all actions. */
const JANITORS = [
  'delete',
  'quarantine',
  'notify',
  'scaleUp',
  'resume',
  'annotate',
  'none',
  'invalid',
  'blocked',
] as const satisfies readonly Action[];

/** When tests take place that say no moment: their objects tell their ages. */
const SOME_DAY = Date.UTC(2026, 0, 1);

const moment = (value: unknown): number =>
  textWith(parseTimestamp)(value instanceof Date ? value.toISOString() : value);
const length: Shape<number> = (value) => textWith(parseDuration)(typeof value === 'number' ? String(value) : value);

const object: Shape<AskedObject> = textWith((written) => {
  const [kind = '', ...rest] = written.split('/');
  const [name = '', namespace, ...more] = rest.reverse();
  if (kind === '' || name === '' || namespace === '' || more.length > 0)
    throw new Error(`"${written}" names no object (allowed: KIND/NAME, KIND/NAMESPACE/NAME)`);
  return { kind: kind.toLowerCase(), name, ...(namespace !== undefined && { namespace }) };
});

const TEST = mapOf(
  {
    name: text,
    at: moment,
    options: mapOfAnything,
    manifests: listOf(text),
    objects: listOf(anything),
    expect: listOf(
      mapOf({ object, action: oneOf(JANITORS), rule: text, reason: text, in: length } as const, ['object']),
    ),
  } as const,
  ['name', 'expect'],
);

const FILE = mapOf({ rules: anything, tests: listOf(TEST) } as const, ['rules', 'tests']);

/**
 * Reads a file of tests. Paths in it are relative to it.
 *
 * @throws CliError (exit code 3) with everything wrong in it, each with its place
 */
export const readTestFile = async (path: string): Promise<TestFile> => {
  const section = await readSectionFile(path, 'tests');
  const whole = wholeOf(section);
  const { tests } = readAt(FILE, whole, path);
  const beside = (other: string): string => resolve(dirname(path), other);
  if (tests.length === 0)
    throw new CliError([{ kind: 'invalid', ...whole.locate(['tests']), message: 'there are no tests in it' }]);
  const rules = section.values.get('rules');
  if (!rules) throw new CliError([{ kind: 'invalid', where: path, message: 'there are no rules in it' }]);
  return {
    path,
    // The name of another file, or the list itself.
    rules: rulesOf(typeof rules.value === 'string' ? await readRulesFile(beside(rules.value)) : rulesIn(rules, path)),
    tests: tests.map(({ at = SOME_DAY, manifests = [], objects = [], ...test }, index) => ({
      ...test,
      at,
      objects,
      manifests: manifests.map(beside),
      options: optionsIn(whole, ['tests', index, 'options']),
      expect: test.expect.map((each, number) => ({
        ...each,
        where: whole.locate(['tests', index, 'expect', number]).where,
      })),
    })),
  };
};

type Located = Pick<ConfigValue, 'value' | 'locate'>;

/** The file as one value. */
const wholeOf = ({ values }: ConfigSection): Located => ({
  value: Object.fromEntries(Array.from(values, ([key, { value }]) => [key, value])),
  locate([first, ...rest]) {
    const part = values.get(String(first));
    if (part) return part.locate(rest);
    const [any] = values.values();
    if (!any) throw new Error('an empty file is no map');
    return any.key;
  },
});

const readAt = <T>(shape: Shape<T>, { value, locate }: Located, path: string): T => {
  try {
    return shape(value);
  } catch (error) {
    const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
    throw new CliError(
      errors.map((each): Problem => {
        const steps = each instanceof BadValue ? each.path : [];
        return { kind: 'invalid', ...(steps.length > 0 ? locate(steps) : { where: path }), message: messageOf(each) };
      }),
      { cause: error },
    );
  }
};

function mapOfAnything(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`${JSON.stringify(value)} is no map of options`);
}

/** The options of a test as a section of a configuration has them, so that they are read as such. */
const optionsIn = (whole: Located, path: readonly (string | number)[]): ConfigSection => {
  const options = path.reduce<unknown>(
    (part, step) => (part as Record<string | number, unknown> | undefined)?.[step],
    whole.value,
  );
  const entries = Object.entries((options ?? {}) as Record<string, unknown>);
  return {
    name: 'options',
    values: new Map(
      entries.map(([key, value]) => {
        const place = whole.locate([...path, key]);
        const locate = (rest: readonly (string | number)[]) => whole.locate([...path, key, ...rest]);
        return [key, { value, key: place, ...place, locate }];
      }),
    ),
  };
};
