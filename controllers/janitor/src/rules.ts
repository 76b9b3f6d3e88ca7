import { BadValue, didYouMean, messageOf, suggest, type OptionType } from '@kube-steward/cli';
import { parseDuration } from '@kube-steward/schedule';
import { compileExpression, type Expression, type Language } from './expression.ts';
import { JmespathError, compileJmespath, type Jmespath } from './jmespath/index.ts';
import { meantKind } from './built-in-kinds.ts';
import { parseResourceName, type ResourceName } from './resource-name.ts';
import { parseTtl, type Ttl } from './ttl.ts';

/** From when the age of what a rule matches is counted. */
export type Since =
  | { readonly from: 'created' }
  /** From when the rule matched for the first time without a break. */
  | { readonly from: 'firstMatched' }
  /** From a moment that the object tells: `status.completionTime`. */
  | { readonly from: 'field'; readonly expression: Jmespath };

/** One rule: which objects, what they have to be like, and how long they may live then. */
export interface Rule {
  readonly id: string;
  readonly resources: readonly ResourceName[];
  readonly expression: Expression;
  readonly ttl: Ttl;
  /** The text `ttl` was written as, for messages. */
  readonly ttlText: string;
  readonly since: Since;
  /** In a dry run a rule decides and reports, and deletes nothing. */
  readonly mode: 'enforce' | 'dryRun';
  /** Scaled to zero or suspended for so long (milliseconds) before it is deleted. */
  readonly quarantineMs?: number;
  readonly propagation: 'Background' | 'Foreground' | 'Orphan';
  /** Whether `*` reaches Namespaces, volumes, claims, Secrets and definitions too. */
  readonly allowWildcard: boolean;
}

/** The rules of one file, in the order in which they are asked; what is odd about them, but no error. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly warnings: readonly RuleWarning[];
}

export interface RuleWarning {
  /** From the list of rules to the odd part. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export const NO_RULES: RuleSet = { rules: [], warnings: [] };

type Fields = Readonly<Record<string, unknown>>;

/** What a rule is read from: each key, and what it becomes. A parser throws an `Error`, or a `BadValue` for a part of its value. */
const KEYS = {
  id: (value: unknown): string => {
    if (typeof value === 'string' && /^[a-z][a-z0-9-]*$/.test(value)) return value;
    throw new Error(`${shown(value)} is no id (allowed: small letters, digits and "-", a letter first)`);
  },
  resources: (value: unknown): readonly ResourceName[] => {
    // As in kube-janitor, where any other text would be taken letter by letter.
    const names: unknown = value === '*' ? ['*'] : value;
    if (!Array.isArray(names)) throw new Error(`${shown(value)} is no list (example: [deployments, statefulsets])`);
    if (names.length === 0) throw new Error('names no kind (example: [deployments, statefulsets])');
    return names.map((name: unknown, index) => at([index], () => parseResourceName(textOf(name))));
  },
  jmespath: (value: unknown): Expression => expressionOf('jmespath', value),
  cel: (value: unknown): Expression => expressionOf('cel', value),
  ttl: (value: unknown): Ttl => parseTtl(textOf(value)),
  since: (value: unknown): Since => {
    const text = textOf(value);
    if (text === 'created' || text === 'firstMatched') return { from: text };
    return { from: 'field', expression: withPlace(text, () => compileJmespath(text)) };
  },
  mode: (value: unknown): Rule['mode'] => oneOf(['enforce', 'dryRun'], value),
  quarantine: (value: unknown): number => parseDuration(typeof value === 'number' ? String(value) : textOf(value)),
  propagation: (value: unknown): Rule['propagation'] => oneOf(['Background', 'Foreground', 'Orphan'], value),
  allowWildcard: (value: unknown): boolean => {
    if (typeof value === 'boolean') return value;
    throw new Error(`${shown(value)} is neither true nor false`);
  },
} as const;
type KeyName = keyof typeof KEYS;
type Read = { [K in KeyName]?: ReturnType<(typeof KEYS)[K]> };

const NAMES = Object.keys(KEYS) as KeyName[];
const NEEDED = ['id', 'resources', 'ttl'] as const satisfies readonly KeyName[];

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  throw new Error(`${shown(value)} is no text`);
};

const oneOf = <T extends string>(allowed: readonly T[], value: unknown): T => {
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  throw new Error(`${shown(value)} is not among ${allowed.join(', ')}${didYouMean(String(value), [...allowed])}`);
};

const expressionOf = (language: Language, value: unknown): Expression => {
  const text = textOf(value);
  const expression = withPlace(text, () => compileExpression(language, text));
  if (expression.contextProblem !== undefined) throw new Error(expression.contextProblem);
  return expression;
};

/** Where in the expression it is: the file's own place is that of the whole value. */
const withPlace = <T>(text: string, compile: () => T): T => {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof JmespathError) || error.at === undefined) throw error;
    const before = text.slice(0, error.at);
    throw new Error(`${error.message}, behind ${before === '' ? 'its beginning' : `"${before.slice(-30)}"`}`, {
      cause: error,
    });
  }
};

/** Points inside the value that was being read. */
const at = <T>(path: readonly (string | number)[], read: () => T): T => {
  try {
    return read();
  } catch (error) {
    const deeper = error instanceof BadValue ? error.path : [];
    throw new BadValue(messageOf(error), [...path, ...deeper]);
  }
};

