import { keyOf, RESOURCES, type Resource } from '@kube-steward/kube';
import { SANDBOX_ANNOTATIONS } from './annotations.ts';
import type { Context, Reconciler } from './engine.ts';
import { parseLoad, type Usage } from './load.ts';
import { podRequests } from './scheduler.ts';
import { MANAGER, setConditions, timestamp, writeStatus, type ConditionNow } from './status.ts';
import type { Deployment, HorizontalPodAutoscaler as Hpa } from './wire.ts';

/** The CPU in use by a target's pods, if it is known. */
export type UsageOf = (hpa: Hpa, target: Deployment, at: number) => Usage | undefined;

export interface HpaOptions {
  /** How long the highest size asked for counts when scaling down, unless the HPA's behavior says otherwise. */
  readonly scaleDownStabilizationMs: number;
  /** Default: what the `load` annotation of the HPA or its target says. */
  readonly usageOf?: UsageOf;
}

/** The real controller's period. Here only a size that could not be reached in one step waits for it. */
const SYNC_MS = 15_000;
const TOLERANCE = 0.1;

const annotatedUsage: UsageOf = (hpa, target, at) => {
  const name = SANDBOX_ANNOTATIONS.load;
  const text = hpa.metadata.annotations?.[name] ?? target.metadata.annotations?.[name];
  return text === undefined ? undefined : parseLoad(text)(at);
};

/** What the HPA wants, why, and when that can change by itself. */
interface Verdict {
  readonly desired: number;
  readonly conditions: readonly ConditionNow[];
  readonly utilization?: number;
  readonly until?: number;
}

interface Recommendation {
  readonly at: number;
  readonly size: number;
}

const ABLE: ConditionNow = { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale' };
const scaling = (active: boolean, reason: string, message: string): ConditionNow => ({
  type: 'ScalingActive',
  status: active ? 'True' : 'False',
  reason,
  message,
});

/**
 * Sizes its target to the CPU in use. It looks when the HPA, the target or the usage changes rather than every 15 s, which
 * comes to the same.
 *
 * | the target has | wanted |
 * | --- | --- |
 * | 0 replicas | nothing: scaling is disabled |
 * | fewer than minReplicas, more than maxReplicas | that bound, at once |
 * | unknown usage, or no ready pod | what it has |
 * | usage within a tenth of the target | what it has |
 * | else | usage ÷ (request × target), the highest of the stabilisation window, within the bounds; growing at most twofold (or to 4) a step |
 */
export const hpaReconciler = (options: HpaOptions): Reconciler => {
  const histories = new Map<string, Recommendation[]>();
  return {
    resource: RESOURCES.horizontalPodAutoscalers,
    watches: [RESOURCES.deployments, RESOURCES.statefulSets, RESOURCES.replicaSets, ROLLOUTS],
    *wakes({ object, resource }, view) {
      for (const hpa of view.all<Hpa>(RESOURCES.horizontalPodAutoscalers)) {
        const { kind, name } = hpa.spec.scaleTargetRef;
        const same = hpa.metadata.namespace === object.metadata.namespace && name === object.metadata.name;
        if (same && kind === resource.kind) yield keyOf(hpa);
      }
    },
    forget: (key) => void histories.delete(key),
    reconcile(object, context) {
      const hpa = object as Hpa;
      const { apiVersion, kind, name } = hpa.spec.scaleTargetRef;
      const resource = context.cluster.registry.findKind(apiVersion, kind);
      const target = resource && context.cluster.get(resource, { namespace: hpa.metadata.namespace, name });
      if (!target) return lose(hpa, context);
      const history = histories.get(keyOf(hpa)) ?? [];
      histories.set(keyOf(hpa), history);
      const verdict = judge(hpa, target as Deployment, history, options, context.now);
      apply(hpa, target as Deployment, resource, verdict, context);
      return verdict.until;
    },
  };
};

const ROLLOUTS: Resource = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'rollouts',
  kind: 'Rollout',
  namespaced: true,
};

const lose = (hpa: Hpa, context: Context): undefined => {
  const { kind, name } = hpa.spec.scaleTargetRef;
  const message = `the HPA controller was unable to get the target's current scale: ${kind} "${name}" not found`;
  const gone: ConditionNow = { type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message };
  const conditions = setConditions(hpa.status?.conditions, [gone], context.now);
  writeStatus(context, RESOURCES.horizontalPodAutoscalers, hpa, { ...hpa.status, desiredReplicas: 0, conditions });
};

const judge = (hpa: Hpa, target: Deployment, history: Recommendation[], options: HpaOptions, now: number): Verdict => {
  const { minReplicas: min = 1, maxReplicas: max } = hpa.spec;
  const current = target.spec.replicas ?? 1;
  if (history.length === 0) history.push({ at: now, size: current });
  if (current === 0 && min !== 0) {
    const message = 'scaling is disabled since the replica count of the target is zero';
    return { desired: 0, conditions: [ABLE, scaling(false, 'ScalingDisabled', message)] };
  }
  if (current > max) return { desired: max, conditions: [ABLE, limited('TooManyReplicas', 'maximum')] };
  if (current < min) return { desired: min, conditions: [ABLE, limited('TooFewReplicas', 'minimum')] };
  return measure(hpa, target, history, options, now);
};

