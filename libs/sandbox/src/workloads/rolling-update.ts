import type { Deployment, ReplicaSet } from './wire.ts';

const sizeOf = (set: ReplicaSet): number => set.spec.replicas ?? 1;
const availableOf = (set: ReplicaSet): number => set.status?.availableReplicas ?? 0;
const total = (sets: readonly ReplicaSet[], value: (set: ReplicaSet) => number): number =>
  sets.reduce((sum, set) => sum + value(set), 0);

/** `25%` of `of`, rounded up or down; a plain number is itself. */
const share = (value: number | string | undefined, of: number, round: (n: number) => number): number => {
  const text = String(value ?? '25%');
  return text.endsWith('%') ? round((Number(text.slice(0, -1)) / 100) * of) : Number(text);
};

/**
 * The sizes a Deployment's ReplicaSets should have next.
 *
 * | state | sizes |
 * | --- | --- |
 * | no old pods | the current set gets `spec.replicas` |
 * | Recreate | old sets get 0; the current one grows when their pods are gone, terminating ones included |
 * | rolling, below desired + maxSurge in all | the current set grows into the room |
 * | rolling, more available than desired - maxUnavailable | old sets shrink, pods that are not available first |
 */
export const rollingSizes = (
  deployment: Deployment,
  current: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
  hasPods: (set: ReplicaSet) => boolean,
): Map<ReplicaSet, number> => {
  const sizes = new Map<ReplicaSet, number>();
  const desired = deployment.spec.replicas ?? 1;
  const recreate = deployment.spec.strategy?.type === 'Recreate';
  if (!current) return sizes;
  const leftovers = old.filter(
    (set) => sizeOf(set) > 0 || (set.status?.replicas ?? 0) > 0 || (recreate && hasPods(set)),
  );
  if (leftovers.length === 0) return sizes.set(current, desired);
  if (recreate) {
    for (const set of leftovers) sizes.set(set, 0);
    return sizes.set(current, Math.min(sizeOf(current), desired));
  }
  return roll(deployment, current, leftovers, sizes);
};

const roll = (
  deployment: Deployment,
  current: ReplicaSet,
  old: readonly ReplicaSet[],
  sizes: Map<ReplicaSet, number>,
): Map<ReplicaSet, number> => {
  const desired = deployment.spec.replicas ?? 1;
  const { maxSurge, maxUnavailable } = deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = share(maxSurge, desired, Math.ceil);
  const unavailable = share(maxUnavailable, desired, Math.floor);
  const minAvailable = desired - (surge + unavailable === 0 ? 1 : unavailable);
  const all = [current, ...old];
  const room = desired + surge - total(all, sizeOf);
  const next = Math.min(desired, sizeOf(current) + Math.max(0, room));
  sizes.set(current, next);
  let removable = total(old, sizeOf) + next - minAvailable - (next - availableOf(current));
  for (const set of old) {
    const unhealthy = Math.max(0, sizeOf(set) - availableOf(set));
    const removed = Math.max(0, Math.min(unhealthy, removable));
    sizes.set(set, sizeOf(set) - removed);
    removable -= removed;
  }
  let spare = Math.min(removable, total(all, availableOf) - minAvailable);
  for (const set of old) {
    const size = sizes.get(set) ?? 0;
    const removed = Math.max(0, Math.min(size, spare));
    sizes.set(set, size - removed);
    spare -= removed;
  }
  return sizes;
};
