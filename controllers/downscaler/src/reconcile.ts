import type { EventRecorder, Reconcile, ReconcileContext, ReconcileResult } from '@kube-steward/controller';
import type { Client } from '@kube-steward/kube';
import { isChange, type Decision } from '@kube-steward/plan';
import type { Clock } from '@kube-steward/schedule';
import { earliest } from './awake.ts';
import { carryOut } from './carry-out.ts';
import type { Memory } from './circumstances.ts';
import { decide } from './decide.ts';
import { fieldManagerOf } from './field-manager.ts';
import type { Follower } from './follow.ts';
import { guard } from './guard.ts';
import { subjectOf, type Key } from './keys.ts';
import type { DownscalerMetrics } from './metrics.ts';
import { observe, type Observation, type View } from './observe.ts';
import type { Policy } from './policy.ts';
import { reconcileCalendars } from './read-calendars.ts';
import { reconcileNamespace } from './reconcile-namespace.ts';
import { remark } from './tell.ts';
import { wakingOf } from './wake.ts';
import { warningsOf } from './warnings.ts';

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
  /** None in a dry run, which wakes nobody. */
  readonly follower: Follower | undefined;
  readonly dryRun: boolean;
}

/** Observe, decide, guard, apply, record; and come back at the next moment the answer can change. */
export const createReconcile =
  (deps: ReconcileDependencies): Reconcile =>
  async (key, context) => {
    const subject = subjectOf(deps.view.workloads.keys(), key);
    if (!subject) return undefined;
    if ('calendars' in subject) {
      reconcileCalendars(deps, context);
      return undefined;
    }
    if ('namespace' in subject) return reconcileNamespace(deps, context, subject.namespace);
    if ('morning' in subject) return deps.follower?.tell(subject.morning, context.log);
    const observation = observe(deps.view, deps.policy, subject.row, subject.object);
    deps.metrics.observed(key, observation?.workload);
    if (!observation) {
      deps.memory.gone(key);
      deps.follower?.over(key);
      return undefined;
    }
    const warnings = warningsOf(observation, deps.policy, deps.clock.now());
    remark(deps, warnings, observation.workload.reference, observation.workload.metadata.uid);
    return reconcileWorkload(deps, context, key, observation);
  };

const reconcileWorkload = async (
  deps: ReconcileDependencies,
  context: ReconcileContext,
  key: Key,
  o: Observation,
): Promise<ReconcileResult> => {
  const { follower, memory, policy } = deps;
  const { workload } = o;
  const { decision, passed } = guarded(deps, key, o);
  const waking = wakingOf(decision, passed, workload, policy);
  follower?.before(key, o, waking, context.log);
  const fieldManager = fieldManagerOf(workload, passed, policy);
  const onApplied = (): void => {
    memory.applied(key, o, passed, deps.clock.now());
    if (waking === 'wakes') follower?.woken(key, o);
  };
  const target = { metadata: workload.metadata, resource: workload.row.resource, fieldManager, onApplied };
  const result = await carryOut(deps, context, target, passed);
  if (!follower || isChange(passed) || waking === 'waits') return result;
  return { requeueAfterMs: earliest(result.requeueAfterMs, await follower.look(key, o, context)) };
};

/** A decision, and what the guards made of it. */
interface Guarded {
  readonly decision: Decision;
  readonly passed: Decision;
}

const guarded = (deps: ReconcileDependencies, key: Key, observation: Observation): Guarded => {
  const { policy, memory, clock } = deps;
  const now = clock.now();
  const decision = decide(observation, policy, now);
  memory.looked(key, observation, decision, now);
  const passed = guard(decision, { observation, policy, circumstances: memory.circumstances, now });
  memory.guarded(key, observation, decision, passed, now);
  return { decision, passed };
};
