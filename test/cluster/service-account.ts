import { RESOURCES, type Client, type Resource } from '@kube-steward/kube';

/** Where a program's own identity lives: its namespace, and its name there. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

const SERVICE_ACCOUNTS: Resource = {
  group: '',
  version: 'v1',
  plural: 'serviceaccounts',
  kind: 'ServiceAccount',
  namespaced: true,
};
const TOKEN_SECONDS = 24 * 3600;

/** Its user name in RBAC and in the audit log. */
export const usernameOf = ({ namespace, name }: ServiceAccount): string => `system:serviceaccount:${namespace}:${name}`;

/** Makes the account, and the namespace it is in, and asks for a token as a kubelet does for a pod. */
export const createServiceAccount = async (admin: Client, { namespace, name }: ServiceAccount): Promise<string> => {
  const apply = { type: 'apply', fieldManager: 'cluster' } as const;
  const home = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  await admin.patch(RESOURCES.namespaces, { name: namespace }, { ...apply, body: home });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } };
  await admin.patch(SERVICE_ACCOUNTS, { namespace, name }, { ...apply, body: account });
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: { namespace, name },
    spec: { expirationSeconds: TOKEN_SECONDS },
  };
  const { status } = await admin.create<TokenRequest>(SERVICE_ACCOUNTS, request, { subresource: 'token' });
  return status?.token ?? '';
};

interface TokenRequest {
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly spec: { readonly expirationSeconds: number };
  readonly status?: { readonly token: string };
}
