import type { EventRecorder, Reconcile, ReconcileContext } from '@kube-steward/controller';
import { isConflict, isNotFound, type Client, type Resource } from '@kube-steward/kube';
import { applyDecision, isChange, needsPerson, type Decision } from '@kube-steward/plan';
import type { Clock } from '@kube-steward/schedule';
import type { Memory } from './circumstances.ts';
import { decide } from './decide.ts';
import { decideNamespace, namespaceReference } from './decide-namespace.ts';
import { guard } from './guard.ts';
import { subjectOf, type Key } from './keys.ts';
import { fieldsOfDecision } from './log-fields.ts';
import type { DownscalerMetrics } from './metrics.ts';
import { observe, type Observation, type View } from './observe.ts';
import type { Policy } from './policy.ts';
import { record, remark, warn } from './tell.ts';
import { warningsOf, warningsOfNamespace } from './warnings.ts';
import type { Workload } from './workload.ts';

/** Everything one reconcile works with. */
export interface ReconcileDependencies {
  readonly view: View;
  readonly policy: Policy;
  readonly clock: Clock;
  /** Refuses every write when this process may not write any more. */
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly metrics: DownscalerMetrics;
  readonly memory: Memory;
  readonly fieldManager: string;
  readonly dryRun: boolean;
}

/** A conflict means that the watch has something newer on its way. Should it not come, this is the next try. */
const CONFLICT_RETRY_MS = 1000;

/** Observe, decide, guard, apply, record; and come back at the next moment the answer can change. */
export const createReconcile =
  (deps: ReconcileDependencies): Reconcile =>
  async (key, context) => {
    const subject = subjectOf(deps.view.workloads.keys(), key);
    if (!subject) return undefined;
    if ('namespace' in subject) {
      reconcileNamespace(deps, subject.namespace);
      return;
    }
    const observation = observe(deps.view, deps.policy, subject.row, subject.object);
    deps.metrics.observed(key, observation?.workload);
    if (!observation) {
      deps.memory.gone(key);
      return undefined;
    }
    remark(deps, warningsOf(observation), observation.workload.reference, observation.workload.metadata.uid);
    return carryOut(deps, context, observation.workload, guarded(deps, key, observation));
  };

const guarded = ({ policy, memory, clock }: ReconcileDependencies, key: Key, observation: Observation): Decision => {
  const now = clock.now();
  const decision = decide(observation, policy, now);
  const passed = guard(decision, { observation, policy, circumstances: memory.circumstances, now });
  memory.decided(key, decision, passed, now);
  return passed;
};

const reconcileNamespace = (deps: ReconcileDependencies, name: string): undefined => {
  const namespace = deps.view.namespaces.get(name);
  if (!namespace) return undefined;
  const pods = deps.view.awakePods.byIndex('namespace', name);
  const warnings = warningsOfNamespace(namespace, pods, deps.policy);
  remark(deps, warnings, namespaceReference(namespace), namespace.metadata.uid);
  const decision = decideNamespace(namespace, deps.policy);
  if (!decision) return undefined;
  deps.metrics.decided(decision);
  warn(deps, decision, namespace.metadata.uid);
  return undefined;
};

const carryOut = async (
  deps: ReconcileDependencies,
  { log, signal }: ReconcileContext,
  workload: Workload,
  decision: Decision,
): Promise<{ requeueAfterMs?: number | undefined }> => {
  deps.metrics.decided(decision);
  if (!isChange(decision)) {
    if (needsPerson(decision.action)) log.warn(fieldsOfDecision(decision), decision.message);
    warn(deps, decision, workload.metadata.uid);
  } else {
    const done = deps.dryRun || (await applied(deps, workload, decision, signal));
    if (!done) return { requeueAfterMs: CONFLICT_RETRY_MS };
    log.info(fieldsOfDecision(decision), decision.message);
    record(deps, decision, workload.metadata.uid);
  }
  return { requeueAfterMs: untilNext(decision, deps.clock.now()) };
};

/** One request, with the state the decision was made for as its precondition. @returns false: read again, decide again */
const applied = async (
  deps: ReconcileDependencies,
  workload: Workload,
  decision: Decision,
  signal: AbortSignal,
): Promise<boolean> => {
  const { resource }: { resource: Resource } = workload.row;
  const { uid, resourceVersion } = workload.metadata;
  try {
    await applyDecision(deps.client, resource, decision, {
      uid,
      resourceVersion,
      fieldManager: deps.fieldManager,
      signal,
    });
    return true;
  } catch (error) {
    if (isConflict(error) || isNotFound(error)) return false;
    throw error;
  }
};

const untilNext = ({ nextTransition }: Decision, now: number): number | undefined =>
  nextTransition === undefined ? undefined : Math.max(1, Date.parse(nextTransition) - now);
