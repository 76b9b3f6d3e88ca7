import { keyOf, RESOURCES } from '@kube-steward/kube';
import { controllerReference } from '../builders/meta.ts';
import { failureOf } from './annotations.ts';
import type { Context, Reconciler } from './engine.ts';
import { isFinished, isReady, podFromTemplate } from './pod-state.ts';
import { recordRefusal } from './refusal.ts';
import { MANAGER, writeStatus } from './status.ts';
import { templateHash } from './template-hash.ts';
import type { Pod, StatefulSet } from './wire.ts';

const REVISION_LABEL = 'controller-revision-hash';

const revisionOf = (set: StatefulSet): string => `${set.metadata.name}-${templateHash(set.spec.template)}`;
const ordinalOf = (pod: Pod): number => Number(pod.metadata.name.slice(pod.metadata.name.lastIndexOf('-') + 1));
const isGoing = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;

/**
 * Keeps pods `<name>-0` to `<name>-<replicas - 1>`. With `OrderedReady` they start one after the other, each when the one
 * before is ready, and stop from the highest down, each when the one after is gone; with `Parallel` all at once.
 * A changed template replaces pods from the highest ordinal down to the partition, one at a time.
 */
export const statefulSetReconciler: Reconciler = {
  resource: RESOURCES.statefulSets,
  owns: [RESOURCES.pods],
  reconcile(object, context) {
    const set = object as StatefulSet;
    if (set.metadata.deletionTimestamp) return undefined;
    step(set, context);
    const after = context.view.get<StatefulSet>(RESOURCES.statefulSets, keyOf(set)) ?? set;
    writeStatus(context, RESOURCES.statefulSets, after, statusOf(after, podsOf(after, context)));
    return undefined;
  },
};

const podsOf = (set: StatefulSet, { view }: Context): Pod[] => view.children<Pod>(RESOURCES.pods, set);

const step = (set: StatefulSet, context: Context): void => {
  const pods = new Map(podsOf(set, context).map((pod) => [ordinalOf(pod), pod]));
  const start = set.spec.ordinals?.start ?? 0;
  const end = start + (set.spec.replicas ?? 1);
  const parallel = set.spec.podManagementPolicy === 'Parallel';
  const finished = [...pods.values()].filter((pod) => isFinished(pod) && !isGoing(pod));
  for (const pod of finished) remove(pod, context);
  const complete = fill(set, pods, { start, end, parallel }, context);
  if (!complete && !parallel) return;
  if (condemn(pods, { start, end, parallel }, context) && complete) update(set, pods, start, context);
};

interface Range {
  readonly start: number;
  readonly end: number;
  readonly parallel: boolean;
}

/** Makes missing pods; false while some are missing or, in an ordered set, one must be waited for. */
const fill = (set: StatefulSet, pods: Map<number, Pod>, { start, end, parallel }: Range, context: Context): boolean => {
  let complete = true;
  for (let ordinal = start; ordinal < end; ordinal++) {
    const pod = pods.get(ordinal);
    if (!pod) create(set, ordinal, context);
    if (!pod || isGoing(pod) || (!parallel && !isReady(pod))) complete = false;
    if (!complete && !parallel) return false;
  }
  return complete;
};

const create = (set: StatefulSet, ordinal: number, context: Context): void => {
  if (failureOf(set.spec.template) === 'quota') {
    recordRefusal(RESOURCES.statefulSets, set, context);
    return;
  }
  const name = `${set.metadata.name}-${ordinal}`;
  const owner = controllerReference({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: set.metadata });
  const labels = {
    [REVISION_LABEL]: revisionOf(set),
    'statefulset.kubernetes.io/pod-name': name,
    'apps.kubernetes.io/pod-index': String(ordinal),
  };
  const body = podFromTemplate(set, set.spec.template, owner, { name, labels });
  context.cluster.create(RESOURCES.pods, body, { fieldManager: MANAGER });
};

/** Removes pods outside the range, from the highest; false while an ordered set waits for one to go. */
const condemn = (pods: Map<number, Pod>, { start, end, parallel }: Range, context: Context): boolean => {
  const surplus = [...pods].filter(([ordinal]) => ordinal < start || ordinal >= end).sort(([a], [b]) => b - a);
  for (const [, pod] of parallel ? surplus : surplus.slice(0, 1)) if (!isGoing(pod)) remove(pod, context);
  return surplus.length === 0;
};

/** Replaces one pod made from an older template, if all pods are up. */
const update = (set: StatefulSet, pods: Map<number, Pod>, start: number, context: Context): void => {
  const { type = 'RollingUpdate', rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type === 'OnDelete' || [...pods.values()].some(isGoing)) return;
  const revision = revisionOf(set);
  const from = start + (rollingUpdate?.partition ?? 0);
  const stale = [...pods]
    .filter(([ordinal, pod]) => ordinal >= from && pod.metadata.labels?.[REVISION_LABEL] !== revision)
    .sort(([a], [b]) => b - a)[0]?.[1];
  const waiting = [...pods.values()].some((pod) => !isReady(pod) && pod !== stale);
  if (stale && !waiting) remove(stale, context);
};

const remove = ({ metadata }: Pod, { cluster }: Context): void => {
  cluster.delete(RESOURCES.pods, metadata.name, { namespace: metadata.namespace ?? '' });
};

const statusOf = (set: StatefulSet, pods: readonly Pod[]): StatefulSet['status'] & object => {
  const revision = revisionOf(set);
  const present = pods.filter((pod) => !isFinished(pod));
  const updated = present.filter((pod) => !isGoing(pod) && pod.metadata.labels?.[REVISION_LABEL] === revision).length;
  const ready = present.filter((pod) => isReady(pod) && !isGoing(pod)).length;
  const done = updated === (set.spec.replicas ?? 1) && present.length === updated;
  const currentRevision = done ? revision : (set.status?.currentRevision ?? revision);
  const current = present.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === currentRevision).length;
  return {
    observedGeneration: set.metadata.generation ?? 1,
    replicas: present.length,
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    availableReplicas: ready,
    ...(current > 0 ? { currentReplicas: current } : {}),
    ...(updated > 0 ? { updatedReplicas: updated } : {}),
    currentRevision,
    updateRevision: revision,
    collisionCount: 0,
  };
};
