import { parseDuration, parseRfc3339 } from '@kube-steward/schedule';
import { messageOf } from '@kube-steward/cli';
import type { Asking } from './old-rules.ts';
import { BadOldValue, type OldRules, type OldVerdict, type OldWindow, type Subject } from './old-rules.ts';
import { listed, type GoFlag, type OldSettings } from './old-settings.ts';
import { goWindow, type WindowDefaults } from './old-windows.ts';

type Settings = OldSettings<GoFlag>;

/** Values written in one place; the key of each is that of the annotation. */
interface Scope {
  readonly source: string;
  readonly values: Readonly<Record<string, string | undefined>>;
}
/** The scopes of a workload, the most specific first, and what the windows of all of them are read with. */
interface Scopes {
  readonly all: readonly Scope[];
  readonly defaults: WindowDefaults;
}
type Step = (subject: Subject, asking: Asking, scopes: Scopes, settings: Settings) => OldVerdict | undefined;

/** The flags of the scope of the command line, and the variables of the scope below it, by the keys of annotations. */
const SCOPE_FLAGS: Readonly<Record<string, GoFlag>> = {
  uptime: 'default-uptime',
  downtime: 'default-downtime',
  'upscale-period': 'upscale-period',
  'downscale-period': 'downscale-period',
  'force-uptime': 'force-uptime',
  'force-downtime': 'force-downtime',
  'downscale-replicas': 'downtime-replicas',
  'grace-period': 'grace-period',
  exclude: 'explicit-include',
  'upscale-excluded': 'upscale-excluded',
  'scale-children': 'scale-children',
};
const SCOPE_ENV: Readonly<Record<string, string>> = {
  uptime: 'DEFAULT_UPTIME',
  downtime: 'DEFAULT_DOWNTIME',
  'upscale-period': 'UPSCALE_PERIOD',
  'downscale-period': 'DOWNSCALE_PERIOD',
};
const BUILT_IN: Scope = { source: 'default', values: { 'grace-period': '15m', 'downscale-replicas': '0' } };

/**
 * The rules of GoKubeDownscaler, in the order in which they are asked; the first answer counts.
 *
 * | | answer |
 * | --- | --- |
 * | kind, namespace, name or label left out; any owner (but a CronJob with `scale-children`, whose answer counts); a ScaledObject's target | left |
 * | a value that cannot be read, or two of one scope that exclude each other | error |
 * | too young | left, in either direction |
 * | `exclude` of the first scope that has it, `exclude-until` of any | left, or up with `upscale-excluded` |
 * | force values of the first scope that has one | up, down; both: error |
 * | the first scope with any of uptime, downtime and periods, alone | up, down, left; both periods: error |
 * | nothing configured | left |
 */
const STEPS: readonly Step[] = [leftOut, unreadable, inGrace, excluded, forced, scheduled];

const NOTHING: OldVerdict = { state: 'left', rule: 'NothingConfigured', reason: 'nothing is configured' };

/** GoKubeDownscaler with its settings. */
export const goRules = (settings: Settings): OldRules => ({
  tool: 'go',
  decide(given, _standing, asking) {
    const subject = whoseValues(given, settings);
    const scopes = scopesOf(subject, settings);
    try {
      for (const step of STEPS) {
        const verdict = step(subject, asking, scopes, settings);
        if (verdict) return verdict;
      }
    } catch (error) {
      if (!(error instanceof BadOldValue)) throw error;
      return { state: error.silent ? 'left' : 'error', rule: 'BadValue', reason: error.message };
    }
    return NOTHING;
  },
  downSize: (subject) => Number(first(scopesOf(subject, settings), 'downscale-replicas')?.value) || 0,
  /** Up from any size, as long as there is an original. */
  act(standing, state, size) {
    const { asleep, replicas, original } = standing;
    if (state === 'down') {
      if (replicas === undefined) return { ...standing, asleep: true };
      return replicas === size ? standing : { asleep: true, replicas: size, original: replicas };
    }
    if (!asleep) return standing;
    return { asleep: false, replicas: original ?? replicas, original: undefined };
  },
});

/** With `scale-children`, a CronJob takes its Jobs with it. */
const whoseValues = (subject: Subject, settings: Settings): Subject => {
  const { parent } = subject;
  const said = parent && first(scopesOf(parent, settings), 'scale-children')?.value;
  return parent && isTrue(said ?? 'false') ? parent : subject;
};

