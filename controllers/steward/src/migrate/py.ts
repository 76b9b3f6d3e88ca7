import { parseTimestamp } from '@kube-steward/schedule';
import type { Asking } from './old-rules.ts';
import { BadOldValue, type OldRules, type OldVerdict, type Standing, type Subject } from './old-rules.ts';
import { listed, type OldSettings, type PyFlag } from './old-settings.ts';
import { pyWindow, type WindowDefaults } from './old-windows.ts';

type Settings = OldSettings<PyFlag>;

/** A value, and where it stands. */
interface Said {
  readonly source: string;
  readonly key: string;
  readonly value: string;
}
type Step = (subject: Subject, standing: Standing, asking: Asking, settings: Settings) => OldVerdict | undefined;

/**
 * The rules of kube-downscaler and py-kube-downscaler, in the order in which they are asked; the first answer counts.
 *
 * | | answer |
 * | --- | --- |
 * | kind, namespace or name left out; a Job with an owner | left, never restored |
 * | excluded on it, on its namespace, or by its labels | restored if asleep, unless `--upscale-target-only` |
 * | `force-uptime` of the namespace, else of any pod in the cluster | up |
 * | `force-downtime` of the namespace | down |
 * | a period in any layer, other than the literal `never` | inside one of them; in both or none: left |
 * | `uptime` and `downtime`, each from its own layer | up in uptime and not in downtime |
 * | too young to go down | left |
 */
const STEPS: readonly Step[] = [leftOut, excluded, forced, byPeriods, byUptime];

/** py-kube-downscaler with its settings. */
export const pyRules = (settings: Settings): OldRules => ({
  tool: 'py',
  decide(subject, standing, asking) {
    try {
      for (const step of STEPS) {
        const verdict = step(subject, standing, asking, settings);
        if (verdict) return inGrace(verdict, subject, standing, asking, settings) ?? verdict;
      }
    } catch (error) {
      if (error instanceof BadOldValue) return { state: 'error', rule: 'BadValue', reason: error.message };
      throw error;
    }
    throw new Error('the last rule always answers');
  },
  downSize(subject) {
    const text = said(subject, 'downtime-replicas', settings.values['downtime-replicas']).value;
    return /^\d+$/.test(text) ? Number(text) : 0;
  },
  /** Up only from the downtime size: whatever else somebody set at night stays. */
  act(standing, state, size) {
    const { asleep, replicas, original } = standing;
    if (state === 'down') {
      if (replicas === undefined) return { ...standing, asleep: true };
      return replicas > 0 && replicas > size ? { asleep: true, replicas: size, original: replicas } : standing;
    }
    if (!asleep) return standing;
    if (replicas === undefined) return { ...standing, asleep: false, original: undefined };
    if (replicas !== size && replicas !== original) return standing;
    return { asleep: false, replicas: original, original: undefined };
  },
});

/** The value of the most specific layer. */
const said = ({ annotations, namespaceAnnotations, namespace }: Subject, key: string, flag = ''): Said => {
  const own = annotations[key];
  if (own !== undefined) return { source: 'object', key, value: own };
  const around = namespaceAnnotations[key];
  if (around !== undefined) return { source: `namespace/${namespace}`, key, value: around };
  return { source: 'flag', key, value: flag };
};

const left = (rule: OldVerdict['rule'], reason: string): OldVerdict => ({ state: 'left', rule, reason });

function leftOut(subject: Subject, _standing: Standing, _asking: Asking, { values }: Settings): OldVerdict | undefined {
  const { name, namespace, kind } = subject;
  if (!listed(values['include-resources']).some((each) => subject.kindNames.includes(each.toLowerCase())))
    return left('NotIncluded', `${kind} is not in --include-resources`);
  const only = listed(values.namespace);
  if (only.length > 0 && !only.includes(namespace)) return left('Unselected', 'not in --namespace');
  if (listed(values['exclude-deployments']).includes(name)) return left('ExcludedName', 'in --exclude-deployments');
  if (kind === 'Job' && subject.isOwned) return left('Owned', 'a Job with an owner');
  const patterns = listed(values['exclude-namespaces']).map((pattern) => new RegExp(`^(?:${pattern})$`));
  if (patterns.some((pattern) => pattern.test(namespace)))
    return left('ExcludedNamespace', `namespace ${namespace} is in --exclude-namespaces`);
  return undefined;
}

function excluded(subject: Subject, standing: Standing, asking: Asking, { values }: Settings): OldVerdict | undefined {
  const why = exclusion(subject, asking, values['matching-labels']);
  if (why === undefined) return undefined;
  if (!standing.asleep || values['upscale-target-only'] === 'true')
    return { state: 'left', rule: 'Excluded', reason: 'excluded', ...why };
  return { state: 'up', rule: 'ExcludedRestored', reason: 'excluded while asleep, so brought back', ...why };
}

const exclusion = (subject: Subject, asking: Asking, labels: string | undefined): Partial<Said> | undefined => {
  const { annotations, namespaceAnnotations, namespace, controller } = subject;
  if (subject.kind === 'Deployment' && controller === 'Stack') return {};
  const patterns = listed(labels).map((pattern) => new RegExp(`^(?:${pattern})$`));
  const pairs = Object.entries(subject.labels).map(([key, value]) => `${key}=${value}`);
  if (patterns.length > 0 && !pairs.some((pair) => patterns.some((pattern) => pattern.test(pair)))) return {};
  for (const [source, values] of [
    [`namespace/${namespace}`, namespaceAnnotations],
    ['object', annotations],
  ] as const) {
    const { exclude, 'exclude-until': until } = values;
    if (exclude !== undefined && exclude.toLowerCase() !== 'false') return { source, key: 'exclude', value: exclude };
    if (until !== undefined && asking.isBefore(untilOf(until))) return { source, key: 'exclude-until', value: until };
  }
  return undefined;
};