/** All that is wrong is found before anything is refused. */
class Problems {
  readonly errors: BadValue[] = [];
  readonly warnings: RuleWarning[] = [];

  attempt<T>(path: readonly (string | number)[], read: () => T): T | undefined {
    try {
      return at(path, read);
    } catch (error) {
      this.errors.push(error as BadValue);
      return undefined;
    }
  }
}

/**
 * Reads a list of rules, as YAML gives it: kube-janitor's (`id`, `resources`, `jmespath`, `ttl`), and what rules can say here
 * beside that. A list with one bad rule is refused whole: without it the next rule would decide in its place.
 *
 * @throws AggregateError of BadValue with everything wrong in it
 */
export const readRules = (list: unknown): RuleSet => {
  if (!Array.isArray(list)) throw new Error(`${shown(list)} is no list of rules`);
  const problems = new Problems();
  const rules = list.flatMap((fields: unknown, index) => readRule(fields, index, problems) ?? []);
  warnOfDoubles(rules, problems);
  if (problems.errors.length > 0) throw new AggregateError(problems.errors, 'bad rules');
  return { rules, warnings: problems.warnings };
};

const readRule = (fields: unknown, index: number, problems: Problems): Rule | undefined => {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    problems.errors.push(
      new BadValue(`${shown(fields)} is no rule (needed: ${NEEDED.join(', ')}, jmespath or cel)`, [index]),
    );
    return undefined;
  }
  const given = fields as Fields;
  const before = problems.errors.length;
  const read = readKeys(given, index, problems);
  checkShape(given, index, problems);
  if (problems.errors.length > before) return undefined;
  const rule = ruleOf(read as Complete, String(given['ttl']));
  for (const message of oddities(rule))
    problems.warnings.push({ path: [index], message: `rule ${rule.id}: ${message}` });
  for (const [number, name] of rule.resources.entries()) {
    const message = slipIn(name);
    if (message !== undefined)
      problems.warnings.push({ path: [index, 'resources', number], message: `rule ${rule.id}: ${message}` });
  }
  return rule;
};

const readKeys = (given: Fields, index: number, problems: Problems): Read => {
  const read: Partial<Record<KeyName, unknown>> = {};
  for (const name of NAMES)
    if (given[name] !== undefined) read[name] = problems.attempt([index, name], () => KEYS[name](given[name]));
  return read as Read;
};

const checkShape = (given: Fields, index: number, problems: Problems): void => {
  for (const key of Object.keys(given).filter((name) => !(NAMES as readonly string[]).includes(name))) {
    const meant = suggest(key, NAMES);
    if (meant !== undefined)
      problems.errors.push(new BadValue(`unknown key "${key}" (did you mean ${meant}?)`, [index, key]));
    else
      problems.warnings.push({
        path: [index, key],
        message: `"${key}" means nothing here (known: ${NAMES.join(', ')})`,
      });
  }
  for (const key of NEEDED)
    if (given[key] === undefined) problems.errors.push(new BadValue(`${key} is missing`, [index]));
  const languages = (['jmespath', 'cel'] as const).filter((language) => given[language] !== undefined);
  if (languages.length !== 1)
    problems.errors.push(
      new BadValue(`a rule has either jmespath or cel, not ${languages.length === 0 ? 'neither' : 'both'}`, [index]),
    );
};

type Complete = Read & Required<Pick<Read, (typeof NEEDED)[number]>>;

const ruleOf = (read: Complete, ttlText: string): Rule => ({
  id: read.id,
  resources: read.resources,
  expression: (read.jmespath ?? read.cel) as Expression,
  ttl: read.ttl,
  ttlText,
  since: read.since ?? { from: 'created' },
  mode: read.mode ?? 'enforce',
  ...(read.quarantine !== undefined && { quarantineMs: read.quarantine }),
  propagation: read.propagation ?? 'Background',
  allowWildcard: read.allowWildcard ?? false,
});

/** What is said of a kind that is probably another one, mistyped. */
export const slipIn = (name: ResourceName): string | undefined => {
  const meant = meantKind(name);
  return meant === undefined ? undefined : `Kubernetes has no ${name.plural} (did you mean ${meant}?)`;
};

const oddities = ({ resources, expression, ttl, allowWildcard }: Rule): string[] => [
  ...(resources.some(({ plural }) => plural === '*')
    ? [
        `* reaches every kind${allowWildcard ? '' : ' but Namespaces, volumes, claims, Secrets and definitions (allowWildcard: true adds them)'}`,
      ]
    : []),
  ...(ttl === 0 ? ['a ttl of 0s never deletes, as in kube-janitor (write 1s)'] : []),
  ...expression.oddities,
];

const warnOfDoubles = (rules: readonly Rule[], { warnings }: Problems): void => {
  const seen = new Set<string>();
  for (const [index, { id }] of rules.entries()) {
    if (seen.has(id))
      warnings.push({
        path: [index, 'id'],
        message: `two rules have the id ${id}: they cannot be told apart in events and metrics`,
      });
    seen.add(id);
  }
};

/** `rules: [...]` of a config file. */
export const rulesOption: OptionType<RuleSet> = {
  parse: () => {
    throw new Error('rules are set in a file');
  },
  fromConfig: readRules,
  schema: {
    type: 'array',
    items: {
      type: 'object',
      required: [...NEEDED],
      properties: Object.fromEntries(NAMES.map((name) => [name, {}])),
    },
  },
  placeholder: 'rules',
};
