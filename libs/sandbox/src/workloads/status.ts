import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, Resource } from '@kube-steward/kube';
import type { Condition } from './wire.ts';
import type { Context } from './engine.ts';

/** The field manager of everything the simulated controllers write, as in a real cluster. */
export const MANAGER = 'kube-controller-manager';
export const KUBELET = 'kubelet';

/** A moment as Kubernetes writes it: RFC 3339, whole seconds, UTC. */
export const timestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Moments on the wire have whole seconds, so what is due after one falls on a whole second too. */
export const wholeSecond = (ms: number): number => Math.ceil(ms / 1000) * 1000;

/** Writes `status` if it differs from what is there. */
export const writeStatus = (
  context: Context,
  resource: Resource,
  object: KubeObject & { status?: unknown },
  status: object,
  manager: string = MANAGER,
): void => {
  if (isDeepStrictEqual(object.status, status)) return;
  context.cluster.update(
    resource,
    { ...object, status },
    {
      subresource: 'status',
      fieldManager: manager,
    },
  );
};

/** What a controller says about one condition now. */
export type ConditionNow = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/**
 * The conditions with `next` set: `lastTransitionTime` moves only when the status does, `lastUpdateTime` (kept only where
 * `updates` asks for it) when anything does.
 */
export const setConditions = (
  conditions: readonly Condition[] | undefined,
  next: readonly ConditionNow[],
  now: number,
  updates = false,
): Condition[] => {
  const kept = (conditions ?? []).filter(({ type }) => !next.some((each) => each.type === type));
  return [...next.map((each) => stamped(findCondition(conditions, each.type), each, now, updates)), ...kept];
};

const stamped = (before: Condition | undefined, next: ConditionNow, now: number, updates: boolean): Condition => {
  const same = before?.status === next.status && before.reason === next.reason && before.message === next.message;
  if (same) return before;
  const lastTransitionTime =
    before?.status === next.status ? (before.lastTransitionTime ?? timestamp(now)) : timestamp(now);
  return { ...next, lastTransitionTime, ...(updates ? { lastUpdateTime: timestamp(now) } : {}) };
};

export const findCondition = (conditions: readonly Condition[] | undefined, type: string): Condition | undefined =>
  conditions?.find((condition) => condition.type === type);
