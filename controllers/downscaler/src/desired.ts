import type { DecidedBy } from '@kube-steward/plan';
import type { Schedule } from '@kube-steward/schedule';
import type { AnnotationName, AnnotationValues, Entry, Layer } from './annotations.ts';
import type { Reason } from './reasons.ts';

/** The layers a workload's values come from, the most specific first: object, namespace, configuration, defaults. */
export type Layers = readonly [object: Layer, namespace: Layer, config: Layer, defaults: Layer];

/** A value and the layer that gave it. */
export interface Picked<T> {
  readonly entry: Entry<T>;
  readonly source: string;
}

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
  | { readonly state: 'invalid'; readonly picked: Picked<unknown> };

/** The value of the most specific layer that has one. */
export const pick = <Name extends AnnotationName>(
  layers: readonly Layer[],
  name: Name,
): Picked<AnnotationValues[Name]> | undefined => {
  for (const layer of layers) {
    const entry = layer.entries[name];
    if (entry) return { entry: entry as Entry<AnnotationValues[Name]>, source: layer.source };
  }
  return undefined;
};

export const decidedBy = (picked: Picked<unknown>): DecidedBy => ({
  source: picked.source,
  key: picked.entry.key,
  value: picked.entry.text,
});

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

const forceOf = (layer: Layer, now: number): Force | undefined => {
  const { forceUptime, forceDowntime } = layer.entries;
  if (!forceUptime && !forceDowntime) return undefined;
  let until: number | undefined;
  for (const [entry, state] of [[forceUptime, 'up'] as const, [forceDowntime, 'down'] as const]) {
    if (!entry) continue;
    const picked = { entry, source: layer.source };
    if (entry.problem !== undefined) return { desired: { state: 'invalid', picked } };
    const at = entry.value.at(now);
    until = earliest(until, at.until);
    if (!at.matches) continue;
    const reason = state === 'up' ? 'ForcedUp' : 'ForcedDown';
    return { desired: { state, reason, decidedBy: decidedBy(picked), since: at.since, until, schedule: entry.value } };
  }
  return { until };
};

const byPeriods = (layers: Layers, now: number): Desired | undefined => {
  const up = pick(layers, 'upscalePeriod');
  const down = pick(layers, 'downscalePeriod');
  const bad = firstProblem(up, down);
  if (bad) return bad;
  if (!isPeriod(up) && !isPeriod(down)) return undefined;
  const inUp = up?.entry.value?.at(now);
  const inDown = down?.entry.value?.at(now);
  const until = earliest(inUp?.until, inDown?.until);
  const answer = (state: 'up' | 'down' | 'ignore', reason: Reason, by: Picked<Schedule> | undefined): Desired => ({
    state,
    reason,
    until,
    decidedBy: by ? decidedBy(by) : { source: 'default' },
    ...(by?.entry.value ? { schedule: by.entry.value } : {}),
  });
  if (inUp?.matches && inDown?.matches) return answer('ignore', 'BothPeriods', up);
  if (inUp?.matches) return answer('up', 'InsideUpscalePeriod', up);
  if (inDown?.matches) return answer('down', 'InsideDownscalePeriod', down);
  return answer('ignore', 'OutsidePeriods', isPeriod(up) ? up : down);
};

/** `never` switches the periods off again for whatever stands below it. */
const isPeriod = (picked: Picked<Schedule> | undefined): boolean =>
  picked !== undefined && picked.entry.text.trim().toLowerCase() !== 'never';

const byUptime = (layers: Layers, now: number): Desired => {
  const uptime = pick(layers, 'uptime');
  const downtime = pick(layers, 'downtime');
  const bad = firstProblem(uptime, downtime);
  if (bad) return bad;
  const up = uptime?.entry.value?.at(now) ?? { matches: true };
  const down = downtime?.entry.value?.at(now) ?? { matches: false };
  const byDowntime = down.matches || (up.matches && !isRestrictive(uptime) && downtime?.source !== 'default');
  const by = byDowntime ? downtime : uptime;
  const awake = up.matches && !down.matches;
  return {
    state: awake ? 'up' : 'down',
    reason: byDowntime ? (awake ? 'OutsideDowntime' : 'InsideDowntime') : awake ? 'InsideUptime' : 'OutsideUptime',
    decidedBy: by ? decidedBy(by) : { source: 'default' },
    since: byDowntime ? down.since : up.since,
    until: nextFlip(uptime?.entry.value, downtime?.entry.value, now, awake),
    ...(by?.entry.value ? { schedule: by.entry.value } : {}),
  };
};

/** An uptime that ever ends. */
const isRestrictive = (uptime: Picked<Schedule> | undefined): boolean =>
  uptime !== undefined && uptime.source !== 'default';

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

const firstProblem = (...candidates: readonly (Picked<unknown> | undefined)[]): Desired | undefined => {
  const picked = candidates.find((candidate) => candidate?.entry.problem !== undefined);
  return picked && { state: 'invalid', picked };
};