const limited = (reason: string, bound: string): ConditionNow => ({
  type: 'ScalingLimited',
  status: 'True',
  reason,
  message: `the desired replica count is limited by the ${bound} replica count`,
});
const UNLIMITED: ConditionNow = {
  type: 'ScalingLimited',
  status: 'False',
  reason: 'DesiredWithinRange',
  message: 'the desired count is within the acceptable range',
};

const measure = (
  hpa: Hpa,
  target: Deployment,
  history: Recommendation[],
  options: HpaOptions,
  now: number,
): Verdict => {
  const { minReplicas: min = 1, maxReplicas: max } = hpa.spec;
  const current = target.spec.replicas ?? 1;
  const usage = (options.usageOf ?? annotatedUsage)(hpa, target, now);
  const ready = target.status?.readyReplicas ?? 0;
  const request = podRequests(target.spec.template.spec).cpu;
  const goal = (targetUtilization(hpa) ?? 70) / 100;
  if (!usage || ready === 0 || request === 0) {
    const message = 'the HPA was unable to compute the replica count: unable to get metrics for resource cpu';
    const conditions = [ABLE, scaling(false, 'FailedGetResourceMetric', message)];
    return { desired: current, conditions, ...(usage?.until === undefined ? {} : { until: usage.until }) };
  }
  const off = Math.abs(usage.cores / (current * request * goal) - 1) > TOLERANCE;
  const asked = off ? Math.ceil(usage.cores / (request * goal) - 1e-9) : current;
  const windowMs = (hpa.spec.behavior?.scaleDown?.stabilizationWindowSeconds ?? NaN) * 1000;
  const stable = stabilize(
    history,
    asked,
    current,
    Number.isNaN(windowMs) ? options.scaleDownStabilizationMs : windowMs,
    now,
  );
  const ceiling = Math.min(max, Math.max(2 * current, 4));
  const desired = Math.max(min, Math.min(ceiling, stable.size));
  const retry = stable.size > ceiling && ceiling < max ? now + SYNC_MS : Infinity;
  const until = Math.min(usage.until ?? Infinity, stable.until ?? Infinity, retry);
  return {
    desired,
    utilization: Math.round((usage.cores / (ready * request)) * 100),
    conditions: [
      ABLE,
      scaling(
        true,
        'ValidMetricFound',
        'the HPA was able to successfully calculate a replica count from cpu resource utilization',
      ),
      stable.size > max
        ? limited('TooManyReplicas', 'maximum')
        : stable.size < min
          ? limited('TooFewReplicas', 'minimum')
          : UNLIMITED,
    ],
    ...(until === Infinity ? {} : { until }),
  };
};

const targetUtilization = (hpa: Hpa): number | undefined =>
  hpa.spec.metrics?.find(({ resource }) => resource?.name === 'cpu')?.resource?.target.averageUtilization;

/**
 * The size asked for, or the highest one asked for within the window if that is higher: what was asked for at some moment
 * counts until the next was asked for plus the window. Says when a lower size can come out.
 */
const stabilize = (
  history: Recommendation[],
  asked: number,
  current: number,
  windowMs: number,
  now: number,
): { size: number; until?: number } => {
  if (history.at(-1)?.size !== asked) history.push({ at: now, size: asked });
  const endOf = (index: number): number => (history[index + 1]?.at ?? Infinity) + windowMs;
  while (history.length > 1 && endOf(0) <= now) history.shift();
  const highest = Math.max(...history.map(({ size }) => size));
  if (highest <= asked || asked >= current) return { size: asked };
  const until = Math.min(...history.flatMap(({ size }, index) => (size > asked ? endOf(index) : [])));
  return { size: Math.min(highest, Math.max(current, asked)), until };
};

const apply = (hpa: Hpa, target: Deployment, resource: Resource, verdict: Verdict, context: Context): void => {
  const current = target.spec.replicas ?? 1;
  const { desired, utilization } = verdict;
  const rescale = desired !== current;
  if (rescale) {
    context.cluster.patch(resource, target.metadata.name, {
      type: 'merge',
      namespace: target.metadata.namespace ?? '',
      subresource: 'scale',
      body: { spec: { replicas: desired } },
      fieldManager: MANAGER,
    });
  }
  const lastScaleTime = rescale ? timestamp(context.now) : hpa.status?.lastScaleTime;
  writeStatus(context, RESOURCES.horizontalPodAutoscalers, hpa, {
    currentReplicas: current,
    desiredReplicas: desired,
    ...(lastScaleTime ? { lastScaleTime } : {}),
    ...(utilization === undefined
      ? {}
      : {
          currentMetrics: [
            { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: utilization } } },
          ],
        }),
    conditions: setConditions(hpa.status?.conditions, verdict.conditions, context.now),
  });
};
