import type { Usage } from './load.ts';
import type { ConditionNow } from './status.ts';

/** What an HPA and its target look like at one moment. */
export interface HpaState {
  readonly min: number;
  readonly max: number;
  /** `spec.replicas` of the target, and how many of its pods are ready. */
  readonly current: number;
  readonly ready: number;
  /** What a pod requests, in cores, and how much of that should be in use, as a share. */
  readonly request: number;
  readonly goal: number;
  /** How long the highest size asked for counts when scaling down. */
  readonly windowMs: number;
  readonly usage: Usage | undefined;
}

/** What the HPA wants, why, and when that can change by itself. */
export interface Verdict {
  readonly desired: number;
  readonly conditions: readonly ConditionNow[];
  /** In percent of the requests. */
  readonly utilization?: number;
  readonly until?: number;
}

/** What the controller keeps of an HPA between two looks; lost on a restart, as in a real cluster. */
export interface Memory {
  /** The size asked for from a moment on; 0 while none was. */
  readonly asked: { readonly at: number; readonly size: number }[];
  /** When it last grew the target, in epoch milliseconds. */
  grewAt: number;
}

/** The real controller's period. Here only a size that could not be reached in one step waits for it. */
const SYNC_MS = 15_000;
const TOLERANCE = 0.1;

const ABLE: ConditionNow = { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale' };
const active = (status: 'True' | 'False', reason: string, message: string): ConditionNow => ({
  type: 'ScalingActive',
  status,
  reason,
  message,
});
const DISABLED = active(
  'False',
  'ScalingDisabled',
  'scaling is disabled since the replica count of the target is zero',
);
const NO_METRICS = active(
  'False',
  'FailedGetResourceMetric',
  'the HPA was unable to compute the replica count: unable to get metrics for resource cpu',
);
const METRICS = active(
  'True',
  'ValidMetricFound',
  'the HPA was able to successfully calculate a replica count from cpu resource utilization',
);

const limitedBy = (reason: string, bound: string): ConditionNow => ({
  type: 'ScalingLimited',
  status: 'True',
  reason,
  message: `the desired replica count is limited by the ${bound} replica count`,
});
const TOO_MANY = limitedBy('TooManyReplicas', 'maximum');
const TOO_FEW = limitedBy('TooFewReplicas', 'minimum');
const WITHIN: ConditionNow = {
  type: 'ScalingLimited',
  status: 'False',
  reason: 'DesiredWithinRange',
  message: 'the desired count is within the acceptable range',
};

/**
 * The size an HPA wants for its target.
 *
 * | the target has | wanted |
 * | --- | --- |
 * | 0 replicas | nothing: scaling is disabled |
 * | fewer than minReplicas, more than maxReplicas | that bound, at once |
 * | unknown usage, or no ready pod | what it has |
 * | usage within a tenth of the goal | what it has |
 * | else | usage ÷ (request × goal), the highest of the stabilisation window, within the bounds; growing at most twofold (or to 4) a step |
 */
export const sizeFor = (state: HpaState, memory: Memory, now: number): Verdict => {
  const { min, max, current, usage } = state;
  if (memory.asked.length === 0) memory.asked.push({ at: now, size: current });
  if (current === 0 && min !== 0) {
    remember(memory, 0, now);
    return { desired: 0, conditions: [ABLE, DISABLED] };
  }
  if (current > max) return { desired: max, conditions: [ABLE, TOO_MANY] };
  if (current < min) return { desired: min, conditions: [ABLE, TOO_FEW] };
  if (usage && state.ready > 0 && state.request > 0) return measured(state, usage, memory, now);
  return { desired: current, conditions: [ABLE, NO_METRICS], ...at(usage?.until) };
};

const at = (until: number | undefined): { until?: number } =>
  until === undefined || until === Infinity ? {} : { until };

const measured = (state: HpaState, usage: Usage, memory: Memory, now: number): Verdict => {
  const { min, max, current, ready, request, goal } = state;
  const off = Math.abs(usage.cores / (current * request * goal) - 1) > TOLERANCE;
  // Rounding up must not turn 4.0000000001 into 5.
  remember(memory, off ? Math.ceil(usage.cores / (request * goal) - 1e-9) : current, now);
  const stable = stabilize(memory, current, state.windowMs, now);
  const rested = now >= memory.grewAt + SYNC_MS;
  const ceiling = Math.min(max, rested ? Math.max(2 * current, 4) : current);
  const retry = stable.size > ceiling && ceiling < max ? (rested ? now : memory.grewAt) + SYNC_MS : Infinity;
  const bound = stable.size > max ? TOO_MANY : stable.size < min ? TOO_FEW : WITHIN;
  return {
    desired: Math.max(min, Math.min(ceiling, stable.size)),
    utilization: Math.round((usage.cores / (ready * request)) * 100),
    conditions: [ABLE, METRICS, bound],
    ...at(Math.min(usage.until ?? Infinity, stable.until, retry)),
  };
};

const remember = ({ asked }: Memory, size: number, now: number): void => {
  if (asked.at(-1)?.size !== size) asked.push({ at: now, size });
};

/**
 * The size asked for now, or for a smaller one the highest asked for within the window: a size counts until another was asked
 * for, plus the window. `until` says when a smaller one can come out.
 */
const stabilize = (
  { asked }: Memory,
  current: number,
  windowMs: number,
  now: number,
): { size: number; until: number } => {
  const endOf = (index: number): number => (asked[index + 1]?.at ?? Infinity) + windowMs;
  while (asked.length > 1 && endOf(0) <= now) asked.shift();
  const size = asked.at(-1)?.size ?? current;
  const highest = Math.max(...asked.map((each) => each.size));
  if (highest <= size || size >= current) return { size, until: Infinity };
  const until = Math.min(...asked.flatMap((each, index) => (each.size > size ? endOf(index) : [])));
  return { size: Math.min(highest, current), until };
};
