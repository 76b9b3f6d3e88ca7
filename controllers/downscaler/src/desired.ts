import type { DecidedBy } from '@kube-steward/plan';
import type { Schedule } from '@kube-steward/schedule';
import { NO_ENTRIES, type AnnotationName, type AnnotationValues, type Entry, type Layer } from './annotations.ts';
import { awakeAt, earliest } from './awake.ts';
import { inForce } from './exceptions.ts';
import type { AwakePod } from './observe.ts';
import type { Reason } from './reasons.ts';
import type { Because } from './verdict.ts';

/** The layers a workload's values come from, the most specific first: object, namespace, configuration, defaults. */
export type Layers = readonly [object: Layer, namespace: Layer, config: Layer, defaults: Layer];

/** A state that the schedules ask for. `until`: the next moment this can change, if there is one. */
export interface Timed extends Because {
  readonly state: 'up' | 'down' | 'ignore';
  readonly since?: number | undefined;
  /** No change was found up to `until`: then it is looked again. */
  readonly isUnseen?: boolean | undefined;
  /** Whose doing it is. */
  readonly by?: string | undefined;
  /** The schedule that decided, for messages in its own zone. */
  readonly schedule?: Schedule | undefined;
}

/** What a workload should be now, by its schedules alone. */
export type Desired =
  Timed | { readonly state: 'invalid'; readonly entry: Entry<unknown>; readonly until?: number | undefined };

/** The value of the most specific layer that has one. */
export const pick = <Name extends AnnotationName>(
  layers: readonly Layer[],
  name: Name,
): Entry<AnnotationValues[Name]> | undefined => {
  for (const { entries } of layers) {
    if (entries === NO_ENTRIES) continue;
    const entry = entries[name];
    if (entry) return entry;
  }
  return undefined;
};

/**
 * What the workload should be now.
 *
 * | asked in this order | answer |
 * | --- | --- |
 * | force-uptime / force-downtime: the first of object, namespace, pods, configuration that carries either decides, also by `false`; uptime beats downtime | up / down |
 * | upscale-period or downscale-period in any layer, other than `never` | up / down inside one of them; else left as it is |
 * | uptime, downtime: each from its own most specific layer | up inside uptime and outside downtime; else down |
 *
 * A value that cannot be read is reported only where it would have been used.
 */
export const desiredState = (layers: Layers, pods: readonly AwakePod[], now: number): Desired => {
  const force = forced(layers, pods, now);
  if (force?.desired) return force.desired;
  const scheduled = byPeriods(layers, now) ?? byUptime(layers, now);
  return changesBy(scheduled, force?.until);
};

/** The same, where something else can change it as well: if that is sooner, nothing was looked for beyond it. */
export const changesBy = <D extends Desired>(desired: D, at: number | undefined): D => {
  if (at === undefined || (desired.until !== undefined && desired.until <= at)) return desired;
  return { ...desired, until: at, ...('isUnseen' in desired && { isUnseen: undefined }) };
};

/** Either a decision by force, or the moment until which none is in force. */
interface Force {
  readonly desired?: Desired;
  readonly until?: number | undefined;
}

const forced = ([object, namespace, config]: Layers, pods: readonly AwakePod[], now: number): Force | undefined =>
  forceOf(object, now) ?? forceOf(namespace, now) ?? forceOfPods(pods, now) ?? forceOf(config, now);

/** Any one pod keeps its namespace up; pods that do not just now still hide what stands below them. */
const forceOfPods = (pods: readonly AwakePod[], now: number): Force | undefined => {
  if (pods.length === 0) return undefined;
  let until: number | undefined;
  let bad: Desired | undefined;
  for (const { layer } of pods) {
    const force = forceOf(layer, now);
    if (force?.desired?.state === 'up') return force;
    bad ??= force?.desired;
    until = earliest(until, force?.until);
  }
  return bad ? { desired: { ...bad, until } } : { until };
};