const scopesOf = (
  { annotations, namespaceAnnotations, namespace }: Subject,
  { values, from, env }: Settings,
): Scopes => ({
  all: [
    { source: 'object', values: annotations },
    { source: `namespace/${namespace}`, values: namespaceAnnotations },
    {
      source: 'flag',
      values: Object.fromEntries(
        Object.entries(SCOPE_FLAGS).map(([key, flag]) => [key, from[flag] === undefined ? undefined : values[flag]]),
      ),
    },
    {
      source: 'env',
      values: Object.fromEntries(Object.entries(SCOPE_ENV).map(([key, name]) => [key, env[name]])),
    },
    BUILT_IN,
  ],
  defaults: { timezone: env['DEFAULT_TIMEZONE'], weekframe: env['DEFAULT_WEEKFRAME'] },
});

const first = ({ all }: Scopes, key: string): { source: string; value: string } | undefined => {
  for (const { source, values } of all) {
    const value = values[key];
    if (value !== undefined) return { source, value };
  }
  return undefined;
};

const left = (rule: OldVerdict['rule'], reason: string): OldVerdict => ({ state: 'left', rule, reason });

function leftOut(subject: Subject, _asking: Asking, _scopes: Scopes, { values }: Settings): OldVerdict | undefined {
  const { name, namespace, kind, kindNames } = subject;
  const included = listed(values['include-resources']).map((each) => each.toLowerCase());
  if (!included.some((each) => kindNames.includes(each)))
    return left('NotIncluded', `${kind} is not in --include-resources`);
  const only = listed(values.namespace);
  if (only.length > 0 && !only.includes(namespace)) return left('Unselected', 'not in --namespace');
  const somewhere = (patterns: string | undefined, text: string): boolean =>
    listed(patterns).some((pattern) => new RegExp(pattern).test(text));
  if (somewhere(values['exclude-namespaces'], namespace))
    return left('ExcludedNamespace', `--exclude-namespaces matches somewhere in ${namespace}`);
  if (somewhere(values['exclude-deployments'], name))
    return left('ExcludedName', `--exclude-deployments matches somewhere in ${name}`);
  const pairs = Object.entries(subject.labels).map(([key, value]) => `${key}=${value}`);
  if (listed(values['matching-labels']).length > 0 && !pairs.some((pair) => somewhere(values['matching-labels'], pair)))
    return left('Unselected', 'no label matches --matching-labels');
  if (subject.controller !== undefined) return left('Owned', `owned by a ${subject.controller}`);
  if (subject.isScaled && included.includes('scaledobjects')) return left('ScaledByKeda', 'left to its ScaledObject');
  return undefined;
}

const WINDOWS = ['uptime', 'downtime', 'upscale-period', 'downscale-period', 'force-uptime', 'force-downtime'] as const;
const PERIODS = ['upscale-period', 'downscale-period'] as const;

/** Every value of a scope is read before anything is decided by one of them. */
function unreadable(_subject: Subject, _asking: Asking, scopes: Scopes): OldVerdict | undefined {
  for (const scope of scopes.all) {
    const problem = problemOf(scope, scopes.defaults);
    if (problem) return problem;
  }
  return undefined;
}

const problemOf = ({ source, values }: Scope, defaults: WindowDefaults): OldVerdict | undefined => {
  const { uptime, downtime } = values;
  const hasPeriod = PERIODS.some((key) => values[key] !== undefined);
  if ((uptime !== undefined && downtime !== undefined) || (hasPeriod && (uptime ?? downtime) !== undefined)) {
    const isStart = source === 'flag' || source === 'env';
    const what = hasPeriod ? 'a period beside an uptime or downtime' : 'uptime beside downtime';
    const reason = `${what} in one scope${isStart ? ': it refuses to start' : ''}`;
    return { state: 'error', rule: isStart ? 'RefusesToStart' : 'Incompatible', reason, source };
  }
  const bad = (key: string, reason: string): OldVerdict => ({
    state: 'error',
    rule: 'BadValue',
    reason: `${key}: ${reason}${source.startsWith('namespace/') ? ', which ends the process' : ''}`,
    source,
    key,
    value: values[key],
  });
  for (const key of Object.keys(values)) {
    const value = values[key];
    const read = READERS[key];
    if (value === undefined || !read) continue;
    try {
      read(value, defaults);
    } catch (error) {
      if (error instanceof BadOldValue && error.silent) continue;
      return bad(key, messageOf(error));
    }
  }
  return undefined;
};

const duration = (text: string): number => parseDuration(/^-?\d+$/.test(text) ? `${text}s` : text);

/** How each value is read, to see whether it can be. */
const READERS: Readonly<Record<string, (text: string, defaults: WindowDefaults) => unknown>> = {
  ...Object.fromEntries(WINDOWS.map((key) => [key, goWindow])),
  exclude: goWindow,
  'exclude-until': parseRfc3339,
  'grace-period': duration,
  'downscale-replicas'(text) {
    if (!/^\d+$/.test(text)) throw new BadOldValue(`"${text}" is no number of replicas`);
  },
  'upscale-excluded': isTrue,
};

