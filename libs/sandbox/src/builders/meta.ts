import type { KubeObject, ObjectMeta, OwnerReference, Unstructured } from '@kube-steward/kube';
import type { Labels } from '../workloads/wire.ts';

/** What every builder takes. A namespaced object without `namespace` lands in `default`. */
export interface MetaOptions {
  name: string;
  namespace?: string;
  labels?: Labels;
  annotations?: Record<string, string>;
  /** RFC 3339. Left out, the cluster sets it when the object is stored. */
  creationTimestamp?: string;
  finalizers?: string[];
  /** The object that owns this one, as its controller. */
  owner?: KubeObject;
  /** Anything else of ObjectMeta. */
  metadata?: Partial<ObjectMeta>;
}

/** A reference from a dependent to the object that controls it. The owner must carry kind, apiVersion and uid. */
export const controllerReference = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion ?? '',
  kind: owner.kind ?? '',
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
});

const clusterScopedMeta = (options: MetaOptions): ObjectMeta => ({
  name: options.name,
  ...(options.creationTimestamp ? { creationTimestamp: options.creationTimestamp } : {}),
  ...(options.labels ? { labels: options.labels } : {}),
  ...(options.annotations ? { annotations: options.annotations } : {}),
  ...(options.finalizers ? { finalizers: options.finalizers } : {}),
  ...(options.owner ? { ownerReferences: [controllerReference(options.owner)] } : {}),
  ...options.metadata,
});

/** Metadata of a cluster-scoped object. */
export const clusterMeta = (options: Omit<MetaOptions, 'namespace'>): ObjectMeta => clusterScopedMeta(options);

/** Metadata of a namespaced object. */
export const namespacedMeta = (options: MetaOptions): ObjectMeta => {
  const { name, ...rest } = clusterScopedMeta(options);
  return { name, namespace: options.namespace ?? 'default', ...rest };
};

/** Options of `namespace`. */
export type NamespaceOptions = Omit<MetaOptions, 'namespace'>;

/** A Namespace, with the label every API server puts on it. */
export const namespace = (options: NamespaceOptions): Unstructured => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: clusterMeta({ ...options, labels: { 'kubernetes.io/metadata.name': options.name, ...options.labels } }),
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Active' },
});

/** Options of `customObject`. Leave `namespace` out for a cluster-scoped kind. */
export interface CustomObjectOptions extends MetaOptions {
  apiVersion: string;
  kind: string;
  spec?: Record<string, unknown>;
  /** Further top-level fields. */
  fields?: Record<string, unknown>;
}

/** An object of any kind. */
export const customObject = (options: CustomObjectOptions): Unstructured => ({
  apiVersion: options.apiVersion,
  kind: options.kind,
  metadata: options.namespace === undefined ? clusterMeta(options) : namespacedMeta(options),
  ...(options.spec ? { spec: options.spec } : {}),
  ...options.fields,
});

/** Options of `customResourceDefinition`. */
export interface CustomResourceDefinitionOptions {
  group: string;
  version: string;
  plural: string;
  kind: string;
  scope?: 'Namespaced' | 'Cluster';
  shortNames?: string[];
  /** Paths of `/scale`; none: the kind has no scale. */
  scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string };
}

/** A CustomResourceDefinition that keeps every field, with `/status` and, if asked, `/scale`. */
export const customResourceDefinition = (options: CustomResourceDefinitionOptions): Unstructured => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: clusterMeta({ name: `${options.plural}.${options.group}` }),
  spec: {
    group: options.group,
    scope: options.scope ?? 'Namespaced',
    names: {
      plural: options.plural,
      singular: options.kind.toLowerCase(),
      kind: options.kind,
      listKind: `${options.kind}List`,
      ...(options.shortNames ? { shortNames: options.shortNames } : {}),
    },
    versions: [
      {
        name: options.version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        subresources: { status: {}, ...(options.scale ? { scale: options.scale } : {}) },
      },
    ],
  },
});