const forceOf = ({ entries }: Layer, now: number): Force | undefined => {
  if (!entries.forceUptime && !entries.forceDowntime) return undefined;
  const forceUptime = inForce('forceUptime', entries.forceUptime, now);
  const forceDowntime = inForce('forceDowntime', entries.forceDowntime, now);
  if (!forceUptime && !forceDowntime) return undefined;
  const up = forceUptime && forcedBy(forceUptime, 'up', undefined, now);
  if (up?.desired || !forceDowntime) return up;
  return forcedBy(forceDowntime, 'down', up?.until, now);
};

const forcedBy = (entry: Entry<Schedule>, state: 'up' | 'down', before: number | undefined, now: number): Force => {
  if (entry.problem !== undefined) return { desired: { state: 'invalid', entry, until: before } };
  const { matches, since, until: end } = entry.value.at(now);
  const until = earliest(before, end);
  if (!matches) return { until };
  const reason = state === 'up' ? 'ForcedUp' : 'ForcedDown';
  return { desired: { state, reason, decidedBy: entry.writtenAs, since, until, schedule: entry.value } };
};

const byPeriods = (layers: Layers, now: number): Desired | undefined => {
  const up = pick(layers, 'upscalePeriod');
  const down = pick(layers, 'downscalePeriod');
  const bad = firstProblem(up, down);
  if (bad) return bad;
  if (!isPeriod(up) && !isPeriod(down)) return undefined;
  const inUp = up?.value?.at(now);
  const inDown = down?.value?.at(now);
  const until = earliest(inUp?.until, inDown?.until);
  const answer = (state: 'up' | 'down' | 'ignore', reason: Reason, by: Entry<Schedule> | undefined): Desired => ({
    state,
    reason,
    decidedBy: by?.writtenAs ?? BUILT_IN,
    since: by?.value?.at(now).since,
    until,
    schedule: by?.value,
  });
  if (inUp?.matches && inDown?.matches) return answer('ignore', 'BothPeriods', up);
  if (inUp?.matches) return answer('up', 'InsideUpscalePeriod', up);
  if (inDown?.matches) return answer('down', 'InsideDownscalePeriod', down);
  return answer('ignore', 'OutsidePeriods', isPeriod(up) ? up : down);
};

const BUILT_IN: DecidedBy = { source: 'default' };

/** `never` switches the periods off again for whatever stands below it. */
const isPeriod = (entry: Entry<Schedule> | undefined): boolean => {
  if (entry?.value === undefined) return false;
  const { members } = entry.value;
  const [only] = members;
  return members.length > 1 || only?.kind !== 'constant' || only.value || only.negated;
};

const byUptime = (layers: Layers, now: number): Desired => {
  const uptime = pick(layers, 'uptime');
  const downtime = pick(layers, 'downtime');
  const bad = firstProblem(uptime, downtime);
  if (bad) return bad;
  const { awake, until, isUnseen } = awakeAt(uptime?.value, downtime?.value, now);
  const down = downtime?.value?.at(now);
  const byDowntime = down?.matches === true || (awake && isDefault(uptime) && !isDefault(downtime));
  const by = byDowntime ? downtime : uptime;
  return {
    state: awake ? 'up' : 'down',
    reason: byDowntime ? (awake ? 'OutsideDowntime' : 'InsideDowntime') : awake ? 'InsideUptime' : 'OutsideUptime',
    decidedBy: by?.writtenAs ?? BUILT_IN,
    since: by?.value?.at(now).since,
    until,
    isUnseen,
    schedule: by?.value,
  };
};

const isDefault = (entry: Entry<unknown> | undefined): boolean =>
  entry === undefined || entry.writtenAs.source === 'default';

const firstProblem = (a: Entry<unknown> | undefined, b: Entry<unknown> | undefined): Desired | undefined => {
  const entry = a?.problem !== undefined ? a : b;
  return entry?.problem === undefined ? undefined : { state: 'invalid', entry };
};
