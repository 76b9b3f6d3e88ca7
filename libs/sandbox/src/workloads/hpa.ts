import { keyOf, RESOURCES, type Resource } from '@kube-steward/kube';
import { SANDBOX_ANNOTATIONS } from './annotations.ts';
import { rolloutReconciler } from './deployment.ts';
import type { Context, Reconciler } from './engine.ts';
import { sizeFor, type HpaState, type Memory, type Verdict } from './hpa-size.ts';
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

const annotatedUsage: UsageOf = (hpa, target, at) => {
  const name = SANDBOX_ANNOTATIONS.load;
  const text = hpa.metadata.annotations?.[name] ?? target.metadata.annotations?.[name];
  return text === undefined ? undefined : parseLoad(text)(at);
};

/** Sizes its target to the CPU in use. It looks when the HPA, the target or the usage changes rather than every 15 s. */
export const hpaReconciler = (options: HpaOptions): Reconciler => {
  const memories = new Map<string, Memory>();
  return {
    resource: RESOURCES.horizontalPodAutoscalers,
    watches: [RESOURCES.deployments, RESOURCES.statefulSets, RESOURCES.replicaSets, rolloutReconciler.resource],
    *wakes({ object, resource }, view) {
      for (const hpa of view.all<Hpa>(RESOURCES.horizontalPodAutoscalers)) {
        const { kind, name } = hpa.spec.scaleTargetRef;
        const same = hpa.metadata.namespace === object.metadata.namespace && name === object.metadata.name;
        if (same && kind === resource.kind) yield keyOf(hpa);
      }
    },
    forget: (key) => {
      memories.delete(key);
    },
    reconcile(object, context) {
      const hpa = object as Hpa;
      const { apiVersion, kind, name } = hpa.spec.scaleTargetRef;
      const resource = context.cluster.registry.findKind(apiVersion, kind);
      const target = resource && context.cluster.get(resource, { namespace: hpa.metadata.namespace, name });
      if (!target) {
        lose(hpa, context);
        return undefined;
      }
      const memory = memories.get(keyOf(hpa)) ?? { asked: [], grewAt: -Infinity };
      memories.set(keyOf(hpa), memory);
      const verdict = sizeFor(stateOf(hpa, target as Deployment, options, context.now), memory, context.now);
      if (verdict.desired > ((target as Deployment).spec.replicas ?? 1)) memory.grewAt = context.now;
      apply(hpa, target as Deployment, resource, verdict, context);
      return verdict.until;
    },
  };
};

const lose = (hpa: Hpa, context: Context): void => {
  const { kind, name } = hpa.spec.scaleTargetRef;
  const message = `the HPA controller was unable to get the target's current scale: ${kind} "${name}" not found`;
  const gone: ConditionNow = { type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message };
  const conditions = setConditions(hpa.status?.conditions, [gone], context.now);
  writeStatus(context, RESOURCES.horizontalPodAutoscalers, hpa, { ...hpa.status, desiredReplicas: 0, conditions });
};

const stateOf = (hpa: Hpa, target: Deployment, options: HpaOptions, now: number): HpaState => {
  const { minReplicas = 1, maxReplicas, behavior, metrics } = hpa.spec;
  const cpu = metrics?.find(({ resource }) => resource?.name === 'cpu')?.resource;
  const windowSeconds = behavior?.scaleDown?.stabilizationWindowSeconds;
  return {
    min: minReplicas,
    max: maxReplicas,
    current: target.spec.replicas ?? 1,
    ready: target.status?.readyReplicas ?? 0,
    request: podRequests(target.spec.template.spec).cpu,
    goal: (cpu?.target.averageUtilization ?? 70) / 100,
    windowMs: windowSeconds === undefined ? options.scaleDownStabilizationMs : windowSeconds * 1000,
    usage: (options.usageOf ?? annotatedUsage)(hpa, target, now),
  };
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
