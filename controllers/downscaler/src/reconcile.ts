import type { EventRecorder, Reconcile, ReconcileContext } from '@kube-steward/controller';
import { isConflict, isNotFound, type Client, type Resource } from '@kube-steward/kube';
import { applyDecision, eventOf, isChange, needsPerson, type ObjectReference, type Decision } from '@kube-steward/plan';
import type { Clock } from '@kube-steward/schedule';
import { decide } from './decide.ts';
import { decideNamespace, namespaceReference } from './decide-namespace.ts';
import { subjectOf } from './keys.ts';
import { fieldsOfDecision } from './log-fields.ts';
import type { DownscalerMetrics } from './metrics.ts';
import { observe, type View } from './observe.ts';
import type { Policy } from './policy.ts';
import { warningsOf, warningsOfNamespace, type Warning } from './warnings.ts';
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
  readonly fieldManager: string;
  readonly dryRun: boolean;
}

/** A conflict means that the watch has something newer on its way. Should it not come, this is the next try. */
const CONFLICT_RETRY_MS = 1000;

/** Observe, decide, apply, record; and come back at the next moment the answer can change. */
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
    if (!observation) return undefined;
    remark(deps, warningsOf(observation), observation.workload.reference, observation.workload.metadata.uid);
    return carryOut(deps, context, observation.workload, decide(observation, deps.policy, deps.clock.now()));
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

const record = (deps: ReconcileDependencies, decision: Decision, uid: string): void => {
  const { regarding, ...event } = eventOf(decision);
  if (!deps.dryRun) deps.recorder.event({ regarding: { ...regarding, uid }, ...event });
};

/** What is acted on, and surely not meant as it stands, is a Warning beside whatever is decided. */
const remark = (
  deps: ReconcileDependencies,
  warnings: readonly Warning[],
  object: ObjectReference,
  uid: string,
): void => {
  if (deps.dryRun) return;
  for (const { reason, message } of warnings)
    deps.recorder.event({ regarding: { ...object, uid }, type: 'Warning', reason, action: 'None', note: message });
};

/** What needs a person is said on the object that carries it: a value of a namespace is the namespace's own decision. */
const warn = (deps: ReconcileDependencies, decision: Decision, uid: string): void => {
  const elsewhere = decision.object.kind !== 'Namespace' && decision.decidedBy?.source.startsWith('namespace/');
  if (needsPerson(decision.action) && !elsewhere) record(deps, decision, uid);
};
