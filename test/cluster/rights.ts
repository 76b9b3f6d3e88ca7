import type { Client, Resource, Unstructured } from '@kube-steward/kube';

const RBAC = { group: 'rbac.authorization.k8s.io', version: 'v1' };
export const CLUSTER_ROLES: Resource = { ...RBAC, plural: 'clusterroles', kind: 'ClusterRole', namespaced: false };
const CLUSTER_ROLE_BINDINGS: Resource = {
  ...RBAC,
  plural: 'clusterrolebindings',
  kind: 'ClusterRoleBinding',
  namespaced: false,
};

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const READ = ['get', 'list', 'watch'];

/** What the README of the downscaler asks for, for Deployments and Rollouts. */
export const DOWNSCALER_RULES: readonly Rule[] = [
  { apiGroups: ['apps'], resources: ['deployments'], verbs: [...READ, 'patch'] },
  { apiGroups: ['argoproj.io'], resources: ['rollouts'], verbs: [...READ, 'patch'] },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: [...READ, 'patch'] },
  { apiGroups: [''], resources: ['namespaces', 'pods', 'services'], verbs: READ },
  {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
    verbs: READ,
  },
  { apiGroups: ['apiregistration.k8s.io'], resources: ['apiservices'], verbs: READ },
  { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: READ },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'patch'] },
];

/** Gives a user these rights in the whole cluster, under a role of the same name. */
export const grant = async (admin: Client, user: string, rules: readonly Rule[]): Promise<void> => {
  const { group, version } = RBAC;
  const metadata = { name: user };
  const apiVersion = `${group}/${version}`;
  await admin.create<Unstructured>(CLUSTER_ROLES, { apiVersion, kind: 'ClusterRole', metadata, rules });
  await admin.create<Unstructured>(CLUSTER_ROLE_BINDINGS, {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata,
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: user },
    subjects: [{ apiGroup: group, kind: 'User', name: user }],
  });
};

/** Leaves the user these rights alone. */
export const regrant = async (admin: Client, user: string, rules: readonly Rule[]): Promise<void> => {
  await admin.patch(CLUSTER_ROLES, { name: user }, { type: 'merge', body: { rules } });
};
