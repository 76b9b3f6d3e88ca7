import { isJsonObject, mergePatchOf, parsePointer } from '@kube-steward/kube';
import type { Client, Resource } from '@kube-steward/kube';

import { isChange } from './decision.ts';
import type { Decision } from './decision.ts';
import { PlanError } from './errors.ts';
import { describeObject } from './describe.ts';

/** Which state of the object the decision was made for. A change to another state, or another object, is refused by the server. */
export interface Preconditions {
  readonly resourceVersion?: string | undefined;
  readonly uid?: string | undefined;
}

export interface ApplyOptions extends Preconditions {
  readonly resourceVersion: string;
  /** `kube-steward-<controller>`, or the former name that GitOps users have configured. */
  readonly fieldManager: string;
  /** Called right before the request; throws when this process may no longer write (it lost its Lease, say). */
  readonly guard?: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The merge patch that makes a decision's changes, with its preconditions in `metadata`. A change without `to` removes the
 * field.
 *
 * @throws PlanError `NoFields`; `NotExpressible` for a path into a list: a merge patch replaces lists whole
 *
 * @example
 * patchOf(decision, { resourceVersion: '7' });
 * // { spec: { replicas: 0 }, metadata: { annotations: { 'downscaler/original-replicas': '3' }, resourceVersion: '7' } }
 */
export const patchOf = (decision: Decision, { resourceVersion, uid }: Preconditions): Record<string, unknown> => {
  if (decision.changes.length === 0) {
    throw new PlanError('NoFields', `${describeObject(decision.object)}: ${decision.action} names no field to change`);
  }
  for (const { path } of decision.changes) refuseListItem(decision, path);
  const precondition = { ...(resourceVersion !== undefined && { resourceVersion }), ...(uid !== undefined && { uid }) };
  const body = mergePatchOf(decision.changes);
  const own = body['metadata'] ?? {};
  if (!isJsonObject(own)) throw notExpressible(decision, '/metadata holds the preconditions, it cannot be set itself');
  const metadata = { ...own, ...precondition };
  return { ...body, ...(Object.keys(metadata).length > 0 && { metadata }) };
};

const notExpressible = ({ object }: Decision, why: string): PlanError =>
  new PlanError('NotExpressible', `${describeObject(object)}: ${why}`);

/** The maps whose keys may be figures. Everywhere else a figure is an index. */
const MAPS = ['/metadata/annotations/', '/metadata/labels/'];

const refuseListItem = (decision: Decision, path: string): void => {
  if (MAPS.some((map) => path.startsWith(map)) || !parsePointer(path).some((key) => /^(\d+|-)$/.test(key))) return;
  throw notExpressible(decision, `${path} leads into a list, which a merge patch can only replace whole`);
};

/**
 * Both types mean the same for scalars in maps. A strategic merge patch costs the API server a tenth less CPU, but is for its own
 * kinds alone, whose groups are single words; into objects and lists it would merge where a merge patch sets.
 */
const patchTypeOf = ({ group }: Resource, { changes }: Decision): 'strategic' | 'merge' =>
  !group.includes('.') && changes.every(({ to }) => typeof to !== 'object') ? 'strategic' : 'merge';

/**
 * Makes one decision true: the only place that writes to users' objects. One request, with the state the decision was made
 * for as its precondition, so that a conflict (409) means: read again, decide again.
 *
 * @throws PlanError `ReadOnly` when the client may not write, `NotAChange` when there is nothing to do; whatever `guard`
 * throws; KubeApiError
 */
export const applyDecision = async (
  client: Client,
  resource: Resource,
  decision: Decision,
  { resourceVersion, uid, fieldManager, guard, signal }: ApplyOptions,
): Promise<void> => {
  const { object, action } = decision;
  if (!isChange(decision)) throw new PlanError('NotAChange', `${describeObject(object)}: "${action}" is no change`);
  if (client.readOnly) {
    throw new PlanError(
      'ReadOnly',
      `${describeObject(object)}: ${action} was to be applied in a dry run; nothing was sent`,
    );
  }
  const name = { namespace: object.namespace, name: object.name };
  if (action === 'delete') {
    guard?.();
    await client.delete(resource, name, {
      preconditions: { uid, resourceVersion },
      propagationPolicy: decision.deletion?.propagation,
      signal,
    });
    return;
  }
  const body = patchOf(decision, { resourceVersion, uid });
  const type = patchTypeOf(resource, decision);
  guard?.();
  await client.patch(resource, name, { type, body, fieldManager, small: true, discardReply: true, signal });
};
