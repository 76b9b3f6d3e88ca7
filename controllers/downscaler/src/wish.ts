import { EMPTY_LAYER, type Layer } from './annotations.ts';
import type { Timed } from './describe.ts';
import { desiredState, earliest, type Layers } from './desired.ts';
import { exclusionOf, untouchable, type Exclusion } from './exclusion.ts';
import type { Observation } from './observe.ts';
import type { Policy } from './policy.ts';
import { invalid, type Verdict } from './verdict.ts';

/** What a workload should be, whatever it is just now. */
export type Wish =
  /** Nothing is done to it, whatever its size. */
  | { readonly kind: 'settled'; readonly verdict: Verdict }
  | { readonly kind: 'excluded'; readonly exclusion: Exclusion }
  | { readonly kind: 'desired'; readonly desired: Timed };

/**
 * | asked in this order | answer |
 * | --- | --- |
 * | its namespace or name is never touched | settled |
 * | an annotation on it cannot be read, or means nothing | settled: invalid |
 * | it follows another workload (an autoscaler its target, a Job its CronJob) | as its leader |
 * | it is excluded | excluded |
 * | its schedules | desired |
 */
export const wishFor = (o: Observation, policy: Policy, now: number): Wish => {
  const fixed = untouchable(o, policy);
  if (fixed) return { kind: 'settled', verdict: neverActs(o.workload.layer, fixed) ?? leave(fixed) };
  const bad = problemOn(o.workload.layer);
  if (bad) return { kind: 'settled', verdict: bad };
  const leader = followedLeader(o, policy);
  if (!leader) return scheduled(o, policy, now);
  const wish = scheduled(leader, policy, now);
  if (wish.kind !== 'excluded') return wish;
  const { reason, decidedBy, until } = wish.exclusion;
  return { kind: 'desired', desired: { state: 'up', reason, decidedBy, until } };
};

const scheduled = (o: Observation, policy: Policy, now: number): Wish => {
  const check = exclusionOf(o, policy, now);
  if ('invalid' in check) return { kind: 'settled', verdict: invalid(check.invalid) };
  if ('excluded' in check) return { kind: 'excluded', exclusion: check.excluded };
  const pods = o.pods.map((pod) => pod.layer);
  const desired = desiredState(layersOf(o, policy), pods, now);
  if (desired.state === 'invalid') return { kind: 'settled', verdict: invalid(desired.entry) };
  if (check.until === undefined) return { kind: 'desired', desired };
  return { kind: 'desired', desired: { ...desired, until: earliest(desired.until, check.until) } };
};

/** The layers of a workload, its own first. */
export const layersOf = (o: Observation, policy: Policy): Layers => [
  o.workload.layer,
  o.namespace?.layer ?? EMPTY_LAYER,
  policy.config,
  policy.defaults,
];

/** An autoscaler of a managed target, or a Job whose CronJob takes its children along, is decided by its leader. */
const followedLeader = (o: Observation, policy: Policy): Observation | undefined => {
  const { leader, workload } = o;
  if (!leader || untouchable(leader, policy)) return undefined;
  if (workload.target !== undefined) return policy.included.includes(leader.workload.row) ? leader : undefined;
  return takesChildren([workload.layer, ...layersOf(leader, policy)]) ? leader : undefined;
};

const takesChildren = (layers: readonly Layer[]): boolean =>
  layers.map((layer) => layer.entries.scaleChildren?.value).find((value) => value !== undefined) === true;

const leave = ({ reason, message, decidedBy, until }: Exclusion): Verdict => ({
  action: 'none',
  reason,
  message,
  decidedBy,
  next: until,
});

/** Everything written on the workload itself must be readable before it is touched. */
const problemOn = ({ entries, unknown }: Layer): Verdict | undefined => {
  const [typo] = unknown;
  if (typo) return unknownAnnotation(typo);
  for (const name in entries) {
    const entry = entries[name as keyof typeof entries];
    if (entry?.problem !== undefined) return invalid(entry);
  }
  return undefined;
};

/** A key with our prefix that means nothing. */
export const unknownAnnotation = ({ source, key, value, suggestion }: Layer['unknown'][number]): Verdict => ({
  action: 'invalid',
  reason: 'UnknownAnnotation',
  message: `${key} is no annotation of the downscaler${suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`}`,
  decidedBy: { source, key, value },
});

/** Something was written where nothing is ever touched. To exclude what is excluded anyway is no mistake. */
export const neverActs = (layer: Layer, { message }: Exclusion): Verdict | undefined => {
  const { exclude: _exclude, excludeUntil: _until, ...acting } = layer.entries;
  const written = Object.values(acting)[0]?.writtenAs ?? layer.unknown[0];
  if (!written) return undefined;
  const { source, key, value } = written;
  return {
    action: 'invalid',
    reason: 'NeverActs',
    message: `${key} can never act here: ${message}`,
    decidedBy: { source, key, value },
  };
};
