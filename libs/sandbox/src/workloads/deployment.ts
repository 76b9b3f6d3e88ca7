import { keyOf, RESOURCES, type Resource } from '@kube-steward/kube';
import { controllerReference } from '../builders/meta.ts';
import { deploymentStatus } from './deployment-status.ts';
import type { Context, Reconciler } from './engine.ts';
import { rollingSizes } from './rolling-update.ts';
import { MANAGER, writeStatus } from './status.ts';
import { templateHash } from './template-hash.ts';
import { controllerOf } from './view.ts';
import type { Deployment, ReplicaCounts, ReplicaSet } from './wire.ts';

/** A kind that rolls out through ReplicaSets. */
export interface DeploymentLike {
  readonly resource: Resource;
  readonly hashLabel: string;
  readonly revisionAnnotation: string;
  /** Status fields beyond those of a Deployment. */
  readonly extraStatus?: (status: ReplicaCounts, deployment: Deployment) => Record<string, unknown>;
}

const DEPLOYMENT: DeploymentLike = {
  resource: RESOURCES.deployments,
  hashLabel: 'pod-template-hash',
  revisionAnnotation: 'deployment.kubernetes.io/revision',
};

/** Argo Rollouts, as far as sizes go: every strategy is treated as a rolling update. */
const ROLLOUT: DeploymentLike = {
  resource: { group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts', kind: 'Rollout', namespaced: true },
  hashLabel: 'rollouts-pod-template-hash',
  revisionAnnotation: 'rollout.argoproj.io/revision',
  extraStatus: (status, { spec }) => ({
    HPAReplicas: status.replicas ?? 0,
    phase: (status.availableReplicas ?? 0) >= (spec.replicas ?? 1) ? 'Healthy' : 'Progressing',
    selector: Object.entries(spec.selector.matchLabels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
  }),
};

const revisionOf = (set: ReplicaSet, kind: DeploymentLike): number =>
  Number(set.metadata.annotations?.[kind.revisionAnnotation] ?? 0);

const reconcilerOf = (kind: DeploymentLike): Reconciler => ({
  resource: kind.resource,
  owns: [RESOURCES.replicaSets],
  watches: [RESOURCES.pods],
  *wakes({ type, object }, view) {
    // Recreate waits for old pods to be gone, which their ReplicaSet does not show: it counts no terminating ones.
    const owner = type === 'DELETED' ? controllerOf(object) : undefined;
    const namespace = object.metadata.namespace ?? '';
    const set = owner && view.get(RESOURCES.replicaSets, `${namespace}/${owner.name}`);
    const name = set && controllerOf(set)?.kind === kind.resource.kind ? controllerOf(set)?.name : undefined;
    if (name) yield `${namespace}/${name}`;
  },
  reconcile(object, context) {
    const deployment = object as Deployment;
    if (deployment.metadata.deletionTimestamp) return undefined;
    const sets = context.view
      .children<ReplicaSet>(RESOURCES.replicaSets, deployment)
      .filter(({ metadata }) => !metadata.deletionTimestamp)
      .sort((a, b) => revisionOf(a, kind) - revisionOf(b, kind));
    const current = currentSet(kind, deployment, sets, context);
    const old = sets.filter((set) => set.metadata.uid !== current?.metadata.uid);
    const hasPods = (set: ReplicaSet): boolean => context.view.children(RESOURCES.pods, set).length > 0;
    for (const [set, size] of rollingSizes(deployment, current, old, hasPods))
      scaleSet(kind, deployment, set, size, context);
    cleanUp(deployment, old, context);
    return finish(kind, deployment, context);
  },
});

/** Scales Deployments through their ReplicaSets, and rolls out changed templates. */
export const deploymentReconciler: Reconciler = reconcilerOf(DEPLOYMENT);
export const rolloutReconciler: Reconciler = reconcilerOf(ROLLOUT);

/** The ReplicaSet of the present template, made if it is missing. A paused Deployment gets no new one. */
const currentSet = (
  kind: DeploymentLike,
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  context: Context,
): ReplicaSet | undefined => {
  const hash = templateHash(deployment.spec.template);
  const found = sets.find((set) => templateHash(set.spec.template) === hash);
  if (!found) return deployment.spec.paused ? sets.at(-1) : createSet(kind, deployment, hash, sets, context);
  const newest = Math.max(...sets.map((set) => revisionOf(set, kind)));
  if (revisionOf(found, kind) < newest) return annotate(kind, deployment, found, newest + 1, context);
  return annotate(kind, deployment, found, Math.max(1, newest), context);
};

const createSet = (
  kind: DeploymentLike,
  deployment: Deployment,
  hash: string,
  sets: readonly ReplicaSet[],
  context: Context,
): ReplicaSet => {
  const { template, selector } = deployment.spec;
  const labels = { ...template.metadata.labels, [kind.hashLabel]: hash };
  const revision = 1 + Math.max(0, ...sets.map((set) => revisionOf(set, kind)));
  const { apiVersion, kind: ownerKind } = kindOf(kind.resource);
  const body: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace ?? '',
      labels,
      annotations: { [kind.revisionAnnotation]: String(revision) },
      ownerReferences: [controllerReference({ apiVersion, kind: ownerKind, metadata: deployment.metadata })],
    },
    spec: {
      replicas: 0,
      selector: { matchLabels: { ...selector.matchLabels, [kind.hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
  const created = context.cluster.create(RESOURCES.replicaSets, body, { fieldManager: MANAGER }) as ReplicaSet;
  annotate(kind, deployment, created, revision, context);
  return created;
};

const kindOf = ({ group, version, kind }: Resource): { apiVersion: string; kind: string } => ({
  apiVersion: `${group}/${version}`,
  kind,
});

/**
 * Keeps the revision annotation of the Deployment and of its present ReplicaSet. The Deployment's is written through
 * `/status`, where it does not count as a new generation; a custom resource's status takes no annotations.
 */
const annotate = (
  kind: DeploymentLike,
  deployment: Deployment,
  set: ReplicaSet,
  revision: number,
  { cluster }: Context,
): ReplicaSet => {
  const body = { metadata: { annotations: { [kind.revisionAnnotation]: String(revision) } } };
  const options = { type: 'merge', body, fieldManager: MANAGER } as const;
  const namespace = deployment.metadata.namespace ?? '';
  if (deployment.metadata.annotations?.[kind.revisionAnnotation] !== String(revision)) {
    const through = kind === DEPLOYMENT ? ({ subresource: 'status' } as const) : {};
    cluster.patch(kind.resource, deployment.metadata.name, { ...options, ...through, namespace });
  }
  if (revisionOf(set, kind) === revision) return set;
  return cluster.patch(RESOURCES.replicaSets, set.metadata.name, { ...options, namespace }) as ReplicaSet;
};

const scaleSet = (
  kind: DeploymentLike,
  deployment: Deployment,
  set: ReplicaSet,
  replicas: number,
  { cluster }: Context,
): void => {
  if ((set.spec.replicas ?? 1) === replicas) return;
  const desired =
    kind === DEPLOYMENT ? { 'deployment.kubernetes.io/desired-replicas': String(deployment.spec.replicas ?? 1) } : {};
  cluster.patch(RESOURCES.replicaSets, set.metadata.name, {
    type: 'merge',
    namespace: set.metadata.namespace ?? '',
    body: { metadata: { annotations: desired }, spec: { replicas } },
    fieldManager: MANAGER,
  });
};

/** Old, empty ReplicaSets beyond `revisionHistoryLimit` go. */
const cleanUp = (deployment: Deployment, old: readonly ReplicaSet[], { cluster }: Context): void => {
  const empty = old.filter((set) => set.spec.replicas === 0 && !set.status?.replicas);
  const surplus = empty.slice(0, Math.max(0, empty.length - (deployment.spec.revisionHistoryLimit ?? 10)));
  for (const { metadata } of surplus) {
    cluster.delete(RESOURCES.replicaSets, metadata.name, { namespace: metadata.namespace ?? '' });
  }
};

const finish = (kind: DeploymentLike, before: Deployment, context: Context): number | undefined => {
  const deployment = context.view.get<Deployment>(kind.resource, keyOf(before));
  if (!deployment) return undefined;
  const sets = context.view.children<ReplicaSet>(RESOURCES.replicaSets, deployment);
  const { status, deadline } = deploymentStatus(deployment, sets, context.now);
  writeStatus(context, kind.resource, deployment, { ...status, ...kind.extraStatus?.(status, deployment) });
  return deadline;
};
