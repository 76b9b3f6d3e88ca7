import type { EventRecorder, Reconcile } from '@kube-steward/controller';
import type { Client } from '@kube-steward/kube';
import type { Decision } from '@kube-steward/plan';
import type { Clock } from '@kube-steward/schedule';
import { carryOut } from './carry-out.ts';
import type { Memory } from './circumstances.ts';
import { decide } from './decide.ts';
import { fieldManagerOf } from './field-manager.ts';
import { guard } from './guard.ts';
import { subjectOf, type Key } from './keys.ts';
import type { DownscalerMetrics } from './metrics.ts';
import { observe, type Observation, type View } from './observe.ts';
import type { Policy } from './policy.ts';
import { reconcileNamespace } from './reconcile-namespace.ts';
import { remark } from './tell.ts';
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
  readonly fieldManager: string;
  readonly dryRun: boolean;
}

/** Observe, decide, guard, apply, record; and come back at the next moment the answer can change. */
export const createReconcile =
  (deps: ReconcileDependencies): Reconcile =>
  async (key, context) => {
    const subject = subjectOf(deps.view.workloads.keys(), key);
    if (!subject) return undefined;
    if ('namespace' in subject) return reconcileNamespace(deps, context, subject.namespace);
    const observation = observe(deps.view, deps.policy, subject.row, subject.object);
    deps.metrics.observed(key, observation?.workload);
    if (!observation) {
      deps.memory.gone(key);
      return undefined;
    }
    const { workload } = observation;
    const { metadata, row, reference } = workload;
    remark(deps, warningsOf(observation), reference, metadata.uid);
    const decision = guarded(deps, key, observation);
    const fieldManager = fieldManagerOf(deps.fieldManager, workload, decision, deps.policy);
    const onApplied = (): void => deps.memory.applied(key, observation, decision, deps.clock.now());
    return carryOut(deps, context, { metadata, resource: row.resource, fieldManager, onApplied }, decision);
  };

const guarded = (deps: ReconcileDependencies, key: Key, observation: Observation): Decision => {
  const { policy, memory, clock } = deps;
  const now = clock.now();
  const decision = decide(observation, policy, now);
  memory.looked(key, observation, decision, now);
  const passed = guard(decision, { observation, policy, circumstances: memory.circumstances, now });
  memory.guarded(key, decision, passed, now);
  return passed;
};
