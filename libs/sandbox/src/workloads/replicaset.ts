import { keyOf, RESOURCES } from '@kube-steward/kube';
import { controllerReference } from '../builders/meta.ts';
import { failureOf } from './annotations.ts';
import type { Context, Reconciler } from './engine.ts';
import { isActive, isReady, podFromTemplate } from './pod-state.ts';
import { QUOTA_MESSAGE } from './refusal.ts';
import { MANAGER, setConditions, writeStatus } from './status.ts';
import type { Pod, ReplicaCounts, ReplicaSet } from './wire.ts';

/**
 * Which pod goes first when there are too many: not bound, then pending, then not ready, then the newest. As the real
 * controller ranks them, without its later criteria.
 */
const rank = (pod: Pod): number => {
  if (!pod.spec.nodeName) return 0;
  if (pod.status?.phase !== 'Running') return 1;
  return isReady(pod) ? 3 : 2;
};
const deletedFirst = (a: Pod, b: Pod): number =>
  rank(a) - rank(b) ||
  (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '') ||
  (a.metadata.name < b.metadata.name ? 1 : -1);

/** Keeps as many pods as `spec.replicas` asks for. */
export const replicaSetReconciler: Reconciler = {
  resource: RESOURCES.replicaSets,
  owns: [RESOURCES.pods],
  reconcile(object, context) {
    const set = object as ReplicaSet;
    if (set.metadata.deletionTimestamp) return undefined;
    const pods = context.view.children<Pod>(RESOURCES.pods, set).filter(isActive);
    const wanted = set.spec.replicas ?? 1;
    const refused = wanted > pods.length && failureOf(set.spec.template) === 'quota';
    if (!refused) resize(set, pods, wanted, context);
    writeStatus(context, RESOURCES.replicaSets, set, statusOf(set, refused, context));
    return undefined;
  },
};

const resize = (set: ReplicaSet, pods: Pod[], wanted: number, { cluster }: Context): void => {
  const owner = controllerReference({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: set.metadata });
  for (let missing = wanted - pods.length; missing > 0; missing--) {
    const body = podFromTemplate(set, set.spec.template, owner);
    cluster.create(RESOURCES.pods, body, { fieldManager: MANAGER });
  }
  const surplus = pods.sort(deletedFirst).slice(0, Math.max(0, pods.length - wanted));
  for (const { metadata } of surplus) {
    cluster.delete(RESOURCES.pods, metadata.name, { namespace: metadata.namespace ?? '' });
  }
};

/** The status after this pass: the pods made just now are counted, as the real controller does one pass later. */
const statusOf = (before: ReplicaSet, refused: boolean, context: Context): ReplicaCounts => {
  const set = context.view.get<ReplicaSet>(RESOURCES.replicaSets, keyOf(before)) ?? before;
  const pods = context.view.children<Pod>(RESOURCES.pods, set).filter(isActive);
  const ready = pods.filter(isReady).length;
  const others = (set.status?.conditions ?? []).filter(({ type }) => type !== 'ReplicaFailure');
  const conditions = refused
    ? setConditions(
        set.status?.conditions,
        [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: QUOTA_MESSAGE }],
        context.now,
      )
    : others;
  return {
    replicas: pods.length,
    ...(pods.length > 0 ? { fullyLabeledReplicas: pods.length } : {}),
    ...(ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : {}),
    observedGeneration: set.metadata.generation ?? 1,
    ...(conditions.length > 0 ? { conditions } : {}),
  };
};
