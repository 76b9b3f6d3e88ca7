import type { DecidedBy } from '@kube-steward/plan';
import { NEVER, type Schedule } from '@kube-steward/schedule';
import type { AnnotationName, AnnotationValues, Entry, Layer } from './annotations.ts';
import type { Reason } from './reasons.ts';

/** The layers a workload's values come from, the most specific first: object, namespace, configuration, defaults. */
export type Layers = readonly [object: Layer, namespace: Layer, config: Layer, defaults: Layer];

/** What a workload should be now, by its schedules alone. `until`: the next moment this can change, if there is one. */
export type Desired =
  | {
      readonly state: 'up' | 'down' | 'ignore';
      readonly reason: Reason;
      readonly decidedBy: DecidedBy;
      readonly since?: number | undefined;
      readonly until?: number | undefined;
      /** The schedule that decided, for messages in its own zone. */
      readonly schedule?: Schedule;
    }
  | { readonly state: 'invalid'; readonly entry: Entry<unknown> };

/** The value of the most specific layer that has one. */
export const pick = <Name extends AnnotationName>(
  layers: readonly Layer[],
  name: Name,
): Entry<AnnotationValues[Name]> | undefined => {
  for (const layer of layers) {
    const entry = layer.entries[name];
    if (entry) return entry as Entry<AnnotationValues[Name]>;
  }
  return undefined;
};

/** The earlier of two moments, either of which may never come. */
export const earliest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b);

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
export const desiredState = (layers: Layers, pods: readonly Layer[], now: number): Desired => {
  const force = forced(layers, pods, now);
  if (force.desired) return force.desired;
  const scheduled = byPeriods(layers, now) ?? byUptime(layers, now);
  if (scheduled.state === 'invalid' || force.until === undefined) return scheduled;
  return { ...scheduled, until: earliest(scheduled.until, force.until) };
};

/** Either a decision by force, or the moment until which none is in force. */
interface Force {
  readonly desired?: Desired;
  readonly until?: number | undefined;
}

const forced = (layers: Layers, pods: readonly Layer[], now: number): Force => {
  const [object, namespace, config] = layers;
  return forceOf(object, now) ?? forceOf(namespace, now) ?? forceOfPods(pods, now) ?? forceOf(config, now) ?? {};
};

/** Any one pod keeps its namespace up; pods that do not just now still hide what stands below them. */
const forceOfPods = (pods: readonly Layer[], now: number): Force | undefined => {
  let result: Force | undefined;
  for (const pod of pods) {
    const force = forceOf(pod, now);
    if (force?.desired) return force;
    if (force) result = { until: earliest(result?.until, force.until) };
  }
  return result;
};

const forceOf = ({ entries }: Layer, now: number): Force | undefined => {
  const { forceUptime, forceDowntime } = entries;
  if (!forceUptime && !forceDowntime) return undefined;
  let until: number | undefined;
  for (const [entry, state] of [[forceUptime, 'up'] as const, [forceDowntime, 'down'] as const]) {
    if (!entry) continue;
    if (entry.problem !== undefined) return { desired: { state: 'invalid', entry } };
    const at = entry.value.at(now);
    until = earliest(until, at.until);
    if (!at.matches) continue;
    const reason = state === 'up' ? 'ForcedUp' : 'ForcedDown';
    const desired = {
      state,
      reason,
      decidedBy: entry.writtenAs,
      since: at.since,
      until,
      schedule: entry.value,
    } as const;
    return { desired };
  }
  return { until };
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
    until,
    decidedBy: by?.writtenAs ?? BUILT_IN,
    ...(by?.value ? { schedule: by.value } : {}),
  });
  if (inUp?.matches && inDown?.matches) return answer('ignore', 'BothPeriods', up);
  if (inUp?.matches) return answer('up', 'InsideUpscalePeriod', up);
  if (inDown?.matches) return answer('down', 'InsideDownscalePeriod', down);
  return answer('ignore', 'OutsidePeriods', isPeriod(up) ? up : down);
};

const BUILT_IN: DecidedBy = { source: 'default' };

/** `never` switches the periods off again for whatever stands below it. */
const isPeriod = (entry: Entry<Schedule> | undefined): boolean =>
  entry?.value !== undefined && entry.value !== NEVER && !/^\s*never\s*$/i.test(entry.writtenAs.value);

const byUptime = (layers: Layers, now: number): Desired => {
  const uptime = pick(layers, 'uptime');
  const downtime = pick(layers, 'downtime');
  const bad = firstProblem(uptime, downtime);
  if (bad) return bad;
  const up = uptime?.value?.at(now) ?? { matches: true };
  const down = downtime?.value?.at(now) ?? { matches: false };
  const byDowntime = down.matches || (up.matches && isDefault(uptime) && !isDefault(downtime));
  const by = byDowntime ? downtime : uptime;
  const awake = up.matches && !down.matches;
  return {
    state: awake ? 'up' : 'down',
    reason: byDowntime ? (awake ? 'OutsideDowntime' : 'InsideDowntime') : awake ? 'InsideUptime' : 'OutsideUptime',
    decidedBy: by?.writtenAs ?? BUILT_IN,
    since: byDowntime ? down.since : up.since,
    until: nextFlip(uptime?.value, downtime?.value, now, awake),
    ...(by?.value ? { schedule: by.value } : {}),
  };
};

const isDefault = (entry: Entry<unknown> | undefined): boolean =>
  entry === undefined || entry.writtenAs.source === 'default';

/** Windows of both kinds can open and close many times before the answer flips; more than this many are not looked at. */
const MOST_EDGES = 200;

/** When "inside uptime and outside downtime" changes next. */
const nextFlip = (
  uptime: Schedule | undefined,
  downtime: Schedule | undefined,
  now: number,
  awake: boolean,
): number | undefined => {
  let at = earliest(uptime?.at(now).until, downtime?.at(now).until);
  if (!uptime || !downtime || uptime.at(now).until === undefined || downtime.at(now).until === undefined) return at;
  for (let edges = 0; at !== undefined && edges < MOST_EDGES; edges += 1) {
    if ((uptime.matches(at) && !downtime.matches(at)) !== awake) return at;
    at = earliest(uptime.nextChange(at), downtime.nextChange(at));
  }
  return at;
};

const firstProblem = (a: Entry<unknown> | undefined, b: Entry<unknown> | undefined): Desired | undefined => {
  const entry = a?.problem !== undefined ? a : b;
  return entry?.problem === undefined ? undefined : { state: 'invalid', entry };
};
