import type { ReconcileContext, ReconcileResult } from '@kube-steward/controller';
import { RESOURCES, isForbidden } from '@kube-steward/kube';
import { isChange } from '@kube-steward/plan';
import { carryOut } from './carry-out.ts';
import { decideNamespace, namespaceReference } from './decide-namespace.ts';
import { nextEnd } from './exceptions.ts';
import { fieldsOfDecision } from './log-fields.ts';
import type { ReconcileDependencies } from './reconcile.ts';
import { record, remark } from './tell.ts';
import { LOOK_AGAIN_MS } from './waits-for-old-tool.ts';
import { warningsOfNamespace } from './warnings.ts';

/** What is wrong with the annotations of a namespace is said; what of them is over is removed, where that is allowed. */
export const reconcileNamespace = async (
  deps: ReconcileDependencies,
  context: ReconcileContext,
  name: string,
): Promise<ReconcileResult | undefined> => {
  const namespace = deps.view.namespaces.get(name);
  if (!namespace) return undefined;
  const { metadata, exceptions } = namespace;
  const pods = deps.view.awakePods.byIndex('namespace', name);
  const warnings = warningsOfNamespace(namespace, pods, deps.policy);
  remark(deps, warnings, namespaceReference(namespace), metadata.uid);
  const now = deps.clock.now();
  const decision = decideNamespace(namespace, deps.policy, now);
  const next = nextEnd(exceptions, now);
  if (!decision) return { requeueAfterMs: next === undefined ? undefined : next - now };
  if (isChange(decision) && deps.memory.circumstances.oldTool !== undefined) return { requeueAfterMs: LOOK_AGAIN_MS };
  try {
    const { fieldManager } = deps.policy;
    return await carryOut(deps, context, { metadata, resource: RESOURCES.namespaces, fieldManager }, decision);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    const message = `${decision.decidedBy?.key ?? ''} is over, and may not be removed: the right to patch namespaces is missing`;
    context.log.warn(fieldsOfDecision(decision), message);
    record(deps, { ...decision, action: 'blocked', message }, metadata.uid);
    return undefined;
  }
};
