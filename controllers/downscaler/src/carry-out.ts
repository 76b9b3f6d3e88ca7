import type { ReconcileContext, ReconcileResult } from '@kube-steward/controller';
import { isConflict, isNotFound, type Resource } from '@kube-steward/kube';
import { applyDecision, isChange, type Decision } from '@kube-steward/plan';
import { fieldsOfDecision } from './log-fields.ts';
import type { ReconcileDependencies } from './reconcile.ts';
import { isForPerson, record, warn } from './tell.ts';

/** A conflict means that the watch has something newer on its way. Should it not come, this is the next try. */
const CONFLICT_RETRY_MS = 1000;

/** The object a decision is about, as it was when it was decided on. */
export interface Target {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string };
  readonly resource: Resource;
  /** Whose the changed fields are from now on. */
  readonly fieldManager: string;
  /** Told once the change is made; not in a dry run. */
  readonly onApplied?: () => void;
}

/** Applies and records a decision, or says why nothing is done; then it is looked at again at its next transition. */
export const carryOut = async (
  deps: ReconcileDependencies,
  { log, signal }: ReconcileContext,
  target: Target,
  decision: Decision,
): Promise<ReconcileResult> => {
  const { uid } = target.metadata;
  deps.metrics.decided(decision);
  if (!isChange(decision)) {
    if (isForPerson(decision)) log.warn(fieldsOfDecision(decision), decision.message);
    warn(deps, decision, uid);
  } else {
    const done = deps.dryRun || (await applied(deps, target, decision, signal));
    if (!done) return { requeueAfterMs: CONFLICT_RETRY_MS };
    log.info(fieldsOfDecision(decision), decision.message);
    record(deps, decision, uid);
  }
  return { requeueAfterMs: untilNext(decision, deps.clock.now()) };
};

/** One request, with the state the decision was made for as its precondition. @returns false: read again, decide again */
const applied = async (
  deps: ReconcileDependencies,
  { metadata: { uid, resourceVersion }, resource, fieldManager, onApplied }: Target,
  decision: Decision,
  signal: AbortSignal,
): Promise<boolean> => {
  try {
    await applyDecision(deps.client, resource, decision, { uid, resourceVersion, fieldManager, signal });
    onApplied?.();
    return true;
  } catch (error) {
    if (isConflict(error) || isNotFound(error)) return false;
    throw error;
  }
};

const untilNext = ({ nextTransition }: Decision, now: number): number | undefined =>
  nextTransition === undefined ? undefined : Math.max(1, Date.parse(nextTransition) - now);
