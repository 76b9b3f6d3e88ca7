import { EMPTY_LAYER, NO_ENTRIES, ORIGINAL, type Layer, type Written } from './annotations.ts';
import { earliest } from './awake.ts';
import { awakeAfterDeploy } from './deploys.ts';
import { changesBy, desiredState, type Layers, type Timed } from './desired.ts';
import { inForce } from './exceptions.ts';
import { excludedBy, exclusionOf, owned, untouchable, type Exclusion, type ExclusionCheck } from './exclusion.ts';
import type { Observation } from './observe.ts';
import type { Policy } from './policy.ts';
import { invalid, leave, mistaken, type Verdict } from './verdict.ts';
import type { Workload } from './workload.ts';

/** What a workload should be, whatever it is just now. */
export type Wish =
  /** Nothing is done to it, whatever its size. */
  | { readonly kind: 'settled'; readonly verdict: Verdict }
  | { readonly kind: 'excluded'; readonly exclusion: Exclusion }
  | Desire;

/** A state the schedules ask for, and the layers they and all other values come from. */
export interface Desire {
  readonly kind: 'desired';
  readonly desired: Timed;
  readonly layers: Layers;
}

/**
 * | asked in this order | answer |
 * | --- | --- |
 * | its namespace or name is never touched | settled: none |
 * | its kind is not included, and it follows no workload of one that is (an autoscaler its target, a Job its CronJob) | settled: none |
 * | an annotation on it cannot be read, or means nothing | settled: invalid |
 * | it, or the workload it follows, is excluded | excluded |
 * | the schedules, its own values over those of the workload it follows | desired: up, down, or left as it is |
 */
export const wishFor = (o: Observation, policy: Policy, now: number): Wish => {
  const fixed = untouchable(o, policy);
  if (fixed)
    return { kind: 'settled', verdict: neverActs(o.workload.layer, fixed.message) ?? leave(fixed, fixed.message) };
  const unit = unitOf(o, policy, now);
  if (unit === o && !policy.included.includes(o.workload.row))
    return { kind: 'settled', verdict: notIncluded(o.workload, policy) };
  const bad = problemOn(o.workload.layer);
  if (bad) return { kind: 'settled', verdict: bad };
  const own = unit === o ? undefined : ownExclusion(o, policy, now);
  if (own?.excluded) return { kind: 'excluded', exclusion: own.excluded };
  return scheduled(unit, policy, now, own?.until);
};

/** @param before the moment at which something asked earlier can change */
const scheduled = (o: Observation, policy: Policy, now: number, before: number | undefined): Wish => {
  const check = exclusionOf(o, policy, now);
  if (check.invalid) return { kind: 'settled', verdict: { ...invalid(check.invalid), next: before } };
  if (check.excluded) return { kind: 'excluded', exclusion: check.excluded };
  const next = earliest(check.until, before);
  const layers = layersOfUnit(o, policy);
  const desired = awakeAfterDeploy(o.workload, layers, desiredState(layers, o.pods, now), policy, now);
  if (desired.state === 'invalid')
    return { kind: 'settled', verdict: { ...invalid(desired.entry), next: earliest(desired.until, next) } };
  return { kind: 'desired', layers, desired: changesBy(desired, next) };
};

/** The layers that count for a workload, its own first; a follower's are those of the workload it follows. */
export const layersOf = (o: Observation, policy: Policy): Layers => layersOfUnit(unitOf(o, policy), policy);

const layersOfUnit = ({ workload, namespace }: Observation, { config, defaults }: Policy): Layers => [
  workload.layer,
  namespace?.layer ?? EMPTY_LAYER,
  config,
  defaults,
];

/**
 * Whose values count: the workload itself, or the one it follows (an autoscaler its target, a Job its CronJob) with the
 * follower's own values over it. An `exclude` is no value to be hidden: either of the two is enough. A force value that is over
 * hides nothing.
 *
 * @param now left out: whatever is written counts
 */