function isTrue(text: string): boolean {
  if (!/^(1|t|true|0|f|false)$/i.test(text)) throw new BadOldValue(`"${text}" is neither true nor false`);
  return /^(1|t|true)$/i.test(text);
}

function inGrace(subject: Subject, asking: Asking, scopes: Scopes, settings: Settings): OldVerdict | undefined {
  const grace = first(scopes, 'grace-period');
  const key = settings.values['deployment-time-annotation'];
  const deployed = Date.parse((key === undefined ? undefined : subject.allAnnotations[key]) ?? '');
  const bornAt = Number.isNaN(deployed) ? subject.createdAt : deployed;
  if (!grace || bornAt === undefined || !asking.isBefore(bornAt + duration(grace.value))) return undefined;
  const { source, value } = grace;
  return { state: 'left', rule: 'GracePeriod', reason: `younger than ${value}`, source, key: 'grace-period', value };
}

function excluded(_subject: Subject, asking: Asking, scopes: Scopes): OldVerdict | undefined {
  const why = exclusion(asking, scopes);
  if (!why) return undefined;
  return scopes.all.some(({ values }) => isTrue(values['upscale-excluded'] ?? 'false'))
    ? { state: 'up', rule: 'ExcludedRestored', reason: 'excluded, and upscale-excluded', ...why }
    : { state: 'left', rule: 'Excluded', reason: 'excluded', ...why };
}

const exclusion = (asking: Asking, scopes: Scopes): { source: string; key: string; value: string } | undefined => {
  const said = first(scopes, 'exclude');
  if (said && asking.isIn(goWindow(said.value, scopes.defaults))) return { ...said, key: 'exclude' };
  for (const { source, values } of scopes.all) {
    const until = values['exclude-until'];
    if (until !== undefined && asking.isBefore(parseRfc3339(until)))
      return { source, key: 'exclude-until', value: until };
  }
  return undefined;
};

function forced(_subject: Subject, asking: Asking, scopes: Scopes): OldVerdict | undefined {
  const scope = scopes.all.find(({ values }) => (values['force-uptime'] ?? values['force-downtime']) !== undefined);
  if (!scope) return undefined;
  const { source, values } = scope;
  const isIn = (key: string): boolean => asking.isIn(goWindow(values[key] ?? 'false', scopes.defaults));
  const isUp = isIn('force-uptime');
  const isDown = isIn('force-downtime');
  if (isUp && isDown) return { state: 'error', rule: 'MultipleForce', reason: 'forced up and down at once', source };
  const answer = (key: string): Pick<OldVerdict, 'source' | 'key' | 'value'> => ({ source, key, value: values[key] });
  if (isUp) return { state: 'up', rule: 'ForceUptime', reason: 'forced up', ...answer('force-uptime') };
  if (isDown) return { state: 'down', rule: 'ForceDowntime', reason: 'forced down', ...answer('force-downtime') };
  return undefined;
}

const SCHEDULES = ['uptime', 'downtime', ...PERIODS];

function scheduled(_subject: Subject, asking: Asking, scopes: Scopes): OldVerdict | undefined {
  const scope = scopes.all.find(({ values }) => SCHEDULES.some((key) => values[key] !== undefined));
  if (!scope) return undefined;
  const window = (key: string): OldWindow => goWindow(scope.values[key] ?? 'never', scopes.defaults);
  const answer = (state: OldVerdict['state'], rule: OldVerdict['rule'], reason: string, key: string): OldVerdict => ({
    state,
    rule,
    reason,
    source: scope.source,
    key,
    value: scope.values[key],
    rewrite: window(key).rewrite,
  });
  const isIn = (key: string): boolean => asking.isIn(window(key));
  if (scope.values['downtime'] !== undefined)
    return isIn('downtime')
      ? answer('down', 'Downtime', 'inside downtime', 'downtime')
      : answer('up', 'Downtime', 'outside downtime', 'downtime');
  if (scope.values['uptime'] !== undefined)
    return isIn('uptime')
      ? answer('up', 'Uptime', 'inside uptime', 'uptime')
      : answer('down', 'Uptime', 'outside uptime', 'uptime');
  const isUp = isIn('upscale-period');
  const isDown = isIn('downscale-period');
  if (isUp && isDown) return answer('error', 'Periods', 'inside both periods', 'upscale-period');
  if (isUp) return answer('up', 'Periods', 'inside upscale-period', 'upscale-period');
  if (isDown) return answer('down', 'Periods', 'inside downscale-period', 'downscale-period');
  const written = scope.values['upscale-period'] === undefined ? 'downscale-period' : 'upscale-period';
  return answer('left', 'Periods', 'outside both periods', written);
}
