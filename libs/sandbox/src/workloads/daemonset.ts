import { keyOf, RESOURCES } from '@kube-steward/kube';
import { controllerReference } from '../builders/meta.ts';
import type { Context, Reconciler } from './engine.ts';
import { isActive, isReady, podFromTemplate } from './pod-state.ts';
import { matchesNodeSelector, taintsOf, tolerates } from './scheduler.ts';
import { MANAGER, writeStatus } from './status.ts';
import { templateHash } from './template-hash.ts';
import type { DaemonSet, Node, Pod } from './wire.ts';

const REVISION_LABEL = 'controller-revision-hash';

/** Keeps one pod on each node that matches. A changed template replaces one pod at a time. */
export const daemonSetReconciler: Reconciler = {
  resource: RESOURCES.daemonSets,
  owns: [RESOURCES.pods],
  watches: [RESOURCES.nodes],
  wakes: (_event, view) => [...view.all<DaemonSet>(RESOURCES.daemonSets)].map(keyOf),
  reconcile(object, context) {
    const set = object as DaemonSet;
    if (set.metadata.deletionTimestamp) return undefined;
    const nodes = [...context.view.all<Node>(RESOURCES.nodes)].filter((node) => isPlaceFor(set, node));
    resize(set, nodes, context);
    const after = context.view.get<DaemonSet>(RESOURCES.daemonSets, keyOf(set)) ?? set;
    writeStatus(context, RESOURCES.daemonSets, after, statusOf(after, nodes.length, podsOf(after, context)));
    return undefined;
  },
};

const podsOf = (set: DaemonSet, { view }: Context): Pod[] => view.children<Pod>(RESOURCES.pods, set).filter(isActive);

/** DaemonSets ignore cordons, as their pods tolerate `unschedulable`. */
const isPlaceFor = ({ spec }: DaemonSet, node: Node): boolean =>
  matchesNodeSelector(spec.template.spec, node) &&
  taintsOf(node).every((taint) => tolerates(spec.template.spec, taint));

const resize = (set: DaemonSet, nodes: readonly Node[], context: Context): void => {
  const pods = podsOf(set, context);
  const wanted = new Set(nodes.map(({ metadata }) => metadata.name));
  for (const pod of pods) if (!wanted.delete(pod.spec.nodeName ?? '')) remove(pod, context);
  const owner = controllerReference({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: set.metadata });
  const labels = { [REVISION_LABEL]: templateHash(set.spec.template) };
  for (const nodeName of wanted) {
    const body = podFromTemplate(set, set.spec.template, owner, { labels, nodeName });
    context.cluster.create(RESOURCES.pods, body, { fieldManager: MANAGER });
  }
  if (wanted.size === 0 && pods.every(isReady)) replaceOne(set, context);
};

const replaceOne = (set: DaemonSet, context: Context): void => {
  const stale = podsOf(set, context).find(
    (pod) => pod.metadata.labels?.[REVISION_LABEL] !== templateHash(set.spec.template),
  );
  if (stale) remove(stale, context);
};

const remove = ({ metadata }: Pod, { cluster }: Context): void => {
  cluster.delete(RESOURCES.pods, metadata.name, { namespace: metadata.namespace ?? '' });
};

const statusOf = (set: DaemonSet, desired: number, pods: readonly Pod[]): Record<string, number> => {
  const ready = pods.filter(isReady).length;
  const hash = templateHash(set.spec.template);
  return {
    observedGeneration: set.metadata.generation ?? 1,
    desiredNumberScheduled: desired,
    currentNumberScheduled: pods.length,
    updatedNumberScheduled: pods.filter(({ metadata }) => metadata.labels?.[REVISION_LABEL] === hash).length,
    numberMisscheduled: 0,
    numberReady: ready,
    numberAvailable: ready,
  };
};
