import type { Client, Resource } from '@kube-steward/kube';
import type { ServiceAccount } from './service-account.ts';

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** These alone; all when left out. */
  readonly resourceNames?: readonly string[];
  /** In the namespace of the account alone; in the whole cluster when left out. */
  readonly inOwnNamespace?: boolean;
}

const READ = ['list', 'watch'];
/** Of a kind that is put to sleep. */
export const SCALE = ['get', ...READ, 'patch'];

/** What the README of the downscaler asks for, for Deployments and Rollouts. */
export const DOWNSCALER_RULES: readonly Rule[] = [
  { apiGroups: ['apps'], resources: ['deployments'], verbs: SCALE },
  { apiGroups: ['argoproj.io'], resources: ['rollouts'], verbs: SCALE },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: SCALE },
  { apiGroups: [''], resources: ['namespaces'], verbs: [...READ, 'patch'] },
  { apiGroups: [''], resources: ['pods', 'services'], verbs: READ },
  {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
    verbs: READ,
  },
  { apiGroups: ['apiregistration.k8s.io'], resources: ['apiservices'], verbs: READ },
  { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: READ },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'list'] },
  {
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    verbs: ['get', 'create', 'patch'],
    inOwnNamespace: true,
  },
];

/** For a calendar in a ConfigMap of its own namespace. */
export const calendarRule = (name: string): Rule => ({
  apiGroups: [''],
  resources: ['configmaps'],
  resourceNames: [name],
  verbs: READ,
  inOwnNamespace: true,
});

/** What the README of the janitor asks for, for whoever lets it look at everything. */
export const JANITOR_RULES: readonly Rule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['get', ...READ, 'delete'] },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', ...READ, 'create', 'patch'], inOwnNamespace: true },
  {
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    verbs: ['get', 'create', 'patch'],
    inOwnNamespace: true,
  },
];

/**
 * Leaves a ServiceAccount these rights and no others: a ClusterRole and a Role of its name, bound to it. Called again, it
 * takes away what is not named any more.
 */
export const grant = async (admin: Client, account: ServiceAccount, rules: readonly Rule[]): Promise<void> => {
  for (const kind of ['ClusterRole', 'Role'] as const) {
    const own = kind === 'Role';
    const metadata = own ? account : { name: account.name };
    const said = rules.filter(({ inOwnNamespace = false }) => inOwnNamespace === own);
    await apply(admin, kind, { metadata, rules: said.map(({ inOwnNamespace, ...rule }) => rule) });
    await apply(admin, `${kind}Binding`, {
      metadata,
      roleRef: { apiGroup: GROUP, kind, name: account.name },
      subjects: [{ kind: 'ServiceAccount', ...account }],
    });
  }
};

const GROUP = 'rbac.authorization.k8s.io';

interface Body {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

const apply = async (admin: Client, kind: string, body: Body): Promise<void> => {
  const resource: Resource = {
    group: GROUP,
    version: 'v1',
    plural: `${kind.toLowerCase()}s`,
    kind,
    namespaced: !kind.startsWith('Cluster'),
  };
  await admin.patch(resource, body.metadata, {
    type: 'apply',
    fieldManager: 'cluster',
    force: true,
    body: { apiVersion: `${GROUP}/v1`, kind, ...body },
  });
};