/** Four forms, all of them UTC; anything else excludes nothing. */
const untilOf = (text: string): number => {
  if (!/^\d{4}-\d\d?-\d\d?(T\d\d?:\d\d?:\d\d?Z|[T ]\d\d?:\d\d?)?$/.test(text)) return -Infinity;
  try {
    return parseTimestamp(text);
  } catch {
    return -Infinity;
  }
};

function forced(subject: Subject, _standing: Standing, asking: Asking, settings: Settings): OldVerdict | undefined {
  const { namespace, namespaceAnnotations, isPodAwake } = subject;
  const source = `namespace/${namespace}`;
  const isForced = (value: string): boolean =>
    isOver(value, asking)
      ? false
      : /^(true|false)$/i.test(value)
        ? /^true$/i.test(value)
        : asking.isIn(pyWindow(value, defaultsOf(settings)));
  const { 'force-uptime': up, 'force-downtime': down } = namespaceAnnotations;
  if (up === undefined && isPodAwake)
    return { state: 'up', rule: 'ForceUptimePod', reason: 'a pod somewhere in the cluster says force-uptime' };
  if (up !== undefined && isForced(up))
    return { state: 'up', rule: 'ForceUptime', reason: 'forced up', source, key: 'force-uptime', value: up };
  if (down !== undefined && isForced(down))
    return { state: 'down', rule: 'ForceDowntime', reason: 'forced down', source, key: 'force-downtime', value: down };
  return undefined;
}

/** `until TIME` is what the downscaler writes for a while, and takes off again when that is over. */
const isOver = (value: string, asking: Asking): boolean => {
  const [, time] = /^until (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/.exec(value) ?? [];
  return time !== undefined && !asking.isBefore(untilOf(time));
};

const defaultsOf = ({ env }: Settings): WindowDefaults => ({
  timezone: env['DEFAULT_TIMEZONE'],
  weekframe: env['DEFAULT_WEEKFRAME'],
});

const windowVerdict = (
  state: OldVerdict['state'],
  rule: OldVerdict['rule'],
  reason: string,
  { source, key, value }: Said,
  settings: Settings,
): OldVerdict => ({
  state,
  rule,
  reason,
  source,
  key,
  value,
  rewrite: pyWindow(value, defaultsOf(settings)).rewrite,
});

function byPeriods(subject: Subject, _standing: Standing, asking: Asking, settings: Settings): OldVerdict | undefined {
  const up = said(subject, 'upscale-period', settings.values['upscale-period']);
  const down = said(subject, 'downscale-period', settings.values['downscale-period']);
  if (up.value === 'never' && down.value === 'never') return undefined;
  const isUp = asking.isIn(pyWindow(up.value, defaultsOf(settings)));
  const isDown = asking.isIn(pyWindow(down.value, defaultsOf(settings)));
  if (isUp === isDown) {
    const reason = isUp ? 'inside both periods' : 'outside both periods';
    return windowVerdict('left', 'Periods', reason, up.value === 'never' ? down : up, settings);
  }
  return isUp
    ? windowVerdict('up', 'Periods', 'inside upscale-period', up, settings)
    : windowVerdict('down', 'Periods', 'inside downscale-period', down, settings);
}

function byUptime(subject: Subject, _standing: Standing, asking: Asking, settings: Settings): OldVerdict {
  const uptime = said(subject, 'uptime', settings.values['default-uptime']);
  const downtime = said(subject, 'downtime', settings.values['default-downtime']);
  const isUp = asking.isIn(pyWindow(uptime.value, defaultsOf(settings)));
  const isDown = asking.isIn(pyWindow(downtime.value, defaultsOf(settings)));
  if (isUp && !isDown) {
    const isByDowntime =
      pyWindow(downtime.value, defaultsOf(settings)).rewrite !== undefined ||
      (uptime.value === 'always' && downtime.value !== 'never');
    return isByDowntime
      ? windowVerdict('up', 'Downtime', 'outside downtime', downtime, settings)
      : windowVerdict('up', 'Uptime', 'inside uptime', uptime, settings);
  }
  return isDown
    ? windowVerdict('down', 'Downtime', 'inside downtime', downtime, settings)
    : windowVerdict('down', 'Uptime', 'outside uptime', uptime, settings);
}

/** Only going down waits, and a workload may shorten the time, never lengthen it. */
const inGrace = (
  { state }: OldVerdict,
  subject: Subject,
  { asleep }: Standing,
  asking: Asking,
  { values }: Settings,
): OldVerdict | undefined => {
  if (state !== 'down' || asleep || subject.createdAt === undefined) return undefined;
  const most = Number(values['grace-period']);
  const own = subject.annotations['grace-period'];
  const seconds = own !== undefined && /^\d+$/.test(own) && Number(own) > 0 && Number(own) <= most ? Number(own) : most;
  const key = values['deployment-time-annotation'];
  const deployed = Date.parse((key === undefined ? undefined : subject.allAnnotations[key]) ?? '') || 0;
  const end = Math.max(subject.createdAt, deployed) + seconds * 1000 + 1;
  if (!asking.isBefore(end)) return undefined;
  return { state: 'left', rule: 'GracePeriod', reason: `younger than ${seconds} s`, key: 'grace-period' };
};