export const unitOf = (o: Observation, policy: Policy, now = -Infinity): Observation => {
  const leader = o.leader && followedLeader(o, o.leader, policy);
  if (!leader) return o;
  const own = o.workload.layer.entries;
  if (own === NO_ENTRIES) return leader;
  const { exclude: _exclude, excludeUntil: _until, forceUptime, forceDowntime, ...values } = own;
  const forced = {
    ...(inForce('forceUptime', forceUptime, now) && { forceUptime }),
    ...(inForce('forceDowntime', forceDowntime, now) && { forceDowntime }),
  };
  const { layer } = leader.workload;
  const merged = { ...layer, entries: { ...layer.entries, ...values, ...forced } };
  return { ...leader, workload: { ...leader.workload, layer: merged } };
};

const followedLeader = (o: Observation, leader: Observation, policy: Policy): Observation | undefined => {
  if (!policy.included.includes(leader.workload.row) || untouchable(leader, policy)) return undefined;
  if (o.workload.target !== undefined) return leader;
  const asked = [o.workload.layer, leader.workload.layer, leader.namespace?.layer, policy.config];
  const said = asked.map((layer) => layer?.entries.scaleChildren?.value).find((value) => value !== undefined);
  return said === true ? leader : undefined;
};

/** What keeps a follower out of it although the workload it follows is not excluded. */
const ownExclusion = (o: Observation, policy: Policy, now: number): ExclusionCheck | undefined => {
  const owner = o.workload.target === undefined ? undefined : owned(o, policy);
  return owner ? { excluded: owner } : excludedBy(o.workload.layer, now);
};

/** Everything written on a workload itself must be readable before it is touched; of a namespace, it is told. */
export const problemOn = ({ entries, unknown }: Layer): Verdict | undefined => {
  if (entries === NO_ENTRIES && unknown.length === 0) return undefined;
  const typos = unknown.map(unknownAnnotation);
  const misspelt = new Set(unknown.map(({ key }) => key));
  const bad = Object.values(entries).filter(
    (entry) => entry.problem !== undefined && !misspelt.has(entry.writtenAs.key),
  );
  return together([...typos, ...bad.map(invalid)]);
};

/** The first decides the reason; the message names all, so that whoever corrects one does not meet the next one then. */
const together = ([first, ...others]: readonly Verdict[]): Verdict | undefined =>
  first && { ...first, message: [first, ...others].map(({ message }) => message).join('; ') };

/** A key with our prefix that means nothing. */
export const unknownAnnotation = ({ source, key, value, suggestion }: Layer['unknown'][number]): Verdict => {
  const hint = suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`;
  return mistaken('UnknownAnnotation', `${key} is no annotation of the downscaler${hint}`, { source, key, value });
};

/** Something was written where nothing is ever touched. To exclude what is excluded anyway is no mistake. */
export const neverActs = (layer: Layer, why: string): Verdict | undefined => {
  const { exclude: _exclude, excludeUntil: _until, ...acting } = layer.entries;
  const written = Object.values(acting)[0]?.writtenAs ?? layer.unknown[0];
  return written && actsNever(written, why);
};

const actsNever = ({ source, key, value }: Written, why: string): Verdict =>
  mistaken('NeverActs', `${key} can never act here: ${why}`, { source, key, value });

/** What a controller made carries what its owner was given: nobody wrote that here. */
const notIncluded = ({ row, layer, owner, original }: Workload, { prefix }: Policy): Verdict => {
  const message = `${row.resource.plural} are not in includeResources`;
  const stored = original !== undefined && { source: 'object', key: `${prefix}/${ORIGINAL}`, value: original };
  const never = stored ? actsNever(stored, message) : neverActs(layer, message);
  if (never && !owner) return never;
  return leave({ reason: 'NotIncluded', decidedBy: { source: 'config', key: 'includeResources' } }, message);
};
