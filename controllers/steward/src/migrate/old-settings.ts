import { CliError, type Problem } from '@kube-steward/cli';

/** A flag of an old tool. */
export interface OldFlag {
  /** Takes no value. */
  readonly isSwitch?: boolean;
  readonly env?: string;
  readonly default?: string;
}
export type OldFlags<Name extends string> = Readonly<Record<Name, OldFlag>>;

/** What an old tool was started with; a flag that nobody set has its default, or no text. */
export interface OldSettings<Name extends string = string> {
  readonly values: Readonly<Partial<Record<Name, string>>>;
  /** Set by a flag, by the environment, or not at all. */
  readonly from: Readonly<Partial<Record<Name, 'flag' | 'env'>>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The flags as they were written, for whoever takes them too. */
  readonly flags: readonly string[];
}

/**
 * Reads what an old tool was started with, by the table of its flags.
 *
 * @throws CliError (exit code 3) naming every flag that it does not know
 */
export const readOldSettings = <Name extends string>(
  table: OldFlags<Name>,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): OldSettings<Name> => {
  const given = readFlags(table, args);
  const values: Partial<Record<Name, string>> = {};
  const from: Partial<Record<Name, 'flag' | 'env'>> = {};
  for (const [name, flag] of Object.entries<OldFlag>(table) as [Name, OldFlag][]) {
    const fromEnv = flag.env === undefined ? undefined : env[flag.env];
    const value = given[name] ?? fromEnv ?? flag.default;
    if (value !== undefined) values[name] = value;
    if (given[name] !== undefined) from[name] = 'flag';
    else if (fromEnv !== undefined) from[name] = 'env';
  }
  return { values, from, env, flags: Object.entries(given).map(([name, value]) => `--${name}=${String(value)}`) };
};

const readFlags = <Name extends string>(
  table: OldFlags<Name>,
  args: readonly string[],
): Partial<Record<Name, string>> => {
  const given: Partial<Record<Name, string>> = {};
  const problems: Problem[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const [, name = '', attached] = /^--?([^=]+)(?:=([^]*))?$/.exec(args[index] ?? '') ?? [];
    const flag = (table as Readonly<Record<string, OldFlag>>)[name];
    if (!flag)
      problems.push({ kind: 'invalid', where: '--old-args', message: `"${args[index] ?? ''}" is no flag of it` });
    else given[name as Name] = attached ?? (flag.isSwitch ? 'true' : args[(index += 1)]) ?? '';
  }
  if (problems.length > 0) throw new CliError(problems);
  return given;
};

/** The words of a command line as a shell takes them apart: quotes hold some together. */
export const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g)].map(([word]) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'));

/** The members of a comma list, without blanks and empty ones. */
export const listed = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const SWITCH: OldFlag = { isSwitch: true };

const BOTH = {
  'dry-run': SWITCH,
  debug: SWITCH,
  once: SWITCH,
  interval: {},
  namespace: {},
  'include-resources': { default: 'deployments' },
  'exclude-namespaces': { env: 'EXCLUDE_NAMESPACES', default: 'kube-system' },
  'matching-labels': {},
  'deployment-time-annotation': {},
  'downtime-replicas': { default: '0' },
  'max-retries-on-conflict': {},
  qps: {},
  burst: {},
  'json-logs': SWITCH,
} as const satisfies Readonly<Record<string, OldFlag>>;

/** kube-downscaler's and py-kube-downscaler's: the environment is the default of a flag. */
export const PY_FLAGS = {
  ...BOTH,
  d: SWITCH,
  'include-resources': { env: 'INCLUDE_RESOURCES', default: 'deployments' },
  'matching-labels': { env: 'MATCHING_LABELS' },
  'exclude-deployments': {
    env: 'EXCLUDE_DEPLOYMENTS',
    default: 'py-kube-downscaler,kube-downscaler,downscaler',
  },
  'upscale-target-only': SWITCH,
  'grace-period': { default: '900' },
  'upscale-period': { env: 'UPSCALE_PERIOD', default: 'never' },
  'downscale-period': { env: 'DOWNSCALE_PERIOD', default: 'never' },
  'default-uptime': { env: 'DEFAULT_UPTIME', default: 'always' },
  'default-downtime': { env: 'DEFAULT_DOWNTIME', default: 'never' },
  'api-server-timeout': {},
  'max-retries-on-throttling': {},
  'admission-controller': {},
  'enable-events': SWITCH,
} as const satisfies Readonly<Record<string, OldFlag>>;
export type PyFlag = keyof typeof PY_FLAGS;

/** GoKubeDownscaler's: flags are a scope of values, the environment is another one below it. */
export const GO_FLAGS = {
  ...BOTH,
  k: {},
  'exclude-namespaces': { env: 'EXCLUDE_NAMESPACES', default: 'kube-system,kube-downscaler' },
  'exclude-deployments': { env: 'EXCLUDE_DEPLOYMENTS' },
  'grace-period': {},
  'upscale-period': {},
  'downscale-period': {},
  'default-uptime': {},
  'default-downtime': {},
  'force-uptime': {},
  'force-downtime': {},
  'explicit-include': SWITCH,
  'scale-children': SWITCH,
  'upscale-excluded': SWITCH,
  metrics: SWITCH,
  'leader-election': SWITCH,
} as const satisfies Readonly<Record<string, OldFlag>>;
export type GoFlag = keyof typeof GO_FLAGS;
